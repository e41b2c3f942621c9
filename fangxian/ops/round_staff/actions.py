"""The only writers of the round_staff room."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localtime

from fangxian.core.screening.rostering import Set
from fangxian.ops.audit.actions import record
from fangxian.ops.lab.queries import ScreeningRound, sites_of
from fangxian.ops.realm.current import county_now

from . import refusals
from .models import RoundDuty, RoundShift, StaffMember, Training
from .queries import workers
from .wire import ListedMember, NewMember
from .words import JOBS, LABORATORY, TRAININGS

UNIT, REASON = 60, 100


@transaction.atomic
def add_member(*, name: str, phone: str, unit: str, team: str, job: str, by: str) -> StaffMember:
    """Somebody who can work in rounds.

    Refuses
    -------
    round_staff.member_wrong
    """
    name, unit = " ".join(name.split()), " ".join(unit.split())[:UNIT]
    if not name or not unit or team not in StaffMember.Team or job not in StaffMember.Job:
        raise refusals.member_wrong()
    row = StaffMember.objects.create(
        name=name, phone=phone.strip(), unit=unit, team=team, job=job, joined_at=county_now(), joined_by=by
    )
    record("round_staff.joined", by=by, about=[f"staff:{row.pk}"], facts={"team": team, "job": job})
    return row


@transaction.atomic
def add_members(*, members: Sequence[NewMember], by: str) -> int:
    """A whole team at once with its trainings, as a unit's list has it; how many.

    Refuses
    -------
    round_staff.member_wrong, round_staff.training_wrong
    """
    at, rows, trainings = county_now(), list[StaffMember](), list[Training]()
    for it in members:
        if not it.name.strip() or not it.unit.strip() or it.team not in StaffMember.Team or it.job not in JOBS:
            raise refusals.member_wrong()
        row = StaffMember(
            name=it.name, phone=it.phone, unit=it.unit[:UNIT], team=it.team, job=it.job, joined_at=at, joined_by=by
        )
        rows.append(row)
        for kind, (passed_on, valid_until) in it.trainings.items():
            if kind not in Training.Kind or valid_until < passed_on:
                raise refusals.training_wrong()
            told = {"kind": kind, "passed_on": passed_on, "valid_until": valid_until}
            trainings.append(Training(member=row, **told, noted_at=at, noted_by=by))
    StaffMember.objects.bulk_create(rows)
    Training.objects.bulk_create(trainings)
    record("round_staff.team_taken_in", by=by, facts={"n": len(rows)})
    return len(rows)


@transaction.atomic
def enter_listed(*, members: Sequence[ListedMember], by: str) -> tuple[int, int]:
    """Whoever of a list is new, and the trainings that are new of all of them: how many of each. What is on record
    stays as it is, so that a list which comes again changes nothing. Who is new is to be asked under `lock_staff`.
    """
    at = county_now()
    new = [
        StaffMember(
            pk=it.id, name=it.told.name, phone=it.told.phone, unit=it.told.unit, team=it.told.team, job=it.told.job,
            joined_at=at, joined_by=by,
        )
        for it in members if it.is_new
    ]  # fmt: skip
    StaffMember.objects.bulk_create(new)
    told = {
        (it.id, kind, passed_on): until
        for it in members
        for kind, (passed_on, until) in it.told.trainings.items()
    }  # fmt: skip
    there = Training.objects.filter(member__in={who for who, _, _ in told})
    known = set(there.values_list("member", "kind", "passed_on"))
    trainings = [
        Training(member_id=who, kind=kind, passed_on=day, valid_until=until, noted_at=at, noted_by=by)
        for (who, kind, day), until in told.items()
        if (who, kind, day) not in known
    ]
    Training.objects.bulk_create(trainings)
    if new or trainings:
        facts = {"n": len(new), "n_trainings": len(trainings)}
        record("round_staff.list_taken_in", by=by, facts=facts)
    return len(new), len(trainings)


def lock_staff() -> None:
    """Until the transaction ends nobody else enters anybody: of two lists that come at once the second sees whom the
    first entered. SQLite has one writer at a time as it is, from a transaction's first line on.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {StaffMember._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


@transaction.atomic
def let_member_go(*, member: UUID, by: str) -> None:
    """Somebody is on the team no more; shifts that have not begun are free again.

    Refuses
    -------
    round_staff.member.not_found
    """
    row, at = _member(member), county_now()
    row.left_at = at
    row.save(update_fields=["left_at"])
    n = row.duties.filter(off_at=None, shift__begins_at__gt=at).update(off_at=at, off_why="离队 · left the team")
    record("round_staff.left", by=by, about=[f"staff:{row.pk}"], facts={"n_duties": n})


@transaction.atomic
def note_training(*, member: UUID, kind: str, passed_on: date, valid_until: date, by: str) -> None:
    """Somebody passed a training; told twice of one day it is one, and the first stands.

    Refuses
    -------
    round_staff.member.not_found, round_staff.training_wrong
    """
    row, at = _member(member), county_now()
    if kind not in Training.Kind or not passed_on <= localtime(at).date() or valid_until < passed_on:
        raise refusals.training_wrong()
    _, is_new = Training.objects.get_or_create(
        member=row, kind=kind, passed_on=passed_on,
        defaults={"valid_until": valid_until, "noted_at": at, "noted_by": by},
    )  # fmt: skip
    if is_new:
        record("round_staff.trained", by=by, about=[f"staff:{row.pk}"], facts={"kind": kind})


