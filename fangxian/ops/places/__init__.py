"""Places (地点): the divisions of the county, its grid cells, its venues with their doors, school classes.

Owns: Division, GridCell, GridDrawing, GridOutline, Venue, Door, DoorDevice, SchoolClass, and the digits of
`area_path` that scope every row.

Promises: a division's code is the official statistical one of its edition; a later edition is a migration
that carries everything along; a name is never a key (two villages of one name are usual); a venue number
is permuted and never reused; what changes at a door is told to the gate in the same transaction.

Does not: know people, or decide who may enter where.
"""
