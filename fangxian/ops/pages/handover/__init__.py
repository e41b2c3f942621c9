"""The pages of exchange: people handed over to other counties and taken over from them, lists coming in and going out.

Owns: the forms, tables and words of `/handover` and `/imports`. Promises: what is confirmed is seen first, with what
it holds; every clock is shown. Does not: decide who may, read a file, or sign anything.
"""
