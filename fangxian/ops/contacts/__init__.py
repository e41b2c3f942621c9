"""Contacts (接触者): who was exposed to whom, what an investigator decided of it, and how each one is day by day.

Owns: Contact, ContactFile, StateChange, FollowUp.

Promises: a contact is proposed by a program or a line list and becomes one only by an investigator's decision with a
reason; who was rejected is never proposed again silently; the day of last exposure is day 0 and dates come from the
rulebook; what is wrong in a row is known at once, by rules written once.

Does not: search for exposures (core.exposure does), turn a code or open a case (procedures do), place anybody.
"""
