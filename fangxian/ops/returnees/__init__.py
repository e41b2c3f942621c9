"""People away (外出人员): who works or studies elsewhere, when they mean to return, and what was heard of them.

Owns: Away, Heard.

Promises: one open entry a person; what was heard is never changed, the newest counts; whoever writes over what another
heard since is told so.

Does not: know what they declared on coming back (arrivals does), what the rules ask of them, or which lists name them.
"""
