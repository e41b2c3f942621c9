"""Posts: the list, the officer's page at one, its roster, hand-over, checklist, practice and emergencies."""
