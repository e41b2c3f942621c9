"""The only writers of the risk_areas room."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from fangxian.core.refusal import Refusal
from fangxian.core.risk_areas.listing import Area, Level, Listing
from fangxian.core.risk_areas.spans import Span, Step, take_step
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now, the_realm

from .models import ListedAs, NamedDivision, RiskArea, RiskList, RiskSpan
from .wire import pack, the_nation, unpack

AT_ONCE = 1000
Within = Callable[[str], str]
Tell = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Kept:
    """A list as it was kept; `is_repeat`: the same file had come before."""

    row: RiskList
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class Applied:
    """What a list changed once it took effect."""

    n_begun: int
    n_changed: int
    n_ended: int
    n_missing: int


@transaction.atomic
def keep_list(*, listing: Listing, file: bytes, form: str, by: str) -> Kept:
    """Keep a list that came, without effect yet. The same file again is the one that is there."""
    digest = sha256(file).hexdigest()
    if (known := RiskList.objects.filter(digest=digest, covers=listing.covers).first()) is not None:
        return Kept(known, is_repeat=True)
    row = RiskList.objects.create(
        as_of=listing.as_of, covers=listing.covers, form=RiskList.Form(form), digest=digest, content=pack(listing),
        n_high=listing.listed.get(Level.HIGH, 0), n_medium=listing.listed.get(Level.MEDIUM, 0),
        n_low=listing.listed.get(Level.LOW, 0), n_names_removed=listing.n_names_removed,
        taken_at=county_now(), taken_by=by,
    )  # fmt: skip
    record(
        "risk_areas.list_kept",
        by=by,
        about=[f"risk_list:{row.pk}"],
        details={"as_of": listing.as_of.isoformat(), "covers": listing.covers, "digest": digest},
    )
    return Kept(row, is_repeat=False)


@transaction.atomic
def apply_list(*, risk_list: UUID, within: Within, by: str, tell: Tell = lambda done, total: None) -> Applied:
    """Let a kept list take effect, whole: until this commits, everybody sees what was before.

    Parameters
    ----------
    within : the area path of this county that a place of it names
    tell : hears how many lists of how many are done; one that is older than others has the later ones done again

    A list that has taken effect before changes nothing.
    """
    row = RiskList.objects.select_for_update().get(pk=risk_list)
    if row.applied_at is not None:
        return Applied(0, 0, 0, 0)
    row.applied_at = county_now()
    row.save(update_fields=["applied_at"])
    is_newest = not RiskList.objects.filter(applied_at__isnull=False, as_of__gte=row.as_of).exclude(pk=row.pk).exists()
    if is_newest:
        applied = _take(unpack(row.content, as_of=row.as_of, covers=row.covers), within)
        tell(1, 1)
    else:
        applied = _take_all_again(row, within, tell)
    record(
        "risk_areas.list_applied",
        by=by,
        about=[f"risk_list:{row.pk}"],
        details={"n_begun": applied.n_begun, "n_changed": applied.n_changed, "n_ended": applied.n_ended},
    )
    return applied


@transaction.atomic
def settle_names(*, names: UUID, code: str, by: str) -> ListedAs:
    """Decide which division places listed under some names lie in; it holds for all lists, also those to come.

    Refuses
    -------
    risk_areas.no_such_names, risk_areas.no_such_division
    """
    row = ListedAs.objects.select_for_update().filter(pk=names).first()
    if row is None:
        raise Refusal(
            "risk_areas.no_such_names",
            zh="没有这个待确认的地名，可能已随名单更新。请回到风险地区页重新选择。",
            en="There are no such names to be settled; a newer list may have taken their place. Go back to the page of "
            "risk areas and choose again.",
        )
    nation = the_nation()
    if len(code) not in (4, 6) or code not in nation.name_of:
        raise Refusal(
            "risk_areas.no_such_division",
            zh="没有代码为“{found}”的区划，地名没有改动。应为 6 位县级代码，或 4 位市级代码（该市不设县时），"
            "如浮山县 141027。请从列表中选，或查对代码。",
            en="No division has the code “{found}”, so nothing was settled. It should be the 6 digits of a county, or "
            "the 4 of a prefecture that has none, such as 141027 for Fushan. Choose one from the list, or look it up.",
            found=code[:12],
        )
    row.division_code, row.settled_at, row.settled_by = code, county_now(), by
    row.save(update_fields=["division_code", "settled_at", "settled_by"])
    record("risk_areas.names_settled", by=by, about=[f"listed_as:{row.pk}"], details={"code": code})
    return row


@transaction.atomic
def name_division(
    *, state: str, division_code: str, begins_on: date, ends_on: date | None, reason: str, by: str
) -> NamedDivision:
    """Name a division, and all within it, to have a risk state from a day on. Named already it is the row that is.

    Refuses
    -------
    risk_areas.no_division_named, risk_areas.no_reason, risk_areas.named_backwards
    """
    if division_code not in the_nation().name_of:
        raise _no_such_division(division_code)
    if not reason.strip():
        raise _no_reason()
    if ends_on is not None and ends_on <= begins_on:
        raise _named_backwards(begins_on, ends_on)
    known = NamedDivision.objects.filter(state=state, division_code=division_code, ends_on__isnull=True).first()
    if known is not None:
        return known
    row = NamedDivision.objects.create(
        state=state, division_code=division_code, begins_on=begins_on, ends_on=ends_on, reason=reason.strip()[:200],
        named_at=county_now(), named_by=by,
    )  # fmt: skip
    details = {"state": state, "division": division_code, "begins_on": begins_on.isoformat()}
    record("risk_areas.division_named", by=by, about=[f"named_division:{row.pk}"], details=details)
    return row


@transaction.atomic
def end_naming(*, named: UUID, ends_on: date, by: str) -> NamedDivision:
    """Say from which day on a division has no longer what it was named for. Ended already it stays as it is.

    Refuses
    -------
    risk_areas.no_such_naming
    """
    row = NamedDivision.objects.select_for_update().filter(pk=named).first()
    if row is None:
        raise Refusal(
            "risk_areas.no_such_naming",
            zh="没有这条指定。它应在风险地区页的“人工指定”里；请回到该页重新选择。",
            en="There is no such naming. It should stand among the divisions named by hand on the page of risk areas: "
            "go back there and choose again.",
        )
    if row.ended_at is not None:
        return row
    row.ends_on, row.ended_at, row.ended_by = max(ends_on, row.begins_on), county_now(), by
    row.save(update_fields=["ends_on", "ended_at", "ended_by"])
    details = {"ends_on": row.ends_on.isoformat()}
    record("risk_areas.naming_ended", by=by, about=[f"named_division:{row.pk}"], details=details)
    return row


def _no_reason() -> Refusal:
    return Refusal(
        "risk_areas.no_reason",
        zh="没有写依据，没有指定。指定一个地方会限制从那里来的人，须写明依据，如“某市通告 4月14日”；请写好再提交。",
        en="No ground was given, so nothing was named. Naming a place limits whoever comes from there, so it has to "
        "say by what, such as a city's notice and its date: write it and submit again.",
    )


def _named_backwards(begins_on: date, ends_on: date) -> Refusal:
    return Refusal(
        "risk_areas.named_backwards",
        zh="自 {begins} 起、到 {ends} 止，一天也没有，没有指定。止日应晚于起日（止日当天不算）；请改正，或把止日空着。",
        en="From {begins} until {ends} there is no day, so nothing was named. The end, which does not count itself, "
        "has to be later: correct it, or leave it empty.",
        begins=begins_on.isoformat(),
        ends=ends_on.isoformat(),
    )


def _no_such_division(code: str) -> Refusal:
    return Refusal(
        "risk_areas.no_division_named",
        zh="没有代码为“{found}”的区划，没有指定。应为 2 位省级、4 位市级或 6 位县级代码，如 1401 太原市；请查对代码。",
        en="No division has the code “{found}”, so nothing was named. It should be the 2 digits of a province, the 4 "
        "of a prefecture or the 6 of a county, such as 1401 for Taiyuan: look it up.",
        found=code[:12],
    )


# ---- one list after another ----


def _take(listing: Listing, within: Within) -> Applied:
    rows = {
        Area(it.area.listed_as.province, it.area.listed_as.city, it.area.listed_as.county, it.area.place): it
        for it in RiskSpan.objects.filter(ends_at__isnull=True).select_related("area__listed_as")
    }
    spans = [_span_of(area, row) for area, row in rows.items()]
    step = take_step(spans, listing)
    _write(step, rows, listing.as_of, within)
    return Applied(len(step.begun), len(step.changed), len(step.ended), len(step.missing))


def _take_all_again(row: RiskList, within: Within, tell: Tell) -> Applied:
    """An older list came late: what followed from the later ones follows from all of them anew."""
    RiskSpan.objects.all().delete()
    applied, found = Applied(0, 0, 0, 0), _in_effect()
    for k, one in enumerate(found):
        taken = _take(unpack(one.content, as_of=one.as_of, covers=one.covers), within)
        applied = taken if one.pk == row.pk else applied
        tell(k + 1, len(found))
    return applied


def _in_effect() -> Sequence[RiskList]:
    """The lists that count: of several of one moment the one that came last."""
    last = {(it.as_of, it.covers): it for it in RiskList.objects.filter(applied_at__isnull=False).order_by("taken_at")}
    return [last[key] for key in sorted(last)]


def _span_of(area: Area, row: RiskSpan) -> Span:
    return Span(area, Level(row.level), row.begins_at, None, row.missing_since, row.n_missing)


def _write(step: Step, rows: dict[Area, RiskSpan], at: datetime, within: Within) -> None:
    """The step as rows: what ended first, since an area has one open span."""
    over = [*step.ended, *(old for old, _ in step.changed)]
    touched = [_as_it_stands(rows[span.area], span, at) for span in [*over, *step.missing, *step.again]]
    RiskSpan.objects.bulk_update(touched, ["ends_at", "ended_by", "missing_since", "n_missing"], batch_size=AT_ONCE)
    begun = [*step.begun, *(new for _, new in step.changed)]
    areas = _areas([span.area for span in begun], within)
    RiskSpan.objects.bulk_create(
        [RiskSpan(area=areas[it.area], level=it.level.value, begins_at=it.begins_at) for it in begun],
        batch_size=AT_ONCE,
    )


def _as_it_stands(row: RiskSpan, span: Span, at: datetime) -> RiskSpan:
    row.ends_at, row.ended_by = span.ends_at, at if span.ends_at else None
    row.missing_since, row.n_missing = span.missing_since, span.n_missing
    return row


def _areas(wanted: Sequence[Area], within: Within) -> dict[Area, RiskArea]:
    """The rows of these areas, made where they are listed for the first time."""
    names = _listed_as({(it.province, it.city, it.county) for it in wanted})
    found: dict[Area, RiskArea] = {}
    by_names: dict[UUID, dict[str, Area]] = {}
    for area in wanted:
        by_names.setdefault(names[area.province, area.city, area.county].pk, {})[area.place] = area
    for one in RiskArea.objects.filter(listed_as__in=by_names):
        if (area := by_names[one.listed_as_id].get(one.place)) is not None:
            found[area] = one
    new = [area for area in dict.fromkeys(wanted) if area not in found]
    made = [_new_area(area, names[area.province, area.city, area.county], within) for area in new]
    RiskArea.objects.bulk_create(made, batch_size=AT_ONCE)
    return found | dict(zip(new, made, strict=True))


def _new_area(area: Area, names: ListedAs, within: Within) -> RiskArea:
    return RiskArea(listed_as=names, place=area.place, within=within(area.place) if _is_here(names) else "")


def _is_here(names: ListedAs) -> bool:
    return names.division_code == the_realm().division_code


def _listed_as(wanted: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], ListedAs]:
    """What names lead to, looked up where they are listed for the first time."""
    wanted = set(wanted)
    rows = ListedAs.objects.filter(province__in={it[0] for it in wanted})
    found = {(row.province, row.city, row.county): row for row in rows}
    nation = the_nation()
    new = [
        ListedAs(province=it[0], city=it[1], county=it[2], division_code=nation.find(it))
        for it in sorted(wanted - set(found))
    ]
    ListedAs.objects.bulk_create(new, batch_size=AT_ONCE)
    return found | {(row.province, row.city, row.county): row for row in new}
