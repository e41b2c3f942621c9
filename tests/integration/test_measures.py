"""No order, no measure: and an order is signed, short, of this county, and lapses by itself."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from fangxian.core.policy.vocabulary import EMERGENCY_CLASSES
from fangxian.core.refusal import Refusal
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.measures.actions import found_rulebooks, issue_order, lift_order, publish_rulebook, publishable
from fangxian.ops.measures.models import Order, PublishedRulebook
from fangxian.ops.measures.queries import emergency_classes, is_ordered
from fangxian.ops.measures.wire import OrderDraft
from fangxian.ops.realm.current import county_now

BY = "program:test"
ZONE = ZoneInfo("Asia/Shanghai")


def draft(**changes) -> OrderDraft:
    told = {
        "number": "试〔2022〕1号",
        "disease": "covid-19",
        "measure": "door-checks",
        "area_path": "141027201",
        "issuer": "县指挥部",
        "basis": "《传染病防治法》第四十二条",
        "begins_at": county_now(),
        "ends_at": county_now() + timedelta(days=7),
        "is_demonstration": True,
    }
    return OrderDraft(**(told | changes))


def held(at: datetime, area_path: str = "141027201") -> bool:
    return is_ordered("door-checks", disease="covid-19", area_path=area_path, at=at)


@pytest.fixture
def county(small_county):
    Order.objects.all().delete()
    return small_county


def test_an_order_holds_from_its_beginning_to_its_sunset_and_not_a_moment_longer(county):
    order = issue_order(draft=draft(), by=BY)
    assert [held(order.begins_at), held(order.ends_at - timedelta(microseconds=1)), held(order.ends_at)] == [
        True,
        True,
        False,
    ]


def test_an_order_holds_in_its_area_and_nowhere_else(county):
    order = issue_order(draft=draft(), by=BY)
    places = {"141027201": True, "141027201204": True, "141027202": False, "141027": False}
    assert {area: held(order.begins_at, area) for area in places} == places


def test_a_lifted_order_holds_no_longer_and_is_lifted_once(county):
    order = issue_order(draft=draft(), by=BY)
    lift_order(order=order, reason="风险解除", by=BY)
    lift_order(order=order, reason="风险解除", by=BY)
    assert not held(county_now() + timedelta(seconds=1))
    assert AuditLine.objects.filter(action="measures.order_lifted").count() == 1


def test_an_order_that_is_no_demonstration_needs_its_signatures(county):
    with pytest.raises(Refusal, match=r"measures\.order_not_approved"):
        issue_order(draft=draft(is_demonstration=False), by=BY)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"basis": " "}, "measures.order_without_basis"),
        ({"ends_at": datetime(2022, 4, 1, tzinfo=ZONE)}, "measures.order_period"),
        ({"ends_at": datetime(2022, 5, 1)}, "measures.order_period"),  # noqa: DTZ001 - no zone is the mistake
        (
            {"begins_at": datetime(2021, 1, 1, tzinfo=ZONE), "ends_at": datetime(2021, 2, 1, tzinfo=ZONE)},
            "measures.order_already_over",
        ),
        ({"ends_at": datetime(2062, 1, 1, tzinfo=ZONE)}, "measures.order_too_long"),
        ({"area_path": "110101"}, "measures.order_elsewhere"),
        ({"measure": "eat-all"}, "measures.order_of_no_measure"),
        ({"disease": "plague"}, "measures.order_of_no_measure"),
    ],
)
def test_an_order_that_should_not_be_is_refused(county, changes, code):
    with pytest.raises(Refusal) as caught:
        issue_order(draft=draft(**changes), by=BY)
    assert caught.value.code == code
    assert not Order.objects.exists()


def test_a_number_belongs_to_one_order(county):
    issue_order(draft=draft(), by=BY)
    with pytest.raises(Refusal, match=r"measures\.order_number_taken"):
        issue_order(draft=draft(), by=BY)


def test_rulebooks_are_founded_once(county):
    text = PublishedRulebook.objects.first().text.encode()
    with pytest.raises(Refusal, match=r"measures\.founding_is_over"):
        found_rulebooks(texts=[text], by=BY)


def test_a_rulebook_is_not_published_without_an_approval(county):
    text = PublishedRulebook.objects.get(disease="measles").text.encode()
    with pytest.raises(Refusal, match=r"approvals\."):
        publish_rulebook(text=text, approval=uuid4(), by=BY)


def covid_text(*changes: tuple[str, str]) -> bytes:
    """The COVID-19 rulebook in force as its second version, with passages written otherwise."""
    text = PublishedRulebook.objects.get(disease="covid-19", version=1).text
    for before, after in (("version = 1\n", "version = 2\n"), *changes):
        assert before in text, before
        text = text.replace(before, after, 1)
    return text.encode()


def blocking(text: bytes) -> set[str]:
    with pytest.raises(Refusal) as caught:
        publishable(text)
    assert caught.value.code == "rulebook.not_publishable"
    return {finding.code for finding in caught.value.facts["findings"]}


LOOSER = ("at_most_days = 14\nat_most_central", "at_most_days = 21\nat_most_central")


def test_a_version_that_only_tightens_may_be_published(county):
    tighter = ("at_most_days = 14\nat_most_central", "at_most_days = 10\nat_most_central")
    shorter = ('{ place = "central", lasts_days = 14 }', '{ place = "central", lasts_days = 10 }')
    assert blocking(covid_text(tighter)) == {"rulebook.stricter_without_clause"}
    assert publishable(covid_text(tighter, shorter))


def test_a_version_that_loosens_a_ceiling_in_force_is_not_published_whatever_was_approved(county):
    assert blocking(covid_text(LOOSER)) == {"rulebook.ceiling_loosened"}
    with pytest.raises(Refusal, match=r"rulebook\.not_publishable"):
        publish_rulebook(text=covid_text(LOOSER), approval=uuid4(), by=BY)
    assert not PublishedRulebook.objects.filter(version=2).exists()


def test_a_version_that_cites_what_the_level_above_says_now_may_loosen_a_ceiling(county):
    protocol = '[[documents]]\nkey = "protocol-8"'
    ninth = protocol.replace("8", "9") + (
        '\ntitle = { zh = "防控方案（第九版）", en = "protocol, 9th edition" }\nnumber = "试〔2022〕71号"\n'
        'issuer = { zh = "国务院联防联控机制综合组", en = "State Council mechanism" }\nlevel = "national"\n'
        'division = "0"\n\n'
    )
    reason = 'reason = { zh = "密接集中隔离不超过14天，此后为居家健康监测。", en = "Close contacts: at most 14 days of '
    rest = 'central quarantine, then monitoring." }\ndocument = "protocol-'
    cited = (reason + rest + "8", reason + rest + "9")
    assert publishable(covid_text((protocol, ninth + protocol), LOOSER, cited)).version == 2


def test_another_name_for_the_book_does_not_shake_its_ceilings_off(county):
    renamed = ('id = "covid19-2022-04"', 'id = "covid19-2022-05"')
    assert blocking(covid_text(renamed, LOOSER)) == {"rulebook.ceiling_loosened"}


def test_a_book_that_has_lapsed_is_still_what_the_next_version_follows(county):
    PublishedRulebook.objects.filter(disease="covid-19").update(effective_until=county_now() - timedelta(days=1))
    assert blocking(covid_text(LOOSER)) == {"rulebook.ceiling_loosened"}


@pytest.fixture
def own_classes(county, monkeypatch, tmp_path):
    """The county's own file calls care homes places with emergency care, which the shipped rulebook does not."""
    (tmp_path / "fushan").mkdir()
    (tmp_path / "fushan" / "county.toml").write_text(
        '[rulebooks]\nemergency_classes = ["hospital", "care-home"]\n', "utf-8"
    )
    monkeypatch.setenv("FANGXIAN_COUNTIES", str(tmp_path))


def test_a_rulebook_is_published_only_if_the_county_s_own_places_of_emergency_care_refuse_nobody(own_classes):
    assert {"rulebook.emergency_unmarked", "rulebook.hospital_refuses"} <= blocking(covid_text())


def test_a_county_without_a_file_has_the_common_places_of_emergency_care(county, monkeypatch, tmp_path):
    monkeypatch.setenv("FANGXIAN_COUNTIES", str(tmp_path))
    assert emergency_classes() == EMERGENCY_CLASSES
