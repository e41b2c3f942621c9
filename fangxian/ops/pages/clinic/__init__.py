"""What a hospital's fever clinic sees: whose fever it is, what counts now, and how it is cleared.

Owns: forms, tables and words of clearing a fever. Promises: no document number ever stands in an address.
Does not: test anybody, or decide a colour.
"""
