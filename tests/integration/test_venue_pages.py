"""The venue owner's and the approver's pages: what can be done by whom, and what is said when it cannot."""

import re
from copy import deepcopy
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.ops.documents.models import Document
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.places.actions import apply_for_venue, offer_device
from fangxian.ops.places.models import DoorDevice, Venue
from fangxian.ops.places.wire import read_enrolment_code, typed_code, venue_door
from fangxian.ops.procedures.take_post import take_post
from fangxian.ops.realm.current import county_now
from tests.integration.test_resident_pages import scanned
from tests.integration.test_venue_posters import RULEBOOK
from tests.integration.two_townships import CELL, OTHER_UNIT, UNIT, account_of, build, shown, sign_in

BY = "program:test"
APPLICATION = {
    "unit": UNIT,
    "name": "东街粮油店",
    "trade": "convenience_shop",
    "cell": CELL,
    "address": "东街 8 号",
    "doors": "正门\n\n 后门 ",
}
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


@pytest.fixture
def owner(client, county):
    """The school's owner, signed in."""
    found_rulebooks(texts=[RULEBOOK.read_bytes()], by=BY)
    return sign_in(client, county, "venue_owner", CELL, venue=county.school.pk)


@pytest.fixture
def application(county):
    """A shop that somebody has applied for."""
    applicant = account_of(county, "resident", name="applicant")
    venue = Venue(name="东街粮油店", trade="shop", venue_class="shop", grid_cell=county.cells[0], owner=applicant)
    apply_for_venue(venue=venue, door_names=["正门"], by=f"account:{applicant.pk}")
    return venue


def kept(client, venue, **told):
    return client.post(reverse("venue-keep", args=[venue.pk]), told)


def decided(client, venue, **told):
    return client.post(reverse("venue", args=[venue.pk]), told)


# Applying


def test_an_application_is_sent_and_its_page_says_what_is_waited_for(client, county):
    sign_in(client, county, "resident")
    answer = client.post(reverse("venue-apply"), APPLICATION, follow=True)
    venue = Venue.objects.get(name="东街粮油店")
    assert (venue.owner, venue.status, venue.venue_class) == (client.account, "applied", "shop")
    assert list(venue.doors.values_list("name", flat=True)) == ["正门", "后门"]
    assert "上门核对后核验" in shown(answer)
    assert "海报 PDF" not in shown(answer)
    assert typed_code(venue_door(venue.venue_number, 1)) not in shown(answer), "nobody has verified it"


@pytest.mark.once
def test_the_grid_cells_to_choose_from_are_the_villages_own(client, county):
    sign_in(client, county, "resident")
    page = shown(client.get(reverse("venue-apply"), {"unit": OTHER_UNIT}))
    assert "乔家网格" in page
    assert "东街第1网格" not in page


def test_what_was_typed_stays_and_what_is_wrong_stands_beside_it(client, county):
    sign_in(client, county, "resident")
    answer = client.post(reverse("venue-apply"), APPLICATION | {"trade": "", "doors": " \n"})
    assert answer.status_code == 400
    assert "还没有选行业" in shown(answer)
    assert 'value="东街粮油店"' in shown(answer)
    assert not Venue.objects.filter(name="东街粮油店").exists()


def test_a_venue_applied_for_twice_is_said_beside_its_name(client, county, application):
    sign_in(client, county, "resident")
    assert "已经有“东街粮油店”" in shown(client.post(reverse("venue-apply"), APPLICATION))


def test_a_department_registers_for_an_owner_who_has_an_account(client, county):
    owner = account_of(county, "resident", name="the-owner")
    sign_in(client, county, "industry_department")
    assert "没有这个用户名" in shown(client.post(reverse("venue-apply"), APPLICATION | {"owner": "nobody"}))
    client.post(reverse("venue-apply"), APPLICATION | {"owner": "the-owner"})
    assert Venue.objects.get(name="东街粮油店").owner == owner


@pytest.mark.once
def test_an_applicant_takes_the_application_back_and_does_nothing_else_to_it(client, county, application):
    client.force_login(application.owner, backend="django.contrib.auth.backends.ModelBackend")
    assert kept(client, application, do="door", name="后门").status_code == 403
    kept(client, application, do="close", because="填错了")
    application.refresh_from_db()
    assert application.status == "closed"


# Deciding


def test_an_approver_sees_what_waits_and_verifies_it(client, county, application):
    sign_in(client, county, "village_approver", UNIT)
    page = client.get(reverse("venues"))
    assert [row.name for row in page.context["waiting"].rows] == ["东街粮油店"]
    answer = decided(client, application, do="verify")
    application.refresh_from_db()
    assert (answer.status_code, application.status) == (302, "verified")
    assert application.owner.appointments.filter(role="venue_owner", venue=application.pk).exists()


def test_an_approver_reads_who_applies_and_that_the_name_is_taken(client, county, application):
    sign_in(client, county, "village_approver", UNIT)
    page = shown(client.get(reverse("venue", args=[application.pk])))
    assert "applicant" in page
    assert "已有同名的场所" not in page
    Venue.objects.filter(pk=county.school.pk).update(name=application.name)
    assert "已有同名的场所" in shown(client.get(reverse("venue", args=[application.pk])))


