"""Intake (收件): a file coming in, from its bytes to rows another room can take.

Owns: Intake, HeaderMapping, RefusedRow, and the table of kinds (`kinds.py`).

Promises: the file is kept as it came; the same file again is recognised and harmless; a file that was cut on
its way is refused, and so are numbers a spreadsheet has damaged; every row ends as accepted or refused with its
number and a reason, and the refused ones go back to the sender as a file.

Does not: know what a row means. The receiving room judges it and says how many it took.
"""
