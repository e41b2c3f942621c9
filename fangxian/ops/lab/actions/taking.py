"""What tables, carriers and receptions recorded is taken in: a batch at a time, once, nothing lost."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.lab import refusals
from fangxian.ops.lab.barcodes import barcode_of, new_tokens, plain_number, token_of
from fangxian.ops.lab.models import Box, Discrepancy, RosterPlace, SamplingSite, ScreeningRound, TableEvent, Tube
from fangxian.ops.lab.wire import NEED_A_PERSON, Answer, Batch, NewEvent, Typed
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import persons_with_documents, persons_with_phones
from fangxian.ops.realm.bulk import insert_rows
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.ids import new_ids
from fangxian.ops.realm.sealed import indexes_of

from .refolding import Touched, refold

AT_ONCE = 500
DOCUMENT = "document_number"
Whom = tuple[str, str, str]


@transaction.atomic
def take_events(*, round: UUID, batch: Batch, device: str, by: str) -> list[Answer]:
    """Put an upload's events on record and bring what they touch up to them; an answer for each.

    An event that cannot count is kept with its fault, and stands among what is to be settled. One that came before is
    a repeat. Where its rights were looked at before, `fault` says so already.

    Refuses
    -------
    lab.round.not_found
    """
    row = locked(round)
    at, answers = county_now(), list(batch.unreadable)
    fresh = _not_known(batch.events, answers)
    if row.state != ScreeningRound.State.OPEN:
        for event in fresh:
            event.fault = event.fault or refusals.round_not_open()
    _check_sites(row, fresh)
    _check_labels(row, fresh)
    places = _whom(row, fresh)
    _insert(row, fresh, places, device=device, by=by, at=at)
    counting = [it for it in fresh if it.fault is None]
    touched = refold(
        row,
        tubes={it.tube for it in counting} | {it.renamed for it in counting if it.kind == "rename_tube"},
        boxes={it.box for it in counting} | {it.renamed for it in counting if it.kind == "rename_box"},
        places={places[it.id] for it in counting if it.id in places},
        at=at,
    )
    if fresh:
        n_faults = len(fresh) - len(counting)
        record("lab.events_taken", by=by, about=[f"round:{row.pk}"], facts={"n": len(fresh), "n_refused": n_faults})
    return answers + _answers(fresh, places, touched)


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
    rows = TableEvent.objects.filter(pk__in=[it.id for it in events]).order_by().values_list("pk", "digest", "fault")
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


def _check_sites(row: ScreeningRound, events: Iterable[NewEvent]) -> None:
    known = set(SamplingSite.objects.filter(round=row).order_by().values_list("pk", flat=True))
    for event in events:
        if event.site is not None and event.site not in known:
            event.fault, event.site = event.fault or refusals.no_site(), None


def _check_labels(row: ScreeningRound, events: Sequence[NewEvent]) -> None:
    """A label is of one round, and of a tube or of a box."""
    tubes = {it.tube for it in events} | {it.renamed for it in events if it.kind == "rename_tube"}
    boxes = {it.box for it in events} | {it.renamed for it in events if it.kind == "rename_box"}
    wrong_for_tube = _in_other_rounds(Tube, tubes, row) | _known(Box, tubes)
    wrong_for_box = _in_other_rounds(Box, boxes, row) | _known(Tube, boxes)
    for event in events:
        of_box = event.kind == "rename_box"
        found = {event.tube, "" if of_box else event.renamed} & wrong_for_tube
        found |= {event.box, event.renamed if of_box else ""} & wrong_for_box
        if found - {""}:
            event.fault = event.fault or refusals.barcode_is_other(sorted(found - {""})[0])


def _known(model: type[Tube] | type[Box], labels: set[str]) -> set[str]:
    return set(model.objects.filter(barcode__in=labels - {""}).order_by().values_list("barcode", flat=True))


def _in_other_rounds(model: type[Tube] | type[Box], labels: set[str], row: ScreeningRound) -> set[str]:
    others = model.objects.filter(barcode__in=labels - {""}).exclude(round=row)
    return set(others.order_by().values_list("barcode", flat=True))


# ---- whom ----


def _whom(row: ScreeningRound, events: Sequence[NewEvent]) -> dict[UUID, UUID]:
    """The place on the roster that each event is of, by the event's id; whoever is on none gets one."""
    asked = [it for it in events if it.fault is None and it.kind in NEED_A_PERSON]
    tokens = {it.id: token_of(it.whom) for it in asked if it.whom}
    wanted = set(tokens.values()) - {""}
    rows = RosterPlace.objects.filter(token__in=wanted).order_by().values_list("token", "id", "round")
    by_token, found = {token: pk for token, pk, of_round in rows if of_round == row.pk}, {}
    scanned = _tubes_scanned(it.whom for it in asked if it.whom and tokens[it.id] not in by_token)
    for event in asked:
        place = by_token.get(tokens.get(event.id, ""))
        if place is not None:
            found[event.id] = place
        elif event.whom:
            tube = scanned.get(event.whom)
            event.fault = refusals.pool_of_pool(tube) if tube else refusals.token_unknown()
    return found | _typed(row, [it for it in asked if it.typed and not it.whom])


