"""Lists of risk areas taken in: kept, in effect whole, older ones too; names settled by a person once."""

from datetime import timedelta

import pytest

from fangxian.ops.audit.models import AuditLine
from fangxian.ops.procedures.take_risk_list import settle_risk_names, upload_risk_list
from fangxian.ops.risk_areas.models import ListedAs, RiskArea, RiskList, RiskSpan
from fangxian.ops.risk_areas.queries import (
    counts_now,
    differences_of,
    levels_between,
    matching,
    n_missing_now,
    newest_list,
    spans_now,
    spans_on,
    unsettled,
)
from tests.integration.founding import code_of, founded
from tests.integration.risk_hand import FUSHAN, HERE, NOON, THERE, ZONE, brought, feed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_county")]


@pytest.fixture
def dispatcher():
    return founded("dispatcher")


@pytest.fixture
def take(dispatcher):
    def take(content, **more):
        return brought(content, dispatcher, **more)[1]

    return take


def test_a_list_in_effect_says_what_is_a_risk_area_now(take):
    assert take(feed(0, high=[HERE], medium=[THERE])) == {"n_begun": 2, "n_changed": 0, "n_ended": 0, "n_missing": 0}
    assert counts_now() == {"high": 1, "medium": 1, "low": 0}
    assert newest_list().as_of == NOON


def test_until_the_worker_has_done_it_nothing_is_in_effect(dispatcher):
    upload_risk_list(content=feed(0, high=[HERE]), file_name="list.json", by=dispatcher)
    assert (counts_now()["high"], newest_list()) == (0, None)


def test_the_same_file_again_changes_nothing(take):
    take(feed(0, high=[HERE]))
    assert take(feed(0, high=[HERE])) is None
    assert RiskList.objects.count() == 1


def test_an_area_left_out_once_still_counts_and_is_said_to_be_left_out(take):
    take(feed(0, high=[HERE]))
    take(feed(3))
    assert (counts_now()["high"], n_missing_now()) == (1, 1)


def test_left_out_twice_it_ended_with_the_first_and_the_second_list_shows_it(take):
    take(feed(0, high=[HERE]))
    take(feed(3))
    take(feed(6))
    span = RiskSpan.objects.get()
    assert (span.ends_at, span.ended_by) == (NOON + timedelta(hours=3), NOON + timedelta(hours=6))
    assert list(differences_of(newest_list()).ended) == [span]


def test_a_new_level_is_an_end_and_a_beginning(take):
    take(feed(0, high=[HERE]))
    assert take(feed(3, low=[HERE]))["n_changed"] == 1
    differences = differences_of(newest_list())
    assert [it.level for it in differences.ended] == ["high"]
    assert [it.level for it in differences.begun] == ["low"]


def test_an_older_list_that_comes_late_counts_from_its_own_moment(take):
    take(feed(0, high=[HERE]))
    take(feed(6, high=[HERE]))
    take(feed(3, high=[HERE, THERE]))
    spans = {it.area.place: (it.begins_at, it.n_missing) for it in spans_now()}
    assert spans == {"天坛镇文昌社区甲院": (NOON, 0), "乙院": (NOON + timedelta(hours=3), 1)}


def test_lists_in_any_order_come_to_the_same(take):
    lists = [feed(0, high=[HERE]), feed(3), feed(6, high=[THERE]), feed(9, high=[THERE])]

    def history():
        rows = RiskSpan.objects.values_list("area__place", "level", "begins_at", "ends_at", "n_missing")
        return sorted(rows, key=str)

    for content in lists:
        take(content)
    in_order = history()
    RiskSpan.objects.all().delete()
    RiskList.objects.all().delete()
    for content in (lists[2], lists[0], lists[3], lists[1]):
        take(content)
    assert history() == in_order


def test_a_part_of_one_province_leaves_the_others_alone(take):
    take(feed(0, high=[HERE, THERE]))
    take(feed(3, high=[HERE]), covers="山西省")
    take(feed(6, high=[HERE]), covers="山西省")
    assert counts_now()["high"] == 2


