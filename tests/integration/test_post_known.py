"""Whoever is known is registered at a post by the last six signs of their document or phone."""

from copy import deepcopy
from importlib import import_module

import pytest
from django.apps import apps
from django.core.cache import cache
from django.urls import reverse

from fangxian.ops.accounts.limits import LOOK_UPS_OF_ACCOUNT
from fangxian.ops.audit.models import ViewLog
from fangxian.ops.people.models import Person
from fangxian.ops.people.tails import index_of_tail
from fangxian.ops.posts.actions import set_up_posts
from fangxian.ops.posts.models import Passing
from fangxian.ops.posts.wire import NewPost
from tests.integration.people_with_codes import build_with_codes
from tests.integration.post_hand import a_post, officer, passed, told
from tests.integration.two_townships import person, shown, sign_in, venue

pytestmark = pytest.mark.django_db
STRANGER = {"document": "E98123456", "name": "测试过客", "phone": "15400000777"}


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_codes()


@pytest.fixture
def county(county_of_this_file, db):
    cache.clear()
    return deepcopy(county_of_this_file)


@pytest.fixture
def post(county):
    return a_post(county)


@pytest.fixture
def client_of(client, county):
    return sign_in(client, county, "checkpoint_officer")


def look_up(client, post, signs):
    return client.post(reverse("post-known", args=[post.row.pk]), {"signs": signs, "n": "0"})


def sent(client, post, device="6f6b3d9c-2f5a-4f4e-8a4e-000000000001", **more):
    filled = {"device": device, "direction": "in", "vehicle": "foot", "origin": "141027", "temperature-0": "5"}
    return client.post(reverse("post", args=[post.row.pk]), filled | more)


def twin_of(county, who):
    """Somebody else whose document ends as another's."""
    other = next(it for it in county.persons if it.pk != who.pk)
    Person.objects.filter(pk=other.pk).update(document_tail=index_of_tail(who.document_number))
    return other


def test_six_signs_of_a_document_show_who_it_may_be_masked(client_of, post, county):
    who = county.head
    page = shown(look_up(client_of, post, who.document_number[-6:]))
    assert f"person:{who.pk}" in page
    assert who.name[0] in page
    assert who.name not in page
    assert who.document_number not in page


def test_the_tenth_alone_is_of_thirty_six_and_the_one_chosen_is_registered(client_of, post, county):
    who = county.head
    answer = sent(client_of, post, **{"tail-0": who.document_number[-6:].lower(), "pick-0": f"person:{who.pk}"})
    row = Passing.objects.get()
    assert (answer.status_code, row.person_id, row.temperature_tenths) == (200, who.pk, 365)


def test_the_form_sent_twice_registers_whoever_was_chosen_once(client_of, post, county):
    chosen = {"tail-0": county.head.document_number[-6:], "pick-0": f"person:{county.head.pk}"}
    assert {sent(client_of, post, **chosen).status_code for _ in range(2)} == {200}
    assert Passing.objects.count() == 1


def test_nobody_is_registered_before_somebody_looked_who_it_is(client_of, post, county):
    answer = sent(client_of, post, **{"tail-0": county.head.document_number[-6:]})
    assert (answer.status_code, Passing.objects.count()) == (400, 0)
    assert f'value="person:{county.head.pk}" checked' in shown(answer)


def test_of_two_that_end_alike_and_live_as_near_a_person_chooses(client_of, post, county):
    other = twin_of(county, county.head)
    Person.objects.filter(pk=other.pk).update(area_path=county.head.area_path)
    page = shown(sent(client_of, post, **{"tail-0": county.head.document_number[-6:]}))
    assert (f"person:{other.pk}" in page, f"person:{county.head.pk}" in page) == (True, True)
    assert "checked><span><b" not in page


def test_of_two_that_end_alike_the_one_of_the_posts_village_stands_first_and_chosen(client_of, post, county):
    other = twin_of(county, county.head)
    Person.objects.filter(pk=other.pk).update(area_path=county.cells[-1].area_path)
    page = shown(look_up(client_of, post, county.head.document_number[-6:]))
    assert page.index(f"person:{county.head.pk}") < page.index(f"person:{other.pk}")
    assert f'value="person:{county.head.pk}" checked' in page


def test_of_two_that_end_alike_the_one_who_passed_here_before_stands_first_and_chosen(client_of, post, county):
    other = twin_of(county, county.head)
    passed(post, officer(county, "another"), told(post, document=other.document_number))
    page = shown(look_up(client_of, post, county.head.document_number[-6:]))
    assert page.index(f"person:{other.pk}") < page.index(f"person:{county.head.pk}")
    assert f'value="person:{other.pk}" checked' in page


