"""Lists going out, row by row, however long: as they may come in again here, or in the shape of Go.Data's export.

What an account may see is what it exports. That a list of names left, and how long it was, is put on record first.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import get_current_timezone

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.audit.actions import record
from fangxian.ops.cases import queries as cases_room
from fangxian.ops.cases.queries import Case, CaseLink
from fangxian.ops.contacts import queries as contacts_room
from fangxian.ops.contacts.queries import FollowUp
from fangxian.ops.contacts.wire import read_why
from fangxian.ops.handover.queries import outer_ids
from fangxian.ops.handover.words import Subject
from fangxian.ops.intake.kinds import kind_of
from fangxian.ops.intake.writing import cells_in, csv_pieces, headers_of
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.procedures.export_godata import GODATA
from fangxian.ops.procedures.import_links import OF_DAY
from fangxian.ops.procedures.listed_cases import case_fields
from fangxian.ops.procedures.listed_contacts import contact_fields
from fangxian.ops.procedures.listed_people import Fields, area_names, day_text, moment_text
from fangxian.ops.realm.current import county_now

EXCHANGE = "contacts.exchange"
PLAIN, GO_DATA = "plain", "godata"
CHUNK = 500
IN_MEETING = ("id", "case_id", "who_key", "last_exposure_at", "via")
Read = Callable[[Collection[UUID]], Mapping[UUID, Any]]
Which = Callable[[Any, Collection[UUID]], bool]
CERTAINTIES = {"proved": "high", "likely": "medium", "possible": "low"}


@dataclass(frozen=True, slots=True)
class Export:
    """A list going out: its file's name, and its bytes piece by piece."""

    file_name: str
    pieces: Iterator[bytes]


def export_list(*, kind: str, shape: str, disease: str, by: Account, language: str = "zh") -> Export:
    """A whole list of a disease as CSV, of what the account may see; sent while it is read.

    Parameters
    ----------
    kind : of intake.line_lists
    shape : "plain", with the heads of our own lists in a language, or "godata"

    Refuses
    -------
    accounts.not_yours, lists.no_such_export
    """
    require(by, EXCHANGE)
    if kind not in READ or shape not in (PLAIN, GO_DATA):
        raise Refusal(
            "lists.no_such_export",
            zh="没有这样的名单可以导出（{kind}，{shape}）。请从“导入导出”页选择。",
            en="There is no such list to export ({kind}, {shape}). Choose one on the page of imports and exports.",
            kind=kind,
            shape=shape,
        )
    at = county_now()
    with transaction.atomic():
        facts = {"kind": kind, "shape": shape, "disease": disease}
        record("lists.exported", by=f"account:{by.pk}", facts=facts)
    rows = READ[kind](disease, by, shape == GO_DATA)
    name = f"{shape}-{kind.rpartition('.')[2]}-{at:%Y%m%d-%H%M}.csv"
    if shape == GO_DATA:
        columns = GODATA[kind]
        return Export(
            name, csv_pieces([head for head, _ in columns], ([read(it) for _, read in columns] for it in rows))
        )
    listed = kind_of(kind)
    return Export(name, csv_pieces(headers_of(listed, language), map(cells_in(listed, language), rows)))


def _cases(disease: str, by: Account, is_godata: bool) -> Iterator[Fields]:
    towns = area_names()
    rows = cases_room.within(by).filter(disease=disease).order_by("reported_at", "number")
    for chunk in _chunks(rows, cases_room.as_listed):
        outer = outer_ids(Subject.CASE, [it.pk for it in chunk])
        yield from (case_fields(it, outer.get(it.pk), towns) for it in chunk)


