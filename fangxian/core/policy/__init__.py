"""准: what a numbered rulebook makes of what is known. Standard library only.

Owns: the format of a rulebook, its checks, the door tables it compiles to, and the functions from
evidence to colour, from a person at a door to an outcome, and from a journey to a measure.
Promises: the same answer for the same arguments; a rule's number with every answer; unknown and
stale are states of their own and never green; emergency care is never refused.
Does not: know what time it is, read a file, remember anything, or know any county or disease by name.

Read in this order: `vocabulary`, `rulebook` (the types), `shapes` (the file's rows), `reading`,
`checking`, then `doors`, `colours`, `arrivals`, `explain`.
"""
