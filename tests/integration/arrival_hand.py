"""Short words for what tests of arrivals do: a journey, a declaration of the head of the household, a list of risk."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fangxian.ops.arrivals.wire import Told, ToldLeg, ToldStay
from fangxian.ops.procedures.declare_arrival import Comer, declare_arrival
from fangxian.ops.realm.current import county_now
from fangxian.ops.risk_areas.models import RiskArea
from tests.integration.risk_hand import brought, feed

HERE = ZoneInfo("Asia/Shanghai")
APRIL_3 = date(2022, 4, 3)
QINGXU, XIAODIAN, YAODU, PUDONG = "140121", "140105", "141002", "310115"
DEPOT = (("山西省", "太原市", "清徐县"), "韵达物流园")
TODAY = date(2022, 4, 8)


def on(month, day):
    return date(2022, month, day)


def at(day, hour, minute=0):
    return datetime(2022, 4, day, hour, minute, tzinfo=HERE)


def stay(division=QINGXU, begins=APRIL_3, last=TODAY, **more):
    return ToldStay(division=division, begins_on=begins, ends_on=last + timedelta(days=1), **more)


def train(vehicle="D5327", seat="05车12F", begins=None, ends=None):
    begins = begins or at(8, 6)
    return ToldLeg(
        transport="train", vehicle=vehicle, seat=seat, begins_at=begins, ends_at=ends or begins + timedelta(hours=1)
    )


def journey(*stays, arrives_at=None, legs=(), **more):
    return Told(arrives_at=arrives_at or at(8, 8), stays=stays or (stay(),), legs=tuple(legs), **more)


def declared(*persons, by, told=None, as_=None, **more):
    """What became of declaring these people's arrival; by default the person's own word."""
    comers = [Comer(person=it, area_path=it.area_path, declared_as=as_ or "person") for it in persons]
    return declare_arrival(comers=comers, told=told or journey(), by=by, **more)


def arrived(person, *, by, **more):
    return declared(person, by=by, **more)[0].row


def at_risk(by, *places, hours=-96):
    """A list in which these places are of high risk, four days old unless said otherwise; their ids."""
    places = places or (DEPOT,)
    brought(feed(hours, high=places), by)
    return [str(pk) for pk in RiskArea.objects.filter(place__in=[it for _, it in places]).values_list("pk", flat=True)]


def tomorrow(hours=24):
    return county_now() + timedelta(hours=hours)
