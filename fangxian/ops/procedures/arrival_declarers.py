"""Who may declare for somebody else (代为申报): a grid worker, a checkpoint, a hotel. Part of declare_arrival.

A grid worker and whoever is above declare for people who stay in their area; a checkpoint for anybody who passes, since
it sees where they go; a hotel for its guests. Residents declare for their own household (views: my/arrivals).
"""

from uuid import UUID

from django.db import transaction

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import appointments_with
from fangxian.ops.accounts.scope import require, within_scope
from fangxian.ops.arrivals.actions import Kept
from fangxian.ops.arrivals.queries import DECLARED_AS, KEEP_A_VENUE, REVIEW
from fangxian.ops.arrivals.wire import Told
from fangxian.ops.people.models import Person
from fangxian.ops.places.models import Venue

from .arrival_people import Newcomer, known_person, put_on_record
from .declare_arrival import Comer, declare_arrival

LODGING = ("hotel",)  # classes of venues whose guests are declared by their keepers
AT_A_ROAD = "checkpoint_officer"


def declares_as(by: Account) -> tuple[str, Venue | None]:
    """As what an account declares for others, and the hotel at which it does.

    Refuses
    -------
    accounts.not_yours
    """
    roles = {it.role for it in appointments_with(by, REVIEW)}
    if roles:
        return (DECLARED_AS.CHECKPOINT if roles == {AT_A_ROAD} else DECLARED_AS.GRID_WORKER), None
    if (hotel := hotels_of(by).first()) is not None:
        return DECLARED_AS.HOTEL, hotel
    require(by, REVIEW)
    raise AssertionError("whoever may review was answered above")


def hotels_of(by: Account):
    """The hotels an account keeps."""
    rows = Venue.objects.filter(venue_class__in=LODGING).order_by("name", "pk")
    return within_scope(rows, by, KEEP_A_VENUE, venue_field="pk")


def may_declare_for_others(by: Account) -> bool:
    return bool(appointments_with(by, REVIEW)) or hotels_of(by).exists()


@transaction.atomic
def declare_for_somebody(
    *, newcomer: Newcomer, told: Told, area_path: str, by: Account, token: UUID | None = None
) -> tuple[Kept, str]:
    """Declare for whoever stands before one, on the register or not; of a new visitor the token of their code.

    Parameters
    ----------
    area_path : where in the county they stay; of a hotel's guest it is the hotel's

    Refuses
    -------
    accounts.not_yours, identity.*, people.*, arrivals.*, rides.times
    """
    declared_as, hotel = declares_as(by)
    area_path = hotel.area_path if hotel else area_path
    person, token_of_code = known_person(newcomer), ""
    if declared_as == DECLARED_AS.GRID_WORKER:
        require(by, REVIEW, area_path)
    if person is None:
        person, token_of_code = put_on_record(
            newcomer, area_path=area_path, by=by, seen_at_venue=_seen_at(declared_as, hotel)
        )
    comer = Comer(person=person, area_path=_where(person, area_path), declared_as=declared_as)
    kept = declare_arrival(comers=[comer], told=told, by=by, token=token, venue=hotel.pk if hotel else None)
    return kept[0], token_of_code


def _where(person: Person, area_path: str) -> str:
    """A resident who stays in the village they live in is looked after by their own grid worker."""
    return person.area_path if person.area_path.startswith(area_path) else area_path


def _seen_at(declared_as: str, hotel: Venue | None) -> int | None:
    """Where the document was seen: at a hotel's desk. A post's own scan says so itself (settle_visitors)."""
    return hotel.venue_number if hotel and declared_as == DECLARED_AS.HOTEL else None
