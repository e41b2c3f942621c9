"""A file of results comes in (结果文件): of an amplifier, or back from an outside laboratory.

1. the file is kept; what each column means is confirmed, and remembered for the laboratory      intake
2. its rows become curves, and those a result each; of several plates in one file each is judged
   by its own controls, and one whose controls failed says nothing                               core.laboratory
3. somebody looks at what would be taken, and at each row that would not, with its reason
4. results go on record, for another person to review                                            laboratory
5. rows that were not taken go back with their reason                                            intake

The same file again changes nothing; read again after a site has sent its records, the tubes that waited are taken.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import get_current_timezone, localtime

from fangxian.core.laboratory import judging
from fangxian.core.laboratory.judging import SUSPECT, Fault, Kit, Outcome
from fangxian.core.laboratory.result_rows import LOOKS_LIKE, NO_CURVE, Taken, curves
from fangxian.core.laboratory.row_refusals import nameless, not_sampled_yet
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.intake.actions import TakenIn, close, map_headers, take_in
from fangxian.ops.intake.kinds import kind_of
from fangxian.ops.intake.queries import Intake, State, headers_of, intakes, mapping_of, opened_again
from fangxian.ops.intake.reading import Reading, RowRefusal, read
from fangxian.ops.lab.queries import Tube
from fangxian.ops.laboratory import refusals
from fangxian.ops.laboratory.actions import enter_results
from fangxian.ops.laboratory.queries import (
    MAY,
    Laboratory,
    laboratory_with,
    laid_on,
    tubes_at,
    tubes_by_barcode,
    wells_awaiting,
)
from fangxian.ops.laboratory.wire import Entered, NewResult
from fangxian.ops.realm.current import county_now, the_realm

from .read_results import CURVES, from_its_table_on, refuse_without_curves

OWN, SENT = "lab.results", "lab.sent_results"
UPLOAD = "intake.upload"
Rows = Sequence[tuple[int, Mapping[str, str]]]


@dataclass(slots=True)
class Read:
    """What a file would put on record.

    Attributes
    ----------
    results : as they would be entered
    failed : plates of the file whose controls failed, with what is wrong; "" where it is of one plate
    plates : the plate of each tube; tubes of a file that has but one are left out
    samples : tube → what the file calls it, and the row in which it first stands
    refused : (row number, why), in the order of rows
    n_rows : all there are below its head
    """

    results: list[NewResult] = field(default_factory=list)
    failed: dict[str, list[Fault]] = field(default_factory=dict)
    plates: dict[UUID, str] = field(default_factory=dict)
    samples: dict[UUID, tuple[str, int]] = field(default_factory=dict)
    refused: list[tuple[int, Refusal]] = field(default_factory=list)
    n_rows: int = 0

    @property
    def by_outcome(self) -> Counter[Outcome]:
        return Counter(Outcome.RE_TEST if self.faults_of(it) else it.outcome for it in self.results)

    @property
    def n_plates(self) -> int:
        return len(set(self.plates.values())) or 1

    def faults_of(self, result: NewResult) -> list[Fault]:
        return self.failed.get(self.plates.get(result.tube, ""), [])

    @property
    def suspects(self) -> list[tuple[str, NewResult]]:
        """(what the file calls it, result) of every tube that is positive or unclear, of plates that count."""
        rows = (it for it in self.results if it.outcome in SUSPECT and not self.faults_of(it))
        return [(self.samples[it.tube][0], it) for it in rows]


def upload_results(*, laboratory: UUID, content: bytes, file_name: str, by: Account) -> TakenIn:
    """Keep a file of a laboratory. What an instrument says before its table is left away.

    Refuses
    -------
    accounts.not_yours, laboratory.not_found, and what intake.actions.take_in refuses
    """
    require_files(by)
    row = laboratory_with(laboratory)
    kind = OWN if row.is_own else SENT
    kept = from_its_table_on(content) if row.is_own else content
    return take_in(kept, file_name=file_name, kind=kind, source=source_of(row), by=f"account:{by.pk}")


def read_file(*, intake: Intake, mapping: Mapping[str, str], measured_at: datetime) -> Read:
    """What a file would put on record, by a mapping; nothing is written.

    Refuses
    -------
    laboratory.no_curves, intake.erased, and those of intake.mapping.check
    """
    row, kind = laboratory_of(intake), kind_of(intake.kind)
    if kind.name == OWN:
        refuse_without_curves(mapping, tuple(headers_of(intake)))
    reading = read(opened_again(intake), kind=kind, mapping=mapping)
    rows = list(reading)
    told = _of_instrument(row, rows, measured_at) if kind.name == OWN else _of_outside(row, rows, measured_at)
    empty = _empty_wells(reading, mapping, headers_of(intake)) if kind.name == OWN else {}
    for it in reading.refused:
        if (why := empty.get(it.row_number, it.refusal)) is not None:
            told.refused.append((it.row_number, why))
    told.refused.sort(key=lambda it: it[0])
    told.n_rows = intake.n_rows
    return told


def enter_file(*, intake: Intake, mapping: Mapping[str, str], measured_at: datetime, by: Account) -> Entered:
    """Confirm the columns and put a file's results on record; what came of them.

    Refuses
    -------
    accounts.not_yours, laboratory.measured_in_future, and what read_file and intake.actions.map_headers refuse
    """
    require_files(by)
    actor, at = f"account:{by.pk}", county_now()
    if measured_at > at:
        raise refusals.measured_in_future(localtime(measured_at), localtime(at))
    told = read_file(intake=intake, mapping=mapping, measured_at=measured_at)
    with transaction.atomic():
        kept = map_headers(intake=intake.pk, mapping=mapping, by=actor)
        entered = _enter(kept, told, measured_at, actor)
        every = _first_of_each_row(
            [*told.refused, *((told.samples[it][1], why) for it, why in entered.refused.items())]
        )
        close(
            intake=kept.pk, n_accepted=told.n_rows - len(every), refused=[RowRefusal(*it) for it in every.items()],
            by=actor,
        )  # fmt: skip
    return entered


def enter_file_again(*, intake: Intake, measured_at: datetime, by: Account) -> tuple[Entered, Read]:
    """Read a file that was entered once more: what was refused then, as its sampling was not known, may be taken now.

    Refuses
    -------
    accounts.not_yours, intake.erased, intake.unmapped
    """
    require_files(by)
    mapping = mapping_of(intake)
    told = read_file(intake=intake, mapping=mapping, measured_at=measured_at)
    with transaction.atomic():
        return _enter(intake, told, measured_at, f"account:{by.pk}"), told


def _enter(intake: Intake, told: Read, measured_at: datetime, actor: str) -> Entered:
    """One lot of what counts, to be let out at once, and one of each way in which controls failed."""
    lots: dict[tuple[Fault, ...], list[NewResult]] = {(): []}
    for it in told.results:
        lots.setdefault(tuple(told.faults_of(it)), []).append(it)
    every = Entered()
    for faults, results in lots.items():
        entered = enter_results(
            laboratory=laboratory_of(intake).pk, results=results, measured_at=measured_at, intake=intake.pk,
            faults=faults, by=actor,
        )  # fmt: skip
        every.batch = every.batch or entered.batch
        every.n_new, every.n_repeats = every.n_new + entered.n_new, every.n_repeats + entered.n_repeats
        every.refused |= entered.refused
    return every


def require_files(account: Account) -> None:
    """Whoever reports for a laboratory, and may upload."""
    require(account, MAY, the_realm().division_code)
    require(account, UPLOAD, the_realm().division_code)


def result_files():
    """The files that came, the newest first."""
    return intakes().filter(kind__in=(OWN, SENT))


def result_file(intake: UUID) -> Intake:
    """One of them.

    Refuses
    -------
    laboratory.file_not_found
    """
    row = result_files().filter(pk=intake).first()
    if row is None:
        raise refusals.no_file()
    return row


def source_of(row: Laboratory) -> str:
    return f"laboratory:{row.pk}"


def laboratory_of(intake: Intake) -> Laboratory:
    return laboratory_with(UUID(intake.source.partition(":")[2]))


def is_open(intake: Intake) -> bool:
    """Whether its results are still to be entered."""
    return intake.state in (State.RECEIVED, State.MAPPED)


# ---- an instrument's rows ----


def _of_instrument(row: Laboratory, rows: Rows, measured_at: datetime) -> Read:
    samples: dict[str, int] = {}
    for number, cells in rows:
        samples.setdefault(cells["sample"].strip(), number)
    tubes, known = _known(row, samples)
    kit, laid = Kit.of(row.kit), laid_on(row, known, measured_at)
    told = curves(rows, known=known, measured_at=localtime(measured_at), laid=laid, kit=kit)
    wrong = {it: judging.faults(told.controls.get(it, {}), kit) for it in told.plates.values()}
    read = Read(failed={it: faults for it, faults in wrong.items() if faults}, refused=list(told.refused))
    read.plates = {tubes[it]: plate for it, plate in told.plates.items() if plate}
    found = (
        (samples[it], it, NewResult(tube=tubes[it], outcome=judging.judged(cycles, kit), cycles=dict(cycles)))
        for it, cycles in told.tubes.items()
    )
    _take_of_each_tube(read, found)
    return read


def _take_of_each_tube(read: Read, found: Iterable[tuple[int, str, NewResult]]) -> None:
    """Of each tube its first row, whatever label it has in the file; of one whose rows disagree none."""
    by_tube: dict[UUID, list[tuple[int, str, NewResult]]] = {}
    for it in found:
        by_tube.setdefault(it[2].tube, []).append(it)
    for tube, rows in by_tube.items():
        number, sample, new = rows[0]
        if len({it.outcome for _, _, it in rows}) > 1:
            read.refused += [(nth, refusals.rows_disagree(name, number)) for nth, name, _ in rows]
        else:
            read.results.append(new)
            read.samples[tube] = sample, number


def _known(row: Laboratory, samples: Iterable[str]) -> tuple[dict[str, UUID], dict[str, Taken]]:
    """The tubes that the laboratory has in hand of what a file names, and of what it may have meant."""
    asked = set(samples)
    found = tubes_by_barcode(asked | {"".join(it.split()).translate(LOOKS_LIKE) for it in asked})
    in_hand = {it: tube for it, tube in found.items() if tube.box is not None and tube.box.state == "received"}
    known = {it: Taken(tube.sealed_at and localtime(tube.sealed_at)) for it, tube in in_hand.items()}
    # On a plate of ours they are in hand too, whatever their box says; their site may not have been online yet.
    for barcode in wells_awaiting(row, asked - known.keys()):
        tube = found.get(barcode)
        known[barcode] = Taken(tube.sealed_at and localtime(tube.sealed_at) if tube else None)
    return {it: found[it].pk for it in known if it in found}, known


def _empty_wells(reading: Reading, mapping: Mapping[str, str], headers: Sequence[str]) -> dict[int, Refusal | None]:
    """Of wells without a sample: None where they were left empty, else that nobody knows whose the curve is."""
    places = [n for n, header in enumerate(headers) if mapping.get(header) in CURVES]
    found: dict[int, Refusal | None] = {}
    for it in reading.refused:
        cells = reading.cells.get(it.row_number, [])
        if it.refusal.code == "intake.cell_missing":
            has_curve = any(n < len(cells) and cells[n].strip().casefold() not in NO_CURVE for n in places)
            found[it.row_number] = nameless() if has_curve else None
    return found


# ---- an outside laboratory's rows ----


def _of_outside(row: Laboratory, rows: Rows, measured_at: datetime) -> Read:
    told, sent = Read(), tubes_at(row)
    found = tubes_by_barcode({cells["sample"].strip() for _, cells in rows})
    taken: list[tuple[int, str, NewResult]] = []
    for number, cells in rows:
        sample = cells["sample"].strip()
        tube = found.get(sample)
        if tube is None or not (tube.pk in sent or _has_its_box(row, tube)):
            told.refused.append((number, refusals.not_sent_to_them(sample, row.name)))
            continue
        at = _moment(cells.get("measured_at", ""), measured_at)
        new = NewResult(tube=tube.pk, outcome=Outcome(cells["outcome"]), measured_at=at)
        if tube.sealed_at is None or tube.sealed_at > at:
            sealed_at = tube.sealed_at and localtime(tube.sealed_at)
            told.refused.append((number, not_sampled_yet(sample, sealed_at, localtime(at))))
        else:
            taken.append((number, sample, new))
    _take_of_each_tube(told, taken)
    return told


def _has_its_box(row: Laboratory, tube: Tube) -> bool:
    """Whether a box went to the laboratory straight from its site."""
    return tube.box is not None and tube.box.state == "received" and tube.box.laboratory == row.name


def _moment(text: str, otherwise: datetime) -> datetime:
    """A cell's time, of the county; a day alone, or nothing, is as the file's."""
    if len(text) < len("2022-04-19 08:00"):
        return otherwise
    return datetime.fromisoformat(text).replace(tzinfo=get_current_timezone())


# ---- rows that go back ----


def _first_of_each_row(refused: Iterable[tuple[int, Refusal]]) -> dict[int, Refusal]:
    found: dict[int, Refusal] = {}
    for number, why in refused:
        found.setdefault(number, why)
    return found
