"""What others may ask of the risk_areas room."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, Max, Min, Q, QuerySet, Value, When

from fangxian.core.parameters import Parameter
from fangxian.core.risk_areas.listing import Level
from fangxian.ops.realm.current import the_realm

from .models import ListedAs, NamedDivision, RiskArea, RiskList, RiskSpan
from .wire import the_nation

LEVELS = tuple(Level)
LISTS_COME_WITHIN = Parameter(
    value=24, unit="h", low=6, high=48,
    meaning="How old the newest list of risk areas may be before its readers are told that it is old",
    source="the national feed of April and November 2022 came three to six times a day, the longest pause a night",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Possible:
    """A division that names without one could mean."""

    code: str
    path: str


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Names whose division nobody knows yet, with how many of their places are risk areas now."""

    id: UUID
    province: str
    city: str
    county: str
    n_areas: int
    possible: tuple[Possible, ...]


class ListedSpan(NamedTuple):
    """One listed place at one level, `[begins_at, ends_at)`, in which division, and since when it is known here."""

    area: str
    division: str
    level: str
    begins_at: datetime
    ends_at: datetime | None
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Differences:
    """What a list changed, each an ordered set of spans."""

    begun: QuerySet[RiskSpan]
    ended: QuerySet[RiskSpan]
    missing: QuerySet[RiskSpan]


def lists() -> QuerySet[RiskList]:
    """The lists that were taken in, the newest moment first; what stands in them is not read."""
    return RiskList.objects.defer("content")


def newest_list() -> RiskList | None:
    """The list that took effect of the newest moment."""
    return lists().filter(applied_at__isnull=False).first()


def list_with(id_: UUID) -> RiskList | None:
    return lists().filter(pk=id_).first()


def spans_now() -> QuerySet[RiskSpan]:
    """The risk areas as the newest list has them, also those that it alone leaves out."""
    return _named(RiskSpan.objects.filter(ends_at__isnull=True))


def spans_on(begins: datetime, ends: datetime) -> QuerySet[RiskSpan]:
    """What was a risk area at any moment of `[begins, ends)`."""
    return _named(RiskSpan.objects.filter(begins_at__lt=ends).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=begins)))


def matching(spans: QuerySet[RiskSpan], *, level: str = "", code: str = "", text: str = "") -> QuerySet[RiskSpan]:
    """Narrowed to a level, to a division and all within, and to what stands in a place's text or names."""
    if level:
        spans = spans.filter(level=level)
    if code:
        spans = spans.filter(area__listed_as__division_code__startswith=code)
    for word in text.split():
        names = ("area__place", "area__listed_as__province", "area__listed_as__city", "area__listed_as__county")
        asked = Q()
        for name in names:
            asked |= Q(**{f"{name}__icontains": word})
        spans = spans.filter(asked)
    return spans


def at_risk_since(code: str) -> datetime | None:
    """Since when a high- or medium-risk area has been in a division, of those that are now; None: there is none."""
    spans = matching(spans_now(), code=code).exclude(level=Level.LOW).order_by()
    return spans.aggregate(since=Min("begins_at"))["since"]


def counts_now() -> dict[str, int]:
    """How many risk areas there are now by level."""
    rows = RiskSpan.objects.filter(ends_at__isnull=True).order_by().values_list("level").annotate(Count("pk"))
    return {level.value: dict(rows).get(level.value, 0) for level in LEVELS}


def n_missing_now() -> int:
    """How many the newest list leaves out, and which count until the next one does so too."""
    return RiskSpan.objects.filter(ends_at__isnull=True, n_missing__gt=0).count()


def differences_of(row: RiskList) -> Differences:
    """What began, ended or was left out with one list; a new level is an end and a beginning."""
    return Differences(
        begun=_named(RiskSpan.objects.filter(begins_at=row.as_of)),
        ended=_named(RiskSpan.objects.filter(ended_by=row.as_of)),
        missing=_named(RiskSpan.objects.filter(missing_since=row.as_of)),
    )


def unsettled() -> list[Unsettled]:
    """Names that lead to no division, those with the most risk areas now first."""
    is_now = Q(areas__spans__in=RiskSpan.objects.filter(ends_at__isnull=True))
    rows = ListedAs.objects.filter(division_code="").annotate(n_now=Count("areas", filter=is_now, distinct=True))
    nation = the_nation()
    return [
        Unsettled(
            row.pk, row.province, row.city, row.county, row.n_now,
            tuple(Possible(code, nation.path(code)) for code in nation.like((row.province, row.city, row.county))),
        )
        for row in rows.order_by("-n_now", "province", "city", "county")
    ]  # fmt: skip


