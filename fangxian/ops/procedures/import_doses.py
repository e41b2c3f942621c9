"""A list of doses comes in from the health authority (接种名单导入).

1. the file is kept; what each column means is confirmed, and remembered for the sender    intake
2. each row: who it is on the register, by document, or by phone and name                  people
3. the doses, as the authority's own word: it replaces what a weaker source said           vaccination
4. rows that were not taken go back with their reason                                      intake

Steps 2 to 4 are a job. Repeated from the start, or with the same list again, it changes nothing twice.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from uuid import UUID

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require, within_scope
from fangxian.ops.intake.actions import TakenIn, close, map_headers, take_in
from fangxian.ops.intake.queries import Intake, State, find, headers_of, intakes, propose_mapping, read_rows
from fangxian.ops.intake.reading import RowRefusal
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import persons_with_documents, persons_with_phone
from fangxian.ops.realm.current import the_realm
from fangxian.ops.vaccination import refusals
from fangxian.ops.vaccination.actions import record_doses
from fangxian.ops.vaccination.queries import PRODUCTS, SOURCES
from fangxian.ops.vaccination.wire import NewDose

UPLOAD, REGISTER = "intake.upload", "people.register"
KIND, JOB, SOURCE = "vaccination.doses", "procedures.import_doses", "vaccination:"
AT_ONCE = 500  # rows a transaction: others have their turn between two
DAYS = ("first_on", "second_on", "third_on", "fourth_on")
READING = Said("已读 {done} 行，共 {total} 行：新收 {n_new} 针", "{done} of {total} rows read: {n_new} doses new")
NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}
Cells = Mapping[str, str]


@dataclass(slots=True)
class _Came:
    n_new: int = 0
    n_known: int = 0
    refused: dict[int, Refusal] = field(default_factory=dict)


def upload_doses(*, content: bytes, file_name: str, sender: str, by: Account) -> TakenIn:
    """Keep a list of doses.

    Refuses
    -------
    accounts.not_yours, and what intake.actions.take_in refuses
    """
    require_lists(by)
    source = f"{SOURCE}{' '.join(sender.split())}"[:80]
    return take_in(content, file_name=file_name, kind=KIND, source=source, by=f"account:{by.pk}")


def begin_doses(*, intake: Intake, mapping: Mapping[str, str], by: Account):
    """Confirm what each column means and have the rows taken in; the job.

    Refuses
    -------
    accounts.not_yours, vaccination.no_day, and what intake.actions.map_headers refuses
    """
    require_lists(by)
    if not {"given_on", *DAYS} & set(mapping.values()):
        raise refusals.no_day()
    row = map_headers(intake=intake.pk, mapping=mapping, by=f"account:{by.pk}")
    return enqueue(
        kind=JOB, arguments={"intake": str(row.pk)}, by=f"account:{by.pk}", unique_key=key_of(row), n_total=row.n_rows
    )


def import_doses(job) -> dict[str, int]:
    """The job: take in the rows of a mapped list."""
    row = find(UUID(job.arguments["intake"]))
    if row is None or row.state == State.CLOSED:
        return {}
    came, reading, n_done = _Came(), read_rows(row), 0
    rows: Iterator[tuple[int, Cells]] = iter(reading)
    while chunk := list(islice(rows, AT_ONCE)):
        _take(chunk, row.pk, came, job.owner)
        reading.keep(came.refused)
        n_done += len(chunk)
        job.step(n_done, row.n_rows, READING.with_facts(done=n_done, total=row.n_rows, n_new=came.n_new))
    refused = [*reading.refused, *(RowRefusal(number, why) for number, why in came.refused.items())]
    close(intake=row.pk, n_accepted=row.n_rows - len(refused), refused=refused, by=job.owner, cells=reading.cells)
    return {"n_new": came.n_new, "n_known": came.n_known, "n_refused": len(refused), "n_rows": row.n_rows}


def require_lists(account: Account) -> None:
    """Whoever takes lists of doses in may upload, and keeps the register of the whole county."""
    county = the_realm().division_code
    require(account, UPLOAD, county)
    require(account, REGISTER, county)


def dose_lists(account: Account):
    """The lists that came in, the newest first."""
    require_lists(account)
    return within_scope(intakes(kind=KIND), account, UPLOAD)


def dose_list(account: Account, intake: UUID) -> Intake:
    """One of them.

    Refuses
    -------
    accounts.not_yours, vaccination.list.not_found
    """
    row = dose_lists(account).filter(pk=intake).first()
    if row is None:
        raise refusals.no_list()
    return row


def proposed(intake: Intake) -> dict[str, str]:
    """What each header means, as this sender's were mapped last, else by its name."""
    return propose_mapping(headers_of(intake), kind=KIND, source=intake.source)


def key_of(intake: Intake) -> str:
    return f"intake:{intake.pk}"


def sender_of(intake: Intake) -> str:
    return intake.source.removeprefix(SOURCE)


# ---- rows ----


def _take(rows: Sequence[tuple[int, Cells]], intake: UUID, came: _Came, by: str) -> None:
    known = persons_with_documents({cells.get("number", "") for _, cells in rows})
    doses: list[NewDose] = []
    of_row: list[int] = []
    for number, cells in rows:
        try:
            told = _doses(cells, _person(cells, known), intake)
        except Refusal as refusal:
            came.refused[number] = refusal
        else:
            doses += told
            of_row += [number] * len(told)
    refused: dict[int, Refusal] = {}
    n_new = record_doses(doses=doses, by=by, refused=refused)
    came.n_new, came.n_known = came.n_new + n_new, came.n_known + len(doses) - n_new - len(refused)
    for place, refusal in refused.items():
        came.refused.setdefault(of_row[place], refusal)


def _person(cells: Cells, known: Mapping[str, Person]) -> Person:
    name, number, phone = cells["name"], cells.get("number", ""), cells.get("phone", "")
    if number:
        person = known.get(number)
        if person is None:
            raise refusals.not_on_register()
        if _plain(person.name) != _plain(name):
            raise refusals.other_name()
        return person
    called = [it for it in persons_with_phone(phone) if _plain(it.name) == _plain(name)] if phone else []
    if len(called) != 1:
        raise refusals.not_on_register()
    return called[0]


def _doses(cells: Cells, person: Person, intake: UUID) -> list[NewDose]:
    """A row of one dose, or of one person: a day in a column of its own is the dose of that number."""
    product = cells.get("product") or PRODUCTS.OTHER
    days = [(cells.get("given_on", ""), _number(cells.get("dose_number", "")))]
    days += [(cells.get(name, ""), place) for place, name in enumerate(DAYS, start=1)]
    found = [
        NewDose(
            person=person.pk, given_on=date.fromisoformat(day), product=product, number=number,
            source=SOURCES.AUTHORITY, unit=cells.get("unit", ""), intake=intake,
        )
        for day, number in days
        if day
    ]  # fmt: skip
    if not found:
        raise refusals.row_without_day()
    return found


def _number(text: str) -> int:
    """第2针, 2, 第二剂, 加强针: which dose it is; 0 where that is not said as a number."""
    digits = re.search(r"[1-9]", text)
    return int(digits[0]) if digits else next((n for sign, n in NUMERALS.items() if sign in text), 0)


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()
