"""The pages of risk areas: what is one now, each list that came and what it changed, names to be settled.

Owns: the words, tables and forms of these pages. Promises: every figure says from which list it is; an area that the
newest list alone leaves out is shown as one, and said to be left out.
Does not: read a list or let it take effect (fangxian.ops.procedures.take_risk_list).
"""