def _contacts(disease: str, by: Account, is_godata: bool) -> Iterator[Fields]:
    """Each contact of each case; in Go.Data's shape each person once, as relationships say whose contacts they are."""
    towns, rings, names = area_names(), _rings(disease), _CaseNames()
    for people in _people(disease, by, contacts_room.as_listed):
        shown = [it for person in people for it in (person[:1] if is_godata else person)]
        outer = outer_ids(Subject.CONTACT, {it.pk for person in people for it in person})
        called = _called(people, outer)
        cases = names.of({it.case_id for it in shown})
        vias = outer_ids(Subject.CONTACT, {it.via for it in shown if it.via})
        for it in shown:
            name = outer.get(it.pk) or called.get(bytes(it.who_key))
            via = vias[it.via][0] if it.via in vias else str(it.via or "")
            yield contact_fields(it, outer=name, case=cases.get(it.case_id, ""), via=via, rings=rings, towns=towns)


def _follow_ups(disease: str, by: Account, is_godata: bool) -> Iterator[Fields]:
    rows = FollowUp.objects.filter(whose__in=contacts_room.within(by).filter(disease=disease)).order_by("on", "id")
    for chunk in _chunks(rows, FollowUp.objects.in_bulk):
        own = outer_ids(Subject.FOLLOW_UP, [it.pk for it in chunk])
        contacts = outer_ids(Subject.CONTACT, {it.whose_id for it in chunk})
        for it in chunk:
            called, number = contacts.get(it.whose_id, (str(it.whose_id), ""))
            yield {
                "outer_id": own.get(it.pk, (str(it.pk), ""))[0],
                "contact": called,
                "contact_number": number,
                "on": day_text(it.on),
                "state": OF_DAY.get((it.state, it.found, it.is_symptomatic), "seen_ok"),
                "temperature_c": "" if it.temperature_c is None else str(it.temperature_c),
                "note": it.note,
            }


def _relationships(disease: str, by: Account, is_godata: bool) -> Iterator[Fields]:
    """Who infected whom, then who met whom."""
    seen = cases_room.within(by).filter(disease=disease)
    links = CaseLink.objects.filter(infector__in=seen, infected__in=seen).order_by("linked_at", "id")
    for chunk in _chunks(links, CaseLink.objects.in_bulk):
        ends = outer_ids(Subject.CASE, {end for it in chunk for end in (it.infector_id, it.infected_id)})
        own = outer_ids(Subject.LINK, [it.pk for it in chunk])
        for it in chunk:
            yield {
                "outer_id": own.get(it.pk, (str(it.pk), ""))[0],
                "from_id": ends.get(it.infector_id, (str(it.infector_id), ""))[0],
                "to_id": ends.get(it.infected_id, (str(it.infected_id), ""))[0],
                "exposure": it.basis,
                "setting": it.setting,
                "certainty": CERTAINTIES.get(it.certainty, "low"),
            }
    if not is_godata:
        yield from _meetings(disease, by)
        return
    yield from _meetings(disease, by, which=lambda it, between: it.via not in between)
    if contacts_room.within(by).filter(disease=disease, via__isnull=False).exists():  # read here after whom they met
        yield from _meetings(disease, by, which=lambda it, between: it.via in between, through=True)


def _meetings(disease: str, by: Account, *, which: Which | None = None, through: bool = False) -> Iterator[Fields]:
    """Which contacts met the case they are of, or `through` whom they are one where a list says so: of Go.Data's shape,
    whose second ring met no case. Of the contact between that the account may not see the case is told.
    """
    read = partial(contacts_room.as_listed, columns=IN_MEETING, of_file=("contact_row_id", "why"))
    names, zone = _CaseNames(by_id=True), get_current_timezone()
    met = {"via__isnull": False} if through else {"case_id__in": Case.objects.values("pk")}
    for people in _people(disease, by, read, **met):
        every = [it for person in people for it in person]
        called = _called(people, outer_ids(Subject.CONTACT, {it.pk for it in every}))
        cases = names.of({it.case_id for it in every})
        own = outer_ids(Subject.LINK, {it.pk for it in every})
        first = {bytes(person[0].who_key): (str(person[0].pk), "") for person in people} | called
        between = _between({it.via for it in every if it.via}, disease, by) if which else {}
        for it in every:
            if (through or it.case_id in cases) and (which is None or which(it, between)):
                yield {
                    "outer_id": own.get(it.pk, (str(it.pk), ""))[0],
                    "from_id": between[it.via] if through else cases[it.case_id],
                    "to_id": first[bytes(it.who_key)][0],
                    "last_exposure_at": moment_text(it.last_exposure_at, zone),
                    "exposure": _words(it.file.why),
                    "certainty": "high",
                }


