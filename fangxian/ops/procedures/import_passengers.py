"""A carrier's list of passengers comes in (同乘名单导入).

1. the file is kept and looked into                                  intake
2. a person confirms what each column means                          intake (remembered for the carrier)
   and which ride it is, where no column says so                      ride_of_list
3. a job reads it, row by row; what cannot be used goes back         jobs, intake
4. who is on the register: by document, else by phone and name       people
5. their rides and seats; whoever is on no register is listed        rides (the list again is harmless)

Who sat near a case is asked by `close_by`, as of rides that people declare themselves.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime

from fangxian.core.identity import IdentityKind, check_identity_number
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.audit.actions import record
from fangxian.ops.intake import queries as intakes
from fangxian.ops.intake.actions import TakenIn, close, map_headers, take_in
from fangxian.ops.intake.queries import Intake, State
from fangxian.ops.intake.reading import RowRefusal
from fangxian.ops.intake.writing import workbook
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.jobs.queries import Job
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.people.queries import persons_with_documents, persons_with_phones
from fangxian.ops.procedures.import_list import UPLOAD, require_importing
from fangxian.ops.procedures.listed_people import phone_of
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.rides.actions import refuse_impossible, take_passengers
from fangxian.ops.rides.queries import Passenger, unmatched_of
from fangxian.ops.rides.wire import (
    KNOWN,
    LISTED_BEFORE,
    NEW,
    SEAT_DIFFERS,
    UNMATCHED,
    ListedPassenger,
    NewRide,
    seat_in,
)

from .elsewhere_meanwhile import elsewhere_meanwhile, refused_elsewhere
from .ride_of_list import RideSaid, refuse_unsaid, ride_said

KIND, JOB, SOURCE = "rides.passengers", "procedures.import_passengers", "carrier:"
AT_ONCE = 500
SHORTEST = timedelta(hours=2)  # of a ride of which the list does not say when it ended: at least, and until midnight
LONGEST_SEAT = 20
OF_RESIDENT = re.compile(r"\d{12,}[Xx]?")
CLOCK = re.compile(
    r"(?:(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]*)?(\d{1,2})[:：时](\d{1,2})分?(?:[:：]\d{1,2}(?:\.\d+)?)?"
)
HEAD = ("原行号", "车次航班车牌", "上车时间", "下车时间", "座位号", "上车站", "下车站", "姓名", "证件号码", "手机号")
SAID = Said(
    "已读 {done} 行，共 {total} 行：在册 {n_matched}，不在名册 {n_unmatched}",
    "{done} of {total} rows read: {n_matched} on the register, {n_unmatched} on none",
)
Fields = Mapping[str, str]
NOTHING_SAID = RideSaid()


def upload_passengers(
    *, content: bytes, file_name: str, carrier: str, by: Account, sheet: str | None = None
) -> TakenIn:
    """Keep a carrier's list and say what it is.

    Parameters
    ----------
    carrier : who exported it, in words: its columns are remembered under it

    Refuses
    -------
    accounts.not_yours, and what `intake.take_in` refuses
    """
    require_importing(by)
    source = f"{SOURCE}{' '.join(carrier.split())}"[:80]
    return take_in(content, file_name=file_name, kind=KIND, source=source, by=f"account:{by.pk}", sheet=sheet)


def begin_passengers(*, intake: Intake, mapping: Mapping[str, str], by: Account, ride: RideSaid = NOTHING_SAID) -> Job:
    """Confirm what each column means and ask for the rows to be taken in; asked for already, it is that job.

    Parameters
    ----------
    ride : what is so of every row that does not say otherwise in a cell of its own

    Refuses
    -------
    accounts.not_yours, rides.ride_not_said, rides.no_such_day, rides.time_unreadable, rides.no_vehicle, rides.times,
    and what `intake.map_headers` refuses
    """
    require_importing(by)
    refuse_unsaid(mapping, ride)
    if ride.vehicle and ride.on:
        refuse_impossible(_ride(ride.cells()))
    actor = f"account:{by.pk}"
    row = map_headers(intake=intake.pk, mapping=mapping, by=actor)
    arguments = {"intake": str(row.pk)} | ({"ride": ride.cells()} if ride.cells() else {})
    return enqueue(kind=JOB, arguments=arguments, by=actor, unique_key=f"intake:{row.pk}", n_total=row.n_rows)


def import_passengers(job: RunningJob) -> dict[str, int]:
    """The job: take in the rows of a mapped list. From the start again it changes nothing twice."""
    row = intakes.find(UUID(job.arguments["intake"]))
    if row is None or row.state == State.CLOSED:
        return {}
    reading, came, part = intakes.read_rows(row), _Came(), []
    of_all = ride_said(job.arguments.get("ride", {})).cells()
    for number, fields in reading:
        part.append((number, of_all | {name: text for name, text in fields.items() if text}))
        if len(part) == AT_ONCE:
            _take(part, came, row, job)
            part = []
    _take(part, came, row, job)
    refused = [*reading.refused, *came.refused]
    close(intake=row.pk, n_accepted=row.n_rows - len(refused), refused=refused, remarked=came.remarked, by=job.owner)
    return came.counts() | {"n_refused": len(refused), "n_rows": row.n_rows}


def passenger_lists_for(account: Account) -> QuerySet[Intake]:
    """The carriers' lists that came in, newest first, for whoever may take lists in."""
    require_importing(account)
    return within_scope(intakes.intakes(kind=KIND), account, UPLOAD)


