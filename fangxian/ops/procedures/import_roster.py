"""A list of people comes in for a screening round (采样名册导入): of a school, a unit, whoever is not on the register.

1. the file is kept; what each column means is confirmed, and remembered for the sender    intake
2. each row: who it is on the register, by document, or by phone and name                  people
3. whoever is not on it has a place as the list says, in the division that it names;       lab, places
   a number under another name is somebody else's: the row goes back
4. rows that were not taken go back with their reason                                      intake

Steps 2 to 4 are a job. Repeated from the start, or with the same list again, nobody has two places.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from uuid import UUID

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.intake.actions import TakenIn, close, map_headers, take_in
from fangxian.ops.intake.queries import Intake, State, find, headers_of, intakes, propose_mapping, read_rows
from fangxian.ops.intake.reading import RowRefusal
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.lab import refusals
from fangxian.ops.lab.actions import add_to_roster
from fangxian.ops.lab.barcodes import is_misread_number, plain_name, plain_number
from fangxian.ops.lab.event_refusals import number_misread
from fangxian.ops.lab.queries import (
    STATES,
    RosterPlace,
    ScreeningRound,
    groups_on,
    names_by_document,
    round_with,
    sites_of,
)
from fangxian.ops.lab.ties import schools_with_classes
from fangxian.ops.lab.wire import NewPlace
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import persons_with_documents, persons_with_phones
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.statistics import look_over

from .area_by_name import AreasByName
from .run_rounds import require_plan

UPLOAD = "intake.upload"
KIND, JOB = "lab.roster", "procedures.import_roster"
AT_ONCE = 500  # rows a transaction: others have their turn between two
LOOKED_OVER_AT = (AT_ONCE, 10 * AT_ONCE, 100 * AT_ONCE)  # rows: what the database knows of the first holds for the next
LONGEST_SENDER = 38
READING = Said(
    "已读 {done} 行，共 {total} 行：新上名册 {n_new} 人", "{done} of {total} rows read: {n_new} people are new"
)
Cells = Mapping[str, str]


def upload_roster(*, row: ScreeningRound, content: bytes, file_name: str, sender: str, by: Account) -> TakenIn:
    """Keep a list of people for a round.

    Refuses
    -------
    accounts.not_yours, lab.round_begun, and what intake.actions.take_in refuses
    """
    require_rosters(by)
    _require_prepared(row)
    source = f"{_sources_of(row)}{' '.join(sender.split())[:LONGEST_SENDER]}"
    return take_in(content, file_name=file_name, kind=KIND, source=source, by=f"account:{by.pk}")


def begin_roster(*, row: ScreeningRound, intake: Intake, mapping: Mapping[str, str], by: Account):
    """Confirm what each column means and have the rows taken in; the job.

    Refuses
    -------
    accounts.not_yours, lab.round_begun, and what intake.actions.map_headers refuses
    """
    require_rosters(by)
    _require_prepared(row)
    kept = map_headers(intake=intake.pk, mapping=mapping, by=f"account:{by.pk}")
    arguments = {"intake": str(kept.pk), "round": str(row.pk)}
    return enqueue(kind=JOB, arguments=arguments, by=f"account:{by.pk}", unique_key=key_of(kept), n_total=kept.n_rows)


def import_roster(job) -> dict[str, int]:
    """The job: take in the rows of a mapped list."""
    kept = find(UUID(job.arguments["intake"]))
    if kept is None or kept.state == State.CLOSED:
        return {}
    row = round_with(UUID(job.arguments["round"]))
    areas, school = AreasByName(), _school_of(row, sender_of(kept))
    refused: dict[int, Refusal] = {}
    names: dict[str, str] = {}
    reading, n_new, n_done = read_rows(kept), 0, 0
    rows = iter(reading)
    while chunk := list(islice(rows, AT_ONCE)):
        names |= names_by_document(row, {plain_number(cells.get("number", "")) for _, cells in chunk})
        n_new += add_to_roster(round=row.pk, places=_places(chunk, areas, refused, school, names), by=job.owner)
        reading.keep(refused)
        n_done += len(chunk)
        if n_done in LOOKED_OVER_AT:
            look_over(RosterPlace)
        job.step(n_done, kept.n_rows, READING.with_facts(done=n_done, total=kept.n_rows, n_new=n_new))
    look_over(RosterPlace)
    every = [*reading.refused, *(RowRefusal(number, why) for number, why in refused.items())]
    close(intake=kept.pk, n_accepted=kept.n_rows - len(every), refused=every, by=job.owner, cells=reading.cells)
    return {"n_new": n_new, "n_known": kept.n_rows - len(every) - n_new, "n_refused": len(every)}


def require_rosters(account: Account) -> None:
    """Whoever takes such lists in plans rounds, and may upload."""
    require_plan(account)
    require(account, UPLOAD, the_realm().division_code)


def roster_lists(row: ScreeningRound):
    """The lists that came in for a round, the newest first."""
    return intakes(kind=KIND).filter(source__startswith=_sources_of(row))


def roster_list(row: ScreeningRound, intake: UUID) -> Intake:
    """One of them.

    Refuses
    -------
    lab.list.not_found
    """
    found = roster_lists(row).filter(pk=intake).first()
    if found is None:
        raise refusals.no_list()
    return found


def proposed(intake: Intake) -> dict[str, str]:
    """What each header means: as this sender's were mapped last, for whichever round, else by its name."""
    before = intakes(kind=KIND).filter(source__endswith=f":{sender_of(intake)}").exclude(mapping="")
    source = next((it.source for it in before[:2] if it.pk != intake.pk), intake.source)
    return propose_mapping(headers_of(intake), kind=KIND, source=source)


