"""Plays a screening round against the running county as its people would: by its pages, and as its phones.

It signs in, fills in forms, uploads files and sends what phones send, and reads what pages say. Of the program itself
nothing is called but, in cli/scenario.py, the county's clock and its export: a page that could no longer be used as
before stops it.
"""
