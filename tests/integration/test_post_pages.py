"""The pages of posts: what an officer sees and sends, who may set a roster, how few queries a list takes."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.urls import reverse

from fangxian.ops.posts.actions import set_shifts, set_up_posts
from fangxian.ops.posts.models import Emergency, Keeper, Passing, Shift
from fangxian.ops.posts.path import steps_of
from fangxian.ops.posts.wire import NewPost, NewShift
from fangxian.ops.procedures.practise_post import lessons
from fangxian.ops.realm.current import county_now
from tests.integration.people_with_codes import build_with_codes
from tests.integration.post_hand import a_post, midnight, three_shifts
from tests.integration.two_townships import shown, sign_in, venue

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_codes()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


@pytest.fixture
def post(county):
    return a_post(county)


@pytest.fixture
def officer(client, county):
    return sign_in(client, county, "checkpoint_officer")


@pytest.fixture
def approver(client, county):
    return sign_in(client, county, "village_approver")


def at(name, post):
    return reverse(name, args=[post.row.pk])


def form_of(response, **more):
    """What a browser sends of the officer's form as it stands."""
    device = response.context["form"].device
    return {"device": str(device), "direction": "in", "vehicle": "foot", "origin": "141027"} | more


def sent(client, post, **more):
    return client.post(at("post", post), form_of(client.get(at("post", post)), **more))


@pytest.mark.once
def test_a_person_is_registered_and_the_answer_stands_above_the_form_for_the_next(officer, post, county):
    answer = sent(officer, post, **{"who-0": county.head.document_number, "temperature-0": "365"})
    page = shown(answer)
    assert (answer.status_code, Passing.objects.get().person_id) == (200, county.head.pk)
    assert "核验" in page
    assert county.head.document_number not in page


def test_the_form_sent_twice_registers_nobody_twice(officer, post, county):
    filled = form_of(officer.get(at("post", post)), **{"who-0": "测试过客 15400000777", "temperature-0": "365"})
    for _ in range(2):
        assert officer.post(at("post", post), filled).status_code == 200
    assert Passing.objects.count() == 1


def test_a_car_of_three_goes_in_one_sending_and_the_strictest_answer_is_the_large_one(officer, post, county):
    those = {f"who-{n}": it.document_number for n, it in enumerate(county.persons[:3])}
    answer = sent(officer, post, **those, **{"temperature-0": "36.5", "temperature-1": "37.3", "temperature-2": "36.6"})
    assert Passing.objects.count() == 3
    assert answer.context["worst"].outcome == "refuse"
    assert answer.context["worst"].emergency_href == reverse("post-emergency", args=[Emergency.objects.get().pk])


@pytest.mark.once
def test_a_wrong_temperature_stands_beside_its_field_and_what_was_typed_is_kept(officer, post):
    answer = sent(officer, post, **{"who-0": "测试过客", "temperature-0": "99"})
    assert (answer.status_code, Passing.objects.count()) == (400, 0)
    assert "测试过客" in shown(answer)
    assert "34.0" in shown(answer)


def test_an_emergency_is_gone_through_step_by_step_to_its_end(officer, post):
    officer.post(at("post", post), {"do": "ill"})
    row = Emergency.objects.get()
    address = reverse("post-emergency", args=[row.pk])
    for step in steps_of(to_hospital=False):
        assert officer.get(address).context["next"]["name"] == step
        assert officer.post(address, {"do": "step", "step": step, "note": ""}).status_code == 302
    assert officer.post(address, {"do": "end", "end": "handed_over"}).status_code == 302
    row.refresh_from_db()
    assert row.end == "handed_over"
    assert officer.post(address, {"do": "step", "step": "wait"}).status_code == 400


@pytest.mark.once
def test_who_passed_is_shown_by_the_first_letter_of_a_name(officer, post, county):
    sent(officer, post, **{"who-0": "测试过客 15400000777", "temperature-0": "365"})
    page = shown(officer.get(at("post-register", post)))
    assert "测＊＊＊" in page
    assert "测试过客" not in page
    assert "15400000777" not in page


