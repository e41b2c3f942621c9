"""A feast of which many fell ill, among the ordinary visits of three hundred people: for tests of common sources."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from fangxian.ops.accounts.models import Unit
from fangxian.ops.people.models import Person
from fangxian.ops.places.models import Venue
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.visits.tail import Tail
from tests.integration import outbreak
from tests.integration.journal_writing import a_scan, write_segment
from tests.integration.test_transmission import account

FEAST = datetime(2022, 4, 5, 18, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
N_GUESTS, N_ILL = 30, 14


def feasted() -> Iterator[SimpleNamespace]:
    """Ordinary life of three hundred people for six days, and a feast after which 14 of 30 guests fall ill."""
    folders = [the_realm().path / name for name in ("archive/visits", "journal")]
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    dice = Random(7)
    people = list(Person.objects.filter(household__isnull=False).order_by("gate_number")[:300])
    venues = list(Venue.objects.order_by("venue_number")[:25])
    guests = dice.sample(people, N_GUESTS)
    visits = [
        (dice.choice(people), dice.choice(venues), FEAST + dice.randrange(-5 * 24 * 60, 18 * 60) * MINUTE)
        for _ in range(3000)
    ]
    visits += [(guest, venues[3], FEAST + dice.randrange(40) * MINUTE) for guest in guests]
    scans = [
        a_scan(nth, at, venue=venue.venue_number, gate_number=person.gate_number)
        for nth, (person, venue, at) in enumerate(visits, start=1)
    ]
    write_segment(folders[1], scans, at=FEAST)
    Tail(folders[1], lambda *_: "").read_on(at=county_now())
    ill = [
        outbreak.cases([36], disease="norovirus", area_path=guest.area_path, person=guest.pk)[0]
        for guest in guests[:N_ILL]
    ]
    yield SimpleNamespace(
        lead=account("tracing_lead", "141027", Unit.objects.first()), ill=ill, guests=guests, venue=venues[3]
    )
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
