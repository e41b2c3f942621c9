"""Writers of who keeps a post: its keepers, their shifts, the hand-over from one shift to the next."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localtime

from fangxian.ops.audit.actions import record
from fangxian.ops.posts import refusals
from fangxian.ops.posts.models import Duty, Keeper, Post, Practice, Shift
from fangxian.ops.posts.wire import NewKeeper, NewShift
from fangxian.ops.realm.current import county_now

from .setting_up import open_post


@transaction.atomic
def add_keepers(*, post: UUID, keepers: Sequence[NewKeeper], by: str) -> list[Keeper]:
    """Put people on a post's list; each gets the next number.

    Refuses
    -------
    posts.unknown, posts.keeper_nameless
    """
    row = open_post(post)
    if not all(it.name.strip() for it in keepers):
        raise refusals.keeper_nameless()
    last = row.keepers.aggregate(last=Max("number"))["last"] or 0
    rows = [
        Keeper(
            post=row, number=number, name=it.name.strip(), phone=it.phone.strip(), is_volunteer=it.is_volunteer,
            account_id=it.account,
        )
        for number, it in enumerate(keepers, start=last + 1)
    ]  # fmt: skip
    Keeper.objects.bulk_create(rows)
    record("posts.keepers_added", by=by, about=[f"post:{post}"], details={"n_keepers": len(rows)})
    return rows


@transaction.atomic
def let_keeper_go(*, keeper: UUID, by: str) -> None:
    """Somebody keeps there no more; their duties to come are taken off. Gone already, nothing changes.

    Refuses
    -------
    posts.keeper_unknown
    """
    row, at = _keeper(keeper), county_now()
    row.left_at = at
    row.save(update_fields=["left_at"])
    n, _ = Duty.objects.filter(keeper=row, shift__begins_at__gt=at).delete()
    record("posts.keeper_left", by=by, about=[f"post:{row.post_id}"], details={"keeper": row.number, "n_duties": n})


@transaction.atomic
def record_practice(
    *, keeper: UUID, n_people: int, n_right: int, seconds: int, wrong: Sequence[str], by: str
) -> Practice:
    """One round of practice with invented people.

    Refuses
    -------
    posts.keeper_unknown
    """
    row = _keeper(keeper)
    practice = Practice.objects.create(
        keeper=row, practised_at=county_now(), n_people=n_people, n_right=n_right, seconds=seconds, wrong=list(wrong)
    )
    record("posts.practised", by=by, about=[f"post:{row.post_id}"], details={"keeper": row.number, "right": n_right})
    return practice


@transaction.atomic
def sign_off(*, keeper: UUID, by: str) -> None:
    """The cadre stationed there found that this keeper knows the steps, after a round without a mistake.

    Refuses
    -------
    posts.keeper_unknown, posts.not_practised
    """
    row = _keeper(keeper)
    best = row.practices.order_by("-practised_at").first()
    if best is None or best.n_right < best.n_people:
        raise refusals.not_practised(best and best.n_right, best and best.n_people)
    row.signed_off_at, row.signed_off_by = county_now(), by
    row.save(update_fields=["signed_off_at", "signed_off_by"])
    record("posts.keeper_signed_off", by=by, about=[f"post:{row.post_id}"], details={"keeper": row.number})


@transaction.atomic
def set_shifts(*, shifts: Sequence[NewShift], by: str) -> list[Shift]:
    """Set shifts with those who keep them; of one that begins at the same moment the people are set anew.

    Refuses
    -------
    posts.unknown, posts.shift_times, posts.shift_overlaps, posts.keeper_elsewhere
    """
    posts = {pk: open_post(pk) for pk in sorted({it.post for it in shifts})}
    standing, keepers = _standing(shifts), _keepers_of(shifts)
    rows = []
    for it in shifts:
        here = standing.setdefault(it.post, {})
        _refuse_shift(it, here.values(), keepers)
        row = here.setdefault(it.begins_at, _new_shift(it, posts))
        row.ends_at = it.ends_at
        rows.append(row)
    each = dict.fromkeys(rows)
    before = [row for row in each if not row._state.adding]
    Shift.objects.bulk_update(before, ["ends_at"])
    Shift.objects.bulk_create([row for row in each if row._state.adding])
    wanted = {(row.pk, pk) for row, it in zip(rows, shifts, strict=True) for pk in it.keepers}
    standing_duties = {(it.shift_id, it.keeper_id): it.pk for it in Duty.objects.filter(shift__in=before)}
    Duty.objects.filter(pk__in=[pk for key, pk in standing_duties.items() if key not in wanted]).delete()
    new = sorted(wanted - standing_duties.keys())
    Duty.objects.bulk_create([Duty(shift_id=shift, keeper_id=keeper) for shift, keeper in new])
    if rows:
        record("posts.shifts_set", by=by, about=[f"post:{pk}" for pk in posts], details={"n_shifts": len(rows)})
    return rows


def _new_shift(it: NewShift, posts: Mapping[UUID, Post]) -> Shift:
    return Shift(post_id=it.post, area_path=posts[it.post].area_path, begins_at=it.begins_at, ends_at=it.ends_at)


def _standing(shifts: Sequence[NewShift]) -> dict[UUID, dict[datetime, Shift]]:
    """The shifts that are set already in the time of these, by post and beginning."""
    if not shifts:
        return {}
    first, last = min(it.begins_at for it in shifts), max(it.ends_at for it in shifts)
    found: dict[UUID, dict[datetime, Shift]] = {}
    for row in Shift.objects.filter(post__in={it.post for it in shifts}, begins_at__lt=last, ends_at__gt=first):
        found.setdefault(row.post_id, {})[row.begins_at] = row
    return found


def _keepers_of(shifts: Sequence[NewShift]) -> dict[UUID, UUID]:
    """Of each keeper of these who is still there, the post."""
    wanted = {pk for it in shifts for pk in it.keepers}
    return dict(Keeper.objects.filter(pk__in=wanted, left_at__isnull=True).values_list("pk", "post_id"))


def _refuse_shift(it: NewShift, standing: Iterable[Shift], keepers: Mapping[UUID, UUID]) -> None:
    if not it.begins_at < it.ends_at:
        raise refusals.shift_times(_when(it.begins_at), _when(it.ends_at))
    for other in standing:
        if other.begins_at != it.begins_at and other.begins_at < it.ends_at and other.ends_at > it.begins_at:
            raise refusals.shift_overlaps(_when(it.begins_at), _when(other.begins_at), _when(other.ends_at))
    if any(keepers.get(pk) != it.post for pk in it.keepers):
        raise refusals.keeper_elsewhere()


@transaction.atomic
def call_off_shift(*, shift: UUID, by: str) -> None:
    """A shift that has not begun is not kept after all.

    Refuses
    -------
    posts.shift_unknown, posts.shift_begun
    """
    row = _shift(shift)
    if row.begins_at <= county_now():
        raise refusals.shift_begun(_when(row.begins_at))
    record("posts.shift_called_off", by=by, about=[f"post:{row.post_id}"], details={"begins": _when(row.begins_at)})
    row.delete()


@transaction.atomic
def come_on_duty(*, shift: UUID, keepers: Sequence[UUID], by: str) -> None:
    """These keepers are there; who was there already stays so.

    Refuses
    -------
    posts.shift_unknown
    """
    row = _shift(shift)
    n = row.duties.filter(keeper__in=keepers, came_at__isnull=True).update(came_at=county_now())
    if n:
        record("posts.came_on_duty", by=by, about=[f"post:{row.post_id}"], details={"n_keepers": n})


@transaction.atomic
def hand_shift(*, shift: UUID, keeper: UUID, note: str, by: str) -> None:
    """One who leaves writes what is left to the next shift, and signs. Until it is taken it may be written anew.

    Refuses
    -------
    posts.shift_unknown, posts.keeper_unknown, posts.note_empty, posts.taken_over
    """
    row, who = _shift(shift), _keeper(keeper)
    if row.taken_at:
        raise refusals.taken_over(_when(row.taken_at))
    if not note.strip():
        raise refusals.note_empty()
    row.note, row.handed_at, row.handed_by = note.strip(), county_now(), f"keeper:{who.pk}"
    row.save(update_fields=["note", "handed_at", "handed_by"])
    record("posts.shift_handed", by=by, about=[f"post:{row.post_id}"], details={"keeper": who.number})


@transaction.atomic
def take_shift(*, shift: UUID, keeper: UUID, by: str) -> None:
    """One who comes has read the note of the shift before, and signs for it.

    Refuses
    -------
    posts.shift_unknown, posts.keeper_unknown, posts.not_handed, posts.signed_twice, posts.taken_over
    """
    row, who = _shift(shift), _keeper(keeper)
    if row.taken_at:
        raise refusals.taken_over(_when(row.taken_at))
    if row.handed_at is None:
        raise refusals.not_handed()
    if row.handed_by == f"keeper:{who.pk}":
        raise refusals.signed_twice()
    row.taken_at, row.taken_by = county_now(), f"keeper:{who.pk}"
    row.save(update_fields=["taken_at", "taken_by"])
    record("posts.shift_taken", by=by, about=[f"post:{row.post_id}"], details={"keeper": who.number})


def _keeper(keeper: UUID) -> Keeper:
    row = Keeper.objects.select_for_update().filter(pk=keeper, left_at__isnull=True).first()
    if row is None:
        raise refusals.keeper_unknown()
    return row


def _shift(shift: UUID) -> Shift:
    row = Shift.objects.select_for_update().filter(pk=shift).first()
    if row is None:
        raise refusals.shift_unknown()
    return row


def _when(moment: datetime) -> str:
    return f"{localtime(moment):%m-%d %H:%M}"
