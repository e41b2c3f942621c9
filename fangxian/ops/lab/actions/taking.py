"""What tables, carriers and receptions recorded is taken in: a batch at a time, once, nothing lost."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.lab import event_refusals, refusals
from fangxian.ops.lab.models import Box, Discrepancy, RosterPlace, ScreeningRound, TableEvent, Tube
from fangxian.ops.lab.wire import OF_PEOPLE, WAITING, Answer, Batch, NewEvent, as_kept
from fangxian.ops.realm.bulk import insert_rows, rows_with
from fangxian.ops.realm.current import county_now

from .refolding import Touched, areas_of_sites, refold
from .timing import BEHIND, ask_about_clocks, put_into_the_round
from .whom import ask_about_names, labels_known, take_in_aliases, whom

STATES = ScreeningRound.State
MOST_AREAS = 10  # as many as the column holds; nobody samples in more


@transaction.atomic
def take_events(*, round: UUID, batch: Batch, device: str, by: str) -> list[Answer]:
    """Put an upload's events on record and bring what they touch up to them; an answer for each.

    An event that cannot count is kept with its fault, and stands among what is to be settled. One that came before is
    a repeat. Where its rights were looked at before, `fault` says so already. What comes before the round is open, or
    after its end, waits as it came. What is told as done before the round was opened counts from then, and is asked
    about.

    Refuses
    -------
    lab.round.not_found
    """
    row = locked(round)
    at, answers = county_now(), list(batch.unreadable)
    fresh = _not_known(batch.events, answers)
    area_of = areas_of_sites(row)
    check_sites(fresh, known=area_of)
    if row.state != STATES.OPEN:
        is_over = row.state == STATES.CLOSED
        for event in fresh:
            event.fault = event.fault or (
                event_refusals.came_after_closing() if is_over else event_refusals.came_before_opening()
            )
    places = find_their_places(row, fresh=fresh)
    behind = put_into_the_round(row, events=fresh, at=at)
    _insert(row, fresh, places, behind, device=device, by=by, at=at)
    ask_about_clocks(row, events=fresh, behind=behind, device=device, at=at)
    ask_about_names(row, events=fresh, places=places, at=at)
    touched = refold_for(row, events=fresh, places=places, at=at, area_of=area_of)
    if fresh:
        n_faults = sum(it.fault is not None for it in fresh)
        record("lab.events_taken", by=by, about=[f"round:{row.pk}"], facts={"n": len(fresh), "n_refused": n_faults})
    return answers + _answers(fresh, places, touched, behind)


def find_their_places(row: ScreeningRound, *, fresh: Sequence[NewEvent]) -> dict[UUID, UUID]:
    """Whose each event is, by its id; what cannot count gets its fault."""
    _check_labels(row, fresh)
    places = whom(row, events=fresh)
    _check_people(fresh, places)
    take_in_aliases(row, events=fresh, places=places)
    return places


def refold_for(
    row: ScreeningRound,
    *,
    events: Iterable[NewEvent],
    places: Mapping[UUID, UUID],
    at: datetime,
    area_of: Mapping[UUID, str],
) -> Touched:
    counting = [it for it in events if it.fault is None]
    return refold(
        row,
        tubes={it.tube for it in counting} | {it.renamed for it in counting if it.kind == "rename_tube"},
        boxes={it.box for it in counting} | {it.renamed for it in counting if it.kind == "rename_box"},
        places={places[it.id] for it in counting if it.id in places},
        at=at,
        area_of=area_of,
    )


def locked(round: UUID) -> ScreeningRound:
    """The round, its events taken in by nobody else until the transaction ends.

    Refuses
    -------
    lab.round.not_found
    """
    row = ScreeningRound.objects.select_for_update().filter(pk=round).first()
    if row is None:
        raise refusals.no_round()
    return row


# ---- what is new, and what cannot count ----


def _not_known(events: Sequence[NewEvent], answers: list[Answer]) -> list[NewEvent]:
    """The events that are new; the others are answered."""
    rows = rows_with(TableEvent, ("id",), ((it.id,) for it in events), ("id", "digest", "fault"))
    known = {pk: (digest, fault) for pk, digest, fault in rows}
    fresh: list[NewEvent] = []
    for event in events:
        digest, fault = known.get(event.id, (None, ""))
        if digest is None:
            known[event.id] = event.digest, ""
            fresh.append(event)
        elif digest == event.digest:
            # A phone that lost the first answer is not told that all is well.
            answers.append(Answer(str(event.id), "repeat", doubts=("refused",) if fault else ()))
        else:
            answers.append(Answer(str(event.id), "refused", refusals.id_taken()))
    return fresh


def check_sites(events: Iterable[NewEvent], *, known: Mapping[UUID, str]) -> None:
    for event in events:
        if event.site is not None and event.site not in known:
            event.fault, event.site = event.fault or refusals.no_site(), None


def _check_labels(row: ScreeningRound, events: Sequence[NewEvent]) -> None:
    """A label is of one round, and of a tube or of a box; told of both in one upload, of the first."""
    tubes = {it.tube for it in events} | {it.renamed for it in events if it.kind == "rename_tube"}
    boxes = {it.box for it in events} | {it.renamed for it in events if it.kind == "rename_box"}
    wrong_for_tube = _in_other_rounds(Tube, tubes, row) | labels_known(Box, labels=tubes)
    wrong_for_box = _in_other_rounds(Box, boxes, row) | labels_known(Tube, labels=boxes)
    for event in events:
        of_box = event.kind == "rename_box"
        as_tube = {event.tube, "" if of_box else event.renamed} - {""}
        as_box = {event.box, event.renamed if of_box else ""} - {""}
        if found := as_tube & wrong_for_tube | as_box & wrong_for_box | as_tube & as_box:
            event.fault = event.fault or refusals.barcode_is_other(min(found))
        elif event.fault is None:
            wrong_for_box |= as_tube
            wrong_for_tube |= as_box


def _in_other_rounds(model: type[Tube] | type[Box], labels: set[str], row: ScreeningRound) -> set[str]:
    others = model.objects.filter(barcode__in=labels - {""}).exclude(round=row)
    return set(others.order_by().values_list("barcode", flat=True))


def _check_people(events: Sequence[NewEvent], places: Mapping[UUID, UUID]) -> None:
    """Who is excused, or due after all, is said by who knows them: their area's people, or those of their site."""
    asked = [it for it in events if it.fault is None and it.kind in OF_PEOPLE and it.reach]
    wanted = {places[it.id] for it in asked if it.id in places}
    rows = RosterPlace.objects.filter(pk__in=wanted).order_by().values_list("id", "area_path", "site__area_path")
    areas = {pk: (area, site or "") for pk, area, site in rows}
    for event in asked:
        its = areas.get(places.get(event.id, UUID(int=0)), ("", ""))
        if not any(area.startswith(it) for area in its if area for it in event.reach):
            event.fault = event_refusals.person_is_anothers()


