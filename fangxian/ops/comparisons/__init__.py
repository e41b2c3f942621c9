"""Comparisons (三比对): what several sources say of the same people, laid side by side, and what came of it.

Owns: Comparison, SourceList, ListedRow, Finding, DoubtfulPair, DecidedPair.

Promises: every row of every source ends in exactly one finding, and none is dropped; each match says how likely it
is and why; two rows that contradict one another are never made one person by a third; what a person decided about
two ways of being written holds in every later comparison, and can be undone.

Does not: read files (intake does), declare, ask or look for anybody (the sources' own rooms do), open tasks
(procedures/compare_sources.py does), or know the rulebook.
"""
