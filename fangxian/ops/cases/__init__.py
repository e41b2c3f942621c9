"""Cases (病例): who fell ill, what was reported of them by law, and what the investigation found.

Owns: Case, CaseResult, CaseReport, CaseClock, Answer, ItineraryEntry, CaseLink, CaseSeries.

Promises: a case moves through its states only in the order the field knows (a single positive is held until a
second laboratory has tested it); a legal report is kept exactly as it was filed, and corrected by another; each
clock of the law says when it was due, when it was met and by whom; what one person saved in a questionnaire is
never silently overwritten by another; nobody infects their own infector.

Does not: find contacts (contacts), turn a code (movement), send out teams (tracing), or know a disease: what
differs between diseases stands in the rulebook.
"""