def _tubes_scanned(texts: Iterable[str]) -> dict[str, str]:
    """Of what was scanned for a person, which is a tube."""
    labels = {}
    for text in texts:
        try:
            labels[text] = barcode_of(text)
        except Refusal:
            continue
    known = _known(Tube, set(labels.values()))
    return {text: label for text, label in labels.items() if label in known}


def _typed(row: ScreeningRound, events: Sequence[NewEvent]) -> dict[UUID, UUID]:
    """Whoever was typed in: on the register by document, or by phone and name; else as they said."""
    if not events:
        return {}
    told = {it.id: it.typed for it in events if it.typed is not None}
    numbers = {it: plain_number(typed.document_number) for it, typed in told.items()}
    people = persons_with_documents(set(numbers.values()))
    phones = persons_with_phones({plain_number(it.phone) for it in told.values()})
    persons = {it: _person(typed, people.get(numbers[it]), phones) for it, typed in told.items()}
    found: dict[UUID, UUID] = {}
    for event in events:
        if isinstance(refusal := persons[event.id], Refusal):
            event.fault = refusal
    events = [it for it in events if it.fault is None]
    keys = {it.id: _key(persons[it.id], numbers[it.id], it) for it in events}
    known = _places_known(row, set(keys.values()))
    fresh = {key: it for it in events if (key := keys[it.id]) not in known}
    known |= _new_places(row, fresh, persons, numbers)
    for event in events:
        found[event.id] = known[keys[event.id]]
    return found


def _person(typed: Typed, person: Person | None, phones: Mapping[str, list[Person]]) -> Person | Refusal | None:
    name = _plain(typed.name)
    if person is not None:
        return person if _plain(person.name) == name else refusals.person_unclear()
    called = [it for it in phones.get(plain_number(typed.phone), ()) if _plain(it.name) == name]
    return called[0] if len(called) == 1 and not typed.document_number else None


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def _key(person: Person | Refusal | None, number: str, event: NewEvent) -> tuple[str, object]:
    """By what somebody typed in twice is known for one: who they are, their document, else nothing but this event."""
    if isinstance(person, Person):
        return ("person", person.pk)
    return ("document", indexes_of(DOCUMENT, [number])[0]) if number else ("event", event.id)


def _places_known(row: ScreeningRound, keys: set[tuple[str, object]]) -> dict[tuple[str, object], UUID]:
    persons = [value for kind, value in keys if kind == "person"]
    documents = [value for kind, value in keys if kind == "document"]
    rows = RosterPlace.objects.filter(round=row).order_by()
    found: dict[tuple[str, object], UUID] = {
        ("person", person): pk for person, pk in rows.filter(person__in=persons).values_list("person", "id")
    }
    of_documents = rows.filter(document_index__in=documents).values_list("document_index", "id")
    return found | {("document", bytes(index)): pk for index, pk in of_documents}


