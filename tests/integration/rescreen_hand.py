"""Short words for what tests of re-screening do: people come from Qingxu, a list takes effect, everybody is judged."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

from fangxian.ops.arrivals.wire import Told, ToldStay
from fangxian.ops.enquiries.queries import over_of_job, to_ask
from fangxian.ops.jobs.models import Job
from fangxian.ops.procedures.declare_arrival import Comer, declare_arrival
from fangxian.ops.procedures.rescreen import JOB, rescreen
from fangxian.ops.realm.current import county_now
from tests.integration.risk_hand import brought, feed

QINGXU = ("山西省", "太原市", "清徐县")
CODE = "140121"
DEPOT, MARKET = (QINGXU, "韵达物流园"), (QINGXU, "东湖市场")
CAME_ON = date(2022, 4, 7)


def came(*persons, by, stays=None, known=False, areas=(), hours_ago=6):
    """These people came together, by default from Qingxu, where nobody asked which places they were in."""
    stays = stays or [
        ToldStay(
            division=CODE, begins_on=date(2022, 4, 3), ends_on=date(2022, 4, 9), risk_areas=frozenset(areas),
            areas_known=known,
        )
    ]  # fmt: skip
    told = Told(arrives_at=county_now() - timedelta(hours=hours_ago), stays=tuple(stays), stays_at="家里")
    comers = [Comer(person=it, area_path=it.area_path, declared_as="grid_worker") for it in persons]
    return [kept.row for kept in declare_arrival(comers=comers, told=told, by=by)]


def listed(*places, by, hours=0, medium=()):
    """A list with these places takes effect, and everybody is judged anew by it; what that brought about."""
    brought(feed(hours, high=places, medium=medium), by)
    return judged()


def newest():
    """The newest re-screening that is asked for."""
    return Job.objects.filter(kind=JOB).order_by("-asked_at", "-pk").first()


def judged():
    """What the worker does with it; done already, everybody is judged once more, as by another job."""
    return run(newest())


def run(asked):
    return run_as(uuid4() if over_of_job(asked.pk) else asked.pk, asked)


def run_as(job, asked):
    told = {"arguments": asked.arguments, "owner": asked.owner, "step": lambda done, total, said=None: None}
    return rescreen(SimpleNamespace(id=job, **told))


def asked():
    """Whom to ask, as (name, urgency, how many places)."""
    return [(row.person.name, row.urgency, len(row.areas)) for row in to_ask()]


def local(row) -> datetime:
    return row.astimezone(county_now().tzinfo)
