"""A list of who can work in screening rounds comes in (采样检测人员名单导入): of a hospital, a health centre.

1. the file is kept; what each column means is confirmed, and remembered for the sender    intake
2. each row: who it is of those entered, by name and phone, or by name and unit            round_staff
3. whoever is new is entered, and the trainings that are new of everybody                  round_staff
4. rows that were not taken go back with their reason                                      intake

Steps 2 to 4 are a job. Repeated from the start, or with the same list again, nobody is entered twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import islice
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal, Said
from fangxian.core.screening.rostering import TRAINING_HOLDS
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.intake.actions import TakenIn, close, map_headers, take_in
from fangxian.ops.intake.queries import Intake, State, find, headers_of, intakes, propose_mapping, read_rows
from fangxian.ops.intake.reading import RowRefusal
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.round_staff import list_refusals as refusals
from fangxian.ops.round_staff.actions import enter_listed, lock_staff
from fangxian.ops.round_staff.queries import members
from fangxian.ops.round_staff.wire import ListedMember, NewMember
from fangxian.ops.round_staff.words import JOBS, TRAININGS

from .run_rounds import require_plan

UPLOAD = "intake.upload"
KIND, JOB, SOURCE = "round_staff.members", "procedures.import_round_staff", "round-staff:"
AT_ONCE = 500  # rows a transaction: others have their turn between two
LONGEST_NAME, LONGEST_UNIT = 40, 60
CALLED_UP = "reserve"  # a unit's list names those who may be called up, unless it says otherwise
READING = Said("已读 {done} 行，共 {total} 行：新登记 {n_new} 人", "{done} of {total} rows read: {n_new} entered anew")
Cells = Mapping[str, str]


def upload_staff(*, content: bytes, file_name: str, sender: str, by: Account) -> TakenIn:
    """Keep a list of staff.

    Refuses
    -------
    accounts.not_yours, and what intake.actions.take_in refuses
    """
    require_staff_lists(by)
    source = f"{SOURCE}{' '.join(sender.split())}"[:80]
    return take_in(content, file_name=file_name, kind=KIND, source=source, by=f"account:{by.pk}")


def begin_staff(*, intake: Intake, mapping: Mapping[str, str], by: Account):
    """Confirm what each column means and have the rows taken in; the job.

    Refuses
    -------
    accounts.not_yours, and what intake.actions.map_headers refuses
    """
    require_staff_lists(by)
    row = map_headers(intake=intake.pk, mapping=mapping, by=f"account:{by.pk}")
    return enqueue(
        kind=JOB, arguments={"intake": str(row.pk)}, by=f"account:{by.pk}", unique_key=key_of(row), n_total=row.n_rows
    )


def import_round_staff(job) -> dict[str, int]:
    """The job: take in the rows of a mapped list."""
    row = find(UUID(job.arguments["intake"]))
    if row is None or row.state == State.CLOSED:
        return {}
    reading, refused = read_rows(row), dict[int, Refusal]()
    n_new = n_trainings = n_done = 0
    rows = iter(reading)
    while chunk := list(islice(rows, AT_ONCE)):
        new, trained = _enter(chunk, sender_of(row), refused, job.owner)
        n_new, n_trainings, n_done = n_new + new, n_trainings + trained, n_done + len(chunk)
        reading.keep(refused)
        job.step(n_done, row.n_rows, READING.with_facts(done=n_done, total=row.n_rows, n_new=n_new))
    every = [*reading.refused, *(RowRefusal(number, why) for number, why in refused.items())]
    n_taken = row.n_rows - len(every)
    close(intake=row.pk, n_accepted=n_taken, refused=every, by=job.owner, cells=reading.cells)
    return {"n_new": n_new, "n_known": n_taken - n_new, "n_trainings": n_trainings, "n_refused": len(every)}


@transaction.atomic
def _enter(chunk: Iterable[tuple[int, Cells]], sender: str, refused: dict[int, Refusal], by: str) -> tuple[int, int]:
    """Enter some rows, with nobody else entering anybody: another list may name the same people. How many people and
    trainings are new; rows that are not taken go to `refused`.
    """
    lock_staff()
    known, listed = _Known(sender), list[ListedMember]()
    for number, cells in chunk:
        try:
            listed.append(known.meant(cells))
        except Refusal as refusal:
            refused[number] = refusal
    return enter_listed(members=listed, by=by)


def require_staff_lists(account: Account) -> None:
    """Whoever takes such lists in plans rounds, and may upload."""
    require_plan(account)
    require(account, UPLOAD, the_realm().division_code)


def staff_lists():
    """The lists that came, the newest first."""
    return intakes(kind=KIND)


def staff_list(intake: UUID) -> Intake:
    """One of them.

    Refuses
    -------
    round_staff.list.not_found
    """
    found = staff_lists().filter(pk=intake).first()
    if found is None:
        raise refusals.no_list()
    return found


def proposed(intake: Intake) -> dict[str, str]:
    """What each header means, as this sender's were mapped last, else by its name."""
    return propose_mapping(headers_of(intake), kind=KIND, source=intake.source)


