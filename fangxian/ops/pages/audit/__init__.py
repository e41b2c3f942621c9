"""What the audit's pages are made of: the names of the actions on record, and the filter of the trail."""
