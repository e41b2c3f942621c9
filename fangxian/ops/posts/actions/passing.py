"""Writers of what happens at a post: who passed."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from fangxian.ops.audit.actions import record
from fangxian.ops.people.tails import index_of_tail
from fangxian.ops.posts.models import MERGED, Passing, Post, Shift
from fangxian.ops.posts.refusals import passing_changed, post_unknown
from fangxian.ops.posts.wire import Kept, NewPassing
from fangxian.ops.realm.as_before import Return, Stays, put_back
from fangxian.ops.realm.bulk import insert_rows
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.sealed import indexes_of

AT_ONCE = 400
DIGEST = "passing"
Key = tuple[UUID, int]


def register_passings(*, passings: Sequence[NewPassing], by: str) -> list[Kept]:
    """Keep who passed, each (device, number) once; what became of each, in their order.

    A repeat is harmless and tells of the row that is on record. The same number with other content is refused by
    itself, and so is what belongs to no post that was open then: the rest of the set is kept.

    Refuses (each by itself)
    ------------------------
    posts.unknown, posts.passing_changed
    """
    parts = (passings[start : start + AT_ONCE] for start in range(0, len(passings), AT_ONCE))
    return [kept for some in parts for kept in _register_some(some, by)]


@transaction.atomic
def _register_some(passings: Sequence[NewPassing], by: str) -> list[Kept]:
    at = county_now()
    posts = Post.objects.in_bulk({it.told.post for it in passings})
    digests = indexes_of(DIGEST, [_content(it) for it in passings])
    known = _known(passings)
    shifts = _shifts(passings, list(posts))
    found: list[Kept] = []
    rows: list[dict[str, object]] = []
    for it, digest in zip(passings, digests, strict=True):
        kept = known.get((it.device, it.number))
        if kept is None and it.told.post in posts and posts[it.told.post].was_open(it.passed_at):
            pk, told = uuid4(), bytes(digest or b"")
            rows.append({"id": pk, **_row(it, posts[it.told.post], _shift_of(it, shifts), told, at, by)})
            known[it.device, it.number] = (pk, told)
            found.append(Kept(device=it.device, number=it.number, state="taken", passing=pk))
        else:
            found.append(_not_new(it, kept, bytes(digest or b"")))
    # Two that are sent at once by two connections of one phone: the second finds its rows there.
    insert_rows(Passing, rows, leave_known=True)
    if rows:
        about = [f"post:{pk}" for pk in sorted({row["post_id"] for row in rows})]
        record("posts.passings_registered", by=by, about=about, details={"n_passings": len(rows)})
    return found


def _not_new(it: NewPassing, kept: tuple[UUID, bytes] | None, digest: bytes) -> Kept:
    if kept is None:
        return Kept(device=it.device, number=it.number, state="refused", refusal=post_unknown())
    if kept[1] != digest:
        return Kept(device=it.device, number=it.number, state="refused", refusal=passing_changed(it.number))
    return Kept(device=it.device, number=it.number, state="repeat", passing=kept[0])


def _known(passings: Sequence[NewPassing]) -> dict[Key, tuple[UUID, bytes]]:
    by_device: dict[UUID, list[int]] = {}
    for it in passings:
        by_device.setdefault(it.device, []).append(it.number)
    condition = Q()
    for device, numbers in by_device.items():
        condition |= Q(device=device, number__in=numbers)
    rows = Passing.objects.filter(condition).values_list("device", "number", "pk", "digest") if by_device else ()
    return {(device, number): (pk, bytes(digest)) for device, number, pk, digest in rows}


def _shifts(passings: Sequence[NewPassing], posts: Sequence[UUID]) -> list[Shift]:
    if not posts:
        return []
    first, last = min(it.passed_at for it in passings), max(it.passed_at for it in passings)
    return list(Shift.objects.filter(post__in=posts, begins_at__lte=last, ends_at__gt=first))


def _shift_of(it: NewPassing, shifts: Sequence[Shift]) -> Shift | None:
    here = (row for row in shifts if row.post_id == it.told.post and row.begins_at <= it.passed_at < row.ends_at)
    return max(here, key=lambda row: row.begins_at, default=None)


def _row(it: NewPassing, post: Post, shift: Shift | None, digest: bytes, at: datetime, by: str) -> dict[str, object]:
    told = it.told
    return {
        "post_id": post.pk,
        "shift_id": shift and shift.pk,
        "area_path": post.area_path,
        "device": it.device,
        "number": it.number,
        "digest": digest,
        "passed_at": it.passed_at,
        "received_at": at,
        "received_by": by,
        "is_out": told.is_out,
        "group": told.group,
        "vehicle": told.vehicle,
        "plate": told.plate,
        "person_id": it.person,
        "name": told.name,
        "document": told.document,
        "phone": told.phone,
        "document_tail": None if it.person else index_of_tail(told.document),
        "phone_tail": None if it.person else index_of_tail("".join(filter(str.isdecimal, told.phone))),
        "origin": told.origin,
        "destination": told.destination,
        "temperature_tenths": told.temperature_tenths,
        "colour": it.colour,
        "outcome": it.outcome,
        "rules": " ".join(it.rules)[:200],
        "decided_at_post": told.said,
    }


def _content(it: NewPassing) -> str:
    """What makes a repeat the same: what was told. When, a form that is sent twice says otherwise; what was decided may
    be other the second time."""
    return "\x1f".join(_parts(it))


def _parts(it: NewPassing) -> Iterator[str]:
    told = it.told
    for value in (told.post, told.group, told.is_out, told.temperature_tenths, told.to_hospital):
        yield str(value)
    yield from (told.shown, told.document, told.name, told.phone, told.vehicle, told.plate, told.origin)
    yield from (told.destination, told.permit)


@transaction.atomic
def carry_passings_over(*, kept: UUID, merged: UUID, by: str) -> None:
    """The passings of a merged record are those of the one that goes on."""
    if n := Passing.objects.filter(person=merged).update(person=kept):
        record("posts.carried_over", by=by, about=[f"person:{kept}", f"person:{merged}"], details={"n_passings": n})


@transaction.atomic
def undo_merge(*, back: Return, by: str) -> list[Stays]:
    """The passings that came with a record are its own again; what stays."""
    stays = put_back(back, MERGED)
    if back.returning:
        record("posts.merge_undone", by=by, details={"n_rows": len(back.returning)})
    return stays
