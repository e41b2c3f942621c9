"""The gate (门岗): one process that answers scans from memory, and writes each down before it answers.

Owns: the process, its memory of everybody's two words, the journal it appends to.

Promises: an answer is given only after its record is on disk; with the pages and the database away it goes
on, and says how old its knowledge is.

Does not: know a name, hold a database, or decide anything but by the rulebook's tables.
"""
