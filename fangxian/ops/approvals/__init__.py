"""Approvals (审批): a decision that no single person may make.

Owns: ApprovalRequest, Decision, and the requirements of each kind (`requirements.py`).

Promises: an approval takes distinct verified persons of at least two units, each in their unit for a day,
never the applicant, never an administrator, each having seen the very content; it expires; it licenses one
action once.

Does not: carry out what was approved, or know what the content means.
"""