def passenger_list_for(account: Account, intake: UUID) -> Intake:
    """One of them.

    Refuses
    -------
    accounts.not_yours, rides.unknown_list
    """
    row = passenger_lists_for(account).filter(pk=intake).first()
    if row is None:
        raise Refusal(
            "rides.unknown_list",
            zh="没有这份同乘名单，或不在您的范围内。请从“同乘名单”页的列表中选择。",
            en="There is no such list of passengers, or not in your area. Choose one on the page of passenger lists.",
        )
    return row


def carrier_of(intake: Intake) -> str:
    """Who exported a list."""
    return str(intake.source).removeprefix(SOURCE)


def match_again(*, intake: Intake, by: Account) -> int:
    """Look for a list's unmatched passengers on the register of today; how many of them have a ride now.

    Whoever came onto it since is found; the others stay listed. Again, it changes nothing.

    Refuses
    -------
    accounts.not_yours
    """
    require_importing(by)
    rows, n_found = list(unmatched_of(intake.pk)), 0
    for start in range(0, len(rows), AT_ONCE):
        listed = [_as_listed(row) for row in rows[start : start + AT_ONCE]]
        _on_register(listed)
        if found := [it for it in listed if it.person]:
            take_passengers(passengers=found, intake=intake.pk, by=f"account:{by.pk}")
            n_found += len(found)
    return n_found


def _as_listed(row: Passenger) -> ListedPassenger:
    ride = NewRide(vehicle=row.vehicle, begins_at=row.begins_at, ends_at=row.ends_at, seat=row.seat)
    who = {name: getattr(row, name) for name in ("name", "document_number", "phone", "from_station", "to_station")}
    return ListedPassenger(row_number=row.row_number, ride=ride, **who)


@transaction.atomic
def unmatched_file(*, intake: Intake, by: Account) -> bytes:
    """The passengers of a list who are on no register here, in full, as a workbook for the counties they live in; that
    it was taken is put on record.

    Refuses
    -------
    accounts.not_yours
    """
    require_importing(by)
    rows = unmatched_of(intake.pk)
    facts = {"n": rows.count()}
    record("rides.unmatched_taken_out", by=f"account:{by.pk}", facts=facts, details={"intake": str(intake.pk)})
    return workbook({"不在名册 unmatched": (HEAD, (_cells(it) for it in rows.iterator(chunk_size=AT_ONCE)))})


def _cells(it: Passenger) -> list[str]:
    begins, ends = (f"{localtime(at):%Y-%m-%d %H:%M}" for at in (it.begins_at, it.ends_at))
    where = [it.vehicle, begins, ends, it.seat, it.from_station, it.to_station]
    return [str(it.row_number), *where, it.name, it.document_number, it.phone]


