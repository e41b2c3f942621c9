"""Departures (离境一申请): who asks to leave the county, whose turn it is to say yes until when, who left, who is back.

Owns: Application, Traveller, Step.

Promises: an application waits for one level at a time, by a clock; what was said at each level stands with its reason;
nobody is on two applications of one day; a permit lets its people leave once; whoever is declared as arrived is back.

Does not: know the rulebook (core.policy.departures does), judge who may decide (procedures/leave_county.py does), or
print a permit.
"""
