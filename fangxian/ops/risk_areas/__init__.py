"""Risk areas (风险地区): which places of the nation are risk areas, of which level, and were on any day before.

Owns: RiskList, RiskArea, RiskSpan, ListedAs; the nation's divisions of 2021.

Promises: every list that was taken in is kept, without anybody's name; a list takes effect whole or not at all; an area
that a single list leaves out has not ended; a place whose division is in doubt waits for a person, who is asked once.

Does not: decide what having been there means (core.policy does), or know anybody who was.
"""
