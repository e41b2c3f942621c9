"""Staff of screening rounds (采样检测人员): who is on the testing team and in the reserves, what they are trained
for, who is where in which shift.

Owns: StaffMember, Training, RoundShift, RoundDuty.

Promises: nobody is in two places at once; nobody is set whose training has run out; a training that was written down
is never changed, a newer one stands beside it; whoever was taken off stays on record as having been set.

Does not: give anybody the right to record anything (accounts), or know how many are needed (core.screening).
"""
