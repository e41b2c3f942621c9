"""The venue owner's pages: apply for a venue, keep its doors, codes and devices, hand it over, close it; and the
screen at its door. The approver's part of the same stands on the venue's own page."""
