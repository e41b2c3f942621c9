"""Somebody at a post: the same table as every door, registered once, led to the emergency path where it must be."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from fangxian.core.policy.vocabulary import Colour, Outcome
from fangxian.core.refusal import Refusal
from fangxian.ops.field.wire import Intent
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.movement.queries import counting_evidence_of, health_of
from fangxian.ops.posts.models import Emergency, Passing
from fangxian.ops.procedures import pass_post as procedure
from fangxian.ops.procedures.decide_at_post import post_rules
from fangxian.ops.procedures.field_passing import take
from fangxian.ops.procedures.issue_codes import person_qr
from fangxian.ops.procedures.post_emergency import do_step, end_path
from fangxian.ops.procedures.recolour import recolour
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.models import Task
from tests.integration.departure_hand import a_county, issued, permit_text
from tests.integration.people_with_codes import RULEBOOK, build_with_codes, evidence, know
from tests.integration.post_hand import a_post, officer, passed, told
from tests.integration.two_townships import account_of, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return build_with_codes()


@pytest.fixture
def post(county):
    return a_post(county)


@pytest.fixture
def keeper(county):
    return officer(county)


def said(one):
    return one.at_post.outcome.word, *one.at_post.rules


def has_travelled(person):
    """A journey that is known and clear, so that a village post has nothing to ask."""
    know(person, evidence(person, "itinerary-card", days_ago=0, source="checkpoint", attributes={"result": "clear"}))


def test_a_resident_whose_journey_is_clear_passes_and_is_registered(post, keeper, county):
    has_travelled(county.head)
    (one,) = passed(post, keeper, told(post, document=county.head.document_number))
    assert said(one) == ("admit",)
    row = Passing.objects.get()
    assert (row.person_id, row.outcome, row.temperature_tenths, row.colour) == (county.head.pk, "admit", 365, "green")


def test_a_code_that_is_scanned_says_who_somebody_is(post, keeper, county):
    has_travelled(county.head)
    (one,) = passed(post, keeper, told(post, shown=f"https://example.test/c/{person_qr(county.head.pk)}"))
    assert (one.shown.person, said(one)) == (county.head, ("admit",))


def test_a_journey_nobody_knows_is_checked_as_at_every_door(post, keeper, county):
    (one,) = passed(post, keeper, told(post, document=county.head.document_number))
    assert said(one) == ("verify", "D-11")


def test_whoever_is_on_no_register_is_registered_by_name_and_phone(post, keeper):
    (one,) = passed(post, keeper, told(post, name="测试过客", phone="15400000777"))
    assert one.at_post.outcome is Outcome.VERIFY
    assert (Passing.objects.get().name, one.kept.state) == ("测试过客", "taken")


def test_sent_twice_it_is_one_and_says_the_same(post, keeper, county):
    device, at = uuid4(), county_now()
    one = told(post, document=county.head.document_number)
    (first,) = passed(post, keeper, one, device=device, passed_at=at)
    (again,) = passed(post, keeper, one, device=device, passed_at=at)
    assert (again.kept.state, again.kept.passing) == ("repeat", first.kept.passing)
    assert Passing.objects.count() == 1


def test_the_same_number_with_other_content_is_refused(post, keeper, county):
    device, at = uuid4(), county_now()
    one = told(post, document=county.head.document_number)
    passed(post, keeper, one, device=device, passed_at=at)
    (other,) = passed(post, keeper, replace(one, temperature_tenths=368), device=device, passed_at=at)
    assert other.kept.refusal.code == "posts.passing_changed"


def test_one_that_cannot_be_right_does_not_keep_the_others_of_the_car_back(post, keeper, county):
    rows = passed(
        post,
        keeper,
        told(post, document=county.head.document_number),
        told(post, name="测试甲", temperature_tenths=999),
    )
    assert [it.kept.state for it in rows] == ["taken", "refused"]
    assert rows[1].kept.refusal.code == "posts.temperature_impossible"


def test_a_code_of_one_person_with_the_document_of_another_is_named(post, keeper, county):
    has_travelled(county.head)
    spouse = county.persons[1]
    (one,) = passed(post, keeper, told(post, shown=person_qr(county.head.pk), document=spouse.document_number))
    assert one.mismatches
    assert (one.shown.person, one.at_post.outcome) == (spouse, Outcome.VERIFY)


def test_of_three_in_a_car_the_red_one_alone_is_held(post, keeper, county):
    for person in county.persons[:3]:
        has_travelled(person)
    know(county.persons[1])
    rows = passed(post, keeper, *(told(post, document=it.document_number, vehicle="car") for it in county.persons[:3]))
    assert [it.at_post.outcome.word for it in rows] == ["admit", "refuse", "admit"]
    assert [it.emergency is not None for it in rows] == [False, True, False]


def test_a_fever_opens_the_path_once_with_what_is_to_be_done(post, keeper, county):
    device, at = uuid4(), county_now()
    one = told(post, document=county.head.document_number, temperature_tenths=373)
    (first,) = passed(post, keeper, one, device=device, passed_at=at)
    passed(post, keeper, one, device=device, passed_at=at)
    assert first.at_post.rules[0] == "D-30"
    row = Emergency.objects.get()
    assert (row.why, row.to_hospital, row.ended_at) == ("fever", False, None)
    assert sorted(Task.objects.values_list("kind", "role")) == [("posts.emergency", ""), ("posts.fetch", "transporter")]


def test_nobody_on_the_way_to_a_doctor_is_held(post, keeper, county):
    know(county.head)
    one = told(post, document=county.head.document_number, temperature_tenths=385, vehicle="car", to_hospital=True)
    (found,) = passed(post, keeper, one)
    assert found.at_post.outcome is Outcome.ADMIT
    assert Emergency.objects.get().to_hospital
    assert not Task.objects.filter(kind="posts.fetch").exists()


def test_the_path_goes_on_step_by_step_and_its_end_closes_what_was_to_be_done(post, keeper, county):
    (one,) = passed(post, keeper, told(post, name="测试过客", temperature_tenths=380))
    for step in ("wait", "call", "transfer", "disinfect"):
        do_step(emergency=one.emergency, step=step, note="", by=keeper)
    end_path(emergency=one.emergency, end="handed_over", by=keeper)
    row = Emergency.objects.get()
    assert [it.step for it in row.steps.all()] == ["wait", "call", "transfer", "disinfect"]
    assert row.end == "handed_over"
    assert set(Task.objects.values_list("state", flat=True)) == {"done"}


def test_somebody_of_another_village_cannot_go_on_with_it(post, keeper, county):
    (one,) = passed(post, keeper, told(post, name="测试过客", temperature_tenths=380))
    stranger = account_of(county, "checkpoint_officer", "141027101", name="elsewhere")
    with pytest.raises(Refusal) as caught:
        do_step(emergency=one.emergency, step="wait", note="", by=stranger)
    assert caught.value.code == "posts.emergency_unknown"


def test_at_a_post_that_is_not_theirs_nobody_is_registered(post, county):
    stranger = account_of(county, "checkpoint_officer", "141027101", name="elsewhere")
    (one,) = passed(post, stranger, told(post, name="测试过客"))
    assert (one.kept.refusal.code, Passing.objects.count()) == ("posts.unknown", 0)


def test_a_red_person_who_passed_while_there_was_no_network_is_looked_for(post, keeper, county):
    know(county.head)
    one = told(post, document=county.head.document_number, said="admit")
    passed(post, keeper, one, passed_at=county_now() - timedelta(hours=3))
    assert not Emergency.objects.exists()
    assert Task.objects.get().kind == "posts.passed_red"


def test_one_that_is_sent_late_is_judged_by_the_rules_of_then(post, keeper, county, monkeypatch):
    asked = []
    monkeypatch.setattr(procedure, "post_rules", lambda at: asked.append(at) or post_rules(at))
    now = county_now().replace(minute=40, second=7)
    monkeypatch.setattr(procedure, "county_now", lambda: now)
    one = told(post, document=county.head.document_number)
    for ago in (timedelta(minutes=5), timedelta(hours=3), timedelta(days=30)):
        passed(post, keeper, one, passed_at=now - ago)
    quarter = now.replace(minute=30, second=0, microsecond=0)
    assert asked == [now, quarter - timedelta(hours=3), quarter - timedelta(days=7)]


def test_out_with_a_permit_that_is_none_is_checked_by_hand(post, keeper, county):
    (one,) = passed(post, keeper, told(post, document=county.head.document_number, is_out=True, permit="x"))
    assert one.at_post.outcome is Outcome.VERIFY
    assert one.exit_refused is not None


def test_where_no_rules_are_in_force_a_fever_is_seen_to_and_nobody_else_stopped():
    county = build()
    post, keeper = a_post(county), officer(county)
    rows = passed(
        post, keeper, told(post, document=county.head.document_number), told(post, name="甲", temperature_tenths=373)
    )
    assert [it.at_post.outcome.word for it in rows] == ["admit", "verify"]
    assert [it.emergency is not None for it in rows] == [False, True]


def test_a_phone_brings_home_what_it_registered_without_a_network(post, keeper, county):
    device, at = uuid4(), county_now()
    body = {"post": str(post.row.pk), "document": county.head.document_number, "temperature_tenths": 366}
    rows = [
        Intent(device, 1, "passing", at, body),
        Intent(device, 2, "passing", at, {"post": str(post.row.pk)}),
        Intent(device, 3, "passing", at, body | {"vehicle": "rocket"}),
    ]
    found = {it.number: (it.what, it.refusal and it.refusal.code) for it in take(rows, keeper)}
    assert found == {1: ("taken", None), 2: ("refused", "posts.nobody_said"), 3: ("refused", "posts.vehicle_unknown")}
    assert [it.what for it in take(rows[:1], keeper)] == ["repeat"]


def test_a_word_of_the_phones_own_that_is_too_long_keeps_no_record_back(post, keeper, county):
    body = {"post": str(post.row.pk), "name": "测试过客", "said": "a-word-of-a-later-app"}
    assert [it.what for it in take([Intent(uuid4(), 1, "passing", county_now(), body)], keeper)] == ["taken"]


def test_many_take_as_many_queries_as_one(post, keeper, county, django_assert_max_num_queries):
    those = [told(post, document=it.document_number) for it in county.persons] * 8
    passed(post, keeper, told(post, name="测试甲"))
    with django_assert_max_num_queries(30):
        passed(post, keeper, *those)


# ── where from, by what: the rulebook's own inputs, in the same table ─────────

MATRIX = """
[[door_inputs]]
key = "origin"
name = { zh = "来源地", en = "origin" }
values = ["not-asked", "none", "out-of-province", "affected-prefecture", "county-with-risk-area"]

