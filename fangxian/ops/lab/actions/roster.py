"""Who is on a round's roster: whoever is in its areas, those of its groups and of lists."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Max, Q

from fangxian.ops.audit.actions import record
from fangxian.ops.lab import refusals
from fangxian.ops.lab.barcodes import new_tokens, plain_number
from fangxian.ops.lab.models import MERGED, Discrepancy, RosterPlace, ScreeningRound, SiteArea, TableEvent
from fangxian.ops.lab.wire import OF_PEOPLE, NewPlace
from fangxian.ops.people.models import Person
from fangxian.ops.realm.areas import below
from fangxian.ops.realm.as_before import Return, Stays, put_back
from fangxian.ops.realm.bulk import insert_rows
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.ids import new_ids
from fangxian.ops.realm.sealed import indexes_of

from .refolding import refold
from .taking import locked
from .whom import DOCUMENT

BY_MERGE, BY_REGISTER = "merge", "register"
AT_ONCE = 500
NOT_SAMPLED = ("due", "refused", "exempt")
OPEN = {"gone_at": None, "settled_at": None, "settled_by": "", "settled_how": ""}
OWN = Person.Standing.RESIDENT


@transaction.atomic
def take_roster(*, round: UUID, by: str, guests: Mapping[UUID, str] | None = None, away: Collection[UUID] = ()) -> int:
    """Everybody who lives in the round's areas gets a place, household by household; how many are new.

    Whoever has a place keeps it, so it may be taken again when the register has grown.

    Parameters
    ----------
    guests : of people who stay here without being residents, in which area
    away : who is out of the county. They have a place and are not missing, until they come to a table or are said to be
        due after all; whoever was away when the roster was taken before, and is not now, is due.

    Refuses
    -------
    lab.round.not_found, lab.round_begun
    """
    row = _prepared(round)
    covered = tuple(row.areas.values_list("area_path", flat=True))
    known = set(row.roster.exclude(person=None).values_list("person", flat=True)) if row.roster.exists() else set()
    found = {person: area for person, area in _living_in(covered) if person not in known}
    for person, area in sorted((guests or {}).items()):
        if covered and area.startswith(covered) and person not in known:
            found.setdefault(person, area)
    places = ({"person_id": person, "area_path": area, "source": "register"} for person, area in found.items())
    n = _insert(row, list(places))
    n_away = _mark_away(row, set(away), by=by)
    record("lab.roster_taken", by=by, about=[f"round:{row.pk}"], facts={"n": n, "n_away": n_away})
    return n


def _living_in(areas: Sequence[str]) -> Iterable[tuple[UUID, str]]:
    """(person, area) household by household."""
    if not areas:
        return ()
    inside = Q()
    for area_path in areas:
        inside |= below(area_path)
    everybody = Person.objects.filter(inside, merged_into=None, standing=OWN)
    in_order = everybody.order_by("area_path", F("household__number").asc(nulls_last=True), "place_in_household", "id")
    return in_order.values_list("id", "area_path")


def _mark_away(row: ScreeningRound, away: set[UUID], *, by: str) -> int:
    """Who is away is exempt, and who was so by the register and is back is due; how many are away.

    Of whom a person said something, that stands.
    """
    at, said = county_now(), dict[UUID, str]()
    told = TableEvent.objects.filter(round=row, kind__in=OF_PEOPLE, place__isnull=False)
    by_people = told.exclude(device=BY_REGISTER).values("place")
    marked = row.roster.filter(stage="exempt", why="away").exclude(person=None).exclude(pk__in=by_people)
    for place, person in marked.order_by().values_list("id", "person"):
        if person not in away:
            said[place] = "due"
    every = sorted(away)
    for start in range(0, len(every), AT_ONCE):
        due = row.roster.filter(person__in=every[start : start + AT_ONCE], stage="due").exclude(pk__in=by_people)
        said |= dict.fromkeys(due.order_by().values_list("id", flat=True), "exempt")
    _say(row, said, at=at, by=by)
    return sum(it == "exempt" for it in said.values())


def _say(row: ScreeningRound, said: Mapping[UUID, str], *, at: datetime, by: str) -> None:
    insert_rows(
        TableEvent,
        (
            {"id": event, "round_id": row.pk, "kind": kind, "at": at, "received_at": at, "by": by,
             "device": BY_REGISTER, "place_id": place, "why": "away" if kind == "exempt" else "", "digest": ""}
            for event, (place, kind) in zip(new_ids(len(said)), said.items(), strict=True)
        ),
    )  # fmt: skip
    refold(row, tubes=(), boxes=(), places=said, at=at)


@transaction.atomic
def add_to_roster(*, round: UUID, places: Sequence[NewPlace], by: str, away: Collection[UUID] = ()) -> int:
    """The people of a list get a place; how many are new. Of whoever has one, the class or unit is noted.

    `away`: who is out of the county, as of `take_roster`.

    Refuses
    -------
    lab.round.not_found, lab.round_begun
    """
    row = _prepared(round)
    persons = [it.person for it in places if it.person]
    numbers = [plain_number(it.document_number) for it in places]
    indexes = indexes_of(DOCUMENT, numbers)
    known_persons = dict(row.roster.filter(person__in=persons).values_list("person", "id"))
    wanted = [it for it in indexes if it]
    known = {bytes(it) for it in row.roster.filter(document_index__in=wanted).values_list("document_index", flat=True)}
    fresh, grouped = [], dict[UUID, str]()
    for new, number, index in zip(places, numbers, indexes, strict=True):
        if new.person in known_persons:
            if new.group:
                grouped[known_persons[new.person]] = new.group
        elif new.person:
            known_persons[new.person] = None
            fresh.append(_listed(new, "", None))
        elif index and index not in known:
            known.add(index)
            fresh.append(_listed(new, number, index))
    n = _insert(row, fresh)
    if away:
        _mark_away(row, set(away), by=by)
    for group in sorted(set(grouped.values())):
        mine = [pk for pk, name in grouped.items() if pk and name == group]
        row.roster.filter(pk__in=mine).update(group=group[:60])
    send_groups_to_sites(row)
    record("lab.roster_added", by=by, about=[f"round:{row.pk}"], facts={"n": n, "n_known": len(places) - n})
    return n


def _listed(new: NewPlace, number: str, index: bytes | None) -> dict[str, object]:
    own = new.person is None
    return {
        "person_id": new.person, "area_path": new.area_path, "source": "list", "group": new.group[:60],
        "name": new.name if own else "", "document_number": number, "document_index": index,
        "phone": new.phone if own else "",
    }  # fmt: skip


def _prepared(round: UUID) -> ScreeningRound:
    row = locked(round)
    if row.state != ScreeningRound.State.PREPARED:
        raise refusals.round_not_prepared()
    return row


def _insert(row: ScreeningRound, places: list[dict[str, object]]) -> int:
    last = row.roster.aggregate(n=Max("number"))["n"] or 0
    tokens, site_of = new_tokens(len(places)), _site_of_areas(row, {str(it["area_path"]) for it in places})
    return insert_rows(
        RosterPlace,
        (
            {**it, "round_id": row.pk, "number": last + nth, "token": token, "site_id": site_of[it["area_path"]]}
            for nth, (it, token) in enumerate(zip(places, tokens, strict=True), start=1)
        ),
    )


def _site_of_areas(row: ScreeningRound, area_paths: Collection[str]) -> dict[object, UUID | None]:
    """The site whose served area is the smallest that holds each of these."""
    serving = _serving(row)
    return {
        area: next((site for served, site in reversed(serving) if area.startswith(served)), None) for area in area_paths
    }


def _serving(row: ScreeningRound) -> list[tuple[str, UUID]]:
    """(area, site) of the sites in use, larger areas before the smaller ones in them."""
    rows = SiteArea.objects.filter(site__round=row, site__closed_at=None).values_list("area_path", "site")
    return sorted(rows, key=lambda it: (len(it[0]), it[0]))


def send_to_sites(row: ScreeningRound) -> None:
    """Each person's site is the one their class or unit goes to, else that of the smallest area served that holds their
    home; one statement an area or group served.
    """
    gone = row.sites.exclude(closed_at=None).values_list("pk", flat=True)
    row.roster.filter(site__in=list(gone)).update(site=None)
    for area_path, site in _serving(row):
        row.roster.filter(below(area_path)).exclude(site=site).update(site=site)
    send_groups_to_sites(row)


def send_groups_to_sites(row: ScreeningRound) -> None:
    """A school's name is that of all its classes; a class that goes elsewhere than its school goes there."""
    named = [(name, it.pk) for it in row.sites.filter(closed_at=None) for name in it.groups]
    for name, site in sorted(named, key=lambda it: (len(it[0]), it[0])):
        row.roster.filter(Q(group=name) | Q(group__startswith=f"{name} ")).update(site=site)


