"""Of which disease a line list is, as far as its first rows or the last list of its source tell.

A list that is taken in for another disease than its own puts cases on record that nobody has.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fangxian.ops.cases.queries import case_numbered
from fangxian.ops.intake.queries import Intake, intakes
from fangxian.ops.jobs.queries import latest_with_key
from fangxian.ops.measures.queries import rulebooks_by_disease

EARLIER_AT_MOST = 20  # lists of the source that are looked through for one that was begun


def disease_of_list(
    intake: Intake, *, mapping: Mapping[str, str], rows: Sequence[Mapping[str, str]], job: str, at: datetime
) -> str:
    """A disease with a rulebook in force, or "" where nothing tells.

    Parameters
    ----------
    mapping : header → field
    rows : some of its rows, each header → cell
    job : the kind of the job that takes lists in; what it was asked for last tells of the source
    """
    books = rulebooks_by_disease(at)
    if len(books) == 1:
        return next(iter(books))
    told = {field: [row[header] for row in rows if row.get(header)] for header, field in mapping.items()}
    of_cases = {case.disease for number in told.get("case", ()) if (case := case_numbered(number))}
    rings = set(told.get("ring", ()))
    of_rings = {
        disease
        for disease, book in books.items()
        if rings and rings <= {name for it in book.contacts for name in (it.ring, it.name.zh, it.name.en)}
    }
    for found in (of_cases, of_rings, {_last_of_source(intake, job)}):
        if len(found) == 1 and (disease := found.pop()) in books:
            return disease
    return ""


def _last_of_source(intake: Intake, job: str) -> str:
    """What the last list of this source that was begun was said to be of."""
    earlier = intakes().filter(source=intake.source).exclude(pk=intake.pk).order_by("-received_at", "pk")
    for key in earlier.values_list("pk", flat=True)[:EARLIER_AT_MOST]:
        if asked := latest_with_key(kind=job, unique_key=f"intake:{key}"):
            return str(asked.arguments.get("disease", ""))
    return ""
