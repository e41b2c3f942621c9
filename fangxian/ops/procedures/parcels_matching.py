"""A waybill list of a depot (快递运单追查): from the file to everybody who received or handled a parcel.

1. the file is kept and its headers are mapped, as this depot's were last      intake
2. each row is read; what cannot be used goes back with its reason             intake, parcels
3. whoever is written there is looked for on the register                      people, parcels.matching
4. what a person decided before about somebody written so, holds               parcels
5. the rows and whom they name are put on record, a few at a time              parcels
6. the list is closed: accepted and refused are all of it                      intake

Steps 2 to 6 are a job. Repeated from the start it puts nothing on record twice, and ends alike.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.matching.names import Writing, read_name, signer_beside
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.intake.actions import TakenIn, close, map_headers, take_in
from fangxian.ops.intake.queries import find, headers_of, intakes, propose_mapping, read_rows
from fangxian.ops.intake.reading import RowRefusal
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.parcels import refusals
from fangxian.ops.parcels.actions.listing import put_waybills
from fangxian.ops.parcels.matching.judging import Sign, Written, judge
from fangxian.ops.parcels.matching.register import Register
from fangxian.ops.parcels.queries import VIEW, TraceSeen, couriers_of, trace_with, traces_of_depot
from fangxian.ops.parcels.reading import listed, settled_matches, whole_register
from fangxian.ops.parcels.wire import Match, NewHandling, NewWaybill, digest_of, match_of, when_touched, who_of
from fangxian.ops.people.queries import areas_of
from fangxian.ops.realm.current import county_now

KIND = "parcels.waybills"
JOB = "procedures.match_waybills"
CHUNK = 500  # rows a transaction: others have their turn between two
# Each has a figure of its own that begins anew, so each says which of them it is.
READING = Said("第 1 步（共 4 步）：读清单", "Step 1 of 4: reading the list")
UNSEALING = Said("第 2 步（共 4 步）：取出居民名册（加密）", "Step 2 of 4: reading the register, sealed")
MATCHING = Said("第 3 步（共 4 步）：比对居民", "Step 3 of 4: matching to the register")
WRITING = Said("第 4 步（共 4 步）：登记运单", "Step 4 of 4: putting waybills on record")

Cells = Mapping[str, str]


def source_of(trace: UUID) -> str:
    """Whose list it is: the same file in another trace of the depot is matched anew, since another day counts there."""
    return f"parcels:{trace}"


def take_list(*, trace: TraceSeen, content: bytes, file_name: str, sheet: str | None, by: Account) -> TakenIn:
    """Keep a depot's list.

    Refuses
    -------
    accounts.not_yours, parcels.closed, and whatever intake.actions.take_in refuses
    """
    require(by, VIEW, trace.area_path)
    _refuse_closed(trace)
    return take_in(
        content, file_name=file_name, kind=KIND, source=source_of(trace.id), by=f"account:{by.pk}",
        area_path=trace.area_path, sheet=sheet,
    )  # fmt: skip


def proposed_mapping(trace: TraceSeen, intake) -> dict[str, str]:
    """What each header of a list means, as this depot's were mapped last, else by its name."""
    sources = [source_of(one) for one in traces_of_depot(trace.depot)]
    mapped = intakes(kind=KIND).filter(source__in=sources, state__in=("mapped", "closed"))
    last = mapped.values_list("source", flat=True).first() or source_of(trace.id)
    return propose_mapping(headers_of(intake), kind=KIND, source=last)


def begin_matching(*, trace: TraceSeen, intake: UUID, mapping: Mapping[str, str], by: Account):
    """Confirm what the headers mean, and have the list matched in the background; the job.

    Refuses
    -------
    accounts.not_yours, parcels.closed, and whatever intake.actions.map_headers refuses
    """
    require(by, VIEW, trace.area_path)
    _refuse_closed(trace)
    actor = f"account:{by.pk}"
    map_headers(intake=intake, mapping=mapping, by=actor)
    arguments = {"trace": str(trace.id), "intake": str(intake)}
    return enqueue(kind=JOB, arguments=arguments, by=actor, unique_key=f"{trace.id}:{intake}")


def _refuse_closed(trace: TraceSeen) -> None:
    if trace.closed_at is not None:
        raise refusals.closed(localtime(trace.closed_at).date())


def match_waybills(job: RunningJob) -> dict[str, int]:
    """The job: steps 2 to 6."""
    trace, intake = trace_with(UUID(job.arguments["trace"])), find(UUID(job.arguments["intake"]))
    if trace is None or intake is None:
        raise refusals.unknown_trace()
    sheet = _Sheet(trace, intake.received_at)
    job.step(0, 4, READING)
    reading = read_rows(intake)
    sheet.read(iter(reading), intake.pk)
    refused = [*reading.refused, *sheet.refused]
    job.step(1, 4, UNSEALING)
    register = whole_register(county_now().date())
    waybills = [*_matched(sheet, register, lambda done, total: job.step(done, total, MATCHING))]
    for start in range(0, len(waybills), CHUNK):
        put_waybills(trace=trace.id, intake=intake.pk, waybills=waybills[start : start + CHUNK], by=job.owner)
        job.step(min(start + CHUNK, len(waybills)), len(waybills), WRITING)
    close(intake=intake.pk, n_accepted=len(waybills), refused=refused, by=job.owner)
    return {"n_rows": len(waybills) + len(refused), "n_accepted": len(waybills), "n_refused": len(refused)}


