"""Re-screening (重新筛查): what new risk areas or rules make of everybody's journeys at once; whom to ask.

Owns: the decision for a hundred thousand arrivals at once, and the order of a round through a grid.

Promises: the same as `core.policy.arrivals` decides one by one; where somebody was counts as far as it is known, and
what it could be is kept apart.

Does not: know who anybody is, or do anything about it: a rule renews a measure, and a person is asked.
"""