def settled_by_people() -> QuerySet[ListedAs]:
    """Names whose division a person decided, the latest first."""
    return ListedAs.objects.filter(settled_at__isnull=False).order_by("-settled_at")


def levels_between(begins: datetime, ends: datetime) -> Mapping[str, Collection[tuple[datetime, datetime | None, str]]]:
    """By county code: from when until when which level held somewhere in it, of all that touch `[begins, ends)`."""
    found: defaultdict[str, set[tuple[datetime, datetime | None, str]]] = defaultdict(set)
    rows = spans_on(begins, ends).exclude(area__listed_as__division_code="")
    for code, began, ended, level in rows.values_list(
        "area__listed_as__division_code", "begins_at", "ends_at", "level"
    ):
        found[code].add((began, ended, level))
    return found


def is_old(newest: RiskList, at: datetime) -> bool:
    """Whether a newer list should have come by now."""
    return at - newest.as_of > timedelta(hours=LISTS_COME_WITHIN.value)


def _named(spans: QuerySet[RiskSpan]) -> QuerySet[RiskSpan]:
    """With their names, the graver level first."""
    names = ("area__listed_as__province", "area__listed_as__city", "area__listed_as__county", "area__place")
    graver = Case(*(When(level=it.value, then=Value(n)) for n, it in enumerate(LEVELS)), output_field=IntegerField())
    return spans.select_related("area__listed_as").order_by(graver, *names, "begins_at")


def listed_between(begins: datetime, ends: datetime) -> list[ListedSpan]:
    """Every listed place with a division that was at some level at a moment of `[begins, ends)`.

    `known_at` is when the list by which it began took effect here, or somebody settled where its names lie, if that was
    later: whoever was asked before that was not asked of it.
    """
    in_effect = RiskList.objects.filter(applied_at__isnull=False).order_by("-taken_at")
    known_at = dict(in_effect.values_list("as_of", "applied_at"))  # of several from one moment the first that came
    rows = spans_on(begins, ends).order_by().exclude(area__listed_as__division_code="")
    columns = ("area_id", "area__listed_as__division_code", "level", "begins_at", "ends_at")
    return [
        ListedSpan(str(area), *more, max(known_at.get(more[2], more[2]), settled_at or more[2]))
        for area, *more, settled_at in rows.values_list(*columns, "area__listed_as__settled_at")
    ]


def last_changed_at() -> datetime | None:
    """When a list last took effect here, a division was last named by hand or ended, or names settled; county time."""
    lists_ = RiskList.objects.aggregate(at=Max("applied_at"))["at"]
    settled = ListedAs.objects.aggregate(at=Max("settled_at"))["at"]
    named = NamedDivision.objects.aggregate(began=Max("named_at"), ended=Max("ended_at"))
    return max((at for at in (lists_, settled, named["began"], named["ended"]) if at is not None), default=None)


def named_between(begins: date, ends: date) -> QuerySet[NamedDivision]:
    """Divisions that were named by hand on a day of `[begins, ends)`, one named for no day left out."""
    rows = NamedDivision.objects.filter(begins_on__lt=ends).exclude(ends_on=F("begins_on"))
    return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=begins))


def named_divisions() -> QuerySet[NamedDivision]:
    """Every division ever named by hand, those that count until further notice first."""
    return NamedDivision.objects.order_by(F("ends_on").desc(nulls_first=True), "-begins_on", "division_code")


def areas_with(ids: Collection[str]) -> QuerySet[RiskArea]:
    """These listed places, with the names they are listed under."""
    return RiskArea.objects.filter(pk__in=ids).select_related("listed_as")


def levels_touching(area_paths: Collection[str]) -> set[str]:
    """The levels of the risk areas of this county now that lie in one of these of its areas, or hold it. One of which
    nobody knows in which part of the county it lies may be in any.
    """
    code = the_realm().division_code
    rows = spans_now().filter(area__listed_as__division_code=code).order_by().values_list("level", "area__within")
    return {
        level for level, within in rows
        if any(path.startswith(within or code) or within.startswith(path) for path in area_paths)
    }  # fmt: skip


def areas_within(area_path: str) -> QuerySet[RiskArea]:
    """The places of this county that were ever listed, within an area of it."""
    return RiskArea.objects.filter(within__startswith=area_path)


def provinces() -> list[str]:
    """What the provinces are called, in the order of their codes."""
    return [name for code, name in the_nation().name_of.items() if len(code) == 2]


def place_names(areas: Collection[str]) -> dict[str, str]:
    """What these listed places are called, by their ids."""
    return {str(pk): place for pk, place in RiskArea.objects.filter(pk__in=areas).values_list("pk", "place")}
