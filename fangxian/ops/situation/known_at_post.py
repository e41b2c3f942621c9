"""Who before a post may be somebody known (认得的人), by the last six signs of a document or a phone.

Known are those on the county's register, which holds residents and whoever declared that they come, and whoever is on
no register and was written down at this very post. A post registers anybody of the county by their whole document and
is told the masked name; of the six signs it is told no more of each, and the person with the document in hand says
who of them it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from fangxian.core.refusal import Said
from fangxian.ops.people.models import Person
from fangxian.ops.people.tails import index_of_typed
from fangxian.ops.places.models import Division, GridCell
from fangxian.ops.places.queries import places_at
from fangxian.ops.posts.queries import Post, last_passed, strangers_ending
from fangxian.ops.realm.areas import GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS

MOST = 5
READ = 40  # of so many that end alike: a whole county's share of one ending is some few, and a household's phone six


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Somebody who may be the one before the post.

    Attributes
    ----------
    key : what a form sends of whom was chosen
    person : None of whoever is on no register
    place : the village they live in; none of whoever is on no register
    distance : 0 of whoever passed here before, else how far from the post they live
    passed_at : when they last passed this post
    document, name, phone : what is registered of them, unmasked; it stays with the server
    """

    key: str
    person: UUID | None
    shown_name: str
    sex: str
    born_on: date | None
    place: Said | None = None
    distance: int = 0
    passed_at: datetime | None
    document: str
    name: str = ""
    phone: str = ""


def known_at_post(post: Post, signs: str) -> list[Known]:
    """Those whose document or phone ends so: who passed here last first, then who lives nearest; no more than five."""
    index = index_of_typed(signs)
    if index is None:
        return []
    found = [*_on_register(post, index), *_on_no_register(post, index)]
    return sorted(found, key=_rank)[:MOST]


def the_chosen(those: Iterable[Known], key: str) -> Known | None:
    """Whom of these somebody chose."""
    return next((it for it in those if it.key == key), None)


def only_near(those: Sequence[Known]) -> Known | None:
    """The one who needs no choosing, only a look: of those in their order the first, where nobody else is as near.

    In a county of 100,000 every second ending is shared by two; by two of whom one passed here or lives in the post's
    village it hardly ever is.
    """
    return those[0] if those and (len(those) == 1 or those[0].distance < those[1].distance) else None


def _on_register(post: Post, index: bytes) -> list[Known]:
    ends_so = Q(document_tail=index) | Q(phone_tail=index)
    rows = Person.objects.filter(ends_so).select_related("merged_into").order_by("id")[:READ]
    people = {it.pk: it for it in (row.merged_into or row for row in rows) if it.document_index is not None}
    last = last_passed(post, list(people))
    places = places_at(_village(it.area_path) for it in people.values())
    return [
        Known(
            key=f"person:{it.pk}",
            person=it.pk,
            shown_name=it.name,
            sex=it.sex,
            born_on=it.born_on,
            distance=0 if it.pk in last else _distance(it.area_path, post),
            place=_named(places.get(_village(it.area_path))),
            passed_at=last.get(it.pk),
            document=it.document_number,
        )
        for it in people.values()
    ]


def _on_no_register(post: Post, index: bytes) -> list[Known]:
    """Whoever was written down here, each once however often they passed: as they were the last time.

    The key is of the first time, so that a form that is sent twice chooses whom it chose.
    """
    found: dict[tuple[str, str, str], Known] = {}
    for row in strangers_ending(post, index)[:READ]:
        key = f"passing:{row.pk}"
        one = (row.document, "" if row.document else row.name, "" if row.document else row.phone)
        found[one] = replace(found[one], key=key) if one in found else Known(
            key=key, person=None, shown_name=row.name, sex="", born_on=None,
            passed_at=row.passed_at, document=row.document, name=row.name, phone=row.phone,
        )  # fmt: skip
    return list(found.values())


def _village(area_path: str) -> str:
    return area_path[:VILLAGE_DIGITS] if len(area_path) == GRID_DIGITS else area_path


def _named(place: Division | GridCell | None) -> Said | None:
    return Said(place.name_zh, place.name_en) if place else None


def _distance(area_path: str, post: Post) -> int:
    """How far from a post somebody lives: 1 in its grid cell, 2 its village, 3 its township, 4 elsewhere."""
    parts = (GRID_DIGITS, VILLAGE_DIGITS, TOWNSHIP_DIGITS)
    shared = (n for n, digits in enumerate(parts, start=1) if area_path[:digits] == post.area_path[:digits])
    return next(shared, len(parts) + 1)


def _rank(it: Known) -> tuple[int, float, str]:
    return (it.distance, -it.passed_at.timestamp() if it.passed_at else 0, it.key)
