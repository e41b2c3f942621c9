"""At a table: whoever comes into a tube with a result, and whoever is called back and sampled anew, at once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from fangxian.core.policy.vocabulary import Colour
from fangxian.core.refusal import Refusal
from fangxian.ops.lab.queries import round_with, unsettled
from fangxian.ops.procedures.run_rounds import end
from fangxian.ops.procedures.sample_at_table import tell
from fangxian.ops.procedures.take_table_events import take_table_events
from fangxian.ops.realm.current import county_now
from fangxian.ops.results.queries import CallBack
from fangxian.ops.situation.field_tables import roster_of_site

from .case_hand import build_with_diseases
from .lab_hand import Device, a_round
from .people_with_codes import seen_by_a_gate
from .result_hand import call_backs, fill, let_out
from .two_townships import NAME, TOWN, account_of

pytestmark = pytest.mark.django_db
POOL, SINGLE = "10010001", "10010002"


@pytest.fixture(scope="module")
def there_of_this_file(rows_of_this_file):
    county = build_with_diseases()
    there = a_round()
    there.county = county
    return there


@pytest.fixture
def there(there_of_this_file, db):
    return there_of_this_file


@pytest.fixture
def phone(there):
    return Device(there)


@pytest.fixture
def sampler(there):
    return account_of(there.county, "sampler", TOWN)


def told_of(there, sampler, *events):
    """The answers to a phone at the table, in the order of the events."""
    answers = take_table_events(round=there.round.pk, rows=list(events), device="phone-9", by=sampler)
    by_id = {it.id: it for it in answers}
    return [by_id[it["id"]] for it in events]


def test_whoever_an_upload_brings_into_a_tube_with_a_result_is_held_at_once(there, phone, sampler):
    fill(phone, POOL, NAME)
    fill(phone, SINGLE, "王老", size=1)
    fill(phone, POOL, "李静")
    let_out(there, POOL, "positive")
    told_of(there, sampler, phone.swab(POOL, "孟小"))
    assert seen_by_a_gate(there.county.persons[2]) == (Colour.YELLOW, "C-11")


def test_whoever_is_called_back_and_sampled_alone_is_no_doubt_to_a_phone(there, phone, sampler):
    fill(phone, POOL, NAME, "李静")
    let_out(there, POOL, "positive")
    opened = phone.told("open_tube", tube=SINGLE, size=1)
    answers = told_of(there, sampler, opened, phone.swab(SINGLE, NAME))
    assert [it.what for it in answers] == ["taken", "taken"]
    assert call_backs(there, POOL)[NAME] == "sampled"
    assert not unsettled(there.round).exists()


def test_the_roster_of_a_phone_says_who_is_to_be_sampled_alone_until_they_were(there, phone, sampler):
    fill(phone, POOL, NAME, "李静")
    let_out(there, POOL, "positive")
    assert called_back_on_roster(there, sampler) == {NAME, "李静"}
    told_of(there, sampler, phone.told("open_tube", tube=SINGLE, size=1), phone.swab(SINGLE, NAME))
    assert called_back_on_roster(there, sampler) == {"李静"}


@pytest.mark.parametrize("runs", [(("invalid", "invalid"), ("positive",)), (("positive",), ("invalid", "invalid"))])
def test_whoever_a_hold_belongs_to_is_to_be_alone_whatever_else_they_are_called_back_for(there, phone, sampler, runs):
    for tube, outcomes in zip((POOL, "10010003"), runs, strict=True):
        fill(phone, tube, NAME, "李静")
        let_out(there, tube, *outcomes)
    assert called_back_on_roster(there, sampler) == {NAME, "李静"}


def called_back_on_roster(there, sampler) -> set[str]:
    return {row[1] for row in roster_of_site(sampler, there.east).told["people"] if row[-1] == "own"}


def test_whoever_nobody_called_back_is_a_doubt_as_before(there, phone, sampler):
    fill(phone, POOL, NAME, "李静")
    opened = phone.told("open_tube", tube=SINGLE, size=1)
    answers = told_of(there, sampler, opened, phone.swab(SINGLE, NAME))
    assert answers[1].what == "doubtful"


def test_a_page_takes_whoever_is_called_back_without_asking_whether_again(there, phone, sampler):
    row = round_with(there.round.pk)
    fill(phone, POOL, NAME, "李静")
    tell(row, "open_tube", sampler, site=there.east, tube=SINGLE, size=1)
    with pytest.raises(Refusal, match=r"lab\.sampled_already"):
        tell(row, "swab", sampler, site=there.east, tube=SINGLE, token=there.tokens[NAME])
    let_out(there, POOL, "positive")
    answer = tell(row, "swab", sampler, site=there.east, tube=SINGLE, token=there.tokens[NAME])
    assert answer.what == "taken"
    assert CallBack.objects.filter(state="sampled").count() == 1


def test_whoever_is_called_back_may_come_to_another_round_within_the_hour_and_nobody_is_asked_why(there):
    fill(Device(there, began_at=county_now() - timedelta(minutes=20)), POOL, NAME, "李静")
    let_out(there, POOL, "positive")
    other, dispatcher = a_round(), account_of(there.county, "dispatcher", "141027")
    tell(other.round, "open_tube", dispatcher, site=other.west, tube=SINGLE, size=1)
    answer = tell(other.round, "swab", dispatcher, site=other.west, tube=SINGLE, token=other.tokens[NAME])
    assert (answer.what, list(unsettled(other.round))) == ("taken", [])


def test_whoever_came_to_another_round_before_they_were_called_back_is_asked_about(there):
    began_at = county_now() - timedelta(minutes=20)
    fill(Device(there, began_at=began_at), POOL, NAME, "李静")
    other = a_round()
    fill(Device(other, "phone-2", site=other.west, began_at=began_at), SINGLE, NAME, size=1)
    let_out(there, POOL, "positive")
    assert call_backs(there, POOL)[NAME] == "sampled"
    assert [it.kind for it in unsettled(other.round)] == ["twice_other_round"]


def test_a_page_says_of_whoever_is_called_back_that_it_must_be_a_tube_of_their_own(there, phone, sampler):
    row = round_with(there.round.pk)
    fill(phone, POOL, NAME, "李静")
    let_out(there, POOL, "positive")
    tell(row, "open_tube", sampler, site=there.east, tube=SINGLE, size=10)
    with pytest.raises(Refusal, match=r"lab\.needs_own_tube"):
        tell(row, "swab", sampler, site=there.east, tube=SINGLE, token=there.tokens[NAME])


def test_a_round_with_people_called_back_is_closed_only_with_that_said(there, phone):
    fill(phone, POOL, NAME, "李静")
    box = phone.told("open_box", box="90010001")
    phone.sends(box, phone.told("box_tube", tube=POOL, box="90010001"), phone.told("seal_box", box="90010001"))
    phone.sends(phone.told("hand_box", box="90010001"), phone.told("receive_box", box="90010001", said="县医院"))
    for name in set(there.tokens) - {NAME, "李静"}:
        phone.sends(phone.told("exempt", token=there.tokens[name], why="away"))
    let_out(there, POOL, "positive")
    planner = account_of(there.county, "dispatcher")
    client = Client()
    client.force_login(planner, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("round", args=[there.round.pk]))
    assert [(it.kind, it.n) for it in page.context["differences"].rows] == [("called_back", 2)]
    assert f"{reverse('round-results', args=[there.round.pk])}?state=open#list" in page.content.decode()
    with pytest.raises(Refusal, match=r"lab\.not_reconciled"):
        end(round=there.round.pk, because="", by=planner)
    end(round=there.round.pk, because="召回由各社区跟到出结果", by=planner)
    assert round_with(there.round.pk).state == "closed"
