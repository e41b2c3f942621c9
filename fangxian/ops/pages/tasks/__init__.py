"""The pages of tasks: somebody's list of today, one task with what may be done with it.

Owns: their tables, words and forms. Promises: what a list shows can be done with one thumb. Does not: decide whose a
task is, or carry anything out.
"""
