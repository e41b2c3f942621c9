"""Arrivals (落地一申报): who came from where by what, said once, and what the rules asked of them for it.

Owns: Arrival, Stay, Leg, Version, Proposal.

Promises: the same declaration from a bad network is one; announced ahead and declared on landing are one record; what
was said before a correction is kept; whoever declares for themselves corrects once a day, in the person's own time;
what somebody of another household tells acts on nothing until it is confirmed, and never tells them who is on record.

Does not: know which place was at risk when, decide a measure (core.policy does), turn a code, or send anybody to visit
(procedures/declare_arrival.py does).
"""