@dataclass(slots=True)
class _Row:
    """A row that can be used, and when its parcel was signed for."""

    number: int
    cells: Cells
    touched_at: datetime
    is_time_known: bool


@dataclass(slots=True)
class _Sheet:
    """A list as it is read: the rows that can be used, and the others with the reason."""

    trace: TraceSeen
    received_at: datetime
    rows: list[_Row] = field(default_factory=list)
    refused: list[RowRefusal] = field(default_factory=list)

    def read(self, rows: Iterator[tuple[int, dict[str, str]]], intake: UUID) -> None:
        found = [(number, cells, _digest(cells)) for number, cells in rows]
        elsewhere = listed(self.trace.id, [digest for _, _, digest in found])
        first: dict[bytes, int] = {}
        for number, cells, digest in found:
            try:
                self.rows.append(self._row(number, cells, first.get(digest), elsewhere.get(digest), intake))
                first.setdefault(digest, number)
            except Refusal as refusal:
                self.refused.append(RowRefusal(number, refusal))

    def _row(
        self, number: int, cells: Cells, earlier: int | None, stands: tuple[UUID, int] | None, intake: UUID
    ) -> _Row:
        if who_of(cells.get("recipient", ""), cells.get("phone", ""), cells.get("address", "")) is None:
            raise refusals.names_nobody()
        if earlier is not None:
            raise refusals.repeated(earlier, in_this_list=True)
        if stands is not None and stands != (intake, number):
            raise refusals.repeated(stands[1], in_this_list=stands[0] == intake)
        received = localtime(self.received_at)
        at, is_known = when_touched(cells, since_on=self.trace.since_on, taken_in_at=received, zone=received.tzinfo)
        return _Row(number, cells, at, is_known)


def _digest(cells: Cells) -> bytes:
    return digest_of(*(cells.get(name, "") for name in ("number", "recipient", "phone", "address")))


def _matched(sheet: _Sheet, register: Register, step) -> Iterator[NewWaybill]:
    """Each row with whom it names. Whoever is written alike is looked for once."""
    matcher = _Matcher(register, sheet)
    couriers = couriers_of(sheet.trace.depot)
    for done, row in enumerate(sheet.rows, start=1):
        cells = row.cells
        recipient = matcher.handling(cells.get("recipient", ""), cells.get("phone", ""), cells.get("address", ""))
        signer = signer_beside(cells.get("signer", ""), recipient.name)
        yield NewWaybill(
            row_number=row.number,
            number=cells["number"],
            touched_at=row.touched_at,
            is_time_known=row.is_time_known,
            courier_name=cells.get("courier", ""),
            courier=couriers.get(read_name(cells.get("courier", "")).text),
            station=cells.get("station", ""),
            recipient=recipient,
            signer=matcher.signer(signer, recipient) if signer else None,
        )
        if done % CHUNK == 0:
            step(done, len(sheet.rows))


class _Matcher:
    """Looks for people on the register, and remembers what it found and what was decided before."""

    def __init__(self, register: Register, sheet: _Sheet) -> None:
        self.register = register
        whos = {who for row in sheet.rows for who in _whos(row.cells)}
        self.settled = settled_matches(whos)
        self.areas = areas_of([person for person in self.settled.values() if person])
        self.found: dict[bytes, Match] = {}

    def handling(self, name: str, phone: str, address: str) -> NewHandling:
        who = who_of(name, phone, address) or b""
        if who not in self.found:
            self.found[who] = self._settled(who) or match_of(
                self.register,
                judge(self.register, Written.of(self.register, name=name, phone=phone, address=address)),
            )
        return NewHandling(name=name, phone=phone, address=address, match=self.found[who])

    def signer(self, name: str, recipient: NewHandling) -> NewHandling:
        """Whoever signed for a recipient: one of their household by that name, else anybody, by name and address."""
        row = self.register.row_of.get(recipient.match.person) if recipient.match.person else None
        read = read_name(name)
        if row is not None and read.writing is Writing.WHOLE:
            members = self.register.household_of(row)
            named = [one for one in members if self.register.residents[one].name == read.text]
            if len(named) == 1:
                one = self.register.residents[named[0]]
                signs = (Sign("name", "whole", len(self.register.rows_of_name(read))), Sign("address", "recipients"))
                match = Match(
                    state="matched", person=one.person, area_path=one.area_path, because=signs,
                    likelihood_per_mille=recipient.match.likelihood_per_mille,
                )  # fmt: skip
                return NewHandling(name=name, phone="", address=recipient.address, match=match)
        return self.handling(name, "", recipient.address)

    def _settled(self, who: bytes) -> Match | None:
        if who not in self.settled:
            return None
        person = self.settled[who]
        if person is None:
            return Match(state="unmatched", is_settled=True)
        return Match(
            state="matched", person=person, area_path=self.areas.get(person, ""), likelihood_per_mille=999,
            is_settled=True,
        )  # fmt: skip


def _whos(cells: Cells) -> Iterator[bytes]:
    name, phone, address = (cells.get(one, "") for one in ("recipient", "phone", "address"))
    if who := who_of(name, phone, address):
        yield who
    signer = signer_beside(cells.get("signer", ""), name)
    if signer and (who := who_of(signer, "", address)):
        yield who
