"""Alarms (报警): what is wrong with the machinery the county stands on, since when, and what to do about it.

Owns: Alarm, the kinds of alarm with their sentences, how gates are asked, the file of what is wrong this moment
(`live/alarms.json`).

Promises: an alarm is shown while it is so and no longer, so nobody has to acknowledge one; each that was stands on
record from when until when, with how many scans had to be checked by hand; each kind has a page in docs/operations,
and says what to do without it.

Does not: mend anything, or know of people, venues and scans.
"""