def key_of(intake: Intake) -> str:
    return f"roster:{intake.pk}"


def sender_of(intake: Intake) -> str:
    return intake.source.split(":", 2)[2]


def _sources_of(row: ScreeningRound) -> str:
    return f"roster:{row.pk.hex}:"


def _require_prepared(row: ScreeningRound) -> None:
    if row.state != STATES.PREPARED:
        raise refusals.round_not_prepared()


# ---- rows ----


def _school_of(row: ScreeningRound, sender: str) -> str:
    """The school, or the unit that a site of the round serves, whose list this is by its sender; "" for any other.

    In its list a class bears no school's name, and each school has a first class of its seventh year.
    """
    served = {name for it in sites_of(row) for name in it.groups}
    names = {*groups_on(row), *served, *(school.name for school, _ in schools_with_classes())}
    return next((it for it in sorted(names) if it[:LONGEST_SENDER] == sender), "")


def _places(
    rows: Sequence[tuple[int, Cells]],
    areas: AreasByName,
    refused: dict[int, Refusal],
    school: str,
    names: dict[str, str],
) -> list[NewPlace]:
    """`names`: of whoever is not on the register, by the number under which they came first."""
    numbers = {number: plain_number(cells.get("number", "")) for number, cells in rows}
    known = persons_with_documents(set(numbers.values()))
    phones = persons_with_phones({cells.get("phone", "") for _, cells in rows})
    found = []
    for number, cells in rows:
        try:
            group = _named(cells.get("group", ""), school)
            new = _place(cells, group, numbers[number], known.get(numbers[number]), phones, areas)
            if new.person is None and names.setdefault(numbers[number], new.name) != new.name:
                _refuse_another(new.name, names[numbers[number]])
            found.append(new)
        except Refusal as refusal:
            refused[number] = refusal
    return found


def _refuse_another(name: str, known: str) -> None:
    if plain_name(name) != plain_name(known):
        raise refusals.person_unclear()


def _named(group: str, school: str) -> str:
    """A class with its school before it, as the register calls it."""
    return group if group.startswith(school) else f"{school} {group}".strip()


def _place(
    cells: Cells,
    group: str,
    number: str,
    person: Person | None,
    phones: Mapping[str, Sequence[Person]],
    areas: AreasByName,
) -> NewPlace:
    name, phone = cells["name"], cells.get("phone", "")
    if person is not None and _plain(person.name) != _plain(name):
        raise refusals.person_unclear()
    if person is None and is_misread_number(number):
        raise number_misread()
    if person is None and not number:
        called = [it for it in phones.get(phone, ()) if _plain(it.name) == _plain(name)]
        if len(called) != 1:
            raise refusals.list_without_number()
        person = called[0]
    if person is not None:
        return NewPlace(person=person.pk, group=group, area_path=person.area_path)
    area_path = areas.area_of(cells.get("area", ""))
    return NewPlace(name=name, document_number=number, phone=phone, group=group, area_path=area_path)


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()
