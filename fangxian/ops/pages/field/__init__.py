"""The field app's page, its answers to a phone, and the list of phones."""
