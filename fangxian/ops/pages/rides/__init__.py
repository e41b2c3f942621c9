"""What the pages of rides are made of: the form, and what was declared."""