def excuse_twice(place: RosterPlace, *, kind: str, by: str) -> UUID:
    """Whoever is one person with another on the roster is not to come twice (`exempt`), or is after all (`due`); the
    event. Call it with the round locked.
    """
    at, event = county_now(), uuid4()
    insert_rows(
        TableEvent,
        [
            {"id": event, "round_id": place.round_id, "kind": kind, "at": at, "received_at": at, "by": by,
             "device": BY_MERGE, "place_id": place.pk, "why": "twice" if kind == "exempt" else "", "digest": ""}
        ],
    )  # fmt: skip
    refold(place.round, tubes=(), boxes=(), places=[place.pk], at=at)
    return event


def _lock_rounds_of(persons: Collection[UUID]) -> None:
    """So that no upload brings these people up to its events without seeing what is written here."""
    for it in sorted(set(RosterPlace.objects.filter(person__in=persons).values_list("round", flat=True))):
        locked(it)


@transaction.atomic
def carry_places_over(*, kept: UUID, merged: UUID, by: str) -> None:
    """Of a merged record the places are those of the one that goes on; where both have one in a round, nobody is
    missing at the other one, which stays. Sampled under one of them they are missing under neither; under both,
    they are in two tubes, and somebody looks into it.
    """
    _lock_rounds_of([kept, merged])
    own = {it.round_id: it for it in RosterPlace.objects.filter(person=kept).select_related("round")}
    n = RosterPlace.objects.filter(person=merged).exclude(round__in=list(own)).update(person_id=kept)
    twice = list(RosterPlace.objects.filter(person=merged, round__in=list(own)).select_related("round"))
    for place in twice:
        other = own[place.round_id]
        was_sampled, is_sampled = place.stage not in NOT_SAMPLED, other.stage not in NOT_SAMPLED
        event = excuse_twice(other if was_sampled and not is_sampled else place, kind="exempt", by=by)
        if was_sampled and is_sampled:
            told = {"kind": "twice", "place": other, "event_id": event, "found_at": county_now(), **OPEN}
            Discrepancy.objects.update_or_create(round=place.round, key=f"{BY_MERGE}:{place.pk}", defaults=told)
    if n or twice:
        details = {"n_rows": n, "n_twice": len(twice)}
        record("lab.carried_over", by=by, about=[f"person:{kept}", f"person:{merged}"], details=details)


@transaction.atomic
def undo_merge(*, back: Return, persons: Collection[UUID], by: str) -> list[Stays]:
    """The places that came with a record are its own again; what stays."""
    stays = put_back(back, MERGED)
    _lock_rounds_of(persons)
    again = TableEvent.objects.filter(place__person__in=persons, device=BY_MERGE, kind="exempt").values("place")
    for place in RosterPlace.objects.filter(pk__in=again).select_related("round"):
        excuse_twice(place, kind="due", by=by)
        Discrepancy.objects.filter(round=place.round, key=f"{BY_MERGE}:{place.pk}").update(gone_at=county_now())
    if back.returning:
        record(
            "lab.merge_undone", by=by, about=[f"person:{it}" for it in persons], details={"n_rows": len(back.returning)}
        )
    return stays
