"""Pages of vaccination (接种): whom to call, how far each area and age is, one person's doses, lists that come in."""