class _Came:
    """What came of a list's rows: counted by what became of them, refused or remarked on by number."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.refused: list[RowRefusal] = []
        self.remarked: list[RowRefusal] = []

    def counts(self) -> dict[str, int]:
        n = self.words.count
        return {
            "n_new": n(NEW), "n_known": n(KNOWN) + n(SEAT_DIFFERS), "n_unmatched": n(UNMATCHED) + n(LISTED_BEFORE),
        }  # fmt: skip


def _take(rows: Sequence[tuple[int, Fields]], came: _Came, intake: Intake, job: RunningJob) -> None:
    if not rows:
        return
    read: list[ListedPassenger] = []
    for number, fields in rows:
        try:
            read.append(_passenger(number, fields))
        except Refusal as refusal:
            came.refused.append(RowRefusal(number, refusal))
    by_phone = _on_register(read)
    words = take_passengers(passengers=read, intake=intake.pk, by=job.owner)
    came.words += words
    elsewhere = elsewhere_meanwhile(read)
    for it, word in zip(read, words, strict=True):
        if other := elsewhere.get(it.row_number):
            came.remarked.append(RowRefusal(it.row_number, refused_elsewhere(it, other)))
        elif word == SEAT_DIFFERS:
            came.remarked.append(RowRefusal(it.row_number, _other_seat(it.ride)))
        elif it.row_number in by_phone:
            came.remarked.append(RowRefusal(it.row_number, _by_phone(it.name)))
    counts = came.counts()
    said = {"n_matched": counts["n_new"] + counts["n_known"], "n_unmatched": counts["n_unmatched"]}
    n_done = len(came.words) + len(came.refused)
    job.step(n_done, intake.n_rows, SAID.with_facts(done=n_done, total=intake.n_rows, **said))


def _on_register(read: Sequence[ListedPassenger]) -> set[int]:
    """Say of each who it is on the register; the numbers of the rows that were known by phone and name alone."""
    known = persons_with_documents({it.document_number for it in read if "*" not in it.document_number})
    phones = persons_with_phones({it.phone for it in read if it.document_number not in known})
    by_phone: set[int] = set()
    for it in read:
        if person := known.get(it.document_number):
            it.person = person.pk
            continue
        named = [person for person in phones.get(it.phone, ()) if it.name and _plain(person.name) == _plain(it.name)]
        if len(named) == 1:
            it.person = named[0].pk
            by_phone.add(it.row_number)
    return by_phone


def _plain(name: str) -> str:
    return re.sub(r"[\s·•]", "", unicodedata.normalize("NFKC", name)).casefold()


def _passenger(number: int, fields: Fields) -> ListedPassenger:
    """A row as a passenger.

    Refuses
    -------
    rides.nobody, rides.no_day, rides.time_unreadable, rides.no_vehicle, rides.times, what `core.identity` refuses of a
    number
    """
    ride = _ride(fields)
    refuse_impossible(ride)
    found = ListedPassenger(
        row_number=number,
        ride=ride,
        name=fields.get("name", ""),
        document_number=_document(fields.get("document_number", "")),
        phone=_phone(fields.get("phone", "")),
        from_station=fields.get("from_station", ""),
        to_station=fields.get("to_station", ""),
    )
    if not found.who:
        raise Refusal(
            "rides.nobody",
            zh="这一行没有姓名、证件号码，也没有手机号，不知道是谁，没有收下。至少应有一项。请向承运单位要全后重新上传这一行。",
            en="This row has no name, no document number and no phone, so it says of nobody and was not taken. It "
            "should have one of them: ask the carrier for it and upload this row again.",
        )
    return found


def _ride(fields: Fields) -> NewRide:
    if not fields.get("on"):
        raise Refusal(
            "rides.no_day",
            zh="这一行没有日期，整份名单也没有说是哪一天，没有收下。应有一个日期；请补上该格后重新上传这一行。",
            en="This row has no day, and it is not said of the whole list, so it was not taken. It should have one: "
            "fill in this cell and upload this row again.",
        )
    zone = localtime(county_now()).tzinfo
    day = datetime.combine(date.fromisoformat(fields["on"]), time(), zone)
    begins, ends = (_moment(fields.get(name, ""), day) for name in ("begins_at", "ends_at"))
    begins_at, is_timed = begins or day, begins is not None and ends is not None
    if ends is None:
        ends = max(day + timedelta(days=1), begins_at + SHORTEST)
    elif ends <= begins_at:
        ends += timedelta(days=1)  # it arrived after midnight
    seat = seat_in(fields.get("carriage", ""), fields.get("seat", ""))
    return NewRide(
        vehicle=fields.get("vehicle", ""),
        begins_at=begins_at,
        ends_at=ends,
        seat=seat[:LONGEST_SEAT],
        is_timed=is_timed,
    )


def _moment(text: str, day: datetime) -> datetime | None:
    """A time of a list, of the list's day where it has no day of its own."""
    if not text:
        return None
    found = CLOCK.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        year, month, on, hour, minute = found.groups() if found else ()
        start = datetime(int(year), int(month), int(on), tzinfo=day.tzinfo) if year else day
        return start.replace(hour=int(hour), minute=int(minute))
    except ValueError:  # nothing like a time, or no such time
        raise Refusal(
            "rides.time_unreadable",
            zh="时间“{found}”看不懂，没有收下。应写成 08:30，或 2022-04-07 08:30；不知道时间可以空着。请改正该格后重新"
            "上传这一行。",
            en="The time “{found}” cannot be read, so the row was not taken. It should be 08:30 or 2022-04-07 08:30, "
            "or empty where it is not known. Correct this cell and upload this row again.",
            found=text,
        ) from None


def _document(text: str) -> str:
    """A number that can be right; one that the carrier has masked as it stands, since it tells who it is not."""
    if not text or "*" in text:
        return text
    kind = IdentityKind.RESIDENT if OF_RESIDENT.fullmatch(text) else IdentityKind.OTHER
    return check_identity_number(text, demo=the_realm().is_synthetic, kind=kind).text


def _phone(text: str) -> str:
    return text if "*" in text else phone_of(text)


def _other_seat(ride: NewRide) -> Refusal:
    return Refusal(
        "rides.seat_differs",
        zh="这个人这趟车已有记录，座位与这一行的“{seat}”不同；在册的座位没有改。一个人一趟车应只有一个座位。请核对，"
        "中途换过座的，请在流调轨迹里写明。",
        en="this person's ride is on record with another seat than “{seat}”; the one on record stays. One ride should "
        "have one seat: check it, and if they changed seats, say so in the case's itinerary.",
        seat=ride.seat,
    )


def _by_phone(name: str) -> Refusal:
    return Refusal(
        "rides.known_by_phone",
        zh="证件号码不在本县名册或被遮盖，按手机号和姓名认作在册的“{name}”。同一个人的证件号码应一致。请核对是不是同一个人。",
        en="the document number is on no record here, or masked; by phone and name this is “{name}” of the register. "
        "One person should have one number: check that they are the same.",
        name=name,
    )
