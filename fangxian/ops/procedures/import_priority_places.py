"""A register of priority venues and processes comes in as a file (重点场所、重点环节名册导入).

1. the file is kept; what each column means is confirmed, and remembered for the sender    intake
2. each row: which venue or village is meant, one and no other                              places
3. who answers for it                                                                       accounts
4. it is put on the register; what is on it already stays as it is                          hygiene
5. rows that were not taken go back with their reason                                       intake

A township or village brings the register of its own area: rows of others' go back.

Steps 2 to 5 are a job. Repeated from the start, or with the same file again, it changes nothing twice.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.divisions import short_name
from fangxian.core.policy.hygiene import CLASSES, VENUES
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account, Unit
from fangxian.ops.accounts.queries import accounts_named_by, may
from fangxian.ops.accounts.scope import areas_of, require, within_scope
from fangxian.ops.hygiene import list_refusals as refusals
from fangxian.ops.hygiene.actions import list_places
from fangxian.ops.hygiene.queries import KEEP
from fangxian.ops.hygiene.vocabulary import VENUE_CLASSES
from fangxian.ops.hygiene.wire import NewPlace
from fangxian.ops.intake.actions import TakenIn, close, map_headers, take_in
from fangxian.ops.intake.fields import plain
from fangxian.ops.intake.queries import Intake, State, find, headers_of, intakes, propose_mapping, read_rows
from fangxian.ops.intake.reading import RowRefusal
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.places.models import Venue, VenueNaming
from fangxian.ops.places.queries import current_divisions, grid_cells_in_order
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import county_now, the_realm

UPLOAD = "intake.upload"
BELOW = " · "  # between the area of an upload below the county and its sender
KIND, JOB, SOURCE = "hygiene.places", "procedures.import_priority_places", "hygiene:"
AT_ONCE = 500  # rows a transaction: others have their turn between two
LONGEST_NAME = 120
MOST_MOVES = 20
NAMING = {"name", "venue_name", "venue_number"}
READING = Said("已读 {done} 行，共 {total} 行：新登记 {n_new} 个", "{done} of {total} rows read: {n_new} listed anew")
Cells = Mapping[str, str]


class _Venue(NamedTuple):
    """All that a row may ask of a venue."""

    pk: UUID
    number: int
    name: str
    venue_class: str
    area_path: str
    status: str
    moved_from: UUID | None


@dataclass(slots=True)
class _Came:
    n_new: int = 0
    n_known: int = 0
    refused: dict[int, Refusal] = field(default_factory=dict)


def upload_places(*, content: bytes, file_name: str, sender: str, by: Account) -> TakenIn:
    """Keep a register that came.

    Refuses
    -------
    accounts.not_yours, and what intake.actions.take_in refuses
    """
    area = require_files(by)[0]
    # The same file from the county and from a township are two: what each may list is not the same.
    of_area = "" if area == the_realm().division_code else f"{area}{BELOW}"
    source = f"{SOURCE}{of_area}{' '.join(sender.split())}"[:80]
    return take_in(content, file_name=file_name, kind=KIND, source=source, area_path=area, by=f"account:{by.pk}")


def begin_places(*, intake: Intake, mapping: Mapping[str, str], by: Account):
    """Confirm what each column means and have the rows listed; the job.

    Refuses
    -------
    accounts.not_yours, hygiene.list.no_name_column, and what intake.actions.map_headers refuses
    """
    require_files(by)
    if not NAMING & set(mapping.values()):
        raise refusals.no_name_column()
    row = map_headers(intake=intake.pk, mapping=mapping, by=f"account:{by.pk}")
    return enqueue(
        kind=JOB, arguments={"intake": str(row.pk)}, by=f"account:{by.pk}", unique_key=key_of(row), n_total=row.n_rows
    )


def import_places(job) -> dict[str, int]:
    """The job: put the rows of a mapped file on the register."""
    row = find(UUID(job.arguments["intake"]))
    if row is None or row.state == State.CLOSED:
        return {}
    came, known, reading, n_done = _Came(), _County(areas_to_list(job.owner)), read_rows(row), 0
    rows: Iterator[tuple[int, Cells]] = iter(reading)
    while chunk := list(islice(rows, AT_ONCE)):
        new: list[NewPlace] = []
        for number, cells in chunk:
            try:
                new.append(known.meant(cells))
            except Refusal as refusal:
                came.refused[number] = refusal
        n_new = len(list_places(places=new, by=job.owner))
        came.n_new, came.n_known = came.n_new + n_new, came.n_known + len(new) - n_new
        reading.keep(came.refused)
        n_done += len(chunk)
        job.step(n_done, row.n_rows, READING.with_facts(done=n_done, total=row.n_rows, n_new=came.n_new))
    refused = [*reading.refused, *(RowRefusal(number, why) for number, why in came.refused.items())]
    close(intake=row.pk, n_accepted=row.n_rows - len(refused), refused=refused, by=job.owner, cells=reading.cells)
    return {"n_new": came.n_new, "n_known": came.n_known, "n_refused": len(refused), "n_rows": row.n_rows}


def require_files(account: Account) -> list[str]:
    """The areas of which somebody may bring registers: of the county whoever takes files in and keeps its register; of
    a township or village whoever keeps the register there.

    Refuses
    -------
    accounts.not_yours
    """
    if areas := _areas_brought_by(account):
        return areas
    county = the_realm().division_code
    require(account, KEEP, county)
    require(account, UPLOAD, county)
    raise AssertionError("one of the two was refused")


def may_bring_files(account: Account) -> bool:
    return bool(_areas_brought_by(account))


def areas_to_list(owner: str) -> list[str]:
    """The areas of which an upload's rows may be listed, by who began it."""
    account = accounts_named_by([owner]).get(owner)
    return _areas_brought_by(account) if account is not None else []


