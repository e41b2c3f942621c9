"""Whom an event of a table is of: the place on the roster of whoever was scanned or typed; a new one where none is.

Scanned are the slip's token, or a code of another system that was taken in. Typed: somebody on the register by their
document, or by phone and name, a child by a guardian's phone; else as known from before; else a new place.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max, Q

from fangxian.core.refusal import Refusal
from fangxian.ops.lab import event_refusals, refusals
from fangxian.ops.lab.aliases import ALIAS, alias_text, aliases_of
from fangxian.ops.lab.barcodes import barcode_of, new_tokens, plain_name, plain_number, token_of
from fangxian.ops.lab.models import Box, Discrepancy, PlaceAlias, RosterPlace, SamplingSite, ScreeningRound, Tube
from fangxian.ops.lab.wire import NEED_A_PERSON, NewEvent, Typed
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import members_of_all, persons_with_documents, persons_with_phones
from fangxian.ops.realm.bulk import insert_rows, rows_with
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.ids import new_ids
from fangxian.ops.realm.sealed import indexes_of

DOCUMENT, KNOWN_AS = "document_number", "lab.known_as"
TWO_NAMES = "two_names"
Key = tuple[str, object]


def whom(row: ScreeningRound, *, events: Sequence[NewEvent]) -> dict[UUID, UUID]:
    """The place on the roster that each event is of, by the event's id; whoever is on none gets one.

    An event that names nobody, or two people, gets its fault.
    """
    asked = [it for it in events if it.fault is None and it.kind in NEED_A_PERSON]
    tokens = {it.id: token_of(it.whom) for it in asked if it.whom}
    wanted = set(tokens.values()) - {""}
    rows = rows_with(RosterPlace, ("token",), ((it,) for it in wanted), ("token", "id", "round_id"))
    by_token, found = {token: pk for token, pk, of_round in rows if of_round == row.pk}, dict[UUID, UUID]()
    others: list[NewEvent] = []
    for event in asked:
        place = by_token.get(tokens.get(event.id, ""))
        if place is not None:
            found[event.id] = place
        elif event.whom:
            others.append(event)
    if others:
        found |= _by_alias(row, others, tokens)
    named = [it for it in asked if it.typed and it.typed.name and it.fault is None and it.id not in found]
    found |= _typed(row, named)
    return found | _told_in_this_upload(others, found)


# ---- codes of other systems ----


def _by_alias(row: ScreeningRound, events: Sequence[NewEvent], tokens: Mapping[UUID, str]) -> dict[UUID, UUID]:
    """Those whose code was taken in, in this round or another; what was typed with it must be of the same name."""
    scanned = _tubes_scanned(it.whom for it in events)
    asked = [it for it in events if it.whom not in scanned and not tokens[it.id]]
    texts = {it.id: alias_text(it.whom) for it in asked}
    known = aliases_of(row, {it for it in texts.values() if it})
    names = _names_of({known[it] for it in texts.values() if it in known}) if any(it.typed for it in asked) else {}
    found = {}
    for event in events:
        place = known.get(texts.get(event.id, ""))
        if place is not None:
            found[event.id] = place
            if event.typed and event.typed.name and plain_name(event.typed.name) != plain_name(names.get(place, "")):
                event.fault = event_refusals.alias_is_anothers()
        elif event.whom in scanned:
            event.fault = refusals.pool_of_pool(scanned[event.whom])
    return {event: place for event, place in found.items() if not _faulty(events, event)}


def _told_in_this_upload(events: Sequence[NewEvent], found: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """Those scanned by a code alone whose it is another event of the same upload tells: a table that was offline sends
    both at once. A code that nobody knows gets its fault.
    """
    told, left = _codes_told(events, found), dict[UUID, UUID]()
    for event in events:
        if event.fault is None and event.id not in found:
            place = None if token_of(event.whom) else told.get(alias_text(event.whom))
            if place is None:
                event.fault = refusals.token_unknown()
            else:
                left[event.id] = place
    return left


def _codes_told(events: Iterable[NewEvent], places: Mapping[UUID, UUID]) -> dict[str, UUID]:
    """Whose each code is that was scanned beside a name; one that was told to be of two people is nobody's."""
    told: dict[str, set[UUID]] = defaultdict(set)
    for event in events:
        if event.fault is None and event.whom and event.typed is not None and event.id in places:
            text = alias_text(event.whom)
            if text and not token_of(event.whom):
                told[text].add(places[event.id])
    return {text: min(some) for text, some in told.items() if len(some) == 1}


def _faulty(events: Sequence[NewEvent], which: UUID) -> bool:
    return any(it.id == which and it.fault is not None for it in events)


def _names_of(places: set[UUID]) -> dict[UUID, str]:
    rows = RosterPlace.objects.filter(pk__in=places).select_related("person").order_by()
    return {it.pk: it.person.name if it.person else it.name for it in rows}


