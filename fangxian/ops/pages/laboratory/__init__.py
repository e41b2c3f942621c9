"""What a laboratory's pages show: whom a sample is of, what was found, what came of it.

Owns: forms, tables and words of reporting a result. Promises: no document number ever stands in an address.
Does not: keep specimens or runs (there is no laboratory room yet), or decide who is held.
"""
