"""Tracing (流调派单): the county's tracing teams, who is on duty, what each holds, and the clocks of each case.

Owns: Team, Member, Shift, Assignment, TracingClock.

Promises: a piece of work is held by one team at a time, and who held it when stays on record; a clock is started
once a case and stamped once, so that what was late is seen to have been late for as long as records are kept;
plans (planning.py) are reckoned from what they are given and change nothing.

Does not: know what a case or a contact is beyond its id, its area and its deadline; open tasks; decide who is a
contact.
"""
