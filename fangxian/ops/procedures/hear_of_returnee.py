"""Something is heard of somebody who is away (返乡人员回音), by hand or from a phone.

1. whoever reviews arrivals where the person lives                                accounts
2. it goes on the register of people away; what another heard since stands         returnees
3. they are back and had declared it ahead: they have landed, with what follows    declare_arrival
4. they are not coming and had declared it ahead: that is called off               declare_arrival

Whoever is back and had declared nothing still has to: the list says so until they do.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.arrivals.queries import STATES, arrivals_of
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import person_with
from fangxian.ops.realm.current import county_now
from fangxian.ops.returnees import refusals
from fangxian.ops.returnees.actions import hear, note_away
from fangxian.ops.returnees.queries import WHATS
from fangxian.ops.returnees.wire import NewAway, NewHeard

from .declare_arrival import cancel_arrival, say_landed

REVIEW = "movement.review"
NOT_COMING = "本人说不回来了 · said that they are not coming"


@transaction.atomic
def hear_of_returnee(*, heard: NewHeard, by: Account, at: datetime | None = None) -> bool:
    """Write down what was heard of somebody; whether it is new.

    Parameters
    ----------
    at : when it was heard, where that is sent later; what was declared since is not meant by it. None: now

    Refuses
    -------
    accounts.not_yours, returnees.*, arrivals.*
    """
    person = _required(heard.person, by)
    heard = replace(heard, person=person.pk)
    at = min(at or county_now(), county_now())
    row, is_new = hear(heard=heard, area_path=person.area_path, by=f"account:{by.pk}", at=at)
    is_overtaken = is_new and row.heard_at > at  # something else was heard since
    if heard.what not in (WHATS.BACK, WHATS.NOT_COMING) or is_overtaken:
        return is_new
    announced = arrivals_of(heard.person).filter(state=STATES.ANNOUNCED, declared_at__lte=at).first()
    if announced is None:
        return is_new
    if heard.what == WHATS.BACK:
        say_landed(arrival=announced.pk, at=at, by=by)
    else:
        cancel_arrival(arrivals=[announced.pk], why=heard.note or NOT_COMING, by=by)
    return True


def put_away(*, new: NewAway, by: Account) -> None:
    """Put somebody on the register of people away.

    Refuses
    -------
    accounts.not_yours, returnees.unknown.not_found, returnees.day_wrong
    """
    person = _required(new.person, by)
    note_away(people=[replace(new, person=person.pk, area_path=person.area_path)], by=f"account:{by.pk}")


def _required(person: UUID, by: Account) -> Person:
    """The person, of whose home the account reviews arrivals."""
    found = person_with(person)
    if found is None:
        raise refusals.nobody()
    require(by, REVIEW, found.area_path)
    return found