def _new_places(
    row: ScreeningRound,
    fresh: Mapping[tuple[str, object], NewEvent],
    persons: Mapping[UUID, Person | Refusal | None],
    numbers: Mapping[UUID, str],
) -> dict[tuple[str, object], UUID]:
    """A place for each who came without one."""
    if not fresh:
        return {}
    last = RosterPlace.objects.filter(round=row).aggregate(n=Max("number"))["n"] or 0
    sites = dict(SamplingSite.objects.filter(round=row).order_by().values_list("pk", "area_path"))
    county = row.areas.values_list("area_path", flat=True).first() or ""
    ids, tokens, made = new_ids(len(fresh)), new_tokens(len(fresh)), []
    for nth, (event, pk, token) in enumerate(zip(fresh.values(), ids, tokens, strict=True), start=1):
        person, typed = persons[event.id], event.typed or Typed()
        known = isinstance(person, Person)
        area = person.area_path if isinstance(person, Person) else sites.get(event.site or UUID(int=0), county)
        made.append(
            {"id": pk, "round_id": row.pk, "number": last + nth, "person_id": person.pk if known else None,
             "name": "" if known else typed.name, "document_number": "" if known else numbers[event.id],
             "document_index": None if known else indexes_of(DOCUMENT, [numbers[event.id]])[0],
             "phone": "" if known else typed.phone, "area_path": area, "source": "table", "token": token,
             "site_id": event.site}
        )  # fmt: skip
    insert_rows(RosterPlace, made)
    return dict(zip(fresh, ids, strict=True))


# ---- on record ----


def _insert(
    row: ScreeningRound, events: Sequence[NewEvent], places: Mapping[UUID, UUID], *, device: str, by: str, at: datetime
) -> None:
    same = {"round_id": row.pk, "received_at": at, "by": by, "device": device}
    insert_rows(
        TableEvent,
        (
            {"id": it.id, "kind": it.kind, "at": it.at, "nth": it.nth, "site_id": it.site, "tube": it.tube,
             "box": it.box, "renamed": it.renamed, "place_id": places.get(it.id), "size": it.size, "why": it.why,
             "said": it.said if it.fault is None else f"{it.said} {it.whom} {_typed_in(it)}".strip(),
             "fault": it.fault.code if it.fault else "", "digest": it.digest, **same}
            for it in events
        ),
    )  # fmt: skip
    insert_rows(
        Discrepancy,
        (
            {"round_id": row.pk, "kind": "refused", "key": f"refused:{it.id}", "event_id": it.id, "found_at": at}
            for it in events
            if it.fault is not None
        ),
    )


def _typed_in(event: NewEvent) -> str:
    """Of a record that does not count, who was meant: kept sealed, for whoever settles it."""
    it = event.typed
    return " ".join((it.name, it.document_number, it.phone)) if it else ""


def _answers(events: Iterable[NewEvent], places: Mapping[UUID, UUID], touched: Touched) -> list[Answer]:
    of_thing: dict[UUID, set[str]] = {}
    for kind, tube, box, place in touched.doubts.values():
        of_thing.setdefault(tube or box or place or UUID(int=0), set()).add(kind)
    nobody, found = UUID(int=0), []
    for event in events:
        if event.fault is not None:
            found.append(Answer(str(event.id), "refused", event.fault))
            continue
        things = (touched.tubes.get(event.tube), touched.boxes.get(event.box), places.get(event.id))
        doubts = set().union(*(of_thing.get(it or nobody, ()) for it in things))
        found.append(Answer(str(event.id), "doubtful" if doubts else "taken", doubts=tuple(sorted(doubts))))
    return found