# ---- on record ----


def _insert(
    row: ScreeningRound,
    events: Sequence[NewEvent],
    places: Mapping[UUID, UUID],
    behind: set[UUID],
    *,
    device: str,
    by: str,
    at: datetime,
) -> None:
    same = {"round_id": row.pk, "received_at": at, "by": by, "device": device}
    insert_rows(
        TableEvent,
        (
            {"id": it.id, "kind": it.kind, "at": it.at, "nth": it.nth, "site_id": it.site, "tube": it.tube,
             "box": it.box, "renamed": it.renamed, "place_id": places.get(it.id), "size": it.size, "why": it.why,
             "said": said_of(it), "came": as_kept(it) if waits(it) or it.id in behind else "", "reach": reach_of(it),
             "fault": it.fault.code if it.fault else "", "digest": it.digest, **same}
            for it in events
        ),
    )  # fmt: skip
    insert_rows(
        Discrepancy,
        (
            {"round_id": row.pk, "kind": kind_of(it), "key": f"refused:{it.id}", "event_id": it.id, "found_at": at}
            for it in events
            if it.fault is not None
        ),
    )


def waits(event: NewEvent) -> bool:
    return event.fault is not None and event.fault.code in WAITING


def kind_of(event: NewEvent) -> str:
    """Which discrepancy an event is that does not count."""
    if not waits(event) or event.fault is None:
        return "refused"
    return "late" if event.fault.code == "lab.came_after_closing" else "early"


def said_of(event: NewEvent) -> str:
    """Of a record that does not count also who was meant: kept sealed, for whoever settles it."""
    if event.fault is None:
        return event.said
    return " ".join((event.said, event.whom, event.typed.said() if event.typed else "")).strip()


def reach_of(event: NewEvent) -> str:
    """Of what changes a tube or a box, as it is kept: people are looked at when it comes."""
    if event.kind in OF_PEOPLE and not waits(event):
        return ""
    return ",".join(event.reach[:MOST_AREAS])


def _answers(
    events: Iterable[NewEvent], places: Mapping[UUID, UUID], touched: Touched, behind: set[UUID]
) -> list[Answer]:
    of_thing: dict[UUID, set[str]] = {}
    for kind, tube, box, place in touched.doubts.values():
        of_thing.setdefault(tube or box or place or UUID(int=0), set()).add(kind)
    nobody, found = UUID(int=0), []
    for event in events:
        if event.fault is not None:
            found.append(Answer(str(event.id), "refused", event.fault))
            continue
        if event.id in touched.not_theirs:
            refusal = event_refusals.thing_is_anothers(event.tube or event.box)
            found.append(Answer(str(event.id), "refused", refusal))
            continue
        tube = touched.tubes.get(event.tube)
        things = (tube, touched.boxes.get(event.box), places.get(event.id))
        doubts = set().union(*(of_thing.get(it or nobody, ()) for it in things))
        doubts |= {touched.again[event.id]} if event.id in touched.again else set()
        if event.kind == "swab" and tube in touched.void:
            doubts.add("into_void")
        doubts |= {BEHIND} if event.id in behind else set()
        doubts |= {event.doubt} if event.doubt else set()
        found.append(Answer(str(event.id), "doubtful" if doubts else "taken", doubts=tuple(sorted(doubts))))
    return found
