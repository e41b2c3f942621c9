"""Changes (变更流水): what readers outside the database are told, numbered without gaps in commit order.

Owns: Change, Series.

Promises: a change stands or falls with the transaction that publishes it; within a second of the commit it
has a number; numbers of a topic have no gaps and never turn up below one already read, so a reader that
asks for everything after its last number misses nothing and can prove it.

Does not: know what a change means, or keep it longer than readers need to catch up.
"""
