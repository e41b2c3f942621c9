"""How the actions of this room lock, write over and keep the versions of an arrival. For actions only."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.ops.people.models import Person
from fangxian.ops.realm.bulk import insert_rows
from fangxian.ops.realm.current import county_now

from .. import refusals
from ..models import Arrival, Leg, State, Stay, Version
from ..wire import Decided, Told, digest_of, plain_stages, plain_tests, told_json

BATCH = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a declaration: its row; `is_new` unless it was there already, word for word or by its form.

    `waits`: what was said stands only once somebody has asked, and the row is as it was.
    """

    row: Arrival
    is_new: bool
    waits: bool = False


def fill(*, row: Arrival, told: Told, said: str, decided: Decided, at: datetime) -> None:
    row.arrives_at, row.stays_at, row.phone = told.arrives_at, told.stays_at, told.phone
    row.digest = digest_of(row.person_id, said)
    row.disease, row.rulebook, row.rules = decided.disease, decided.rulebook, list(decided.rules)
    row.measure, row.stages = decided.measure, plain_stages(decided.stages)
    row.tests, row.measure_ends_on = plain_tests(decided.tests), decided.measure_ends_on
    row.has_landing_test, row.needs_undertaking = decided.has_landing_test, decided.needs_undertaking
    row.decided_at = at


FILLED = (
    "arrives_at", "stays_at", "phone", "digest", "disease", "rulebook", "rules", "measure", "stages", "tests",
    "measure_ends_on", "has_landing_test", "needs_undertaking", "decided_at",
)  # fmt: skip


def write_over(*, row: Arrival, told: Told, decided: Decided, at: datetime) -> None:
    """The row, its stays and legs as they are told now, in place of those before."""
    fill(row=row, told=told, said=told_json(told), decided=decided, at=at)
    row.version += 1
    row.save(update_fields=[*FILLED, "version"])
    Stay.objects.filter(arrival=row).delete()
    Leg.objects.filter(arrival=row).delete()
    insert_rows(Stay, stays_of(row=row, told=told))
    insert_rows(Leg, legs_of(row=row, told=told))


def write_version(*, row: Arrival, told: Told, why: str, is_own: bool, by: str, reason: str = "") -> None:
    Version.objects.create(
        arrival=row, number=row.version, why=why, content=told_json(told), reason=reason.strip(), measure=row.measure,
        rules=row.rules, is_own=is_own, written_at=county_now(), written_by=by,
    )  # fmt: skip


def stays_of(*, row: Arrival, told: Told) -> list[dict[str, object]]:
    return [
        {
            "arrival_id": row.pk, "division_code": it.division, "begins_on": it.begins_on, "ends_on": it.ends_on,
            "risk_areas": sorted(it.risk_areas), "areas_known": it.areas_known,
        }
        for it in told.stays
    ]  # fmt: skip


def legs_of(*, row: Arrival, told: Told) -> list[dict[str, object]]:
    return [
        {
            "arrival_id": row.pk, "transport": str(it.transport), "vehicle": it.vehicle, "seat": it.seat,
            "begins_at": it.begins_at, "ends_at": it.ends_at, "ride": it.ride,
        }
        for it in told.legs
    ]  # fmt: skip


def hold(*, arrivals: Collection[UUID]) -> list[Arrival]:
    """These arrivals, locked in one order until the transaction ends, as they stand once others have let go of them.

    Whoever adds to what is told reads it after this, or of two who add at once one is lost. The people first, in their
    order, as whoever declares does: so neither waits for the other. Who only points at one of them waits for nobody.
    """
    hold_people(persons=Arrival.objects.filter(pk__in=arrivals).order_by().values_list("person_id", flat=True))
    rows = Arrival.objects.select_for_update(of=("self",)).select_related("person").filter(pk__in=arrivals)
    return list(rows.order_by("pk"))


def hold_people(*, persons: Iterable[UUID]) -> None:
    """These people, locked in their order until the transaction ends: nobody else declares anything for them meanwhile.

    Whoever compares what they announced with what is told of them now reads it after this.
    """
    wanted = sorted(set(persons))
    for start in range(0, len(wanted), BATCH):
        rows = Person.objects.select_for_update(no_key=True).filter(pk__in=wanted[start : start + BATCH])
        list(rows.order_by("pk").values_list("pk"))


def locked(arrival: UUID) -> Arrival:
    row = Arrival.objects.select_for_update().filter(pk=arrival).first()
    if row is None:
        raise refusals.unknown()
    return row


def refuse_cancelled(row: Arrival) -> None:
    if row.state == State.CANCELLED:
        raise refusals.cancelled(row.cancelled_at)


def refuse_second_today(row: Arrival) -> None:
    today = localtime(county_now()).date()
    own = row.versions.filter(is_own=True, why=Version.Why.CORRECTED).order_by("-number").first()
    asked = row.corrections.filter(is_own=True).order_by("-asked_at").first()
    if any(localtime(at).date() == today for at in (own and own.written_at, asked and asked.asked_at) if at):
        raise refusals.corrected_today(today + timedelta(days=1))
