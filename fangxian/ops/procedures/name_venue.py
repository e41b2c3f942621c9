"""A venue's name or address is put right without moving (场所更正名称、地址).

1. only by whoever registers or verifies venues there                       accounts
2. it is called otherwise from now on, and what it was called is kept       places
3. what bears its name follows: its entries as a priority place, its post   hygiene, posts
4. posters whose words changed are to be printed anew                       documents (they count until then)

The gate knows numbers, not names: codes, devices and the posters that hang count as before.
"""

import json
from collections.abc import Sequence

from django.db import transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.documents.queries import about
from fangxian.ops.hygiene.actions import rename_places
from fangxian.ops.places.actions import correct_naming
from fangxian.ops.places.models import Venue
from fangxian.ops.places.standing import subject_of
from fangxian.ops.places.wire import typed_code, venue_door
from fangxian.ops.posts.actions import rename_post

from .move_venue import may_move
from .print_posters import KIND, places_of, where_of

LIVING = (Venue.Status.APPLIED, Venue.Status.VERIFIED, Venue.Status.SUSPENDED)


@transaction.atomic
def name_venue(*, venue: Venue, name: str, address: str, because: str, by: Account) -> None:
    """Carry it out, all or nothing.

    Refuses
    -------
    venues.naming.not_yours, and what `places.correct_naming` refuses
    """
    if not may_move(by, venue, venue.area_path):
        raise Refusal(
            "venues.naming.not_yours",
            zh="“{name}”不在您的辖区里，没有更正。请联系那里的村（社区）、乡镇审批员或行业主管部门。",
            en="“{name}” is not in your area, so nothing was corrected. Ask an approver of its village or township, "
            "or its department.",
            name=venue.name,
        )
    author = f"account:{by.pk}"
    was = correct_naming(venue=venue, name=name, address=address, because=because, by=author)
    if was.name != venue.name:
        rename_places(venue=venue.pk, before=was.name, name=venue.name, by=author)
        rename_post(venue=venue.pk, name=venue.name, by=author)


def doors_to_reprint(venue: Venue) -> Sequence[int]:
    """The doors whose newest poster that counts still has what the venue was called before."""
    if venue.status == Venue.Status.CLOSED or not venue.namings.exists():
        return ()
    shown = {(typed_code(venue_door(venue.venue_number, it.number)), it.generation): it for it in venue.doors.all()}
    issued = about(subject_of(venue)).filter(kind=KIND, state="issued").order_by("issued_at", "n")
    says: dict[int, tuple[str, str]] = {}
    where = where_of(venue, places_of([venue]))
    for document in issued:
        content = json.loads(document.content)
        for poster in content["posters"]:
            if door := shown.get((poster["typed"], poster["generation"])):
                says[door.number] = content["venue"], content.get("where", where)
    return sorted(number for number, told in says.items() if told != (venue.name, where))