@transaction.atomic
def add_shift(*, round: ScreeningRound, begins_at: datetime, ends_at: datetime, by: str) -> RoundShift:
    """One more shift of a round.

    Refuses
    -------
    round_staff.shifts_wrong
    """
    overlapping = RoundShift.objects.filter(round=round, begins_at__lt=ends_at, ends_at__gt=begins_at)
    is_inside = round.begins_at <= begins_at < ends_at <= round.ends_at
    if not is_inside or overlapping.exists():
        raise refusals.shifts_wrong()
    row = RoundShift.objects.create(round=round, begins_at=begins_at, ends_at=ends_at, set_by=by)
    record("round_staff.shift_added", by=by, about=[f"round:{round.pk}"], facts={"shift": str(row.pk)})
    return row


@transaction.atomic
def set_duty(*, shift: UUID, member: UUID, site: UUID | None, by: str) -> RoundDuty:
    """Set one person to one place in one shift; `site` None: the laboratory. Set there already, nothing changes.

    Refuses
    -------
    round_staff.shift.not_found, round_staff.member.not_found, round_staff.other_job, round_staff.untrained,
    round_staff.elsewhere
    """
    row, who = _shift(shift), _member(member)
    found = next((it for it in sites_of(row.round) if it.pk == site and it.closed_at is None), None)
    if site is not None and found is None:
        raise refusals.no_shift()
    if (site is None) != (who.job == StaffMember.Job.LABORATORY):
        raise refusals.other_job(JOBS[who.job].zh, JOBS[who.job].en)
    there = who.duties.filter(off_at=None, shift__begins_at__lt=row.ends_at, shift__ends_at__gt=row.begins_at)
    other = there.select_related("shift", "site").order_by("shift__begins_at").first()
    if other is not None and (other.shift_id, other.site_id) == (row.pk, site):
        return other
    if other is not None:
        raise _elsewhere(other)
    _refuse_untrained(who, localtime(row.ends_at).date())
    made = RoundDuty.objects.create(shift=row, member=who, site=found, job=who.job, set_at=county_now(), set_by=by)
    record("round_staff.set", by=by, about=[f"round:{row.round_id}", f"staff:{who.pk}"], facts={"job": who.job})
    return made


@transaction.atomic
def set_duties(*, round: UUID, sets: Sequence[Set], by: str) -> int:
    """Set many at once, as `core.screening.rostering.set_workers` found them; how many. Call it with nobody else
    setting: whoever was set meanwhile is left out.
    """
    list(StaffMember.objects.select_for_update().filter(pk__in=[it.worker for it in sets]).order_by("pk"))
    shifts = {it.pk: it for it in RoundShift.objects.filter(pk__in={it.shift for it in sets})}
    at, rows = county_now(), list[RoundDuty]()
    for it in sets:
        spell = shifts[it.shift]
        taken = RoundDuty.objects.filter(
            member=it.worker, off_at=None, shift__begins_at__lt=spell.ends_at, shift__ends_at__gt=spell.begins_at
        )
        if not taken.exists():
            told = {"shift": spell, "member_id": it.worker, "site_id": it.site, "job": it.job}
            rows.append(RoundDuty.objects.create(**told, set_at=at, set_by=by))
    record("round_staff.filled", by=by, about=[f"round:{round}"], facts={"n": len(rows)})
    return len(rows)


@transaction.atomic
def take_off(*, duty: UUID, why: str, by: str) -> None:
    """Somebody is not there after all; taken off already, nothing changes.

    Refuses
    -------
    round_staff.duty.not_found
    """
    row = RoundDuty.objects.select_for_update(of=("self",)).select_related("shift").filter(pk=duty).first()
    if row is None:
        raise refusals.no_duty()
    if row.off_at is not None:
        return
    row.off_at, row.off_why = county_now(), " ".join(why.replace("\0", " ").split())[:REASON]
    row.save(update_fields=["off_at", "off_why"])
    record("round_staff.taken_off", by=by, about=[f"round:{row.shift.round_id}", f"staff:{row.member_id}"])


@transaction.atomic
def free_duties(*, round: UUID, site: UUID | None = None, why: str, by: str) -> int:
    """Whoever is set to a round, or to one site of it, in a shift that is not over may be set elsewhere; how many."""
    at = county_now()
    rows = RoundDuty.objects.filter(shift__round=round, shift__ends_at__gt=at, off_at=None)
    n = (rows.filter(site=site) if site else rows).update(off_at=at, off_why=why[:REASON])
    if n:
        record("round_staff.freed", by=by, about=[f"round:{round}"], facts={"n": n})
    return n


def _member(member: UUID) -> StaffMember:
    row = StaffMember.objects.select_for_update().filter(pk=member, left_at=None).first()
    if row is None:
        raise refusals.no_member()
    return row


def _shift(shift: UUID) -> RoundShift:
    row = RoundShift.objects.select_related("round").filter(pk=shift).first()
    if row is None:
        raise refusals.no_shift()
    return row


def _refuse_untrained(who: StaffMember, day: date) -> None:
    worker = next(it for it in workers() if it.id == who.pk)
    if lacking := worker.lacks(who.job, day):
        said = TRAININGS[lacking[0]]
        raise refusals.untrained(said.zh, said.en, f"{day:%Y-%m-%d}")


def _elsewhere(other: RoundDuty):
    begins, ends = localtime(other.shift.begins_at), localtime(other.shift.ends_at)
    zh, en = (other.site.name, other.site.name) if other.site else (LABORATORY.zh, LABORATORY.en)
    return refusals.elsewhere(zh, en, f"{begins:%m-%d %H:%M}", f"{ends:%m-%d %H:%M}")
