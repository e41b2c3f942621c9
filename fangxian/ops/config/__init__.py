"""Settings, addresses and entry points: where the rooms are wired together.

Owns: one settings module, the URL table, the server entry point. Promises: everything comes from the data
folder and a few environment variables (docs/reference/settings.md). Does not: hold rules or pages.
"""
