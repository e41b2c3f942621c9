"""The posters of a county, a township or a grid as one print job (印制全部场所码).

1. ask: where, on which paper, all or only what changed          documents, jobs
2. plan: grid by grid in the order of delivery, cut into parts   places → documents
3. of each part: issue what is not issued yet, set it, keep it   documents

A part is one file of at most so many sheets, never across townships. Measured for 4,606 venues with 5,267 doors: 16
files of 66 MB in 200 s of processor; the worker takes 0.3 GB, the typesetter 0.4; one process for all took 1.5.
A worker that is killed goes on with the first part that is not made; within a part nothing is lost but seconds, for
papers that were issued are found again.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import groupby
from operator import or_
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of
from fangxian.ops.documents.actions import PlannedPart, begin_run, issue, keep_part, note_job, plan_run
from fangxian.ops.documents.queries import (
    Document,
    PrintPart,
    PrintRun,
    issued_about,
    parts_to_make,
    print_run,
    print_runs,
    printed_last,
)
from fangxian.ops.documents.rendering import watermark
from fangxian.ops.documents.typesetting import OUTDOORS, qr_svg, typeset_apart
from fangxian.ops.documents.wire import content_of
from fangxian.ops.jobs.actions import enqueue, queue_again
from fangxian.ops.jobs.queries import find as find_job
from fangxian.ops.jobs.queries import unfinished
from fangxian.ops.places.models import Door, Venue
from fangxian.ops.places.queries import place_at, places_at, venues_in
from fangxian.ops.places.standing import subject_of
from fangxian.ops.realm.areas import GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS, below
from fangxian.ops.realm.current import county_now, the_realm

from .print_posters import (
    KIND,
    SERIES,
    basis_at,
    county_office,
    new_poster,
    open_poster_series,
    places_of,
    said_already,
    shown_on,
    where_of,
)

JOB = "procedures.print_posters"
BY = "program:print_posters"
PRINT = ("venues.register", "approvals.decide")
MOST_SHEETS = Parameter(
    value=500, unit="sheets", low=50, high=800,
    meaning="How many posters one file of a print job holds at most",
    source="measured: 500 sheets take 0.4 GB of memory while they are set, and a ream of paper has 500",
)  # fmt: skip
CHUNK = 500
STEP_EVERY = 20
EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'  # the whole file has no code that proves it


def may_print(account: Account, area_path: str | None = None) -> bool:
    """Whether the account has posters printed by the hundred, there or anywhere: who registers or approves venues."""
    return any(may(account, permission, area_path) for permission in PRINT)


def runs_seen_by(account: Account) -> QuerySet[PrintRun]:
    """The runs of the areas whose posters the account has printed, newest first."""
    areas = {area for permission in PRINT for area in areas_of(account, permission)}
    seen = reduce(or_, map(below, areas), Q(pk__in=[]))
    return print_runs(KIND).filter(seen)


def run_for(account: Account, run_id: UUID) -> PrintRun:
    """A run that the account may see.

    Refuses
    -------
    posters.not_yours
    """
    run = print_run(run_id)
    if run is None or not may_print(account, run.area_path):
        raise area_not_yours(run.area_path if run else "—")
    return run


@transaction.atomic
def ask_for_posters(*, area_path: str, layout: str, is_changed_only: bool, by: Account) -> PrintRun:
    """Have the posters of an area printed; asked for again while it is being made, it is the same run.

    Refuses
    -------
    posters.not_yours, posters.no_venue
    """
    place = place_at(area_path) if area_path else None
    if place is None or not may_print(by, area_path):
        raise area_not_yours(place.name_zh if place else area_path)
    if not _open_venues(area_path).exists():
        raise _no_venue(place.name_zh, place.name_en)
    running = set(unfinished().filter(kind=JOB).values_list("pk", flat=True))
    wanted = {"area_path": area_path, "layout": layout, "is_changed_only": is_changed_only, "ended_at__isnull": True}
    same = print_runs(KIND).filter(**wanted, job__in=running).first()
    if same is not None:
        return same
    run = begin_run(
        kind=KIND, area_path=area_path, layout=layout, is_changed_only=is_changed_only, by=f"account:{by.pk}"
    )
    job = enqueue(kind=JOB, arguments={"run": str(run.pk)}, by=f"account:{by.pk}", unique_key=str(run.pk))
    note_job(run=run, job=job.pk)
    return run


@transaction.atomic
def go_on_with(*, run: PrintRun, by: Account) -> None:
    """A run that was given up or called off goes on with the first part that is not made.

    Refuses
    -------
    posters.not_yours
    """
    if not may_print(by, run.area_path):
        raise area_not_yours(run.area_path)
    job = find_job(run.job) if run.job else None
    if run.ended_at is None:
        if job is not None:
            queue_again(job=job, by=f"account:{by.pk}")
            return
        job = enqueue(kind=JOB, arguments={"run": str(run.pk)}, by=f"account:{by.pk}", unique_key=str(run.pk))
        note_job(run=run, job=job.pk)


def make_run(job) -> dict[str, int]:
    """The job: plan the run unless it is planned, then make each part that is not made. Harmless to repeat."""
    run = print_run(job.arguments["run"])
    if run.ended_at is None and not run.parts.exists():
        run = plan_run(run=run, parts=_planned(run), by=BY)
    waiting = parts_to_make(run)
    n_done = run.n_sheets - sum(it.n_sheets for it in waiting)
    for part in waiting:
        _make_part(run, part, n_done, job)
        n_done += part.n_sheets
    job.step(run.n_sheets, run.n_sheets)
    return {"n_sheets": run.n_sheets, "n_parts": run.parts.count()}


def _open_venues(area_path: str) -> QuerySet[Venue]:
    return venues_in(area_path).filter(status=Venue.Status.VERIFIED)


def _with_doors(venues: QuerySet[Venue]) -> QuerySet[Venue]:
    return venues.prefetch_related(Prefetch("doors", queryset=Door.objects.order_by("number")))


def in_order_of_delivery(venue: Venue) -> tuple:
    """Township, village, grid; within a grid by address, number 8 before number 12."""
    spelled = [(int(it), "") if it.isdecimal() else (-1, it) for it in re.split(r"([0-9]+)", venue.address) if it]
    return venue.area_path, spelled, venue.name, venue.venue_number


def _planned(run: PrintRun) -> list[PlannedPart]:
    venues = sorted(_with_doors(_open_venues(run.area_path)), key=in_order_of_delivery)
    if run.is_changed_only:
        venues = _changed(venues)
    towns = places_at({it.area_path[:TOWNSHIP_DIGITS] for it in venues})
    planned: list[PlannedPart] = []
    for township, inside in groupby(venues, key=lambda it: it.area_path[:TOWNSHIP_DIGITS]):
        files, place = _cut(list(inside)), towns.get(township)
        for n, some in enumerate(files, start=1):
            of = f"（{n}/{len(files)}）" if len(files) > 1 else ""
            of_en = f" ({n} of {len(files)})" if len(files) > 1 else ""
            title = Said(f"{place.name_zh}{of}", f"{place.name_en}{of_en}") if place else Said(township, township)
            sheets = sum(len(it.doors.all()) for it in some)
            planned.append(PlannedPart(title=title, subjects=[str(it.pk) for it in some], n_sheets=sheets))
    return planned


def _cut(venues: Sequence[Venue]) -> list[list[Venue]]:
    """A township's venues in files of at most MOST_SHEETS; a grid is cut only where it alone is more."""
    files: list[list[Venue]] = [[]]
    n_sheets = 0
    for _, grid in groupby(venues, key=lambda it: it.area_path):
        cell = list(grid)
        n_cell = sum(len(it.doors.all()) for it in cell)
        if files[-1] and n_sheets + n_cell > MOST_SHEETS.value:
            files.append([])
            n_sheets = 0
        for it in cell:
            if files[-1] and n_sheets + len(it.doors.all()) > MOST_SHEETS.value:
                files.append([])
                n_sheets = 0
            files[-1].append(it)
            n_sheets += len(it.doors.all())
    return [it for it in files if it]