def test_a_household_that_shares_a_phone_is_found_by_its_last_six(client_of, post, county):
    members = [it for it in county.persons if it.document_index][:3]
    Person.objects.filter(pk__in=[it.pk for it in members]).update(phone_tail=index_of_tail("15400031415"))
    page = shown(look_up(client_of, post, "031415"))
    assert all(f"person:{it.pk}" in page for it in members)


def test_whoever_is_on_no_register_is_known_where_they_passed_and_nowhere_else(client_of, post, county):
    (first,) = passed(post, officer(county, "another"), told(post, **STRANGER))
    chosen = {"tail-0": "123456", "pick-0": f"passing:{first.kept.passing}"}
    assert "测＊＊＊" in shown(look_up(client_of, post, "123456"))
    assert sent(client_of, post, **chosen).status_code == 200
    again = Passing.objects.exclude(pk=first.kept.passing).get()
    assert {name: getattr(again, name) for name in STRANGER} == STRANGER
    Passing.objects.update(post=a_post_elsewhere(county))
    assert "没有找到" in shown(look_up(client_of, post, "000777"))


def test_a_phone_that_was_written_in_groups_is_found_by_its_last_six(client_of, post, county):
    passed(post, officer(county, "another"), told(post, name="测试过客", phone="154 0000 0777"))
    assert "测＊＊＊" in shown(look_up(client_of, post, "000777"))


def test_a_form_sent_twice_of_somebody_on_no_register_says_the_same_twice(client_of, post, county):
    (first,) = passed(post, officer(county, "another"), told(post, **STRANGER))
    chosen = {"tail-0": "123456", "pick-0": f"passing:{first.kept.passing}"}
    assert [sent(client_of, post, **chosen).status_code for _ in range(2)] == [200, 200]
    assert Passing.objects.count() == 2


def a_post_elsewhere(county):
    place = venue(county.cells[-1], 901, "西街值守点", "village-post")
    new = NewPost(venue=place.pk, name=place.name, venue_class="village-post", area_path=place.area_path)
    (row,) = set_up_posts(posts=[new], by="program:test")
    return row


def test_a_choice_that_the_six_signs_do_not_lead_to_is_not_taken(client_of, post, county):
    other = next(it for it in county.persons if it.pk != county.head.pk and it.document_index)
    answer = sent(client_of, post, **{"tail-0": county.head.document_number[-6:], "pick-0": f"person:{other.pk}"})
    assert (answer.status_code, Passing.objects.count()) == (400, 0)


@pytest.mark.parametrize("signs", ["12345", "1234567", "王五", "------"])
def test_anything_but_six_signs_is_said_to_be_so(client_of, post, signs):
    answer = sent(client_of, post, **{"tail-0": signs})
    assert (answer.status_code, Passing.objects.count()) == (400, 0)


def test_each_who_is_shown_is_on_record(client_of, post, county):
    look_up(client_of, post, county.head.document_number[-6:])
    assert ViewLog.objects.filter(why="posts.looked_up").count() == 1


def test_whoever_tries_endings_is_stopped_and_registers_by_the_whole_number_still(client_of, post, county):
    account = client_of.session["_auth_user_id"]
    cache.set(f"look-ups-{account}", int(LOOK_UPS_OF_ACCOUNT.value), 3600)
    answer = look_up(client_of, post, county.head.document_number[-6:])
    assert (answer.status_code, f"person:{county.head.pk}" in shown(answer)) == (429, False)
    assert sent(client_of, post, **{"who-0": county.head.document_number}).status_code == 200


def test_past_the_limit_no_choice_says_whether_an_ending_is_somebodys(client_of, post, county):
    cache.set(f"look-ups-{client_of.session['_auth_user_id']}", int(LOOK_UPS_OF_ACCOUNT.value) + 1, 3600)
    chosen = {"tail-0": county.head.document_number[-6:], "pick-0": f"person:{county.head.pk}"}
    answer = sent(client_of, post, **chosen)
    assert (answer.status_code, Passing.objects.count()) == (400, 0)
    assert f"person:{county.head.pk}" not in shown(answer)


def test_whoever_does_not_keep_the_post_looks_nobody_up(client, county, post):
    for role, code in (("checkpoint_officer", "141027101"), ("village_approver", None)):
        away = sign_in(client, county, role, code) if code else sign_in(client, county, role)
        assert look_up(away, post, county.head.document_number[-6:]).status_code == 403


def test_whoever_was_on_record_before_gets_their_ending(county):
    who = person(county.head.household, 9, "测试丑", county.head.born_on, phone="15400099887")
    Person.objects.update(document_tail=None, phone_tail=None)
    import_module("fangxian.ops.people.migrations.0004_tails_of_those_on_record").fill(apps, None)
    who.refresh_from_db()
    assert bytes(who.document_tail) == index_of_tail(who.document_number)
    assert bytes(who.phone_tail) == index_of_tail("15400099887")