def _between(vias: Collection[UUID], disease: str, by: Account) -> dict[UUID, str]:
    """What these contacts are called in the list of contacts, each person by one name; those the account may see."""
    if not vias:
        return {}
    seen = contacts_room.within(by).filter(disease=disease)
    keys = {pk: bytes(key) for pk, key in seen.filter(pk__in=vias).values_list("pk", "who_key")}
    rows = seen.filter(who_key__in=set(keys.values())).order_by("who_key", "proposed_at", "id").only("pk", "who_key")
    people = [list(person) for _, person in groupby(rows, key=lambda it: bytes(it.who_key))]
    called = _called(people, outer_ids(Subject.CONTACT, {it.pk for person in people for it in person}))
    first = {bytes(person[0].who_key): (str(person[0].pk), "") for person in people} | called
    return {pk: first[key][0] for pk, key in keys.items()}


@lru_cache(maxsize=4096)  # many met in the same way
def _words(why: str) -> str:
    return next((it.words for it in read_why(why) if it.words), "")


READ: Mapping[str, Callable[[str, Account, bool], Iterator[Fields]]] = {
    "cases.list": _cases,
    "contacts.list": _contacts,
    "contacts.follow_ups": _follow_ups,
    "contacts.relationships": _relationships,
}


def _people(disease: str, by: Account, read: Read, **some: object) -> Iterator[list[list[Any]]]:
    """The contacts an account may see, some hundred persons at a time, each person's in the order of their record.

    Parameters
    ----------
    some : what of one of a person's contacts at least must hold, as a filter; the others come with it
    """
    rows = contacts_room.within(by).filter(disease=disease)
    if some:
        rows = rows.filter(who_key__in=rows.filter(**some).order_by().values("who_key"))
    every = (it for chunk in _chunks(rows.order_by("who_key", "proposed_at", "id"), read) for it in chunk)
    people = (list(person) for _, person in groupby(every, key=lambda it: bytes(it.who_key)))
    while some := list(islice(people, CHUNK)):
        yield some


def _called(people: list[list[Any]], outer: Mapping[UUID, tuple[str, str]]) -> dict[bytes, tuple[str, str]]:
    """What each person is called where they came from: as the first of their contacts that was noted."""
    key_of = {it.pk: bytes(it.who_key) for person in people for it in person}
    called: dict[bytes, tuple[str, str]] = {}
    for pk, name in outer.items():  # in the order they were noted
        called.setdefault(key_of[pk], name)
    return called


def _chunks(rows: QuerySet, read: Read) -> Iterator[list[Any]]:
    """Rows in their order, some hundred in memory at a time. Their ids are held: what comes meanwhile is left out."""
    ids = list(rows.values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        found = read(part)
        yield [found[pk] for pk in part if pk in found]


def _rings(disease: str) -> dict[str, Said]:
    book = rulebooks_by_disease(county_now()).get(disease)
    return {rule.ring: rule.name for rule in book.contacts} if book else {}


class _CaseNames:
    """What cases are called in a list, asked once a case however many contacts it has: by their id where they came
    from, else by our number; or, `by_id`, as a case of ours is by an id that its own row of the list of cases has.
    """

    def __init__(self, *, by_id: bool = False) -> None:
        self._by_id, self._known, self._asked = by_id, {}, set()

    def of(self, ids: Iterable[UUID]) -> Mapping[UUID, str]:
        """The names of these, among others; of `by_id` those are left out that are no cases of ours."""
        if wanted := set(ids) - self._asked:
            self._asked |= wanted
            column = "id" if self._by_id else "number"
            ours = {
                pk: str(getattr(case, column)) for pk, case in cases_room.cases_with(wanted, only=(column,)).items()
            }
            outer = outer_ids(Subject.CASE, ours if self._by_id else wanted)
            self._known |= ours | {pk: outer_id for pk, (outer_id, _) in outer.items()}
        return self._known
