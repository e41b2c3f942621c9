"""Parcels (快递): which parcels went through a depot at risk since a day, and who received or touched them.

Owns: Trace, Waybill, Handling, Declaration, Traced, SettledMatch.

Promises: every row of a waybill list ends as matched, ambiguous, unmatched or refused, and none is dropped; a match
says how likely it is and why; what a person decided about somebody written in some way holds for every parcel that
is addressed so, now and later; the same list or the same declaration twice is harmless.

Does not: turn a code, test or move anybody (procedures/parcels_*.py do, and only when a person has confirmed), or
know the rulebook.
"""
