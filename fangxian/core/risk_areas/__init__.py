"""Risk areas (中高风险地区): from published lists to what was a risk area, of which level, from when until when.

Owns: reading the national list of one moment, taking names of people out of it, the divisions its places lie in, and
the history that follows from list after list.

Promises: a list that is not whole is never taken for one; an area that is missing from a single list has not ended; a
name, also one partly masked, does not get past the reading; a place is given a division only where there is no doubt.

Does not: decide what a stay there means (core.policy does, by the rulebook), or keep anything.
"""
