"""core thinks. No clock, dice, disk, network or framework: `at` and `rng` are arguments."""
