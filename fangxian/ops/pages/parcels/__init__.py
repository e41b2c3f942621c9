"""The pages of tracing parcels: a trace and its figures, a list taken in, whom it found, what a person decides.

Owns: the words, tables and forms of these pages. Promises: a match is shown with how likely it is and why.
Does not: match, confirm or release anybody (fangxian.ops.procedures.parcels_*).
"""
