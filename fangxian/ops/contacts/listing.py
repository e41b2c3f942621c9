"""The contact line list: which rows, in which order, one page of them; a hundred thousand in one pass.

Only plain columns are filtered and sorted by: names are sealed. The ids of a page are found first, over the narrow
table alone, and only that page's files and people are then read and unsealed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, F, OrderBy, Q, QuerySet
from django.utils.timezone import localtime

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import areas_of, parts_within_scope, within_scope
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS, below, outside
from fangxian.ops.realm.far_pages import ids_of_page, walked

from .counting import MANAGED, NOT_STATED
from .models import DECIDED, LISTED, OBSERVED, Belongs, Contact, State
from .quality import RULE_OF, RULES
from .queries import VIEW, whole

# Groups of states by which a list may be narrowed.
GROUPS = {"open": (State.PROPOSED, *OBSERVED), "managed": MANAGED, "decided": DECIDED}
ELSEWHERE = "elsewhere"
CHUNK = 500
MANY = 1_000  # from so many rows on their order is walked, not made; fewer only where an index finds them
SORTS = {"weight": "weight", "last": "last_exposure_at", "release": "release_on", "area": "area_path"}
# What some index begins with: by which SQLite would look rows up, and then sort them all.
LOOKED_UP = ("area_path", "faults", "follow_up_due_at", "release_on", "state")
LOOKED_UP_BUT_AREA = LOOKED_UP[1:]


class Line(NamedTuple):
    """What one line of the list shows, and no more: a page opens no more seals than it needs.

    `own_name` is what was told of whoever is on no register, `registered_name` the register's.
    """

    pk: UUID
    case_id: UUID
    disease: str
    ring: str
    state: str
    area_path: str
    belongs: str
    destination: str
    last_exposure_at: datetime
    minutes: int
    weight: float
    mode: str
    release_on: date | None
    team: UUID | None
    faults: int
    via: UUID | None
    person_id: UUID | None
    own_name: str
    registered_name: str | None

    @property
    def name(self) -> str:
        return self.own_name or self.registered_name or ""


COLUMNS = (*Line._fields[:-2], "file__name", "person__name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list is narrowed to; empty means everything.

    Attributes
    ----------
    state : a state, or one of GROUPS
    mode : how observed, or NOT_STATED
    belongs : whose they are, or ELSEWHERE
    fault : the key of a quality rule, or "any"
    late : "follow-up": today's is late; "release": the last day is over and nobody has released them; "any" of both
    """

    case: UUID | None = None
    disease: str = ""
    ring: str = ""
    state: str = ""
    area_path: str = ""
    team: UUID | None = None
    mode: str = ""
    belongs: str = ""
    origin: str = ""
    fault: str = ""
    late: str = ""


def listed(account: Account | None, wanted: Wanted, *, at: datetime) -> QuerySet[Contact]:
    """The contacts an account may see, narrowed, as of a moment (county time)."""
    return narrowed(within_scope(Contact.objects.all(), account, VIEW, team_field="team"), wanted, at=at)


def _parts(account: Account | None, wanted: Wanted, at: datetime, past: Sequence[str] = ()) -> list[QuerySet[Contact]]:
    """The same: what lies in one's areas, and apart from it what else one's teams have, each along its own index.

    `past` are columns whose indexes SQLite is to pass over: where most rows are wanted, fifty of them are soon found
    along the index of the order, and none has to be sorted.
    """
    rows, names = walked(Contact.objects.all(), *past)
    area = names.get("area_path", "area_path")
    elsewhere = Contact.objects.filter if area in names.values() and _the_county(account) else None
    mine = parts_within_scope(rows, account, VIEW, area, team_field="team", elsewhere=elsewhere)
    return [narrowed(part, wanted, at=at, names=names) for part in mine]


def n_listed(account: Account | None, wanted: Wanted, *, at: datetime) -> int:
    """How many contacts a list holds.

    What is late, or faulty, or in some states has an index of its own that holds all there is to ask; whatever else is
    asked the one index of all the columns holds. Of everybody those are taken off who lie elsewhere, for a whole table
    is counted at once.
    """
    county = _the_county(account)
    if county and wanted == Wanted():
        before, after = outside(county)
        n_elsewhere = Contact.objects.filter(before | after).count()
        n_of_teams = sum(part.count() for part in _parts(account, wanted, at)[1:])
        return Contact.objects.count() - n_elsewhere + n_of_teams
    by_its_own = (Wanted(state=wanted.state), Wanted(late=wanted.late), Wanted(fault="any"))
    past = LOOKED_UP_BUT_AREA if wanted not in by_its_own else ("area_path",) if county else ()
    return sum(part.count() for part in _parts(account, wanted, at, past))


def _the_county(account: Account | None) -> str:
    """The area of an account that has so much that it is no use to look rows up by it; "" of any other."""
    areas = areas_of(account, VIEW) if account is not None else []
    return areas[0] if len(areas) == 1 and len(areas[0]) < TOWNSHIP_DIGITS else ""


