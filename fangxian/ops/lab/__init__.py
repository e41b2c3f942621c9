"""Screening rounds and the laboratory (区域核酸): whom a round is for, what was done at its tables, where tubes are.

Owns: ScreeningRound, RoundArea, SamplingSite, SiteArea, RosterPlace, TableEvent, Tube, Box, Swab, Discrepancy.

Promises: what a table recorded stands as it came; tubes, boxes and where each person stands follow from it, whatever
order it came in; an upload sent twice changes nothing twice; what does not go together is kept, shown, and settled by
a person, and nobody is lost by it.

Does not: find results (they will rest on a tube), say how long a round takes (core.screening), or order one.
"""
