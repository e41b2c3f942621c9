"""The laboratory (核酸实验室): its machines, what stands on which plate, what was measured, and what may go out.

Owns: Laboratory, Instrument, Plate, Well, Run, Consignment, ConsignedTube, ResultBatch, Result.

Promises: a result goes out by the hand of somebody who neither entered nor checked it; the same results again change
nothing; what was measured stays on record, whether it was sent back or withdrawn; a plate whose controls failed says
nothing of anybody.

Does not: know who is in a tube, receive boxes (lab), or say what follows from a result (procedures.release_results).
"""