[[door_inputs]]
key = "vehicle"
name = { zh = "交通方式", en = "vehicle" }
values = ["not-asked", "foot", "bicycle", "car", "coach", "goods"]

[[doors]]
number = "D-80"
input = "origin"
values = ["out-of-province", "affected-prefecture", "county-with-risk-area"]
venues = ["highway-post"]
outcome = "verify"
ease = 5
reason = { zh = "从省外来，须落地检。", en = "From another province: one test on arrival." }
advice = { zh = "请在卡口采样点采样。", en = "Be sampled at the checkpoint." }
source = "山西交通厅2022-07-12（转载）"
strength = "found"

[[doors]]
number = "D-81"
input = "origin"
values = ["not-asked"]
venues = ["highway-post"]
outcome = "verify"
ease = 8
reason = { zh = "还没有问从哪里来。", en = "Nobody has asked where you come from." }
advice = { zh = "请说一下从哪个县来。", en = "Say which county you come from." }
source = "本程序的原则：不明是单独的状态"
strength = "inferred"

[[together]]
number = "X-80"
when = { origin = ["out-of-province"], vehicle = ["goods"] }
venues = ["highway-post"]
outcome = "refuse"
ease = 6
reason = { zh = "省外货车须有接收单位证明，点对点。", en = "Goods from another province need a receiver's proof." }
advice = { zh = "请联系接收单位来接。", en = "Call the receiver to meet you." }
source = "山西交通厅2022-07-12（转载）"
strength = "found"

