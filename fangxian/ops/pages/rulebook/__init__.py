"""What the rulebook's pages are made of: the sheet an official reads, the doors, the changes, the door one may try.

`words` names a rulebook's keys for people. What is shown of a door is read off the compiled tables, so that it is
what a gate looks up; nothing here judges a rule.
"""
