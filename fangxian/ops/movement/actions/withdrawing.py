"""Tests that were none: a laboratory took their results back."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now

from ..models import SamplingDay, TestKnown
from ..wire import NewTest
from .evidence import keep_newest, make_due
from .sampling import keep_days

AT_ONCE = 500


@transaction.atomic
def withdraw_tests(*, tests: Sequence[NewTest], known: Sequence[NewTest], by: str) -> None:
    """Take these tests off the record, and put in their place what else is known of the same people.

    A newest test, or a day's, that another source told stays. Taken off before: nothing changes.

    Parameters
    ----------
    known : results of these people that hold, in any order
    """
    persons = sorted({it.person for it in (*tests, *known)})
    wrong = {(it.person, it.sampled_at, it.source) for it in tests}
    days: dict[tuple[UUID, date], set[int]] = defaultdict(set)
    for it in tests:
        days[it.person, localtime(it.sampled_at).date()].add(int(it.result))
    n = 0
    for at in range(0, len(persons), AT_ONCE):
        some = persons[at : at + AT_ONCE]
        rows = TestKnown.objects.select_for_update().filter(pk__in=some).order_by("pk")
        gone = [row.pk for row in rows if (row.pk, row.sampled_at, row.source) in wrong]
        n += TestKnown.objects.filter(pk__in=gone).delete()[0]
        of_days = (
            SamplingDay.objects.filter(person__in=some).order_by().values_list("pk", "person", "sampled_on", "result")
        )
        over = [pk for pk, person, on, result in of_days if result in days.get((person, on), ())]
        SamplingDay.objects.filter(pk__in=over).delete()
    keep_newest(known)
    keep_days(known)
    make_due(persons=persons, at=county_now())
    about = [f"person:{it}" for it in persons] if len(persons) <= AT_ONCE else []
    record("movement.tests_withdrawn", by=by, about=about, details={"n_persons": len(persons), "n_newest": n})
