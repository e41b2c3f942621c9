"""Pages of priority places (重点场所、重点环节): what is due, what was done, the register."""