"""


def with_matrix():
    text = RULEBOOK.read_text("utf-8")
    n = int(re.search(r"^n_rules = (\d+)", text, re.MULTILINE).group(1))
    text = text.replace(f"n_rules = {n}", f"n_rules = {n + 3}").replace("[[doors]]\n", f"{MATRIX}[[doors]]\n", 1)
    county = build()
    found_rulebooks(texts=[text.encode()], by="program:test")
    recolour([person.pk for person in county.persons], county.at, by="program:test")
    return county


@pytest.mark.parametrize(
    ("more", "outcome", "rules"),
    [
        ({"origin": "110101", "vehicle": "goods"}, "refuse", {"X-80", "D-80"}),
        ({"origin": "110101", "vehicle": "car"}, "verify", {"D-80"}),
        ({"origin": "140105", "vehicle": "goods"}, "verify", set()),
        ({"vehicle": "goods"}, "verify", {"D-81"}),
    ],
)
def test_origin_and_vehicle_are_columns_of_the_same_table_where_a_rulebook_has_them(more, outcome, rules):
    county = with_matrix()
    post, keeper = a_post(county, venue_class="highway-post"), officer(county)
    (one,) = passed(post, keeper, told(post, document=county.head.document_number, **more))
    assert (one.at_post.outcome.word, {"X-80", "D-80", "D-81"} & set(one.at_post.rules)) == (outcome, rules)


def test_whoever_comes_from_where_something_is_asked_is_told_to_declare(post, keeper, county):
    near, far = passed(
        post,
        keeper,
        told(post, document=county.head.document_number, origin="140105"),
        told(post, document=county.persons[1].document_number, origin="110101"),
    )
    assert (near.declares, far.declares) == (False, True)
    assert far.at_post.arrival.matches[0].rule == "A-05"


# ── out with a permit ─────────────────────────────────────────────────────────


def test_out_with_their_permit_the_exit_is_on_record_once():
    county = a_county()
    permit = issued(county)
    post = a_post(county)
    one = told(post, document=county.head.document_number, is_out=True, permit=permit_text(permit))
    device, at = uuid4(), county_now()
    (first,) = passed(post, county.keeper, one, device=device, passed_at=at)
    (again,) = passed(post, county.keeper, one, device=device, passed_at=at)
    assert (first.exit_refused, first.at_post.outcome.word) == (None, "admit")
    assert (again.exit_refused, again.kept.state) == (None, "repeat")
    permit.refresh_from_db()
    assert permit.exited_at == at


def test_a_code_that_cannot_be_read_lets_nobody_out_with_a_permit():
    county = a_county()
    permit = issued(county)
    post = a_post(county)
    (other,) = passed(post, county.keeper, told(post, shown="FX1.none", is_out=True, permit=permit_text(permit)))
    assert (other.exit_refused.code, other.at_post.outcome.word) == ("code.foreign", "verify")
    permit.refresh_from_db()
    assert permit.exited_at is None


def test_a_permit_of_somebody_else_does_not_let_anybody_out():
    county = a_county()
    permit = issued(county)
    post = a_post(county)
    one = told(post, document=county.stranger.document_number, is_out=True, permit=permit_text(permit))
    (other,) = passed(post, county.keeper, one)
    assert other.exit_refused.code == "departures.permit_of_another"
    permit.refresh_from_db()
    assert permit.exited_at is None


# ── a fever is evidence ──────────────────────────────────────────────────────


def colour_of(person):
    return health_of(person.pk).colour


def test_a_fever_of_somebody_on_the_register_is_evidence_and_the_code_follows(post, keeper, county):
    device, at = uuid4(), county_now()
    one = told(post, document=county.head.document_number, temperature_tenths=373)
    passed(post, keeper, one, device=device, passed_at=at)
    passed(post, keeper, one, device=device, passed_at=at)
    (piece,) = counting_evidence_of(county.head.pk)
    assert (piece.kind, piece.source, piece.issuer) == ("fever", "checkpoint", post.row.name)
    assert colour_of(county.head) == Colour.YELLOW


def test_one_tenth_less_is_no_fever(post, keeper, county):
    passed(post, keeper, told(post, document=county.head.document_number, temperature_tenths=372))
    assert list(counting_evidence_of(county.head.pk)) == []


def test_normal_when_taken_again_it_was_no_fever(post, keeper, county):
    (one,) = passed(post, keeper, told(post, document=county.head.document_number, temperature_tenths=380))
    end_path(emergency=one.emergency, end="cleared", by=keeper)
    assert list(counting_evidence_of(county.head.pk)) == []
    assert colour_of(county.head) == Colour.GREEN


def test_fetched_it_stays_a_fever(post, keeper, county):
    (one,) = passed(post, keeper, told(post, document=county.head.document_number, temperature_tenths=380))
    end_path(emergency=one.emergency, end="handed_over", by=keeper)
    assert colour_of(county.head) == Colour.YELLOW