def test_a_place_of_this_county_knows_its_community(take):
    take(feed(0, high=[HERE, THERE]))
    within = dict(RiskArea.objects.values_list("place", "within"))
    assert within["天坛镇文昌社区甲院"].startswith("141027100")
    assert within["乙院"] == ""


def test_what_names_no_division_waits_with_what_it_could_mean(take):
    take(feed(0, high=[HERE, THERE]))
    (waiting,) = unsettled()
    assert (waiting.county, waiting.n_areas) == ("经开区", 1)
    assert all(it.code.startswith("2201") for it in waiting.possible)


def test_settled_once_it_holds_for_the_lists_to_come(take, dispatcher):
    take(feed(0, high=[THERE]))
    settle_risk_names(names=unsettled()[0].id, code="220171", by=dispatcher)
    take(feed(3, high=[THERE, (ZONE, "丙院")]))
    assert not unsettled()
    assert {it.area.listed_as.division_code for it in spans_now()} == {"220171"}


@pytest.mark.parametrize("code", ["", "22017", "999999", "22"])
def test_names_are_settled_by_a_division_that_is(take, dispatcher, code):
    take(feed(0, high=[THERE]))
    names = ListedAs.objects.get().pk
    assert code_of(settle_risk_names, names=names, code=code, by=dispatcher) == "risk_areas.no_such_division"


def test_it_is_asked_by_level_by_division_and_by_words(take):
    take(feed(0, high=[HERE], low=[THERE]))
    assert matching(spans_now(), level="low").get().area.place == "乙院"
    assert matching(spans_now(), code="1410").get().area.place == "天坛镇文昌社区甲院"
    assert matching(spans_now(), text="临汾 甲院").get().level == "high"


def test_of_a_day_it_says_what_held_then(take):
    for hours, rows in ((0, [HERE]), (3, []), (6, [])):
        take(feed(hours, high=rows))
    assert spans_on(NOON, NOON + timedelta(hours=1)).count() == 1
    assert spans_on(NOON + timedelta(hours=3), NOON + timedelta(hours=9)).count() == 0
    assert set(levels_between(NOON, NOON + timedelta(days=1))) == {"141027"}


def test_a_name_in_the_feed_is_nowhere_in_the_database(take):
    take(feed(0, high=[(FUSHAN, "张庄镇东郭村孙某军家")]))
    assert RiskArea.objects.get().place == "张庄镇东郭村某家"
    assert "孙".encode() not in bytes(RiskList.objects.get().content)
    assert RiskList.objects.get().n_names_removed == 1


def test_a_table_needs_its_moment(dispatcher):
    table = "等级,省,市,县,区域\n高风险,山西省,临汾市,浮山县,甲院\n".encode("gb18030")
    more = {"content": table, "file_name": "list.CSV", "by": dispatcher}
    assert code_of(upload_risk_list, **more) == "risk_areas.no_moment"
    assert upload_risk_list(**more, as_of=NOON).row.n_high == 1


def test_a_list_of_the_future_is_refused(dispatcher):
    later = {"content": feed(24 * 365), "file_name": "list.json", "by": dispatcher}
    assert code_of(upload_risk_list, **later) == "risk_areas.ahead"


@pytest.mark.parametrize("role", ["investigator", "tracing_lead", "commander"])
def test_only_who_keeps_the_list_brings_one(role):
    asked = {"content": feed(0), "file_name": "list.json", "by": founded(role)}
    assert code_of(upload_risk_list, **asked) == "accounts.not_yours"


def test_each_step_is_one_line_in_the_audit_trail(take, dispatcher):
    take(feed(0, high=[THERE]))
    settle_risk_names(names=unsettled()[0].id, code="220171", by=dispatcher)
    lines = AuditLine.objects.filter(action__startswith="risk_areas").order_by("id").values_list("action", flat=True)
    assert list(lines) == ["risk_areas.list_kept", "risk_areas.list_applied", "risk_areas.names_settled"]
