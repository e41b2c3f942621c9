"""A merge as its page shows it: which two, when and by whom; and by name what a plan to undo it is about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import accounts_named_by, may
from fangxian.ops.cases import queries as cases
from fangxian.ops.contacts import queries as contacts
from fangxian.ops.merges import queries as merges
from fangxian.ops.merges import refusals
from fangxian.ops.merges.wire import two_of
from fangxian.ops.movement import queries as movement
from fangxian.ops.people import queries as people
from fangxian.ops.rides import queries as rides
from fangxian.ops.tasks import queries as tasks

INVESTIGATE, REGISTER, VIEW = "cases.investigate", "people.register", "cases.view"
CONTACT, TASK, EVIDENCE = "contacts.contact", "tasks.task", "movement.evidence"
OPENED = "merges.merge_page"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeFile:
    """A merge with the two it was of: of cases where cases were merged, else records of the register.

    `kept` and `merged` are None once they are erased; `posts` are usernames by "account:<id>".
    """

    row: Any
    is_of_cases: bool
    kept: Any
    merged: Any
    posts: Mapping[str, str]

    @property
    def subjects(self) -> list[str]:
        return two_of(self.row).subjects


def merge_file(merge: UUID, account: Account) -> MergeFile:
    """A merge, for whoever may work on both sides of it.

    Refuses
    -------
    merges.not_yours
        Also for one that does not exist: who may not see a merge is not told that there is one.
    """
    row = merges.merge_with(merge)
    if row is None:
        raise refusals.not_yours()
    [file] = _files([row])
    found = [it for it in (file.kept, file.merged) if it is not None]
    permission = INVESTIGATE if file.is_of_cases else REGISTER
    if not found or not all(may(account, permission, it.area_path) for it in found):
        raise refusals.not_yours()
    return file


def may_know(account: Account, file: MergeFile, table: str) -> bool:
    """Whether a reader may know of a table's rows: who is a case or a contact is not for whoever keeps the register."""
    if not table.startswith(("cases.", "contacts.", "tracing.", "tasks.")):
        return True
    return all(may(account, VIEW, it.area_path) for it in (file.kept, file.merged) if it is not None)


def merges_shown(rows: Iterable) -> list[MergeFile]:
    """Merges of one case or one record, with the two of each."""
    return _files(list(rows))


def _files(rows: Sequence) -> list[MergeFile]:
    of_cases = cases.cases_with({pk for row in rows for pk in two_of(row).cases})
    of_persons = people.on_record({pk for row in rows for pk in two_of(row).persons})
    posts = {by: it.username for by, it in accounts_named_by(_bys(rows)).items()}
    return [
        MergeFile(
            row=row,
            is_of_cases=row.kept_case is not None,
            kept=of_cases.get(row.kept_case) if row.kept_case else of_persons.get(row.kept_person),
            merged=of_cases.get(row.merged_case) if row.merged_case else of_persons.get(row.merged_person),
            posts=posts,
        )
        for row in rows
    ]


def _bys(rows: Iterable) -> set[str]:
    return {by for row in rows for by in (row.merged_by, row.undone_by) if by}


@dataclass(frozen=True, slots=True)
class Named:
    """One thing by name: a contact, a task; "" where it has none of its own. Or whose it is: evidence."""

    name: str | Said
    contact: UUID | None = None
    person: UUID | None = None


def named(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Named]:
    """Rows of any table by name, as far as they have one."""
    wanted = list(keys)
    ids = [UUID(key) for table, key in wanted if table == CONTACT]
    known = {str(pk): it.name for pk, it in contacts.known_as(ids).items()}
    titles = tasks.titles([UUID(key) for table, key in wanted if table == TASK])
    pieces = movement.persons_of([UUID(key) for table, key in wanted if table == EVIDENCE])
    found = {(CONTACT, key): Named(name, UUID(key)) for key, name in known.items()}
    found |= {(EVIDENCE, str(pk)): Named("", person=person) for pk, person in pieces.items()}
    return found | {(TASK, str(pk)): Named(title) for pk, title in titles.items()}


def hangs_on(person, account: Account) -> list[tuple[Said, int]]:
    """How much is on record of somebody, of what a merge of records moves and the reader may know of."""
    counted = [
        (Said("健康码依据", "pieces of evidence"), movement.evidence_of(person.pk).count()),
        (Said("乘车", "rides"), rides.rides_of(person.pk).count()),
    ]
    if may(account, VIEW, person.area_path):
        counted += [
            (Said("病例", "cases"), cases.cases_of_person(person.pk).count()),
            (Said("接触者", "contact"), contacts.of_person(person.pk).count()),
        ]
    return [(said, n) for said, n in counted if n]


def since_merge(row) -> list[tuple[Said, int]]:
    """What was put on record since of the one that goes on, and stays with it."""
    two, at = two_of(row), row.merged_at
    counted: list[tuple[Said, int]] = []
    if two.kept_case:
        counted += [
            (Said("接触者", "contacts"), contacts.of_case(two.kept_case).filter(proposed_at__gt=at).count()),
            (Said("检测结果", "laboratory results"), _since(cases.results_of(two.kept_case), "recorded_at", at)),
            (Said("报告卡", "report cards"), _since(cases.reports_of(two.kept_case), "filed_at", at)),
            (Said("活动轨迹", "stays and rides"), _since(cases.itinerary_of(two.kept_case), "saved_at", at)),
        ]
    if two.kept_person:
        evidence = movement.evidence_of(two.kept_person).filter(recorded_at__gt=at, rests_on=None)
        counted += [
            (Said("健康码依据", "pieces of evidence"), evidence.count()),
            (Said("乘车", "rides"), rides.rides_of(two.kept_person).filter(declared_at__gt=at).count()),
        ]
    return [(said, n) for said, n in counted if n]


def _since(rows: Iterable, column: str, at: datetime) -> int:
    return sum(getattr(row, column) > at for row in rows)
