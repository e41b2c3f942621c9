"""The only writers of the round_plans room."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from uuid import UUID, uuid4

from django.db import connection, transaction

from fangxian.core.screening.staffing import KITS
from fangxian.core.screening.words import ZONES_SAID
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.bulk import insert_rows
from fangxian.ops.realm.current import county_now

from . import refusals
from .models import KeptPlan, KitMovement, PlaceSlot, RoundSingles, SiteZone
from .queries import USED, in_store, n_alone_in, reserved_by_round, used_by_round
from .wire import NewPlan, NewSlot

SAID, WHERE, HOLDS = 100, 60, 9_999
MOST = 100_000_000


@transaction.atomic
def keep_plan(*, plan: NewPlan, by: str) -> KeptPlan:
    """Keep what was planned when a round began. Kept already, the first one stays: that is what is compared with."""
    told = asdict(plan)
    round = told.pop("round")
    row, is_new = KeptPlan.objects.get_or_create(
        round_id=round, defaults={**told, "kept_at": county_now(), "kept_by": by}
    )
    if is_new:
        facts = {"n_tubes": plan.n_tubes, "n_people": plan.n_people}
        record("round_plans.kept", by=by, about=[f"round:{plan.round}"], facts=facts)
    return row


@transaction.atomic
def say_alone(*, round: UUID, n: int, by: str) -> None:
    """How many people of a round have a tube of their own. Said again, the last counts; the same changes nothing.

    Refuses
    -------
    round_plans.alone_wrong
    """
    if not 0 <= n <= MOST:
        raise refusals.alone_wrong(n)
    if n_alone_in(round) == n:
        return
    told = {"n": n, "said_at": county_now(), "said_by": by}
    RoundSingles.objects.update_or_create(round_id=round, defaults=told)
    record("round_plans.alone_said", by=by, about=[f"round:{round}"], facts={"n": n})


@transaction.atomic
def keep_slots(*, round: UUID, slots: Sequence[NewSlot], by: str) -> int:
    """The time slots of a round's people, in the place of those that were given before; how many."""
    _lock(PlaceSlot)
    PlaceSlot.objects.filter(round=round).delete()
    n = insert_rows(
        PlaceSlot,
        (
            {
                "round_id": round, "place_id": it.place, "site_id": it.site, "begins_at": it.begins_at,
                "ends_at": it.ends_at, "is_first": it.is_first,
            }
            for it in slots
        ),
    )  # fmt: skip
    record("round_plans.slots_given", by=by, about=[f"round:{round}"], facts={"n": n})
    return n


@transaction.atomic
def lay_out_site(*, round: UUID, site: UUID, zones: Mapping[str, tuple[str, int | None]], by: str) -> None:
    """Where each area of a site is and how many it holds, in the place of what was said before; areas that are not
    named it has not. The same again changes nothing.

    Refuses
    -------
    round_plans.zone_wrong
    """
    told = {zone: (_words(where)[:WHERE], holds) for zone, (where, holds) in zones.items() if _words(where)}
    if not told.keys() <= ZONES_SAID.keys() or any(it is not None and not 0 < it <= HOLDS for _, it in told.values()):
        raise refusals.zone_wrong(HOLDS)
    known = {it.zone: it for it in SiteZone.objects.select_for_update().filter(site=site)}
    if told == {zone: (it.where, it.n_holds) for zone, it in known.items()}:
        return
    SiteZone.objects.filter(site=site, zone__in=known.keys() - told.keys()).delete()
    for zone, (where, holds) in told.items():
        said = {"where": where, "n_holds": holds, "said_at": county_now(), "said_by": by}
        SiteZone.objects.update_or_create(site_id=site, zone=zone, defaults=said)
    facts = {"site": str(site), "zones": sorted(told)}
    record("round_plans.site_laid_out", by=by, about=[f"round:{round}"], facts=facts)


