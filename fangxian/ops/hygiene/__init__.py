"""Hygiene (重点场所、重点环节): which places and processes are on the register, and what was done at each, by whom.

Owns: PriorityPlace, Round, HygieneFault, SampleResult.

Promises: a round sent twice is one; nothing is edited: a correction stands beside what it corrects, with its reason,
and only the newest counts; whoever took samples of surfaces does not write their result.

Does not: know how often anything is due (core.policy.hygiene, by the rulebook), or open tasks.
"""
