"""Plans of screening rounds (筛查预案): what was planned when a round began, how its sites are laid out, who comes
when, and what a round has reserved of tubes, swabs, kits and suits.

Owns: KeptPlan, RoundSingles, PlaceSlot, SiteZone, KitMovement.

Promises: a plan that is kept is never changed; a time slot is an invitation and refuses nobody; what is reserved for a
round and what the county has are sums of movements, each with who wrote it and when.

Does not: work out plans (core.screening), or run a storehouse: when the county's stores have a room of their own, its
stock takes the place of what is counted in and out here.
"""