@transaction.atomic
def move_stock(*, kit: str, n: int, said: str, by: str, movement: UUID | None = None) -> None:
    """So many of a kit came into the county's stores; below nought: left them. Two receipts alike both count; the same
    form sent again does not.

    Parameters
    ----------
    movement : made up with the form, so that it is known when it comes again; changed meanwhile, it is another

    Refuses
    -------
    round_plans.kit_wrong, round_plans.not_in_store
    """
    if kit not in KITS or not n or abs(n) > MOST or not said.strip():
        raise refusals.kit_wrong()
    _lock()
    said = _words(said)
    known = KitMovement.objects.filter(pk=movement).first() if movement else None
    if known and (known.kit, known.n, known.said) == (kit, n, said):
        return
    there = in_store().get(kit, 0) - sum(it.get(kit, 0) for it in reserved_by_round().values())
    if n < 0 and there + n < 0:
        raise refusals.not_in_store(kit, there, -n)
    KitMovement.objects.create(
        pk=movement if movement and not known else uuid4(), kind=KitMovement.Kind.STORE, kit=kit, n=n, said=said,
        at=county_now(), by=by,
    )  # fmt: skip
    record("round_plans.stock_moved", by=by, facts={"kit": kit, "n": n})


@transaction.atomic
def reserve(*, round: UUID, needs: Mapping[str, int], by: str) -> dict[str, int]:
    """Put aside for a round what it needs, as far as it is there and nobody else's; what is still missing, by kit.

    What the round has reserved beyond its needs is free again, and of what it used it needs no more. Repeated with the
    same needs, nothing changes.
    """
    _lock()
    gone = used_by_round(round)
    needs = {kit: max(n - gone.get(kit, 0), 0) for kit, n in needs.items()}
    stores, reserved = in_store(), reserved_by_round()
    mine = reserved.get(round, {})
    free = {kit: stores.get(kit, 0) - sum(it.get(kit, 0) for it in reserved.values()) for kit in KITS}
    changes = {kit: min(n - mine.get(kit, 0), max(free[kit], 0)) for kit, n in needs.items()}
    moved = {kit: n for kit, n in changes.items() if n}
    if moved:
        _move(KitMovement.Kind.RESERVE, moved, round, "", by)
        record("round_plans.reserved", by=by, about=[f"round:{round}"], facts=moved)
    return {kit: n - mine.get(kit, 0) - changes[kit] for kit, n in needs.items() if n > mine.get(kit, 0) + changes[kit]}


@transaction.atomic
def free_kits(*, round: UUID, name: str, used: Mapping[str, int], by: str) -> dict[str, int]:
    """What a round used leaves the stores, as far as it is there and nobody else's; all else that was put aside for it
    is free again. What left now, by kit.

    Parameters
    ----------
    name : of the round
    used : of each kit in all, since it began; what left the stores before does not leave them twice
    """
    _lock()
    stores, reserved, gone = in_store(), reserved_by_round(), used_by_round(round)
    mine = reserved.pop(round, {})
    there = {kit: stores.get(kit, 0) - sum(it.get(kit, 0) for it in reserved.values()) for kit in used}
    out = {kit: n for kit in used if (n := min(used[kit] - gone.get(kit, 0), there[kit])) > 0}
    if out:
        _move(KitMovement.Kind.STORE, {kit: -n for kit, n in out.items()}, None, f"“{name}” {USED}", by)
        _move(KitMovement.Kind.RESERVE, {kit: -n for kit, n in out.items()}, round, USED, by)
        record("round_plans.used", by=by, about=[f"round:{round}"], facts=out)
    rest = {kit: n for kit in KITS if (n := out.get(kit, 0) - mine.get(kit, 0))}
    if rest:
        _move(KitMovement.Kind.RESERVE, rest, round, "", by)
        record("round_plans.freed", by=by, about=[f"round:{round}"], facts=rest)
    return out


def _lock(model: type[KitMovement] | type[PlaceSlot] = KitMovement) -> None:
    """Of two who write at once the second sees what the first wrote. SQLite has one writer at a time as it is."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {model._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def _move(kind: str, kits: Mapping[str, int], round: UUID | None, said: str, by: str) -> None:
    at = county_now()
    KitMovement.objects.bulk_create(
        KitMovement(kind=kind, kit=kit, n=n, round_id=round, said=_words(said), at=at, by=by) for kit, n in kits.items()
    )


def _words(said: str) -> str:
    return " ".join(said.replace("\0", " ").split())[:SAID]
