"""Posts (值守点): who keeps the road into a village and when, who passed there, and what was done about a fever.

Owns: Post, Exit, ExitOpening, Keeper, Practice, Shift, Duty, Inspection, Finding, Passing, Emergency, EmergencyStep.

Promises: a post stands on one venue, whose door decides; hours, exits and keys are on record; a shift is handed over
once both have signed; a passing sent twice is one; a locked exit is opened with a name, a time and a reason.

Does not: decide whom a door admits (core.policy), know whose code it is, or open a permit.
"""
