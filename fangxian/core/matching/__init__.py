"""Matching (比对): which rows of several lists are one person, how likely, and why in words.

Pure. Rows come read; what is likely is reckoned as Fellegi and Sunter say, each sign counting for as much as it is
seldom among these very rows. `weighing` is the plain definition; `columns` does the same for all pairs at once.
"""
