"""A county to practise on: synthetic people, and later an outbreak, a response and a score."""
