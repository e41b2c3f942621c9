"""People (人员): who lives in the county, in which household, and what they are attached to.

Owns: Household, Person, TemporaryIdentity, Attachment (class, workplace, depot, ward), gate numbers and their
aliases.

Promises: names, numbers, phones and addresses are sealed at rest and found only by blind index; a person
has one gate number, permuted and never reused; a merged record stays readable under its old numbers.

Does not: know why a person's health code has a colour, or who may look (accounts.scope does).
"""