def _changed(venues: Sequence[Venue]) -> list[Venue]:
    """Those of which the newest papers of any run are not those that hold now."""
    last, places, changed = printed_last(KIND), places_of(venues), []
    for start in range(0, len(venues), CHUNK):
        some = venues[start : start + CHUNK]
        issued = issued_about([subject_of(it) for it in some], kind=KIND)
        for it in some:
            now = said_already(issued.get(subject_of(it), ()), shown_on(it, it.doors.all(), where_of(it, places)))
            if now is None or last.get(str(it.pk)) != now.number:
                changed.append(it)
    return changed


def _make_part(run: PrintRun, part: PrintPart, n_before: int, job) -> None:
    """Issue, set and keep one part; of a venue that was suspended or closed since it was planned nothing is printed."""
    ids = [UUID(it) for it in part.subjects]
    venues = sorted(_with_doors(_open_venues(run.area_path).filter(pk__in=ids)), key=in_order_of_delivery)
    papers = _issued(venues)
    pdf, n_sheets = b"", 0
    if venues:
        grids, n_sheets = _grids(venues, papers, lambda n: job.step(n_before + n, run.n_sheets))
        pdf = typeset_apart("posters", _filled(run, part, grids), issued_at=county_now())
    shows = {str(it.pk): papers[it.pk].number for it in venues}
    keep_part(part=part, pdf=pdf, n_pages=pages_in(pdf), n_sheets=n_sheets, shows=shows, by=BY)