def test_an_approver_sets_a_shift_and_an_officer_cannot(client, county, post):
    told = {"do": "shift", "on": f"{midnight():%Y-%m-%d}", "begins": "08:00", "ends": "16:00"}
    told["keeper"] = [str(it.pk) for it in post.keepers[:4]]
    assert sign_in(client, county, "checkpoint_officer").post(at("post-roster", post), told).status_code == 403
    assert sign_in(client, county, "village_approver").post(at("post-roster", post), told).status_code == 302
    assert Shift.objects.get().duties.count() == 4


@pytest.mark.once
def test_a_shift_that_overlaps_is_refused_and_what_was_typed_stays(approver, post):
    three_shifts(post)
    told = {"do": "shift", "on": f"{midnight():%Y-%m-%d}", "begins": "09:30", "ends": "17:00"}
    answer = approver.post(at("post-roster", post), told)
    assert answer.status_code == 400
    assert "09:30" in shown(answer)


def test_a_shift_of_the_night_ends_on_the_next_morning(approver, post):
    told = {"do": "shift", "on": f"{midnight() + timedelta(days=1):%Y-%m-%d}", "begins": "20:00", "ends": "08:00"}
    assert approver.post(at("post-roster", post), told | {"keeper": [str(post.keepers[0].pk)]}).status_code == 302
    row = Shift.objects.get()
    assert (row.begins_at, row.ends_at) == (midnight() + timedelta(hours=44), midnight() + timedelta(hours=56))


@pytest.mark.parametrize(("begins", "ends"), [("08:00", ""), ("08:00", "08:00"), ("", "")])
def test_a_shift_without_an_end_is_none(approver, post, begins, ends):
    told = {"do": "shift", "on": f"{midnight() + timedelta(days=1):%Y-%m-%d}", "begins": begins, "ends": ends}
    assert approver.post(at("post-roster", post), told).status_code == 400
    assert not Shift.objects.exists()


def test_nobody_calls_a_shift_of_another_post_off(approver, post, county):
    place = venue(county.cells[-1], 901, "西街值守点", "village-post")
    new = NewPost(venue=place.pk, name=place.name, venue_class="village-post", area_path=place.area_path)
    (other,) = set_up_posts(posts=[new], by="program:test")
    begins = midnight() + timedelta(days=1)
    told = NewShift(post=other.pk, begins_at=begins, ends_at=begins + timedelta(hours=8), keepers=())
    (theirs,) = set_shifts(shifts=[told], by="program:test")
    answer = approver.post(at("post-roster", post), {"do": "off", "shift": str(theirs.pk)})
    assert (answer.status_code, Shift.objects.filter(pk=theirs.pk).exists()) == (400, True)


def test_tomorrow_is_set_as_today(approver, post):
    three_shifts(post)
    approver.post(at("post-roster", post), {"do": "copy"})
    assert Shift.objects.count() == 6


def test_a_keeper_is_put_on_the_list_and_taken_off(approver, post):
    approver.post(at("post-roster", post), {"do": "add", "name": "测试壬", "phone": "15400000012", "volunteer": "on"})
    row = Keeper.objects.get(number=9)
    assert (row.name, row.is_volunteer) == ("测试壬", True)
    approver.post(at("post-roster", post), {"do": "go", "keeper": str(row.pk)})
    row.refresh_from_db()
    assert row.left_at is not None


def test_a_hand_over_is_signed_by_both_on_the_page(officer, post):
    shifts = three_shifts(post)
    now = officer.get(at("post-handover", post)).context["now"]
    assert now in shifts
    came = {"do": "came", "shift": str(now.pk), "keeper": [str(it.keeper_id) for it in now.duties.all()]}
    assert officer.post(at("post-handover", post), came).status_code == 302
    before = officer.get(at("post-handover", post)).context["before"]
    hand = {"do": "hand", "shift": str(before.pk), "keeper": str(before.duties.first().keeper_id), "note": "无"}
    assert officer.post(at("post-handover", post), hand).status_code == 302
    take = {"do": "take", "shift": str(before.pk), "keeper": str(now.duties.first().keeper_id)}
    assert officer.post(at("post-handover", post), take).status_code == 302
    before.refresh_from_db()
    assert before.taken_at is not None


