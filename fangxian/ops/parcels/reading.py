"""The register and the divisions as matching needs them, read once for a list; and what was decided before."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from fangxian.core.matching.addresses import Gazetteer
from fangxian.ops.people.models import Household, Person
from fangxian.ops.places.queries import current_divisions
from fangxian.ops.realm.bulk import every_row

from .matching.parameters import CHILD_UNDER
from .matching.register import Register, Resident
from .models import SettledMatch, Waybill

COLUMNS = ("id", "household_id", "area_path", "name", "phone", "sex", "born_on")
BATCH = 500


def whole_register(on: date) -> Register:
    """Everybody in use, unsealed in memory; some 200,000 values, which takes seconds. For a job, never a page."""
    born_after = _years_before(on, int(CHILD_UNDER.value))
    residents = [
        Resident(person, household, area, name, phone, sex, born_on > born_after)
        for person, household, area, name, phone, sex, born_on in every_row(
            Person, COLUMNS, where_null="merged_into_id"
        )
    ]
    homes = dict(every_row(Household, ("id", "address")))
    divisions = {it.area_path: it.name_zh for it in current_divisions()}
    return Register(residents, homes, Gazetteer(divisions))


def _years_before(on: date, years: int) -> date:
    return date(on.year - years, on.month, min(on.day, 28))


def settled_matches(whos: Collection[bytes]) -> dict[bytes, UUID | None]:
    """What was decided before of these ways of being written; of a merged record, the one that goes on."""
    wanted, found = list(whos), {}
    for start in range(0, len(wanted), BATCH):
        rows = SettledMatch.objects.filter(who__in=wanted[start : start + BATCH])
        for who, person, goes_on in rows.values_list("who", "person_id", "person__merged_into_id"):
            found[bytes(who)] = goes_on or person
    return found


def listed(trace: UUID, digests: Collection[bytes]) -> dict[bytes, tuple[UUID, int]]:
    """The rows of these that a trace has already: the intake and the row number in it."""
    wanted, found = list(digests), {}
    for start in range(0, len(wanted), BATCH):
        rows = Waybill.objects.filter(trace=trace, digest__in=wanted[start : start + BATCH])
        columns = rows.values_list("digest", "intake", "row_number")
        found |= {bytes(digest): (intake, row) for digest, intake, row in columns}
    return found