def key_of(intake: Intake) -> str:
    return f"round-staff:{intake.pk}"


def sender_of(intake: Intake) -> str:
    return intake.source.removeprefix(SOURCE)


# ---- rows ----


class _Known:
    """Who is entered, and whoever earlier rows of these were about; `sender`: the unit of a row that names none."""

    def __init__(self, sender: str) -> None:
        self.sender, self.today = sender, localtime(county_now()).date()
        self.job: dict[UUID, str] = {}
        self.by_phone: dict[tuple[str, str], UUID] = {}
        self.by_unit: dict[tuple[str, str], list[UUID]] = defaultdict(list)
        self.without_phone: set[UUID] = set()
        for it in members():
            self._note(it.pk, NewMember(name=it.name, phone=it.phone, unit=it.unit, team=it.team, job=it.job))

    def meant(self, cells: Cells) -> ListedMember:
        """Whom a row is about. Refuses with the reason for which the row goes back."""
        told = NewMember(
            name=" ".join(cells["name"].split()),
            phone=cells.get("phone", ""),
            unit=" ".join((cells.get("unit") or self.sender).split()),
            team=cells.get("team") or CALLED_UP,
            job=cells["job"],
            trainings=self._trainings(cells),
        )
        for text, most in ((told.name, LONGEST_NAME), (told.unit, LONGEST_UNIT)):
            if len(text) > most:
                raise refusals.name_long(len(text), most)
        found = self._found(told)
        if found is None:
            found = uuid4()
            self._note(found, told)
            return ListedMember(id=found, is_new=True, told=told)
        if self.job[found] != told.job:
            raise refusals.job_differs(JOBS[self.job[found]].zh, JOBS[self.job[found]].en)
        return ListedMember(id=found, is_new=False, told=told)

    def _found(self, told: NewMember) -> UUID | None:
        if told.phone and (found := self.by_phone.get((_plain(told.name), told.phone))):
            return found
        there = self.by_unit[_plain(told.name), _plain(told.unit)]
        if told.phone:  # somebody else of that name has another phone
            there = [it for it in there if it in self.without_phone]
        if len(there) > 1:
            raise refusals.called_twice(len(there))
        return there[0] if there else None

    def _note(self, who: UUID, told: NewMember) -> None:
        self.job[who] = told.job
        self.by_unit[_plain(told.name), _plain(told.unit)].append(who)
        if told.phone:
            self.by_phone[_plain(told.name), told.phone] = who
        else:
            self.without_phone.add(who)

    def _trainings(self, cells: Cells) -> dict[str, tuple[date, date]]:
        found = {}
        for kind, said in TRAININGS.items():
            passed, until = cells.get(f"{kind}_passed", ""), cells.get(f"{kind}_until", "")
            if until and not passed:
                raise refusals.no_day_passed(said.zh, said.en, date.fromisoformat(until))
            if passed:
                begins = date.fromisoformat(passed)
                if begins > self.today:  # also of the year 9999, after which there is none
                    raise refusals.trained_ahead(said.zh, said.en, begins)
                ends = date.fromisoformat(until) if until else begins + timedelta(days=TRAINING_HOLDS.value)
                if ends < begins:
                    raise refusals.holds_before(said.zh, said.en, begins, ends)
                found[kind] = begins, ends
        return found


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()