def _areas_brought_by(account: Account) -> list[str]:
    county = the_realm().division_code
    if may(account, UPLOAD, county) and may(account, KEEP, county):
        return [county]
    return [it for it in areas_of(account, KEEP) if it != county and len(it) <= VILLAGE_DIGITS]


def place_lists(account: Account):
    """The files that came of one's own areas, the newest first."""
    require_files(account)
    return within_scope(intakes(kind=KIND), account, KEEP)


def place_list(account: Account, intake: UUID) -> Intake:
    """One of them.

    Refuses
    -------
    accounts.not_yours, hygiene.list.not_found
    """
    row = place_lists(account).filter(pk=intake).first()
    if row is None:
        raise refusals.no_list()
    return row


def proposed(intake: Intake) -> dict[str, str]:
    """What each header means, as this sender's were mapped last, else by its name."""
    return propose_mapping(headers_of(intake), kind=KIND, source=intake.source)


def key_of(intake: Intake) -> str:
    return f"intake:{intake.pk}"


def sender_of(intake: Intake) -> str:
    told = intake.source.removeprefix(SOURCE)
    area, _, sender = told.partition(BELOW)
    return sender if area.isdecimal() else told


# ---- rows ----


class _County:
    """What the rows of one file are looked up in: five queries, however long it is. `own`: the areas they may be of."""

    def __init__(self, own: Sequence[str]) -> None:
        self.own = tuple(own)
        wanted = ("pk", "venue_number", "name", "venue_class", "area_path", "status", "moved_from")
        venues = [_Venue(*it) for it in Venue.objects.values_list(*wanted)]
        self.by_number = {it.number: it for it in venues}
        self.went_to = {it.moved_from: it for it in venues if it.moved_from and it.status != Venue.Status.CLOSED}
        self.by_name: dict[str, list[_Venue]] = defaultdict(list)
        for it in venues:
            if it.status in (Venue.Status.VERIFIED, Venue.Status.SUSPENDED):
                self.by_name[_plain(it.name)].append(it)
        self.called = defaultdict(set)
        for pk, name in VenueNaming.objects.values_list("venue", "name"):
            self.called[pk].add(_plain(name))
        self.units = {
            _plain(name): it
            for it in Unit.objects.filter(kind=Unit.Kind.DEPARTMENT)
            for name in (it.name_zh, it.name_en)
            if name
        }
        self.townships, self.areas = _areas()
        self.today = localtime(county_now()).date()

    def meant(self, cells: Cells) -> NewPlace:
        """The place that a row is about. Refuses with the reason for which the row goes back."""
        of_class = cells["of_class"]
        name, at_venue = cells.get("name", ""), cells.get("venue_name", "")
        number, inside = self._number(cells.get("venue_number", "")), self._area(cells)
        if of_class in VENUES:
            name = name or at_venue
            if not name and number is None:
                raise refusals.row_nameless()
            venue = self._venue(number, name, inside)
            _refuse_unlike(of_class, venue)
            name, area_path = venue.name, venue.area_path
        else:
            if not name:
                raise refusals.row_nameless()
            venue = self._venue(number, at_venue, inside) if at_venue or number is not None else None
            if venue is None and not inside:
                raise refusals.no_area()
            area_path = venue.area_path if venue else inside
        if len(name) > LONGEST_NAME:
            raise refusals.name_long(len(name), LONGEST_NAME)
        if not area_path.startswith(self.own):
            raise refusals.not_your_area(name)
        return NewPlace(
            of_class=of_class, name=name, area_path=area_path, venue=venue and venue.pk,
            unit=self._unit(cells.get("unit", "")), since=self._since(cells.get("since", "")),
        )  # fmt: skip

    def _number(self, text: str) -> int | None:
        digits = "".join(it for it in text if it not in " -·\u3000")
        if not digits:
            return None
        if not digits.isdecimal() or len(digits) > 12:
            raise refusals.number_unreadable(text)
        return int(digits)

    def _venue(self, number: int | None, name: str, inside: str) -> _Venue:
        if number is not None:
            return self._with_number(number, name)
        found = [it for it in self.by_name.get(_plain(name), ()) if it.area_path.startswith(inside)]
        if not found:
            raise refusals.no_such_venue(name)
        if len(found) > 1:
            raise refusals.several_venues(name, sorted(it.number for it in found))
        return found[0]

    def _with_number(self, number: int, name: str) -> _Venue:
        """By its number, or by the one it had where it was before it moved."""
        found = self.by_number.get(number)
        if found is None:
            raise refusals.no_such_number(number)
        if name and _plain(name) not in {_plain(found.name), *self.called.get(found.pk, ())}:
            raise refusals.other_name(number, name, found.name)
        for _ in range(MOST_MOVES):
            if found.status != Venue.Status.CLOSED or found.pk not in self.went_to:
                break
            found = self.went_to[found.pk]
        if found.status in (Venue.Status.CLOSED, Venue.Status.APPLIED):
            raise refusals.venue_not_open(found.name, found.status == Venue.Status.APPLIED)
        return found

    def _area(self, cells: Cells) -> str:
        """The village, else the township, that the row names; empty where it names none."""
        town, unit = cells.get("township", ""), cells.get("area", "")
        within = ""
        if town:
            within = self.townships.get(_plain(town), "")
            if not within:
                raise refusals.no_such_area(town)
        if not unit:
            return within
        found = sorted(it for it in self.areas.get(_plain(unit), ()) if it.startswith(within))
        if not found:
            raise refusals.no_such_area(unit)
        if len(found) > 1:
            towns = {path: name for name, path in self.townships.items() if not name.isdecimal()}
            raise refusals.several_areas(unit, [towns.get(it[:TOWNSHIP_DIGITS], it) for it in found])
        return found[0]

    def _unit(self, text: str) -> Unit | None:
        if not text:
            return None
        if (unit := self.units.get(_plain(text))) is None:
            raise refusals.no_such_unit(text)
        return unit

    def _since(self, text: str) -> datetime | None:
        if not text:
            return None
        since = date.fromisoformat(text)
        if since > self.today:
            raise refusals.since_ahead(since)
        return datetime.combine(since, time(), localtime(county_now()).tzinfo)


