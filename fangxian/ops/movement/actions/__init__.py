"""The only writers of the movement room, by what they write. Each is one transaction and one audit line."""
