"""Where no day is played: a realm that is live, and one without people."""

from datetime import date

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.procedures.day_scans import lay_out
from fangxian.ops.realm.clock import CountyClock
from fangxian.ops.realm.folder import RealmKind, create_realm
from tests.integration.running_county import environment
from tests.integration.warm_program import warm_program


def test_a_live_realm_plays_nothing(tmp_path):
    create_realm(
        tmp_path / "live", kind=RealmKind.LIVE, county="fushan", division_code="141027",
        clock=CountyClock.of_the_wall("Asia/Shanghai"),
    )  # fmt: skip
    refused = warm_program.run(["day", "--scans", "5"], environment(tmp_path / "live"))
    assert (refused.returncode, "day.live_realm" in refused.stderr) == (1, True)


@pytest.mark.django_db
def test_a_realm_without_people_has_no_day():
    with pytest.raises(Refusal, match=r"day\.no_people"):
        lay_out(date(2022, 4, 19), n_scans=5)
