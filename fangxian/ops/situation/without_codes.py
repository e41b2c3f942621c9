"""What a county looks at whose diseases have no codes and no doors: by disease the cases, and whoever is observed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from fangxian.core.refusal import Said
from fangxian.ops.cases.queries import Case
from fangxian.ops.contacts.queries import Contact
from fangxian.ops.contacts.wire import OBSERVED
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.realm.areas import below

OVER = ("excluded", "closed")


@dataclass(frozen=True, slots=True)
class DiseaseNow:
    """One disease with a rulebook in force: open cases; contacts to be decided on, observed, and late today."""

    name: Said
    n_cases: int
    n_proposed: int
    n_observed: int
    n_late: int


def uses_codes(at: datetime) -> bool:
    """Whether a rulebook in force has codes and doors; so too before there is any rulebook. One query."""
    books = rulebooks_by_disease(at)
    return not books or any(book.has_gate for book in books.values())


def diseases_now(area_path: str, *, at: datetime) -> Sequence[DiseaseNow]:
    """The diseases of the rulebooks in force in an area, by name: numbers alone. Three queries."""
    open_cases = Case.objects.filter(below(area_path)).exclude(state__in=OVER).order_by()
    cases = dict(open_cases.values_list("disease").annotate(n=Count("pk")))
    contacts = Contact.objects.filter(below(area_path)).order_by().values("disease")
    counted = contacts.annotate(
        n_proposed=Count("pk", filter=Q(state="proposed")),
        n_observed=Count("pk", filter=Q(state__in=OBSERVED)),
        n_late=Count("pk", filter=Q(follow_up_due_at__lte=at)),
    )
    by_disease = {row.pop("disease"): row for row in counted}
    none = {"n_proposed": 0, "n_observed": 0, "n_late": 0}
    return [
        DiseaseNow(name=book.disease.name, n_cases=cases.get(key, 0), **by_disease.get(key, none))
        for key, book in sorted(rulebooks_by_disease(at).items())
    ]
