"""Rides (同乘): who was in which vehicle when, and in which seat, as they say themselves or somebody says for them.

Owns: Ride.

Promises: the same ride declared twice is one; a plate, train or flight is the same however it is written; what is not
known of a seat is left open and never guessed.

Does not: know who is a case or how near two seats are (core.exposure), or turn a code.
"""
