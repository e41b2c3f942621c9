"""A post goes along when its venue moves, and back when the move was a mistake; its name follows the venue's.

The old place's post is closed and keeps its passings, shifts and findings. At the new one it has the same hours, exits,
people and sign-offs, and the shifts still to come; of the one that is being kept now the rest.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.posts import refusals
from fangxian.ops.posts.models import Duty, Emergency, Exit, Keeper, Post, Shift
from fangxian.ops.realm.current import county_now

SAME = ("name", "venue_class", "begins_min", "ends_min", "n_a_shift", "phone")
OF_EXIT = ("number", "name", "is_locked", "key_holder", "key_phone")
OF_KEEPER = ("number", "name", "phone", "account_id", "is_volunteer", "signed_off_at", "signed_off_by")


@transaction.atomic
def carry_post(*, from_venue: UUID, to_venue: UUID, area_path: str, by: str) -> Post | None:
    """The post at the new venue; None where the old one has none. One that was there before and is closed, opens again.

    Refuses
    -------
    posts.emergency_runs
    """
    old = Post.objects.select_for_update().filter(venue=from_venue, closed_at__isnull=True).first()
    if old is None:
        return None
    if Emergency.objects.filter(post=old, ended_at__isnull=True).exists():
        raise refusals.emergency_runs(old.name)
    at = county_now()
    new = Post.objects.select_for_update().filter(venue=to_venue).first()
    if new is None:
        same = {name: getattr(old, name) for name in SAME}
        new = Post.objects.create(venue=to_venue, area_path=area_path, set_up_at=at, set_up_by=by, **same)
    else:
        for name in SAME:
            setattr(new, name, getattr(old, name))
        new.closed_at = None
        new.save(update_fields=[*SAME, "closed_at"])
    _carry_exits(old, new)
    n_shifts = _carry_shifts(old, new, _carry_keepers(old, new), at)
    old.closed_at = at
    old.save(update_fields=["closed_at"])
    record("posts.carried", by=by, about=[f"post:{old.pk}", f"post:{new.pk}"], details={"n_shifts": n_shifts})
    return new


def _carry_exits(old: Post, new: Post) -> None:
    """Its ways, with who has the key of a locked one now."""
    here = {it.number: it for it in new.exits.all()}
    for it in old.exits.order_by("number"):
        told = {name: getattr(it, name) for name in OF_EXIT}
        row = here.get(it.number) or Exit(post=new)
        for name, value in told.items():
            setattr(row, name, value)
        row.save()


def _carry_keepers(old: Post, new: Post) -> dict[UUID, Keeper]:
    """Everybody on the old list, as they are on the new one, by their id on the old.

    Whoever is on both has the same number and name there. A number alone may be another's by now: of those who had
    left before the move it was given anew at the new place, and they stay gone when the move is taken back.
    """
    known = {it.number: it for it in new.keepers.all()}
    there: dict[UUID, Keeper] = {}
    keepers = list(old.keepers.order_by("number"))
    last = max([*known, *(it.number for it in keepers)], default=0)
    for it in keepers:
        told = {name: getattr(it, name) for name in OF_KEEPER}
        same = known.get(it.number)
        if same is not None and (same.name, same.phone) == (it.name, it.phone):
            changing = {name: told[name] for name in ("account_id", "signed_off_at", "signed_off_by")}
            Keeper.objects.filter(pk=same.pk).update(left_at=it.left_at, **changing)
            there[it.pk] = same
        elif it.left_at is None:
            if same is not None:
                last += 1
                told["number"] = last
            there[it.pk] = Keeper.objects.create(post=new, **told)
    return there


def _carry_shifts(old: Post, new: Post, keepers: dict[UUID, Keeper], at: datetime) -> int:
    """The shifts still to come go along; the one being kept ends here and goes on there; how many."""
    rows = list(old.shifts.filter(ends_at__gt=at).prefetch_related("duties"))
    for row in rows:
        duties = [(it, keepers[it.keeper_id]) for it in row.duties.all() if it.keeper_id in keepers]
        if row.begins_at < at:
            rest = Shift.objects.create(post=new, area_path=new.area_path, begins_at=at, ends_at=row.ends_at)
            Duty.objects.bulk_create(Duty(shift=rest, keeper=keeper) for _, keeper in duties)
            row.ends_at = at
            row.save(update_fields=["ends_at"])
            continue
        row.post, row.area_path = new, new.area_path
        row.save(update_fields=["post", "area_path"])
        for duty, keeper in duties:
            duty.keeper = keeper
        Duty.objects.bulk_update([duty for duty, _ in duties], ["keeper"])
    return len(rows)


@transaction.atomic
def rename_post(*, venue: UUID, name: str, by: str) -> None:
    """The venue is called otherwise, and so is its post; where it has none, nothing changes."""
    row = Post.objects.select_for_update().filter(venue=venue, closed_at__isnull=True).exclude(name=name).first()
    if row is not None:
        row.name = name
        row.save(update_fields=["name"])
        record("posts.renamed", by=by, about=[f"post:{row.pk}"])
