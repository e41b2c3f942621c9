"""Plays a screening round against the running county as its people would: by its pages, and as its phones.

It signs in, fills in forms, uploads files and sends what phones send, and reads what pages say. Of the program it calls
nothing but the county's clock (`clock`) and its export (cli/scenario.py); a page that changes its words or its fields so
that nobody could use it as before stops it.
"""
