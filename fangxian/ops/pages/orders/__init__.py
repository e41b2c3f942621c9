"""Orders for measures: the list, the form of a draft, one order with what it means and its lifting."""
