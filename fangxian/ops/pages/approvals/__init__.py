"""The approvals pages: what waits for one's decision, what one has asked for, and rulings on a health code.

Owns: the forms, tables and words of `/approvals` and of a person's `/ruling`. Promises: whoever decides has the
very content before them, in words. Does not: decide who may, or carry anything out.
"""
