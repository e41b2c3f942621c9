"""The tags with which pages are written: `{% load look %}`."""