def ask_about_names(
    row: ScreeningRound, *, events: Iterable[NewEvent], places: Mapping[UUID, UUID], at: datetime
) -> None:
    """Of one document under two names it is asked once of each further name. Call it with the round locked."""
    for event in events:
        if event.doubt == TWO_NAMES and event.fault is None:
            told = {"kind": TWO_NAMES, "event_id": event.id, "place_id": places[event.id], "found_at": at}
            Discrepancy.objects.get_or_create(round=row, key=f"{TWO_NAMES}:{places[event.id]}", defaults=told)


def take_in_aliases(row: ScreeningRound, *, events: Iterable[NewEvent], places: Mapping[UUID, UUID]) -> None:
    """What was scanned of somebody beside who they are stands for their place from now on."""
    told = _codes_told(events, places)
    if not told:
        return
    known, at = aliases_of(row, set(told)), county_now()
    fresh = {text: place for text, place in told.items() if text not in known}
    indexes = indexes_of(ALIAS, list(fresh))
    insert_rows(
        PlaceAlias,
        (
            {"round_id": row.pk, "place_id": place, "scanned": index, "taken_in_at": at}
            for place, index in zip(fresh.values(), indexes, strict=True)
        ),
    )


def _tubes_scanned(texts: Iterable[str]) -> dict[str, str]:
    """Of what was scanned for a person, which is a tube."""
    labels = {}
    for text in texts:
        try:
            labels[text] = barcode_of(text)
        except Refusal:
            continue
    known = labels_known(Tube, labels=set(labels.values()))
    return {text: label for text, label in labels.items() if label in known}


def labels_known(model: type[Tube] | type[Box], *, labels: set[str]) -> set[str]:
    return set(model.objects.filter(barcode__in=labels - {""}).order_by().values_list("barcode", flat=True))


# ---- typed ----


class _Register(NamedTuple):
    """Whom of the register what was typed may name."""

    by_document: Mapping[str, Person]
    by_phone: Mapping[str, Sequence[Person]]
    in_household: Mapping[UUID, Sequence[Person]]


def _typed(row: ScreeningRound, events: Sequence[NewEvent]) -> dict[UUID, UUID]:
    """Whoever was typed in: on the register by document, or by phone and name; else as they said."""
    if not events:
        return {}
    numbers = {it.id: plain_number(it.typed.document_number) for it in events if it.typed}
    register = _register(events, numbers)
    persons: dict[UUID, Person | None] = {}
    for event in events:
        person = _person(event.typed or Typed(), numbers[event.id], register)
        if isinstance(person, Refusal):
            event.fault = person
        else:
            persons[event.id] = person
    named = [it for it in events if it.fault is None]
    keys = _keys(named, persons, numbers)
    known, births, names = _places_known(row, {key for each in keys.values() for key in each})
    found, fresh = dict[UUID, UUID](), dict[UUID, NewEvent]()
    for event in named:
        # Another birth is another child, whoever is the guardian of both; of a document or a device's own id it is the
        # same person with the birth put right. Under one document another name is somebody else, until a person says.
        born_on = event.typed.born_on if event.typed and not numbers[event.id] else None
        name = plain_name(event.typed.name) if event.typed else ""
        places = {it: known[it] for it in keys[event.id] if it in known}
        theirs = {it: place for it, place in places.items() if _is_called(it, names.get(place, ""), name)}
        place = next((it for key, it in theirs.items() if _is_born(key, births.get(it), born_on)), None)
        if len(theirs) < len(places):
            event.doubt = TWO_NAMES
        if place is None:
            [place] = new_ids(1)
            fresh[place], births[place], names[place] = event, born_on, name
            keys[event.id] = tuple(it for it in keys[event.id] if it not in known)
        found[event.id] = place
        known |= {it: place for it in keys[event.id] if it not in known}
    _new_places(row, fresh, persons, numbers, keys)
    return found


def _is_called(key: Key, known: str, told: str) -> bool:
    return key[0] != "document_index" or known in ("", told)


def _is_born(key: Key, known: date | None, told: date | None) -> bool:
    return key[0] != "known_as" or None in (known, told) or known == told


def _register(events: Sequence[NewEvent], numbers: Mapping[UUID, str]) -> _Register:
    phones = {plain_number(text) for it in events if it.typed for text in (it.typed.phone, it.typed.guardian)}
    by_phone = persons_with_phones({it for it in phones if it.isdecimal()})
    homes = {it.household_id for each in by_phone.values() for it in each if it.household_id}
    return _Register(persons_with_documents(set(numbers.values())), by_phone, members_of_all(sorted(homes)))


