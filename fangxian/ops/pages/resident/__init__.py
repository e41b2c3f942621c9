"""The resident's pages: my code, scanning a venue, my visits, my appeals; and a visitor's temporary code."""
