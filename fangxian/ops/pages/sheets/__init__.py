"""Pages of the county's own spreadsheets: which forms there are, what their columns are, filling one in."""
