"""Phones in the field (外勤手机) and what they bring home (外勤记录): who may speak for whom, in which order, once.

Owns: FieldDevice, IntentTaken.

Promises: one phone acts for one account until it is cut off or its term ends; its secret is kept nowhere in clear;
what a phone has recorded is taken once however often it is sent, and the same number with other content never.

Does not: know what a record means (procedures/field_kinds does), or decide who may do what.
"""
