"""The contact line list: which rows, in which order, one page of them; a hundred thousand in one pass.

Only plain columns are filtered and sorted by: names are sealed. The ids of a page are found first, over the narrow
table alone, and only that page's files and people are then read and unsealed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, OrderBy, Q, QuerySet
from django.utils.timezone import localtime

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import areas_of, within_scope
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS, below
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
# What no line of the list shows: a page opens no more seals than it needs.
UNSHOWN = (
    "file__document_number", "file__phone", "file__address", "file__workplace", "file__whereabouts", "file__key_place",
    "file__why", "file__note", "person__document_number", "person__phone",
)  # fmt: skip


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


def listed(account: Account | None, wanted: Wanted, *, at: datetime, in_order: bool = False) -> QuerySet[Contact]:
    """The contacts an account may see, narrowed, as of a moment (county time).

    Parameters
    ----------
    in_order : SQLite is to walk the index of the order rather than that of the areas: where most rows are wanted,
        fifty of them are soon found that way, and none has to be sorted
    """
    return _listed(account, wanted, at, LOOKED_UP if in_order else ())


def _listed(account: Account | None, wanted: Wanted, at: datetime, past: tuple[str, ...]) -> QuerySet[Contact]:
    rows, names = walked(Contact.objects.all(), *past)
    mine = within_scope(rows, account, VIEW, names.get("area_path", "area_path"), team_field="team")
    return narrowed(mine, wanted, at=at, names=names)


def n_listed(account: Account | None, wanted: Wanted, *, at: datetime) -> int:
    """How many contacts a list holds.

    What is late, faulty or in some states has an index of its own, which is walked first; so is the smallest there is
    where everybody is wanted.
    """
    has_own_index = wanted.late or wanted.state or wanted.fault == "any" or wanted == Wanted()
    of_all = has_own_index and not wanted.area_path and _is_over_the_county(account)
    return _listed(account, wanted, at, ("area_path",) if of_all else ()).count()


def _is_over_the_county(account: Account | None) -> bool:
    """Whether an account sees so many that it is no use to look them up by their area."""
    return account is not None and any(len(it) < TOWNSHIP_DIGITS for it in areas_of(account, VIEW))


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


def page_of(account: Account, wanted: Wanted, *, at: datetime, sort: str, which: slice, total: int) -> list[Contact]:
    """One page with what a line shows, in the order asked for ("-weight": the heaviest first).

    `total` is how many rows there are.
    """
    columns, descending = _order(sort)
    is_found = wanted.case or wanted.area_path or wanted.late or wanted.fault == "any" or wanted.state
    is_walked = total >= MANY or not (is_found or not _is_over_the_county(account))
    past = [it for it in LOOKED_UP if it != columns[0]] if is_walked else []
    ids = ids_of_page(
        _listed(account, wanted, at, tuple(past)),
        columns,
        descending=descending,
        which=which,
        total=total,
        may_be_empty=columns[0] == "release_on",
    )
    found = Contact.objects.select_related("file", "person").defer(*UNSHOWN).in_bulk(ids)
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


def n_faulty(rows: QuerySet[Contact]) -> Faulty:
    """The quality rules counted, without reading the rows: their bits are stored with them."""
    counted = rows.filter(faults__gt=0).order_by().values_list("faults").annotate(n=Count("*"))
    by_bits = dict(counted)
    by_rule = {rule.key: sum(n for bits, n in by_bits.items() if bits & rule.fault) for rule in RULES}
    return Faulty(by_rule, sum(by_bits.values()))


def n_by(rows: QuerySet[Contact], column: str) -> dict[str, int]:
    """How many rows have each value of a plain column."""
    return dict(rows.order_by().values_list(column).annotate(n=Count("*")))
