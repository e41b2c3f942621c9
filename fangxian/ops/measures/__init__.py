"""Measures (措施): the orders that restrict anybody, and the rulebooks in force.

Owns: Order, ProposedOrder, PublishedRulebook, ProposedRulebook.

Promises: no measure without an order in force, and an order lapses by itself at its sunset; a rulebook is
published by two people of two units, is checked before it is published, and is never overwritten.

Does not: decide about a person (core.policy does), or carry a measure out.
"""