def test_who_holds_the_key_and_each_opening_is_noted_on_the_page(officer, post):
    locked = post.row.exits.get(is_locked=True)
    told = {"do": "open", "exit": str(locked.pk), "why": "急救车通过"}
    assert officer.post(at("post-register", post), told).status_code == 302
    assert officer.post(at("post-register", post), told).status_code == 400
    assert officer.post(at("post-register", post), {"do": "lock", "exit": str(locked.pk)}).status_code == 302


def test_a_checklist_is_filled_in_by_whoever_hands_out_work_there(approver, post):
    groups = approver.get(at("post-checklist", post)).context["groups"]
    keys = [row["item"].key for _, rows in groups for row in rows]
    answers = {f"answer-{key}": "ok" for key in keys} | {f"answer-{keys[0]}": "fault", f"note-{keys[0]}": "没锁"}
    assert approver.post(at("post-checklist", post), answers).status_code == 302
    page = approver.get(at("post-checklist", post))
    assert "没锁" in shown(page)
    finding = page.context["findings"][0][0]
    approver.post(at("post-checklist", post), {"do": "mended", "finding": [str(finding.pk)]})
    assert not approver.get(at("post-checklist", post)).context["findings"]


@pytest.mark.once
def test_a_practice_is_scored_and_says_what_was_right(officer, post):
    right = {f"answer-{it.who.key}": it.right for it in lessons(post.row)}
    told = right | {"keeper": str(post.keepers[0].pk), "begun": "1649376000", "answer-red-code": "admit"}
    page = officer.post(at("post-practice", post), told)
    assert (page.context["scored"].n_right, page.context["scored"].n_people) == (5, 6)
    assert "应是" in shown(page)


def test_the_sheets_for_the_wall_have_the_roster_and_the_checklist(approver, post):
    three_shifts(post)
    page = shown(approver.get(at("post-sheets", post)))
    assert "测试甲" in page
    assert "标准化检查单" in page


@pytest.mark.once
def test_a_post_of_another_village_is_not_theirs(client, county, post):
    stranger = sign_in(client, county, "checkpoint_officer", "141027101")
    for name in ("post", "post-register", "post-roster", "post-handover", "post-checklist", "post-practice"):
        assert stranger.get(at(name, post)).status_code == 403


def test_the_list_takes_as_many_queries_for_one_post_as_for_many(client, county, post, django_assert_max_num_queries):
    dispatcher = sign_in(client, county, "dispatcher")
    three_shifts(post)
    dispatcher.get(reverse("posts"))
    places = [venue(county.cells[0], 910 + n, f"值守点{n}", "village-post") for n in range(12)]
    told = [NewPost(venue=it.pk, name=it.name, venue_class="village-post", area_path=it.area_path) for it in places]
    set_up_posts(posts=told, by="program:test")
    with django_assert_max_num_queries(18):
        page = dispatcher.get(reverse("posts"))
    assert page.context["board"].n_with_gaps >= 12


@pytest.mark.once
def test_the_hours_in_force_stand_in_their_form_and_what_was_typed_wrongly_stays(approver, post):
    there = approver.get(at("post-register", post)).context["hours_told"]
    assert there == {"begins": "00:00", "ends": "24:00", "n": 4}
    answer = approver.post(at("post-register", post), {"do": "hours", "begins": "7点", "ends": "23:00", "n": "3"})
    assert (answer.status_code, 'value="7点"' in answer.content.decode()) == (400, True)


def test_where_nobody_is_on_the_list_the_practice_says_where_to_begin(approver, post):
    Keeper.objects.filter(post=post.row).update(left_at=county_now())
    assert "名单还是空的" in shown(approver.get(at("post-practice", post)))
