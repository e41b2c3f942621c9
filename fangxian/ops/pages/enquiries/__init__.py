"""What the pages of enquiries show: the calls of a grid, how far each area is, what a list brought about."""
