"""Vaccination (接种): which doses somebody has had, who declines or must not be vaccinated, who is due.

Owns: Dose, VaccineAnswer, Course.

Promises: a dose is never edited, it is superseded, with the reason; the same dose told again is one; of two that
contradict one another the stronger source stands (the health authority's list, a card that was seen, one's own word)
and the weaker is refused; where somebody stands follows from their doses by the schedule, whoever wrote them.

Does not: give a vaccine, keep a clinic's own record, or say what a rulebook asks of whoever is not vaccinated.
"""
