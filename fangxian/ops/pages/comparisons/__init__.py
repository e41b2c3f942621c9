"""The pages of the three comparisons: what was found, whom it is about, the pairs a person decides.

Owns: the words, tables and forms of these pages. Promises: a match is shown with what agrees and what differs.
Does not: match, decide or open tasks (fangxian.ops.procedures.compare_*).
"""
