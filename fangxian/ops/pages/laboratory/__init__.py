"""What a laboratory's pages show: its work from a box to a result, and a result of one person's own sample.

Owns: forms and tables of the laboratory at work (`bench_…`), and those of reporting a result of one person.
Promises: no document number ever stands in an address. Does not: decide who is held.
"""
