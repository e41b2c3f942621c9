"""The parts of the import bench: lists come in, come in again, go out. Nothing is asserted about time."""

import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Final, NamedTuple

from bench.gate.report import Table, ratio
from bench.imports import lists
from bench.imports.plain import Stopwatch, insert_plainly, read_plainly
from bench.imports.waiting import another_writer
from fangxian.ops.intake.queries import headers_of, propose_mapping
from fangxian.ops.jobs.actions import claim, finish
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.procedures.export_lists import export_list
from fangxian.ops.procedures.import_list import begin_import, import_list, upload_list
from fangxian.ops.realm.current import the_realm

AIM_S: Final = 30
MEANT_FOR: Final = 100_000
DISEASE: Final = "covid-19"
OUT_AT_MOST: Final = 20_000


class Part(NamedTuple):
    """One list: of which kind, from whom, and its rows."""

    said: str
    kind: str
    source: str
    rows: Callable[[int], Iterator[lists.Row]]


LISTS: Final = {
    "contacts": Part("接触者名单 contacts", "contacts.list", "field", lists.contacts),
    "cases": Part("病例名单 cases", "cases.list", "field", lists.cases),
    "godata-cases": Part("Go.Data cases", "cases.list", "godata", lists.godata_cases),
    "godata-contacts": Part("Go.Data contacts", "contacts.list", "godata", lists.godata_contacts),
    "godata-follow-ups": Part("Go.Data follow-ups", "contacts.follow_ups", "godata", lists.godata_follow_ups),
    "godata-relationships": Part(
        "Go.Data relationships", "contacts.relationships", "godata", lists.godata_relationships
    ),
}
COLUMNS: Final = (
    "", "MB", "upload s", "job s", "of processor", "÷ read plainly", "÷ read, inserted", "others waited s",
    "aim < 30 s",
)  # fmt: skip


def measure_in(names: list[str], n_rows: int, file_format: str, by, folder: Path) -> Table:
    """Each list from its bytes until its last row is on record and what was refused is kept with its reason."""
    rows = [_taken_in(LISTS[name], n_rows, file_format, by, folder) for name in names]
    if file_format == "csv":
        rows.append(_taken_in(LISTS[names[0]], n_rows, file_format, by, folder, again=True))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    notes = [
        f"{n_rows:,} rows each, of {file_format}; one in a thousand damaged. “Again”: the first list once more, under "
        "another file's content, so that every row is known already",
        "read plainly: the same bytes by csv or calamine alone; inserted: their cells as text into a bare SQLite table",
        "others waited: the longest that a writer of another process, who writes a row twenty times a second all the "
        "while, waited for its turn",
        f"memory of the whole process at its highest, with the bench's own rows: {peak:,} MB",
    ]
    return Table("in", f"导入 Lists come in, as {file_format}", COLUMNS, rows, notes)


def _taken_in(part: Part, n_rows: int, file_format: str, by, folder: Path, again: bool = False) -> tuple[str, ...]:
    rows = list(part.rows(n_rows))
    if again:
        rows.append(dict.fromkeys(rows[0], "") | dict(list(rows[1].items())[:3]))
    content = lists.content_of(rows, file_format)
    del rows
    watch = Stopwatch()
    plain = read_plainly(content, file_format)
    read_s = watch.read()[1]
    insert_plainly(plain, folder)
    inserted_s = watch.read()[1]
    del plain
    watch = Stopwatch()
    intake = upload_list(content=content, file_name="list", kind=part.kind, source=part.source, by=by).intake
    upload_s, upload_processor_s = watch.read()
    mapping = propose_mapping(headers_of(intake), kind=part.kind, source=intake.source)
    begin_import(intake=intake, mapping=mapping, disease=DISEASE, by=by)
    job = claim(worker="bench")
    with another_writer(the_realm().database_path) as waits:
        watch = Stopwatch()
        counts = import_list(RunningJob(job, Event()))
        clock_s, processor_s = watch.read()
    finish(job=job, result=counts)
    came = f"{part.said}{'，再来一次 again' if again else ''}: {counts['n_new']:,} + {counts['n_refused']:,} refused"
    spent_s = upload_processor_s + processor_s
    told = (f"{len(content) / 1e6:.1f}", f"{upload_s:.1f}", f"{clock_s:.1f}", f"{spent_s:.1f}")
    met = "met" if upload_s + clock_s < AIM_S else "by processor only" if spent_s < AIM_S else "NOT MET"
    met = met if n_rows >= MEANT_FOR else f"void: {MEANT_FOR:,} rows are meant"
    ratios = (ratio(spent_s, read_s), ratio(spent_s, inserted_s))
    return (came, *told, *ratios, f"{waits.longest_s:.2f}", met)


def measure_out(by) -> Table:
    """Each list of what came in, as it is sent; of a long one the beginning, for the rest goes the same way."""
    rows = []
    notes = [f"streamed; nothing is held but some hundred rows. Measured over the first {OUT_AT_MOST:,} rows at most"]
    for kind in ("contacts.list", "cases.list", "contacts.follow_ups", "contacts.relationships"):
        for shape in ("plain", "godata"):
            watch = Stopwatch()
            export = export_list(kind=kind, shape=shape, disease=DISEASE, by=by)
            first_s, n_bytes, n_lines = None, 0, 0
            for piece in export.pieces:
                first_s = first_s if first_s is not None else watch.read()[0]
                n_bytes, n_lines = n_bytes + len(piece), n_lines + piece.count(b"\n")
                if n_lines > OUT_AT_MOST:
                    break
            clock_s, processor_s = watch.read()
            if n_lines < 2:
                continue
            per_s = MEANT_FOR * processor_s / (n_lines - 1)
            told = (f"{n_lines - 1:,}", f"{n_bytes / 1e6:.1f}", f"{first_s or 0:.2f}", f"{clock_s:.1f}")
            rows.append((f"{kind} ({shape})", *told, f"{processor_s:.1f}", "met" if per_s < AIM_S else "NOT MET"))
    columns = ("", "rows", "MB", "first byte s", "all s", "of processor", "aim < 30 s / 100,000")
    return Table("out", "导出 Lists go out", columns, rows, notes)
