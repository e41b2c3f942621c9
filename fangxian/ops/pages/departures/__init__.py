"""The pages of leaving the county: asking, whose turn it is, deciding, the permit, the desk at the way out.

Owns: the words, tables and forms of these pages. Promises: what is not met yet is said while somebody types, with
what to do about it; an application says who has it now and until when.
Does not: judge, decide or issue anything (fangxian.ops.procedures.apply_to_leave, leave_county).
"""
