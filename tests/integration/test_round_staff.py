"""Staff of a round: filled from the team and the reserves, nobody in two places at once, gaps shown and called up."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.ops.procedures.run_rounds import end, take_down_site
from fangxian.ops.procedures.seed_round_staff import seed_round_staff
from fangxian.ops.procedures.staff_round import fill_shifts, make_shifts, set_one, take_one_off
from fangxian.ops.realm.current import county_now
from fangxian.ops.round_staff.actions import add_member, let_member_go, note_training, set_duty, take_off
from fangxian.ops.round_staff.queries import duties_of, members, shifts_of
from fangxian.ops.situation.round_staffing import call_up, staffed

from .lab_hand import a_round
from .two_townships import TOWN, account_of, build

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
BY = "account:planner"
TRAINED = {"sampler": ("sampling", "protection"), "helper": ("protection",), "laboratory": ("laboratory", "protection")}


def somebody(name, job="sampler", team="testing", holds_days=100):
    row = add_member(name=name, phone="15400000077", unit="县医院", team=team, job=job, by=BY)
    today = localtime(county_now()).date()
    for kind in TRAINED[job]:
        until = today + timedelta(days=holds_days)
        note_training(member=row.pk, kind=kind, passed_on=min(today, until), valid_until=until, by=BY)
    return row


@pytest.fixture(scope="module")
def of_this_file(rows_of_this_file):
    county = build()
    there = a_round()
    for k in range(3):
        somebody(f"采样员{k}")
    somebody("后备甲", team="reserve")
    somebody("过期乙", holds_days=-1)
    return county, there


@pytest.fixture
def there(of_this_file, db):
    return of_this_file[1]


@pytest.fixture
def dispatcher(of_this_file, db):
    return account_of(of_this_file[0], "dispatcher", "141027")


def signed_in(account):
    client = Client(headers={"accept-language": "en"})
    client.force_login(account, backend=BACKEND)
    return client


def named(name):
    return next(it for it in members() if it.name == name)


@pytest.fixture
def shifts(there, dispatcher):
    make_shifts(round=there.round.pk, by=dispatcher)
    return shifts_of(there.round.pk)


def test_shifts_cover_the_hours_of_the_round_and_are_made_once(there, dispatcher, shifts):
    assert shifts[0].begins_at == there.round.begins_at
    assert all(it.ends_at - it.begins_at <= timedelta(hours=6) for it in shifts)
    assert make_shifts(round=there.round.pk, by=dispatcher) == 0


def test_gaps_are_filled_by_whoever_is_trained_and_free_and_what_is_left_is_shown(there, dispatcher, shifts):
    before = staffed(there.round).n_missing
    n = fill_shifts(round=there.round.pk, with_reserves=False, by=dispatcher)
    seen = staffed(there.round)
    assert n > 0
    assert seen.n_missing == before - n
    assert "过期乙" not in {it.member.name for it in duties_of(there.round.pk)}
    assert max(Counter((it.shift_id, it.member_id) for it in duties_of(there.round.pk)).values()) == 1


def test_the_reserves_who_could_come_are_on_the_call_up_list(there, dispatcher, shifts):
    (line,) = call_up(staffed(there.round))
    assert line.member.name == "后备甲"
    assert (len(line.shifts), line.is_set) == (len(shifts), False)


def test_reserves_who_are_set_are_rung_up_for_their_shifts(there, dispatcher, shifts):
    fill_shifts(round=there.round.pk, with_reserves=True, by=dispatcher)
    first = call_up(staffed(there.round))[0]
    assert (first.member.name, first.is_set) == ("后备甲", True)


def test_nobody_is_in_two_places_at_once(there, shifts):
    who = named("采样员0")
    set_duty(shift=shifts[0].pk, member=who.pk, site=there.east, by=BY)
    with pytest.raises(Refusal) as refused:
        set_duty(shift=shifts[0].pk, member=who.pk, site=there.west, by=BY)
    assert refused.value.code == "round_staff.elsewhere"
    assert "东关采样点" in refused.value.said.zh


def test_set_to_the_same_place_again_changes_nothing(there, shifts):
    who = named("采样员0")
    first = set_duty(shift=shifts[0].pk, member=who.pk, site=there.east, by=BY)
    assert set_duty(shift=shifts[0].pk, member=who.pk, site=there.east, by=BY).pk == first.pk


def test_whoever_was_taken_off_may_be_set_elsewhere(there, shifts):
    who = named("采样员0")
    take_off(duty=set_duty(shift=shifts[0].pk, member=who.pk, site=there.east, by=BY).pk, why="发热", by=BY)
    set_duty(shift=shifts[0].pk, member=who.pk, site=there.west, by=BY)
    assert [it.site_id for it in duties_of(there.round.pk)] == [there.west]


def test_of_a_site_that_was_taken_down_the_people_may_be_set_elsewhere(there, dispatcher, shifts):
    who = named("采样员0")
    set_duty(shift=shifts[0].pk, member=who.pk, site=there.east, by=BY)
    take_down_site(round=there.round.pk, site=there.east, by=dispatcher)
    set_duty(shift=shifts[0].pk, member=who.pk, site=there.west, by=BY)
    assert [it.site_id for it in duties_of(there.round.pk)] == [there.west]


def test_of_a_round_that_is_over_nobody_is_kept_from_another(there, dispatcher, shifts):
    who = named("采样员0")
    set_duty(shift=shifts[0].pk, member=who.pk, site=there.east, by=BY)
    end(round=there.round.pk, because="都在外地", by=dispatcher)
    later = a_round()
    make_shifts(round=later.round.pk, by=dispatcher)
    set_duty(shift=shifts_of(later.round.pk)[0].pk, member=who.pk, site=later.east, by=BY)
    assert [it.site_id for it in duties_of(later.round.pk)] == [later.east]


def test_a_reason_with_a_sign_that_no_text_has_is_kept_without_it(there, dispatcher, shifts):
    duty = set_duty(shift=shifts[0].pk, member=named("采样员0").pk, site=there.east, by=BY)
    here = reverse("round-staff", args=[there.round.pk])
    assert signed_in(dispatcher).post(here, {"do": "off", "duty": duty.pk, "why": "发\0热"}).status_code == 302
    duty.refresh_from_db()
    assert duty.off_why == "发 热"


def test_a_duty_of_another_round_is_not_taken_off(there, dispatcher, shifts):
    duty = set_duty(shift=shifts[0].pk, member=named("采样员0").pk, site=there.east, by=BY)
    with pytest.raises(Refusal, match=r"round_staff\.duty\.not_found"):
        take_one_off(round=a_round().round.pk, duty=duty.pk, why="发热", by=dispatcher)
    assert duties_of(there.round.pk) == [duty]


def test_somebody_whose_training_ran_out_is_refused_with_which(there, dispatcher, shifts):
    with pytest.raises(Refusal) as refused:
        set_one(
            round=there.round.pk, shift=shifts[0].pk, member=named("过期乙").pk, site=there.east, by=dispatcher
        )  # fmt: skip
    assert refused.value.code == "round_staff.untrained"


def test_a_sampler_is_not_set_to_the_laboratory(there, shifts):
    with pytest.raises(Refusal) as refused:
        set_duty(shift=shifts[0].pk, member=named("采样员0").pk, site=None, by=BY)
    assert refused.value.code == "round_staff.other_job"


def test_whoever_leaves_the_team_is_free_of_shifts_to_come(there, shifts):
    who = named("采样员0")
    set_duty(shift=shifts[-1].pk, member=who.pk, site=there.east, by=BY)
    let_member_go(member=who.pk, by=BY)
    assert duties_of(there.round.pk) == []


def test_a_training_of_tomorrow_is_refused():
    who = somebody("采样员9")
    with pytest.raises(Refusal) as refused:
        note_training(member=who.pk, kind="sampling", passed_on=date(2122, 1, 1), valid_until=date(2123, 1, 1), by=BY)
    assert refused.value.code == "round_staff.training_wrong"


def test_the_pages_show_who_is_where_what_is_missing_and_whom_to_call(there, dispatcher):
    client, here = signed_in(dispatcher), reverse("round-staff", args=[there.round.pk])
    assert client.post(here, {"do": "shifts"}).status_code == 302
    assert client.post(here, {"do": "fill"}).status_code == 302
    page = client.get(here).content.decode()
    assert "采样员0" in page
    assert "short of" in page
    assert "后备甲" in client.get(reverse("round-call-up", args=[there.round.pk])).content.decode()
    assert "lacks taking samples" in client.get(reverse("rounds-staff")).content.decode()


def test_what_was_typed_wrong_of_a_member_is_said_beside_it(dispatcher):
    answer = signed_in(dispatcher).post(reverse("rounds-staff"), {"do": "member", "name": "某人", "team": "none"})
    assert answer.status_code == 400
    assert "There is no such choice" in answer.content.decode()


def test_whoever_plans_no_rounds_is_refused(of_this_file, there):
    client = signed_in(account_of(of_this_file[0], "sampler", TOWN))
    assert client.get(reverse("round-staff", args=[there.round.pk])).status_code == 403


def test_a_demo_has_a_testing_team_of_forty_and_the_reserves_of_three_hospitals(there):
    seed_round_staff(at=county_now(), by=BY)
    invented = [it for it in members() if it.name.startswith("演示")]
    assert Counter(it.team for it in invented) == {"testing": 40, "reserve": 60}
    assert len({it.unit for it in invented if it.team == "reserve"}) == 3


def queries_of(client, path):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_more_people_on_the_staff_are_no_more_queries(there, dispatcher, shifts):
    client, here = signed_in(dispatcher), reverse("round-staff", args=[there.round.pk])
    fill_shifts(round=there.round.pk, with_reserves=True, by=dispatcher)
    pages = (here, reverse("round-call-up", args=[there.round.pk]), reverse("rounds-staff"))
    before = [queries_of(client, path) for path in pages]
    seed_round_staff(at=county_now(), by=BY)
    fill_shifts(round=there.round.pk, with_reserves=True, by=dispatcher)
    after = [queries_of(client, path) for path in pages]
    assert all(now <= then for now, then in zip(after, before, strict=True))
