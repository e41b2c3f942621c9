"""The record (审计): who did what, to which record, when, in a chain that cannot be changed unseen.

Owns: audit lines, their erasable details, their seals, the signed heads outside the database, and the log
of who looked at whose record.

Promises: an action's line stands or falls with the action's own transaction; a committed line is sealed
within a second; a changed, removed or reordered line, detail or seal is found by `verification.verify`;
erasing details by order leaves the chain valid and says so.

Does not: know accounts, people or any room above it. It holds pseudonyms, and what it was told.
"""
