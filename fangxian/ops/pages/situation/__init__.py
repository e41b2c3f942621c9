"""The situation pages: headquarters' page and its wall, both drawn from one file a second.

Owns: `serving` (the file, handed out before anything else of a request is done), what the two pages show of it.
Promises: three hundred viewers cost what one does; whatever is old says so; a page that is left open asks
nothing of the database more than once a minute. Does not: count.
"""
