"""Merges (合并): which two records, or two cases, became one, and what that did to each row of each room.

Owns: Merge, MovedRow.

Promises: what a merge changed is written down in the same transaction, so that it can be undone (撤销合并) while that
is kept; merges that touch one record are undone in the reverse order only; what was undone stays on record with its
reason.

Does not: know what a row means, decide who is the same person, or write in another room: each puts its own rows back.
"""
