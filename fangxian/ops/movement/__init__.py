"""Movement (通行): what is known of a person, the colour it gives, and the words that gates are told.

Owns: Evidence, TestKnown, SamplingDay, HealthCode, LeftToCompute, Recolouring, ProposedRuling, Appeal.

Promises: evidence comes with its source and is withdrawn, never altered; a code is written only over what it
was computed from; in the transaction in which a word changes, gates are told; a revoked QR never comes back
before 64 others have.

Does not: decide a colour (core.policy does, by the rulebook in force), know the rulebook, or reach a gate.
"""
