"""Whether a departure can be meant as it is typed (离境申请核对). Part of apply_to_leave.

What has one meaning only is put right: a county by the code it had before, a companion named twice.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from fangxian.core.parameters import Parameter
from fangxian.core.risk_areas.finding import county_today
from fangxian.ops.departures.wire import Wanted
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import members_of, person_with
from fangxian.ops.realm.current import the_realm
from fangxian.ops.risk_areas.wire import the_nation, the_renamed

from . import departure_refusals as refusals

AHEAD = Parameter(
    value=14, unit="days", low=3, high=60,
    meaning="How long before leaving somebody may apply",
    source="a guess: as far as anybody knows where they will go; lists of risk areas change within days",
)  # fmt: skip
LONGEST_AWAY = Parameter(
    value=365, unit="days", low=30, high=730,
    meaning="How long after leaving a return may be said to be",
    source="a guess: a year's work or study; what lies further off is a mistyped date",
)  # fmt: skip
GOES_ALONG_UNDER = Parameter(
    value=18, unit="years", low=14, high=18,
    meaning="Under which age a member of the household goes along on another's application though they have a phone",
    source="民法典 §17: of full age at 18",
)  # fmt: skip


def wanted_checked(wants: Wanted, *, at: datetime) -> Wanted:
    """What is wanted, with today's code of the destination and where the person is on record now.

    Refuses
    -------
    departures.unknown, departures.not_resident, departures.no_destination, departures.not_away, departures.no_purpose,
    departures.leaves_when, departures.returns_when, departures.companion.not_yours
    """
    person = person_with(wants.person)
    if person is None:
        raise refusals.unknown_person()
    if person.standing != Person.Standing.RESIDENT:
        raise refusals.not_resident()
    code = county_today(the_nation(), the_renamed(), wants.destination)
    if not code:
        raise refusals.no_destination(wants.destination)
    if code == the_realm().division_code:
        raise refusals.not_away(the_nation().path(code))
    if not wants.purpose or not wants.why.strip():
        raise refusals.no_purpose()
    _refuse_days(wants, at)
    companions = _companions(person, wants.companions, at)
    return replace(wants, person=person.pk, area_path=person.area_path, destination=code, companions=companions)


def who_may_go_along(person: Person, *, at: datetime) -> list[Person]:
    """Those of the household who need not apply themselves: whoever is under age, and whoever has no phone."""
    if person.household is None:
        return []
    others = [it for it in members_of(person.household) if it.pk != person.pk]
    return [it for it in others if not it.phone or _age(it, at) < GOES_ALONG_UNDER.value]


def _companions(person: Person, asked: Sequence, at: datetime) -> list:
    wanted = [one for one in dict.fromkeys(asked) if one != person.pk]
    if not wanted:
        return []
    may = {it.pk for it in who_may_go_along(person, at=at)}
    if any(one not in may for one in wanted):
        raise refusals.not_a_companion(int(GOES_ALONG_UNDER.value))
    return wanted


def _refuse_days(wants: Wanted, at: datetime) -> None:
    today, ahead = at.date(), timedelta(days=AHEAD.value)
    if wants.leaves_on is None or not today <= wants.leaves_on <= today + ahead:
        raise refusals.leaves_when(wants.leaves_on, today, today + ahead)
    if wants.returns_on is None:
        return
    latest = wants.leaves_on + timedelta(days=LONGEST_AWAY.value)
    if not wants.leaves_on <= wants.returns_on <= latest:
        raise refusals.returns_when(wants.returns_on, wants.leaves_on, latest)


def _age(person: Person, at: datetime) -> int:
    born, on = person.born_on, at.date()
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
