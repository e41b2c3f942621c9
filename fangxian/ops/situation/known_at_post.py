"""Who before a post may be somebody known (认得的人), by the last six signs of a document or a phone.

Known are those on the county's register, which holds residents and whoever declared that they come, and whoever is on
no register and was written down at this very post. A post registers anybody of the county by their whole document and
is told the masked name; of the six signs it is told no more of each, and the person with the document in hand says
who of them it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
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
    area_path, place : where they live, and the village's name; none of whoever is on no register
    passed_at : when they last passed this post
    document, name, phone : what is registered of them, unmasked; it stays with the server
    """

    key: str
    person: UUID | None
    shown_name: str
    sex: str
    born_on: date | None
    area_path: str = ""
    place: Said | None = None
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
    return sorted(found, key=lambda it: _rank(it, post))[:MOST]


def the_chosen(those: Iterable[Known], key: str) -> Known | None:
    """Whom of these somebody chose."""
    return next((it for it in those if it.key == key), None)


def only_near(those: Iterable[Known]) -> Known | None:
    """The one who needs no choosing, only a look: the one there is, or of several the one who passed here before."""
    those = list(those)
    if len(those) == 1:
        return those[0]
    passed = [it for it in those if it.passed_at]
    return passed[0] if len(passed) == 1 else None


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
            area_path=it.area_path,
            place=_named(places.get(_village(it.area_path))),
            passed_at=last.get(it.pk),
            document=it.document_number,
        )
        for it in people.values()
    ]


def _on_no_register(post: Post, index: bytes) -> list[Known]:
    """Whoever was written down here, each once however often they passed: as they were the last time."""
    found: dict[tuple[str, str, str], Known] = {}
    for row in strangers_ending(post, index)[:READ]:
        one = (row.document, "" if row.document else row.name, "" if row.document else row.phone)
        if one not in found:
            found[one] = Known(
                key=f"passing:{row.pk}", person=None, shown_name=row.name, sex="", born_on=None,
                passed_at=row.passed_at, document=row.document, name=row.name, phone=row.phone,
            )  # fmt: skip
    return list(found.values())


def _village(area_path: str) -> str:
    return area_path[:VILLAGE_DIGITS] if len(area_path) == GRID_DIGITS else area_path


def _named(place: Division | GridCell | None) -> Said | None:
    return Said(place.name_zh, place.name_en) if place else None


def _rank(it: Known, post: Post) -> tuple:
    if it.passed_at:
        return (0, -it.passed_at.timestamp(), it.key)
    n_shared = next((n for n in (GRID_DIGITS, VILLAGE_DIGITS, TOWNSHIP_DIGITS) if _is_same(it, post, n)), 0)
    return (1, -n_shared, it.key)


def _is_same(it: Known, post: Post, digits: int) -> bool:
    return it.area_path[:digits] == post.area_path[:digits]
