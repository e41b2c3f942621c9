"""What a merge moves is written down as it moves (合并留痕), so that it can be undone. Part of every merge.

1. the rows of each room that this merge may change, as they are     people … tracing
2. the merge itself
3. the same rows as they are then; what differs is kept              merges
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.db.models import QuerySet

from fangxian.ops.arrivals import queries as arrivals
from fangxian.ops.cases import queries as cases
from fangxian.ops.comparisons import queries as comparisons
from fangxian.ops.contacts import parting as contacts
from fangxian.ops.departures import queries as departures
from fangxian.ops.enquiries import queries as enquiries
from fangxian.ops.lab import queries as lab
from fangxian.ops.merges.actions import write_merge_down
from fangxian.ops.merges.wire import Two
from fangxian.ops.movement import queries as movement
from fangxian.ops.parcels import queries as parcels
from fangxian.ops.people import queries as people
from fangxian.ops.posts import queries as posts
from fangxian.ops.realm.as_before import RowsNow, changes_between
from fangxian.ops.realm.current import county_now
from fangxian.ops.returnees import queries as returnees
from fangxian.ops.rides import queries as rides
from fangxian.ops.tasks import queries as tasks
from fangxian.ops.tracing import queries as tracing
from fangxian.ops.vaccination import queries as vaccination

CODES = "movement.healthcode"  # of a code it is kept how often its QR and card were renewed, changed or not


@contextmanager
def written_down(*, two: Two, reason: str, by: str) -> Iterator[dict[UUID, UUID]]:
    """Within the merge's transaction: what is done inside is kept.

    Yields
    ------
    Where the merge notes which contacts it made one: the one that is gone → the one that stays.
    """
    at, united = county_now(), dict[UUID, UUID]()
    # A line that only goes over to the other case keeps what rests on it and what is to be done about it; the
    # patients' own fall, and of other cases' they are cases now.
    persons = {*two.persons, *(row.person_id for row in cases.cases_with(two.cases).values() if row.person_id)}
    before = RowsNow(contacts.rows_of_merge(persons, two.cases))
    in_full = contacts.ids_in(before, in_full=True)
    lines = [*in_full, *contacts.ids_through(in_full)]
    before |= RowsNow(rows_of_others(two, lines))
    yield united
    of_contacts = contacts.rows_of_merge(persons, two.cases, in_full)
    after = RowsNow([*of_contacts, *rows_of_others(two, lines)])
    changes = changes_between(before, after, in_full={CODES})
    write_merge_down(two=two, changes=changes, united=united, reason=reason, at=at, by=by)


def rows_of_others(two: Two, lines: Sequence[UUID]) -> list[QuerySet]:
    """The rows of every room but the contacts', of which `lines` are meant."""
    of_journeys = [*arrivals.subjects_of_merge(two.persons), *departures.subjects_of_merge(two.persons)]
    subjects = [*two.subjects, *(f"contact:{line}" for line in lines), *of_journeys]
    return [
        *people.rows_of_merge(two.persons),
        *cases.rows_of_merge(two.persons, two.cases),
        *movement.rows_of_merge(two.persons, [*two.cases, *lines]),
        *parcels.rows_of_merge(two.persons),
        *departures.rows_of_merge(two.persons),
        *rides.rows_of_merge(two.persons),
        *comparisons.rows_of_merge(two.persons),
        *posts.rows_of_merge(two.persons),
        *arrivals.rows_of_merge(two.persons),
        *enquiries.rows_of_merge(two.persons),
        *vaccination.rows_of_merge(two.persons),
        *returnees.rows_of_merge(two.persons),
        *lab.rows_of_merge(two.persons),
        *tasks.rows_of_merge(subjects),
        *tracing.rows_of_merge(two.cases, lines),
    ]
