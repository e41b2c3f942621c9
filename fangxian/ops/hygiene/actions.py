"""The only writers of the hygiene room."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.policy.hygiene import CLASSES, VENUES
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now

from . import refusals
from .models import HygieneFault, PriorityPlace, Round, SampleResult
from .wire import NewPlace, NewRound

ANSWERS = ("ok", "fault", "not_here")
BACK = Parameter(
    value=31, unit="days", low=7, high=92,
    meaning="How long after it was done a round at a priority place may still be written down",
    source="a guess: a month's paper lists are typed in afterwards, older ones are a mistyped year",
)  # fmt: skip
MOST = {"concentration_mg_l": (1, 1_000_000), "area_m2": (1, 1_000_000), "n_samples": (1, 500)}


@transaction.atomic
def list_places(*, places: Sequence[NewPlace], by: str) -> list[PriorityPlace]:
    """Put places on the register; one that is on it in the class already stays as it is. Those that are new.

    Refuses
    -------
    hygiene.class_unknown, hygiene.nameless, hygiene.venue_missing
    """
    at = county_now()
    wanted: dict[tuple, NewPlace] = {}
    for it in places:
        _check_place(it)
        wanted.setdefault(_key(it.venue, it.area_path, it.of_class, it.name), it)
    standing = PriorityPlace.objects.filter(struck_at__isnull=True, of_class__in={it.of_class for it in places})
    known = {_key(*row) for row in standing.values_list("venue_id", "area_path", "of_class", "name")}
    rows = [
        PriorityPlace(
            venue_id=it.venue, area_path=it.area_path, of_class=it.of_class, name=it.name.strip(), unit=it.unit,
            listed_at=min(it.since or at, at), listed_by=by,
        )
        for key, it in wanted.items()
        if key not in known
    ]  # fmt: skip
    PriorityPlace.objects.bulk_create(rows, batch_size=500)
    if rows:
        record("hygiene.listed", by=by, details={"n_places": len(rows)})
    return rows


def _check_place(it: NewPlace) -> None:
    if it.of_class not in CLASSES:
        raise refusals.class_unknown(it.of_class)
    if not it.name.strip():
        raise refusals.nameless()
    if it.of_class in VENUES and it.venue is None:
        raise refusals.venue_missing(CLASSES[it.of_class].zh)


def _key(venue: UUID | None, area_path: str, of_class: str, name: str) -> tuple:
    return (venue or area_path, of_class, name.strip())


@transaction.atomic
def strike_place(*, place: UUID, because: str, by: str) -> None:
    """Strike a place off the register; struck already, nothing changes.

    Refuses
    -------
    hygiene.place.not_found, hygiene.why_missing
    """
    row = PriorityPlace.objects.select_for_update().filter(pk=place).first()
    if row is None:
        raise refusals.place_unknown()
    if not because.strip():
        raise refusals.why_missing()
    if row.struck_at is None:
        row.struck_at, row.struck_by, row.struck_because = county_now(), by, because.strip()
        row.save(update_fields=["struck_at", "struck_by", "struck_because"])
        record("hygiene.struck", by=by, about=[f"hygiene:{row.pk}"], details={"because": because})


@transaction.atomic
def carry_places(
    *, from_venue: UUID, to_venue: UUID, area_path: str, staying: Collection[UUID], because: str, by: str
) -> list[tuple[PriorityPlace, PriorityPlace]]:
    """A venue moved: what it is on the register as, it is at the new address, and no longer at the old one; pairs.

    What was done at the old address stays with the old entry. Those `staying` are on the register there as well.
    """
    old, at = (
        list(PriorityPlace.objects.select_for_update().filter(venue=from_venue, struck_at__isnull=True)),
        county_now(),
    )
    new = [
        PriorityPlace(
            venue_id=to_venue, area_path=area_path, of_class=it.of_class, name=it.name, unit_id=it.unit_id,
            listed_at=at, listed_by=by, carried_from=it,
        )
        for it in old
    ]  # fmt: skip
    PriorityPlace.objects.bulk_create(new)
    _strike([it for it in old if it.pk not in staying], because, by)
    if new:
        record("hygiene.carried", by=by, about=[f"hygiene:{it.pk}" for it in new], details={"n_places": len(new)})
    return list(zip(old, new, strict=True))


@transaction.atomic
def carry_places_back(
    *, from_venue: UUID, to_venue: UUID, area_path: str, because: str, by: str
) -> list[tuple[PriorityPlace, PriorityPlace]]:
    """It never moved: each entry is at the old address again, with what was done meanwhile; (entry there, entry here).

    What was struck off meanwhile stays struck off. What was listed at the new address is listed at the old one.
    """
    there = PriorityPlace.objects.select_for_update(of=("self",)).filter(venue=from_venue, struck_at__isnull=True)
    pairs = [(it, _before(it, to_venue)) for it in there.select_related("carried_from")]
    _strike([it for it, _ in pairs], because, by)
    here = []
    for it, before in pairs:
        if before is None:
            before = PriorityPlace.objects.create(
                venue_id=to_venue, area_path=area_path, of_class=it.of_class, name=it.name, unit_id=it.unit_id,
                listed_at=it.listed_at, listed_by=it.listed_by,
            )  # fmt: skip
        before.struck_at, before.struck_by, before.struck_because = None, "", ""
        before.name, before.unit_id = it.name, it.unit_id
        before.save(update_fields=["struck_at", "struck_by", "struck_because", "name", "unit"])
        Round.objects.filter(place=it).update(place=before)
        here.append(before)
    if pairs:
        record(
            "hygiene.carried_back", by=by, about=[f"hygiene:{it.pk}" for it in here], details={"n_places": len(here)}
        )
    return [(it, before) for (it, _), before in zip(pairs, here, strict=True)]


def _before(it: PriorityPlace, venue: UUID) -> PriorityPlace | None:
    """The entry at the old venue that an entry goes back to."""
    same = PriorityPlace.objects.filter(venue=venue, of_class=it.of_class, name=it.name, struck_at__isnull=True).first()
    if same is None and it.carried_from is not None and it.carried_from.venue_id == venue:
        return it.carried_from
    return same


def _strike(rows: Sequence[PriorityPlace], because: str, by: str) -> None:
    at = county_now()
    for it in rows:
        it.struck_at, it.struck_by, it.struck_because = at, by, because
    PriorityPlace.objects.bulk_update(rows, ["struck_at", "struck_by", "struck_because"])


@transaction.atomic
def rename_places(*, venue: UUID, before: str, name: str, by: str) -> int:
    """A venue's name was put right: entries that bear it follow; how many. One beside which another of its class is
    called so already keeps the name it has."""
    standing = PriorityPlace.objects.select_for_update().filter(venue=venue, struck_at__isnull=True)
    taken = set(standing.filter(name=name).values_list("of_class", flat=True))
    rows = [it for it in standing.filter(name=before) if it.of_class not in taken]
    for it in rows:
        it.name = name
    PriorityPlace.objects.bulk_update(rows, ["name"])
    if rows:
        record("hygiene.renamed", by=by, about=[f"hygiene:{it.pk}" for it in rows], details={"n_places": len(rows)})
    return len(rows)


@transaction.atomic
def record_rounds(*, rounds: Sequence[NewRound], by: str) -> list[Round]:
    """What was done, as told; one that is on record already, by its id, stays as it is. Those that are new.

    Refuses
    -------
    hygiene.place.not_found, hygiene.struck, hygiene.in_the_future, hygiene.long_ago, hygiene.nothing_told,
    hygiene.impossible_amount, hygiene.remedy_missing
    """
    known = set(Round.objects.filter(pk__in=[it.id for it in rounds]).values_list("pk", flat=True))
    new = [it for it in rounds if it.id not in known]
    places = PriorityPlace.objects.in_bulk({it.place for it in new})
    for it in new:
        if (place := places.get(it.place)) is None:
            raise refusals.place_unknown()
        if place.struck_at is not None and place.struck_at <= it.done_at:
            raise refusals.struck(place.name)
    return _write(new, by)


@transaction.atomic
def correct_round(*, round: UUID, because: str, by: str, new: NewRound | None = None) -> Round:
    """Put a round right: `new` stands in its stead; without one, it was not done at all.

    Refuses
    -------
    hygiene.round_unknown, hygiene.why_missing, hygiene.corrected_already, and what a new one is refused for
    """
    row = Round.objects.select_for_update().filter(pk=round).first()
    if row is None:
        raise refusals.round_unknown()
    if not because.strip():
        raise refusals.why_missing()
    if new is not None and (repeat := Round.objects.filter(pk=new.id, replaces=row).first()):
        return repeat
    if Round.objects.filter(replaces=row).exists() or row.is_void:
        raise refusals.corrected_already()
    if new is not None:
        (made,) = _write([new], by, replaces=row, because=because.strip())
        return made
    void = Round(
        pk=_void_id(row), place_id=row.place_id, kind=row.kind, done_at=row.done_at, done_on=row.done_on,
        recorded_at=county_now(), recorded_by=by, replaces=row, because=because.strip(), is_void=True,
    )  # fmt: skip
    void.save(force_insert=True)
    record("hygiene.voided", by=by, about=[f"hygiene:{row.place_id}"], details={"round": str(row.pk)})
    return void


def _void_id(row: Round) -> UUID:
    """Of the round that was not done always the same, so that saying so twice at once is one."""
    return UUID(int=row.pk.int ^ (1 << 127) ^ 1)


def _write(new: Sequence[NewRound], by: str, *, replaces: Round | None = None, because: str = "") -> list[Round]:
    at = county_now()
    for it in new:
        _check_round(it, localtime(at).date())
    rows = [
        Round(
            pk=it.id, place_id=it.place, kind=it.kind, done_at=it.done_at, done_on=localtime(it.done_at).date(),
            done_by=it.done_by.strip(), recorded_at=at, recorded_by=by,
            answers={item: answer for item, answer in it.answers.items() if answer in ANSWERS}, agent=it.agent.strip(),
            concentration_mg_l=it.concentration_mg_l, area_m2=it.area_m2, n_samples=it.n_samples,
            spots=it.spots.strip(), note=it.note.strip(), replaces=replaces, because=because,
        )
        for it in new
    ]  # fmt: skip
    Round.objects.bulk_create(rows, batch_size=500)
    HygieneFault.objects.bulk_create(
        HygieneFault(round=row, item=item, remedy=remedy.what.strip(), mend_by_on=remedy.by_on)
        for row, it in zip(rows, new, strict=True)
        for item, remedy in it.remedies.items()
    )
    if rows:
        action = "hygiene.corrected" if replaces else "hygiene.recorded"
        about = sorted({f"hygiene:{row.place_id}" for row in rows})
        record(action, by=by, about=about, details={"n_rounds": len(rows)})
    return rows


def _check_round(it: NewRound, today) -> None:
    done_on = localtime(it.done_at).date()
    if done_on > today:
        raise refusals.in_the_future(done_on)
    if done_on < today - timedelta(days=BACK.value):
        raise refusals.long_ago(done_on, int(BACK.value))
    told = {
        Round.Kind.INSPECTION: [any(answer in ANSWERS for answer in it.answers.values())],
        Round.Kind.DISINFECTION: [it.agent.strip(), it.concentration_mg_l, it.area_m2],
        Round.Kind.SAMPLING: [it.n_samples, it.spots.strip()],
    }[Round.Kind(it.kind)]
    if not all(told):
        raise refusals.nothing_told()
    for name, (low, high) in MOST.items():
        amount = getattr(it, name)
        if amount is not None and not low <= amount <= high:
            raise refusals.impossible_amount(str(amount), low, high)
    faults = {item for item, answer in it.answers.items() if answer == "fault"}
    without = [item for item in faults if item not in it.remedies or not it.remedies[item].what.strip()]
    if without:
        raise refusals.remedy_missing(len(without))


@transaction.atomic
def report_result(*, round: UUID, n_positive: int, spots: str, by: str, because: str = "") -> SampleResult:
    """The result of environmental samples, `n_positive` of them positive; another than the one on record corrects it,
    with a reason. The same once more changes nothing.

    Refuses
    -------
    hygiene.round_unknown, hygiene.no_samples, hygiene.corrected_already, hygiene.own_samples,
    hygiene.result_impossible, hygiene.why_missing
    """
    row = Round.objects.select_for_update(of=("self",)).filter(pk=round).first()
    if row is None:
        raise refusals.round_unknown()
    if row.kind != Round.Kind.SAMPLING:
        raise refusals.no_samples()
    if row.is_void or Round.objects.filter(replaces=row).exists():
        raise refusals.corrected_already()
    if row.recorded_by == by:
        raise refusals.own_samples()
    if not 0 <= n_positive <= (row.n_samples or 0):
        raise refusals.result_impossible(n_positive, row.n_samples or 0)
    before = row.results.filter(replaced_by__isnull=True).first()
    if before and before.n_positive == n_positive:
        return before
    if before and not because.strip():
        raise refusals.why_missing()
    word = SampleResult.Word.POSITIVE if n_positive else SampleResult.Word.NEGATIVE
    made = SampleResult.objects.create(
        round=row, result=word, n_positive=n_positive, spots=spots.strip(), reported_at=county_now(), reported_by=by,
        replaces=before, because=because.strip() if before else "",
    )  # fmt: skip
    record("hygiene.result", by=by, about=[f"hygiene:{row.place_id}"], facts={"result": str(word)})
    return made


@transaction.atomic
def mend_faults(*, faults: Sequence[UUID], by: str) -> None:
    """A second look found these mended; mended already, nothing changes.

    Refuses
    -------
    hygiene.fault_unknown
    """
    rows = HygieneFault.objects.select_for_update().filter(pk__in=faults)
    if len(rows) < len(set(faults)):
        raise refusals.fault_unknown()
    if n := rows.filter(mended_at__isnull=True).update(mended_at=county_now(), mended_by=by):
        places = Round.objects.filter(faults__in=faults).values_list("place_id", flat=True)
        about = sorted({f"hygiene:{pk}" for pk in places})
        record("hygiene.mended", by=by, about=about, details={"n_faults": n})