def _person(typed: Typed, number: str, register: _Register) -> Person | Refusal | None:
    name, person = plain_name(typed.name), register.by_document.get(number)
    if person is not None:
        return person if plain_name(person.name) == name else refusals.person_unclear()
    if number:
        return None
    called: dict[UUID, Person] = {}
    for phone in (typed.phone, typed.guardian):
        for owner in register.by_phone.get(plain_number(phone), ()):
            for it in (owner, *register.in_household.get(owner.household_id, ())):
                if plain_name(it.name) == name and typed.born_on in (None, it.born_on):
                    called[it.pk] = it
    return next(iter(called.values())) if len(called) == 1 else None


def _keys(
    events: Sequence[NewEvent], persons: Mapping[UUID, Person | None], numbers: Mapping[UUID, str]
) -> dict[UUID, tuple[Key, ...]]:
    """By what somebody typed in twice is known for one: their record, their document, else the device's own id of them,
    and what tells one child from another of the same name.
    """
    documents = dict(zip(numbers, indexes_of(DOCUMENT, list(numbers.values())), strict=True))
    facts = {it.id: facts_of(it) for it in events if persons[it.id] is None}
    every = sorted({text for told in facts.values() for text in told})
    index_of = dict(zip(every, indexes_of(KNOWN_AS, every), strict=True))
    keys: dict[UUID, tuple[Key, ...]] = {}
    for event in events:
        person, document = persons[event.id], documents[event.id]
        typed_as = event.typed.typed_as if event.typed else ""
        if person is not None:
            keys[event.id] = (("person", person.pk),)
        else:
            sure = ("document_index", document) if document else ("typed_as", typed_as)
            own: tuple[Key, ...] = (sure,) if sure[1] else ()
            keys[event.id] = (*own, *(("known_as", index_of[it]) for it in facts[event.id]))
    return keys


def facts_of(event: NewEvent) -> list[str]:
    """What tells somebody from others of their name: the document; without one the guardian's name or phone, or their
    own, then each with the birth; the birth; of a name alone, that it is in this tube, or at this site.

    []: nothing but the device's own id tells who they are.
    """
    typed = event.typed or Typed()
    name, birth = plain_name(typed.name), typed.born_on.isoformat() if typed.born_on else ""
    if number := plain_number(typed.document_number):
        return [f"{name}|document|{number}"]
    contacts = dict.fromkeys(it for it in (plain_name(typed.guardian), plain_number(typed.phone)) if it)
    if contacts:
        closest = [f"{name}|{it}|{birth}" for it in contacts if birth]
        return [*(f"{name}|{it}" for it in contacts), *closest]
    if birth:
        return [f"{name}||{birth}"]
    return [] if typed.typed_as else [f"{name}|in|{event.tube or event.site or event.id}"]


def _places_known(
    row: ScreeningRound, keys: set[Key]
) -> tuple[dict[Key, UUID], dict[UUID, date | None], dict[UUID, str]]:
    """The places by what they are known by; births of those known by their name, names of those by a document."""
    rows, found = RosterPlace.objects.filter(round=row).order_by(), dict[Key, UUID]()
    births: dict[UUID, date | None] = {}
    names: dict[UUID, str] = {}
    for column in ("person", "document_index", "known_as", "typed_as"):
        values = [value for kind, value in keys if kind == column]
        if values:
            some = rows.filter(Q(**{f"{column}__in": values}))
            for it, pk, born_on, name in some.values_list(column, "id", "born_on", "name"):
                found[column, bytes(it) if isinstance(it, memoryview) else it] = pk
                births |= {pk: born_on} if column == "known_as" else {}
                names |= {pk: plain_name(name)} if column == "document_index" else {}
    return found, births, names


def _new_places(
    row: ScreeningRound,
    fresh: Mapping[UUID, NewEvent],
    persons: Mapping[UUID, Person | None],
    numbers: Mapping[UUID, str],
    keys: Mapping[UUID, Sequence[Key]],
) -> None:
    """A place for each who came without one."""
    if not fresh:
        return
    last = RosterPlace.objects.filter(round=row).aggregate(n=Max("number"))["n"] or 0
    sites = dict(SamplingSite.objects.filter(round=row).order_by().values_list("pk", "area_path"))
    made = []
    for nth, ((pk, event), token) in enumerate(zip(fresh.items(), new_tokens(len(fresh)), strict=True), start=1):
        person, typed = persons[event.id], event.typed or Typed()
        known = dict(reversed(keys[event.id]))  # of several of one kind the first
        own = person is None
        area = person.area_path if person is not None else sites.get(event.site or UUID(int=0), "")
        made.append(
            {"id": pk, "round_id": row.pk, "number": last + nth, "person_id": person.pk if person else None,
             "name": typed.name if own else "", "document_number": numbers[event.id] if own else "",
             "document_index": known.get("document_index"), "phone": typed.phone if own else "",
             "born_on": typed.born_on if own else None, "guardian": typed.guardian if own else "",
             "known_as": known.get("known_as"), "typed_as": known.get("typed_as") or "", "area_path": area,
             "source": "table", "token": token, "site_id": event.site}
        )  # fmt: skip
    insert_rows(RosterPlace, made)
