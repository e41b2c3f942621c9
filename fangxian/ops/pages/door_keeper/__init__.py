"""The door keeper's page."""
