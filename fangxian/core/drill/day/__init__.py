"""A county's day of scans, planned: who goes through which door, when, and with whom.

`habits` says what each trade's day looks like, `trips` sends people out, `fitting` keeps each of them in one
place at a time and the sum exact, `plan` puts it together. Nobody in it exists, and nothing is decided here:
whether a door lets somebody in is the gate's to say.
"""
