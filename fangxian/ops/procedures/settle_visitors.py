"""Which visitors the county knows (过往人员的核对): anybody can write anything on a form, and a code opens doors.

1. whose document a keeper of a road post has typed since    visits, places
2. that it was seen                                          people
3. who has declared too is known, while their day lasts      people
4. their codes                                               recolour
"""

from datetime import datetime

from django.db import transaction

from fangxian.ops.people.actions import note_document_seen, settle_standing
from fangxian.ops.people.queries import identities_unseen, visitors_known
from fangxian.ops.places.models import Venue
from fangxian.ops.realm.current import county_now
from fangxian.ops.visits.queries import documents_shown

from .recolour import recolour

BY = "program:visitors"
# Whoever keeps these asks everybody from elsewhere for the document; a shop's keeper is not trained to read one.
ROAD_POSTS = ("highway-post", "station")


def know_visitors() -> None:
    """A pulse of the worker: whoever has shown a document since, and has declared, has a code by the rules."""
    at = county_now()
    unseen = {identity.person.gate_number: identity for identity in identities_unseen(at).order_by("begins_at")}
    if not unseen:
        return
    shown = documents_shown(unseen, since=min(identity.begins_at for identity in unseen.values()))
    posts = set(
        Venue.objects.filter(venue_number__in={venue for _, venue, _ in shown}, venue_class__in=ROAD_POSTS).values_list(
            "venue_number", flat=True
        )
    )
    seen = [row for row in shown if row[1] in posts and row[2] >= unseen[row[0]].begins_at]
    if not seen:
        return
    with transaction.atomic():
        for number, venue, when in {row[0]: row for row in reversed(seen)}.values():
            note_document_seen(identity=unseen[number], seen_at=when, venue_number=venue, by=BY)
        # With the code in one: a worker killed between would leave somebody known and without their code.
        recolour(settle_standing(persons=[unseen[row[0]].person_id for row in seen], by=BY), at, by=BY)


@transaction.atomic
def forget_visitors(*, at: datetime, by: str) -> None:
    """A chore of the worker: whose day is over is as unknown as before it."""
    recolour(settle_standing(persons=visitors_known(), by=by), at, by=by)
