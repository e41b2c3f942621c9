"""Pages: what a person sees in a browser.

Owns: views, templates, the template tags that hold the look, the URL table of pages. Promises: parse, call,
render; every page works without scripts; every sentence is there in Chinese and in English. Does not: decide,
keep state, or talk to a database except through the rooms' queries and actions.
"""
