"""Deciding many arrivals anew of which nothing else is told: the risk areas or the rules changed, and nobody spoke.

`decide_anew` is for whoever said something more. Here only what was decided is written, and a version that says so
with the words of the one before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.bulk import update_rows
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.ids import in_hex

from ..models import Arrival, State, Version
from ..wire import Decided, plain_stages, plain_tests

READ = ("pk", "person_id", "person__name", "area_path", "arrives_at", "state", "declared_as", "version")
DECIDED = (
    "disease", "rulebook", "rules", "measure", "stages", "tests", "measure_ends_on", "has_landing_test",
    "needs_undertaking", "decided_at", "version",
)  # fmt: skip
# What was told stays sealed as it lies: the version before has it under the same column's seal.
SAY_SO = f"""
INSERT INTO {Version._meta.db_table}
  (arrival_id, number, why, content, reason, measure, rules, is_own, written_at, written_by)
SELECT now.id, now.version, %s, before.content, %s, now.measure, now.rules, %s, %s, %s
FROM {Arrival._meta.db_table} AS now
JOIN {Version._meta.db_table} AS before ON before.arrival_id = now.id AND before.number = now.version - 1
WHERE now.id IN ({{places}}) ORDER BY now.id
"""


@dataclass(frozen=True, slots=True)
class Named:
    """Who somebody is, as a task says it."""

    name: str


@dataclass(slots=True)
class ToDecide:
    """One arrival as it was read to be decided anew, fields as `models.Arrival`; what is decided comes later."""

    pk: UUID
    person_id: UUID
    person: Named
    area_path: str
    arrives_at: datetime
    state: str
    declared_as: str
    version: int
    disease: str = ""
    rulebook: str = ""
    rules: list[str] = field(default_factory=list)
    measure: str = ""
    stages: list[list[str]] = field(default_factory=list)
    tests: list[list[str]] = field(default_factory=list)
    measure_ends_on: date | None = None
    has_landing_test: bool = False
    needs_undertaking: bool = False
    decided_at: datetime | None = None


def read_to_decide(arrivals: Sequence[UUID]) -> list[ToDecide]:
    """Some hundred arrivals as they stand, those that were called off left out; one query."""
    rows = Arrival.objects.filter(pk__in=arrivals).exclude(state=State.CANCELLED).order_by("pk")
    return [ToDecide(pk, person, Named(name), *rest) for pk, person, name, *rest in rows.values_list(*READ)]


@transaction.atomic
def decide_many_anew(*, rows: Sequence[ToDecide], decisions: Mapping[UUID, Decided], by: str) -> list[ToDecide]:
    """Write what the rules now make of some hundred arrivals, as they were read; which of them changed.

    One that was told anew, called off, moved or merged since is left as it is: whoever did that had it decided.
    """
    at, unchanged = county_now(), _locked([row.pk for row in rows])
    changed = [row for row in rows if unchanged.get(row.pk) == (row.version, row.person_id, row.area_path, row.state)]
    if not changed:
        return []
    for row in changed:
        _fill(row, decisions[row.pk], at)
    update_rows(Arrival, ({"id": row.pk, **{it: getattr(row, it) for it in DECIDED}} for row in changed))
    _write_versions(changed, at, by)
    about = [f"person:{row.person_id}" for row in changed]
    record("arrivals.decided_anew", by=by, about=about, details={"n_arrivals": len(changed)})
    return changed


def _locked(arrivals: Sequence[UUID]) -> dict[UUID, tuple]:
    rows = Arrival.objects.select_for_update().filter(pk__in=arrivals).order_by("pk")
    return {pk: tuple(rest) for pk, *rest in rows.values_list("pk", "version", "person_id", "area_path", "state")}


def _fill(row: ToDecide, decided: Decided, at: datetime) -> None:
    row.disease, row.rulebook, row.rules = decided.disease, decided.rulebook, list(decided.rules)
    row.measure, row.measure_ends_on = decided.measure, decided.measure_ends_on
    row.stages, row.tests = plain_stages(decided.stages), plain_tests(decided.tests)
    row.has_landing_test, row.needs_undertaking = decided.has_landing_test, decided.needs_undertaking
    row.decided_at, row.version = at, row.version + 1


def _write_versions(changed: Sequence[ToDecide], at: datetime, by: str) -> None:
    ids = [row.pk for row in changed]
    keys = ids if connection.features.has_native_uuid_field else in_hex(ids)
    moment = Version._meta.get_field("written_at").get_db_prep_value(at, connection)
    told = [str(Version.Why.ENQUIRED), b"", False, moment, by]
    with connection.cursor() as cursor:
        cursor.execute(SAY_SO.format(places=", ".join(["%s"] * len(keys))), [*told, *keys])
