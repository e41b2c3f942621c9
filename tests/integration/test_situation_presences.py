"""How presence was shown today, counted on as scans come."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fangxian.core.policy.vocabulary import Presence
from fangxian.ops.alarms.asking import GateWatch
from fangxian.ops.situation.live import LiveSituation
from tests.integration.test_situation import Numbers, take_in
from tests.integration.two_townships import build

NOON = datetime(2022, 4, 19, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def counted(tmp_path):
    """`counted(at, **n)`: so many scans more by each presence, and what is told then."""
    build()
    numbers, live = Numbers(), LiveSituation(tmp_path, GateWatch(9, tmp_path / "none.pem"))

    def tell(at=NOON, **n_by_presence):
        for name, n in n_by_presence.items():
            take_in(tmp_path, numbers.scans(n, at, presence=Presence[name]), at=at)
        return live.as_json(at)["presences"]

    return tell


def test_the_strongest_way_comes_first_and_what_comes_is_added(counted):
    assert counted(STAFFED=4, LOCATED=2) == {"staffed": 4, "rotating": 0, "located": 2, "none": 0}
    assert list(counted(NONE=5, ROTATING=1).items()) == [("staffed", 4), ("rotating", 1), ("located", 2), ("none", 5)]
    assert counted() == counted(), "nobody is counted twice"


def test_each_county_day_counts_its_own(counted):
    counted(NOON - DAY, STAFFED=3)
    assert counted(STAFFED=1)["staffed"] == 1
    assert counted(NOON + DAY, NONE=2) == {"staffed": 0, "rotating": 0, "located": 0, "none": 2}
