"""Case work: the desk, a case, its report card, its questionnaire, its timeline, its story on paper.

Owns: what these pages lay out: words, tables, forms, the questionnaire as fields, the timeline as days. Promises: a
name is masked for whoever does not investigate; filters and pages stand in the address, nothing personal does.
Does not: ask the database but through queries and the situation, or write but through actions and procedures.
"""