@transaction.atomic
def _issued(venues: Sequence[Venue]) -> dict[UUID, Document]:
    """The paper of each venue: the one issued before where nothing has changed, else one issued now."""
    places, papers, new, basis = places_of(venues), {}, [], {}
    issued = issued_about([subject_of(it) for it in venues], kind=KIND)
    for it in venues:
        shown = shown_on(it, it.doors.all(), where_of(it, places))
        if found := said_already(issued.get(subject_of(it), ()), shown):
            papers[it.pk] = found
            continue
        if it.area_path not in basis:
            basis[it.area_path] = basis_at(it.area_path)
        new.append((it, new_poster(it, shown, basis[it.area_path])))
    if new:
        open_poster_series(BY)
        rows = issue(series=SERIES, documents=[document for _, document in new], by=BY, is_printed_apart=True)
        papers |= {it.pk: row for (it, _), row in zip(new, rows, strict=True)}
    return papers


def _grids(venues: Sequence[Venue], papers: Mapping[UUID, Document], step) -> tuple[list[dict], int]:
    """What the template sets: each grid with its list and its posters, and how many posters that is."""
    paths = {it.area_path[:digits] for it in venues for digits in (TOWNSHIP_DIGITS, VILLAGE_DIGITS, GRID_DIGITS)}
    places, grids, n_sheets = places_at(paths), [], 0
    for path, inside in groupby(venues, key=lambda it: it.area_path):
        posters, deliveries = [], []
        for it in inside:
            own = _posters(papers[it.pk])
            deliveries.append({"venue": it.name, "address": it.address, "n": len(own)})
            posters += own
            n_sheets += len(own)
            if n_sheets % STEP_EVERY < len(own):
                step(n_sheets)
        trail = [places[path[:d]] for d in (TOWNSHIP_DIGITS, VILLAGE_DIGITS, GRID_DIGITS) if path[:d] in places]
        grids.append(
            {
                "title_zh": " ".join(it.name_zh for it in trail) or path,
                "title_en": ", ".join(it.name_en for it in reversed(trail)) or path,
                "deliveries": deliveries,
                "n_sheets": len(posters),
                "posters": posters,
            }
        )
    return grids, n_sheets


def _posters(document: Document) -> list[dict]:
    """Each door's poster of one paper, its codes drawn."""
    content = content_of(document)
    paper = {
        "number": document.number,
        "basis": document.basis,
        "issued_on": localtime(document.issued_at).date().isoformat(),
        "qr": qr_svg(document.proof),
    }
    said = {"venue": content["venue"], "where": content.get("where", ""), "paper": paper}
    return [said | it | {"code_qr": qr_svg(it["venue_code"], error=OUTDOORS)} for it in content["posters"]]


def _filled(run: PrintRun, part: PrintPart, grids: Iterable[Mapping]) -> dict[str, object]:
    office = county_office()
    return {
        "layout": run.layout,
        "issuer_zh": office.zh,
        "issuer_en": office.en,
        "title_zh": f"场所码印制 第 {part.number} 册 {part.title_zh}",
        "number": "",
        "issued_on": localtime(county_now()).date().isoformat(),
        "division_code": the_realm().division_code,
        "qr": EMPTY,
        "watermark": watermark(),
        "stamp": "",
        "grids": grids,
    }


def pages_in(pdf: bytes) -> int:
    """How many pages a file of our typesetter has: the largest count in it is the page tree's."""
    return max((int(n) for n in re.findall(rb"/Count (\d+)", pdf)), default=0)


def area_not_yours(name: str) -> Refusal:
    return Refusal(
        "posters.not_yours",
        zh="“{name}”不在您的辖区里，或没有这个地方，没有开始印制。请从列表里选您辖区内的县、乡镇、村（社区）或网格。",
        en="“{name}” is not in your area, or there is no such place, so nothing was begun. Choose a county, township, "
        "village or grid of your own area from the list.",
        name=name,
    )


def _no_venue(zh: str, en: str) -> Refusal:
    return Refusal(
        "posters.no_venue",
        zh="{place_zh}没有已核验的场所，没有海报可印。先核验场所，或选大一级的地方。",
        en="There is no verified venue in {place_en}, so there is no poster to print. Verify venues first, or choose "
        "the place above it.",
        place_zh=zh,
        place_en=en,
    )
