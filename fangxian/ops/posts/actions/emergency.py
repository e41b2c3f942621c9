"""Writers of the emergency path: opened, its steps, its end."""

from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.posts import refusals
from fangxian.ops.posts.models import Emergency, EmergencyStep
from fangxian.ops.posts.path import ENDS, steps_of
from fangxian.ops.realm.current import county_now

from .setting_up import open_post


@transaction.atomic
def open_emergency(*, post: UUID, passing: UUID | None, why: str, to_hospital: bool, by: str) -> tuple[Emergency, bool]:
    """Somebody at a post needs the emergency path; whether it is new. Of one passing there is one.

    Refuses
    -------
    posts.unknown
    """
    row = open_post(post)
    if passing is not None and (known := Emergency.objects.filter(passing=passing).first()):
        return known, False
    made = Emergency.objects.create(
        post=row, passing_id=passing, area_path=row.area_path, why=Emergency.Why(why), to_hospital=to_hospital,
        opened_at=county_now(), opened_by=by,
    )  # fmt: skip
    record("posts.emergency_opened", by=by, about=[f"post:{post}"], details={"emergency": str(made.pk), "why": why})
    return made, True


@transaction.atomic
def do_step(*, emergency: UUID, step: str, note: str = "", by: str) -> None:
    """A step of the path was done; done already, nothing changes.

    Refuses
    -------
    posts.emergency_unknown, posts.emergency_over, posts.step_unknown
    """
    row = _running(emergency)
    if step not in steps_of(to_hospital=row.to_hospital):
        raise refusals.step_unknown(step)
    _, is_new = EmergencyStep.objects.get_or_create(
        emergency=row, step=step, defaults={"done_at": county_now(), "done_by": by, "note": note.strip()}
    )
    if is_new:
        record("posts.emergency_step", by=by, about=[f"post:{row.post_id}"], details={"step": step})


@transaction.atomic
def end_emergency(*, emergency: UUID, end: str, by: str) -> None:
    """The path is over; ended the same way already, nothing changes.

    Refuses
    -------
    posts.emergency_unknown, posts.emergency_over, posts.end_unknown
    """
    if end not in ENDS:
        raise refusals.end_unknown(end)
    if Emergency.objects.filter(pk=emergency, end=end).exists():
        return
    row = _running(emergency)
    row.ended_at, row.end = county_now(), end
    row.save(update_fields=["ended_at", "end"])
    record("posts.emergency_ended", by=by, about=[f"post:{row.post_id}"], details={"end": end})


def _running(emergency: UUID) -> Emergency:
    row = Emergency.objects.select_for_update().filter(pk=emergency).first()
    if row is None:
        raise refusals.emergency_unknown()
    if row.ended_at is not None:
        raise refusals.emergency_over()
    return row
