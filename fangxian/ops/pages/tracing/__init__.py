"""The tracing pages: the chief's board and its wall, handing work out, one team, the roster.

Owns: what they show of the board, the proposal and a team; the forms of handing out and of shifts. Promises: no name
on the board, phones only for whoever directs the teams. Does not: decide who may, or carry anything out.
"""
