"""Procedures (处置程序): what crosses rooms. One readable file each, like the protocol pinned to the wall.

Owns: no table. Promises: all or nothing, in the protocol's order; every step is a room's own action.
Does not: query tables, or decide what a rule decides.
"""