def _refuse_unlike(of_class: str, venue: _Venue) -> None:
    fitting = VENUE_CLASSES.get(of_class)
    if fitting is not None and venue.venue_class not in fitting:
        said = CLASSES[of_class]
        raise refusals.class_unlike(said.zh, said.en, venue.name)


def _areas() -> tuple[dict[str, str], dict[str, set[str]]]:
    """Townships by what they are called; villages, communities and grid cells by what they are, with and without the
    township before it. Two villages may bear one name.
    """
    divisions = list(current_divisions())
    townships, areas = {}, defaultdict(set)
    named = {it.area_path: it.name_zh for it in divisions if len(it.area_path) == TOWNSHIP_DIGITS}
    for path, name in named.items():
        townships[_plain(name)] = townships[path] = path
    for it in divisions:
        if len(it.area_path) == VILLAGE_DIGITS:
            for called in (it.name_zh, short_name(it.name_zh), it.name_en):
                areas[_plain(called)].add(it.area_path)
                areas[_plain(named.get(it.area_path[:TOWNSHIP_DIGITS], "") + called)].add(it.area_path)
            areas[it.area_path].add(it.area_path)
    for cell in grid_cells_in_order():
        areas[_plain(cell.name_zh)].add(cell.area_path)
        areas[cell.area_path].add(cell.area_path)
    return townships, areas


def _plain(name: str) -> str:
    """A name without case, width, spaces and marks; remarks in brackets stay, as they tell venues apart."""
    return plain(name.replace("(", "").replace(")", "").replace("（", "").replace("）", ""))