def narrowed(
    rows: QuerySet[Contact], wanted: Wanted, *, at: datetime, names: Mapping[str, str] | None = None
) -> QuerySet[Contact]:
    """Those of some rows that are wanted. `names` are those of columns that are `walked` past."""
    name = {it: it for it in LOOKED_UP} | dict(names or {})
    plain = {it: getattr(wanted, it) for it in ("disease", "ring", "team", "origin")} | {"case_id": wanted.case}
    condition = Q(**{column: value for column, value in plain.items() if value})
    if wanted.mode:
        condition &= Q(mode="" if wanted.mode == NOT_STATED else wanted.mode)
    if wanted.belongs:
        condition &= ~Q(belongs=Belongs.HERE) if wanted.belongs == ELSEWHERE else Q(belongs=wanted.belongs)
    if wanted.state:
        condition &= Q(**{f"{name['state']}__in": GROUPS.get(wanted.state, (wanted.state,))})
    if wanted.area_path:
        condition &= below(wanted.area_path, name["area_path"])
    if wanted.late:
        condition &= late(wanted.late, at, name)
    if wanted.fault == "any":
        condition &= Q(**{f"{name['faults']}__gt": 0})
    elif wanted.fault:
        return with_fault(rows.filter(condition), int(RULE_OF[wanted.fault].fault))
    return rows.filter(condition)


def late(what: str, at: datetime, name: Mapping[str, str]) -> Q:
    """What has not been done in time: today's follow-up, or releasing whoever's last day is over."""
    follow_up = Q(**{f"{name['follow_up_due_at']}__lte": at})
    release = Q(**{f"{name['state']}__in": OBSERVED, f"{name['release_on']}__lt": localtime(at).date()})
    return {"follow-up": follow_up, "release": release}.get(what, follow_up | release)


def with_fault(rows: QuerySet[Contact], bit: int) -> QuerySet[Contact]:
    return rows.alias(has_fault=F("faults").bitand(bit)).filter(has_fault__gt=0)


def page_of(account: Account, wanted: Wanted, *, at: datetime, sort: str, which: slice, total: int) -> list[Line]:
    """One page with what a line shows, in the order asked for ("-weight": the heaviest first).

    `total` is how many rows there are.
    """
    columns, descending = _order(sort)
    is_found = wanted.case or wanted.area_path or wanted.late or wanted.fault == "any" or wanted.state
    is_walked = total >= MANY or not (is_found or not _the_county(account))
    past = [it for it in LOOKED_UP if it != columns[0]] if is_walked else []
    ids = ids_of_page(
        _parts(account, wanted, at, past),
        columns,
        descending=descending,
        which=which,
        total=total,
        may_be_empty=columns[0] == "release_on",
    )
    rows = Contact.objects.filter(pk__in=ids).order_by().values_list(*COLUMNS)
    found = {row[0]: Line._make(row) for row in rows}
    return [found[pk] for pk in ids if pk in found]


def every_row(rows: QuerySet[Contact], *, sort: str) -> Iterator[Contact]:
    """All of them, in order, some hundred in memory at a time: for a file of any length."""
    ids = list(rows.order_by(*_whole_order(sort)).values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        found = {row.pk: row for row in whole(Contact.objects.filter(pk__in=chunk))}
        yield from (found[pk] for pk in chunk if pk in found)


def _order(sort: str) -> tuple[list[str], bool]:
    """The columns of the index that holds this order, and whether they run down."""
    name = SORTS.get(sort.lstrip("-"), "weight")
    return list(dict.fromkeys((name, *LISTED))), sort.startswith("-") or sort.lstrip("-") not in SORTS


def _whole_order(sort: str) -> list[OrderBy]:
    """The same for everything at once; rows without a date stand last in either direction."""
    columns, descending = _order(sort)
    last = {"nulls_last": True} if columns[0] == "release_on" else {}
    first, *others = [(F(it).desc, F(it).asc) for it in columns]
    return [first[not descending](**last), *(it[not descending]() for it in others)]


@dataclass(frozen=True, slots=True)
class Faulty:
    """How many rows break each rule, by its key, and how many break any."""

    by_rule: dict[str, int]
    n_rows: int


@dataclass(frozen=True, slots=True)
class Amiss:
    """Of all that an account may see: what breaks a rule, whose follow-up of today is late, who is to be released."""

    faulty: Faulty
    n_late: int
    n_to_release: int


def amiss(account: Account, *, at: datetime) -> Amiss:
    """What stands above the list; three queries, each along an index of what it counts alone."""
    name = {it: it for it in LOOKED_UP}
    parts = _parts(account, Wanted(), at, ("area_path",) if _the_county(account) else ())
    n_late, n_to_release = (
        sum(part.filter(late(what, at, name)).count() for part in parts) for what in ("follow-up", "release")
    )
    return Amiss(_counted(parts), n_late, n_to_release)


def _counted(parts: Iterable[QuerySet[Contact]]) -> Faulty:
    """The quality rules counted, without reading the rows: their bits are stored with them."""
    by_bits: dict[int, int] = {}
    for part in parts:
        counted = part.filter(faults__gt=0).order_by().values_list("faults").annotate(n=Count("*"))
        for bits, n in counted:
            by_bits[bits] = by_bits.get(bits, 0) + n
    masks = {rule.key: int(rule.fault) for rule in RULES}  # of a plain number in a tenth of the time
    by_rule = {key: sum(n for bits, n in by_bits.items() if bits & mask) for key, mask in masks.items()}
    return Faulty(by_rule, sum(by_bits.values()))


def n_by(rows: QuerySet[Contact], column: str) -> dict[str, int]:
    """How many rows have each value of a plain column."""
    return dict(rows.order_by().values_list(column).annotate(n=Count("*")))
