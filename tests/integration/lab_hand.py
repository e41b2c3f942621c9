"""By hand: a screening round of the two townships, and what devices send from its tables."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

from django.utils.timezone import localtime

from fangxian.ops.lab.actions import add_site, open_round, prepare_round, take_events, take_roster
from fangxian.ops.lab.queries import roster_of, rounds
from fangxian.ops.lab.wire import NewSite, read_events
from fangxian.ops.realm.current import county_now

from .two_townships import OTHER_TOWN, TOWN

BY = "account:sampler"


def a_prepared_round(pool_size=10):
    """A round of the whole county without sites or people yet."""
    at = county_now()
    return prepare_round(
        name="全县第一轮", disease="covid-19", pool_size=pool_size, areas=["141027"], begins_at=at,
        ends_at=at + timedelta(days=1), by=BY,
    )  # fmt: skip


def a_round(pool_size=10):
    """A round of the whole county with a site in each township, open; its people by name."""
    at, row = county_now(), a_prepared_round(pool_size)
    east = add_site(round=row.pk, site=NewSite(name="东关采样点", area_path=TOWN, n_tables=3, serves=[TOWN]), by=BY)
    far = NewSite(name="响水河采样点", area_path=OTHER_TOWN, n_tables=2, serves=[OTHER_TOWN])
    west = add_site(round=row.pk, site=far, by=BY)
    take_roster(round=row.pk, by=BY)
    open_round(round=row.pk, by=BY)
    rounds().filter(pk=row.pk).update(opened_at=at - timedelta(hours=9))  # devices tell of the last eight
    return SimpleNamespace(round=row, east=east.pk, west=west.pk, tokens=tokens_of(row))


def tokens_of(row) -> dict[str, str]:
    """The token of each person on the register, by name."""
    return {it.person.name: it.token for it in roster_of(row).select_related("person") if it.person}


class Device:
    """A device at a table: what it tells comes minutes apart, in the order in which it is told."""

    def __init__(self, there, name="phone-1", site=None, began_at=None):
        self.there, self.name, self.site = there, name, site or there.east
        self.at = began_at or county_now() - timedelta(hours=8)
        self.nth = 0

    def told(self, kind, **what) -> dict:
        self.nth += 1
        self.at += timedelta(minutes=1)
        return {
            "id": str(uuid4()), "kind": kind, "at": localtime(self.at).isoformat(), "nth": self.nth,
            "site": str(self.site), **what,
        }  # fmt: skip

    def swab(self, tube, whom, **what) -> dict:
        return self.told("swab", tube=tube, token=self.there.tokens[whom], **what)

    def sends(self, *events) -> list:
        """The answers, in the order of the events."""
        return send(self.there, events, self.name)


def send(there, events, device="phone-1"):
    batch = read_events(list(events), at=county_now())
    answers = {it.id: it for it in take_events(round=there.round.pk, batch=batch, device=device, by=BY)}
    return [answers[str(UUID(it["id"]))] for it in events]


def stages(there) -> dict[str, str]:
    """How far each person is, by name."""
    rows = roster_of(there.round).select_related("person")
    return {(it.person.name if it.person else it.name): it.stage for it in rows}