@pytest.mark.once
def test_an_application_of_another_village_waits_for_others(client, county, application):
    sign_in(client, county, "village_approver", OTHER_UNIT)
    assert [row.name for row in client.get(reverse("venues")).context["waiting"].rows] == ["乔家便民店"]
    assert decided(client, application, do="verify").status_code == 403


def test_a_refusal_without_a_reason_is_said_beside_the_field(client, county, application):
    sign_in(client, county, "township_approver")
    answer = decided(client, application, do="refuse")
    assert answer.status_code == 400
    assert "没有写明原因" in shown(answer)
    decided(client, application, do="refuse", because="地址不符")
    client.force_login(application.owner, backend="django.contrib.auth.backends.ModelBackend")
    assert "地址不符" in shown(client.get(reverse("venue-keep", args=[application.pk])))


@pytest.mark.parametrize("role", ["grid_worker", "dispatcher", "industry_department", "commander"])
def test_those_who_do_not_approve_are_offered_no_decision_and_make_none(client, county, application, role):
    sign_in(client, county, role)
    assert 'value="verify"' not in shown(client.get(reverse("venue", args=[application.pk])))
    assert decided(client, application, do="verify").status_code in (400, 403)
    application.refresh_from_db()
    assert application.status == "applied"


@pytest.mark.once
def test_a_department_suspends_and_resumes(client, county):
    sign_in(client, county, "industry_department")
    decided(client, county.school, do="suspend", because="没有值守")
    county.school.refresh_from_db()
    assert county.school.status == "suspended"
    decided(client, county.school, do="resume")
    county.school.refresh_from_db()
    assert county.school.status == "verified"


@pytest.mark.once
def test_a_page_that_stood_open_too_long_says_how_things_stand(client, county, application):
    sign_in(client, county, "village_approver", UNIT)
    decided(client, application, do="verify")
    assert "现在是“已核验”" in shown(decided(client, application, do="refuse", because="地址不符"))


# Keeping


@pytest.mark.once
def test_an_owner_prints_posters_and_each_page_is_asked_for_once(owner, county):
    answer = owner.post(reverse("venue-posters", args=[county.school.pk]), {"door": "1"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    owner.post(reverse("venue-posters", args=[county.school.pk]), {"door": "1"})
    assert Document.objects.count() == 1


def test_an_owner_adds_a_door_and_renews_a_code(owner, county):
    kept(owner, county.school, do="door", name="后门")
    kept(owner, county.school, do="renew", door="1")
    assert list(county.school.doors.values_list("name", "generation")) == [("正门", 2), ("后门", 1)]
    assert "没有第9号门" in shown(kept(owner, county.school, do="renew", door="9")).replace(" ", "")


def test_an_enrolment_code_is_shown_once_and_let_in_by_what_is_read(owner, county):
    answer = kept(owner, county.school, do="device", kind="keeper", door="0", name="早班手机")
    enrolment_code = answer.context["enrolment_code"]
    assert enrolment_code in shown(answer)
    page = shown(owner.get(reverse("venue-keep", args=[county.school.pk])))
    assert "早班手机" in page
    assert read_enrolment_code(enrolment_code) not in page.replace("-", "")


def test_an_owner_sees_whose_each_phone_is_and_when_it_last_scanned(owner, county):
    keeper = account_of(county, "door_keeper")
    phones = [take_post(account=keeper, venue_id=county.school.pk, name="值守手机") for _ in range(2)]
    times = [county_now() - timedelta(hours=hours) for hours in (5, 2, 9)]
    for at in times:
        scanned(county.head, county.school, device=phones[0].pk, scanned_at=at)
    page = shown(owner.get(reverse("venue-keep", args=[county.school.pk])))
    assert page.count(keeper.username) == 2
    assert re.search(f"最近扫码 ?<time[^>]*>{localtime(times[1]):%Y-%m-%d %H:%M}</time>", page)
    assert page.count("最近30天没有扫过") == 1


def test_an_owner_ends_a_device_and_only_one_of_the_own(owner, county):
    own, _ = offer_device(venue=county.school, door=1, kind="keeper", name="一", by=BY)
    Venue.objects.filter(pk=county.shop.pk).update(status="verified")
    other, _ = offer_device(venue=county.shop, door=1, kind="keeper", name="二", by=BY)
    kept(owner, county.school, do="end", device=str(own.pk))
    kept(owner, county.school, do="end", device=str(other.pk))
    ended = DoorDevice.objects.filter(ended_at__isnull=False)
    assert [it.pk for it in ended] == [own.pk]


@pytest.mark.once
def test_an_owner_hands_the_venue_over_and_sees_it_no_more(owner, county):
    account_of(county, "security_administrator")
    account_of(county, "resident", name="next-owner")
    answer = kept(owner, county.school, do="hand_over", username="nobody")
    assert "没有用户名为" in shown(answer)
    assert kept(owner, county.school, do="hand_over", username="next-owner").status_code == 302
    assert owner.get(reverse("venue-keep", args=[county.school.pk])).status_code == 403


@pytest.mark.once
def test_another_owners_venue_is_not_kept(owner, county):
    assert kept(owner, county.shop, do="close").status_code == 403
    assert owner.post(reverse("venue-posters", args=[county.shop.pk])).status_code == 403


@pytest.mark.once
def test_a_step_there_is_none_of_is_said_so(owner, county):
    assert kept(owner, county.school, do="burn").status_code == 400
