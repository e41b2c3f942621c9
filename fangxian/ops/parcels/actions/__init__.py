"""The only writers of the parcels room. Each is short, atomic and leaves one line in the audit trail."""
