"""Reads of the round_staff room that others may use."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.timezone import localtime

from fangxian.core.screening.rostering import Worker

from .models import RoundDuty, RoundShift, StaffMember, Training

__all__ = ["RoundDuty", "RoundShift", "StaffMember", "Training"]

RANKS = {"testing": 0, "reserve": 1}


def members() -> QuerySet[StaffMember]:
    """Everybody who can be set, the testing team first."""
    return StaffMember.objects.filter(left_at=None).order_by("-team", "job", "unit", "id")


def trained_until(of: Iterable[UUID]) -> dict[UUID, dict[str, date]]:
    """By person and training the last day on which it holds."""
    found: dict[UUID, dict[str, date]] = defaultdict(dict)
    rows = Training.objects.filter(member__in=list(of)).order_by("valid_until")
    for member, kind, until in rows.values_list("member", "kind", "valid_until"):
        found[member][kind] = until
    return found


def workers() -> list[Worker]:
    """Everybody who can be set, as core.screening.rostering wants them."""
    rows = list(members())
    until = trained_until(it.pk for it in rows)
    return [Worker(it.pk, it.job, RANKS[it.team], until.get(it.pk, {})) for it in rows]


def busy_between(begins: datetime, ends: datetime) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """By person the times within these at which they are set somewhere, in whichever round."""
    found: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    rows = RoundDuty.objects.filter(off_at=None, shift__begins_at__lt=ends, shift__ends_at__gt=begins)
    for member, since, until in rows.values_list("member", "shift__begins_at", "shift__ends_at"):
        found[member].append((since, until))
    return found


def is_duty_of(duty: UUID, round: UUID) -> bool:
    """Whether it is, or was, a duty of this round."""
    return RoundDuty.objects.filter(pk=duty, shift__round=round).exists()


def shifts_of(round: UUID) -> list[RoundShift]:
    """The shifts of a round in their order."""
    return list(RoundShift.objects.filter(round=round).order_by("begins_at"))


def sites_on_duty(rounds: Collection[UUID], *, name: str, unit: str, phone: str, at: datetime) -> dict[UUID, bool]:
    """The sites of these rounds at which whoever this is stands, or will, and whether that is beyond doubt.

    It is where name and unit, or name and phone, are those of one member of the staff. In doubt are another unit, a
    name written differently at the same phone, and two of one name and unit; where somebody is certain, nobody else is
    meant.
    """
    rows = RoundDuty.objects.filter(shift__round__in=rounds, off_at=None, shift__ends_at__gt=at).exclude(site=None)
    found: dict[bool, list[RoundDuty]] = {True: [], False: []}
    for it in rows.select_related("member").order_by("id"):
        if (likeness := _is_like(it.member, name, unit, phone)) is not None:
            found[likeness].append(it)
    sure = len({it.member_id for it in found[True]}) == 1
    return {it.site_id: sure for it in (found[True] or found[False])}


def _is_like(member: StaffMember, name: str, unit: str, phone: str) -> bool | None:
    """Whether it is who is meant: certainly, perhaps, or (None) somebody else."""
    same_name, same_phone = _plain(member.name) == _plain(name), bool(phone) and member.phone == phone
    same_unit = _plain(member.unit) == _plain(unit)
    if same_name and (same_phone or (same_unit and not (phone and member.phone))):
        return True
    is_other = bool(phone and member.phone) and not same_phone and not same_unit
    return False if same_phone or (same_name and not is_other) else None


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def n_stood(round: UUID, at: datetime) -> int:
    """How many people stood at a round's sites and in its laboratory, each once a shift that had begun by then."""
    return _stood(at).filter(shift__round=round).order_by().values("shift", "member").distinct().count()


def days_stood(round: UUID, at: datetime) -> set[tuple[UUID, date]]:
    """The sites of a round and the days on which anybody stood there in a shift that had begun by then."""
    rows = _stood(at).filter(shift__round=round).exclude(site=None).order_by()
    spans = rows.values_list("site", "shift__begins_at", "shift__ends_at").distinct()
    return {(site, day) for site, begins, ends in spans for day in _days(begins, ends)}


def days_in_laboratory(at: datetime) -> set[date]:
    """The days on which anybody stood in the laboratory in a shift of whichever round that had begun by then."""
    spans = _stood(at).filter(site=None).order_by().values_list("shift__begins_at", "shift__ends_at").distinct()
    return {day for begins, ends in spans for day in _days(begins, ends)}


def _stood(at: datetime) -> QuerySet[RoundDuty]:
    """Whoever was taken off before the shift began never stood there."""
    rows = RoundDuty.objects.filter(shift__begins_at__lte=at)
    return rows.filter(Q(off_at=None) | Q(off_at__gt=F("shift__begins_at")))


def _days(begins: datetime, ends: datetime) -> set[date]:
    """Of a night shift both."""
    first, last = localtime(begins).date(), localtime(ends - timedelta(microseconds=1)).date()
    return {first + timedelta(days=k) for k in range((last - first).days + 1)}


def duties_of(round: UUID) -> list[RoundDuty]:
    """Who stands where in every shift of a round, by shift and site."""
    rows = RoundDuty.objects.filter(shift__round=round, off_at=None).select_related("shift", "member", "site")
    return list(rows.order_by("shift__begins_at", "site__number", "-job", "member__unit", "id"))
