"""A hospital's fever clinic clears a fever: the code follows, a later fever counts anew, a mistake is taken back."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.core.policy.vocabulary import Colour
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Appointment
from fangxian.ops.audit.queries import who_looked
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.clear_fever import clear_fever, course_of, held_with_fever, take_clearing_back
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.sealed import index_of

from .case_hand import officer
from .people_with_codes import build_with_codes, evidence, know, seen_by_a_gate
from .two_townships import document, shown, venue

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HOUR = timedelta(hours=1)
ADMITTED = (Colour.GREEN, "")
HELD = (Colour.YELLOW, "C-13")


@pytest.fixture(scope="module")
def standing(rows_of_this_file):
    return build_with_codes()


@pytest.fixture
def county(standing, db):
    return standing


def at_a_venue(county, venue_class, unit):
    """Somebody who reports for a venue of this class."""
    account = officer(county, "clinic", unit, "hospital")
    county.shop.venue_class = venue_class
    county.shop.save()
    Appointment.objects.filter(account=account).update(venue=county.shop.pk, area_path=county.shop.area_path)
    return account


@pytest.fixture
def clinic(county):
    return at_a_venue(county, "hospital", "县人民医院")


@pytest.fixture
def browser(client, clinic):
    client.force_login(clinic, backend="django.contrib.auth.backends.ModelBackend")
    return client


def feverish(person, *, hours_ago=5):
    """A post measured a fever."""
    at = (county_now() - hours_ago * HOUR).replace(second=0, microsecond=0)
    know(person, evidence(person, "fever", source="checkpoint", issuer="城西卡口", days_ago=hours_ago / 24))
    return at


def refused(code, call, **told):
    with pytest.raises(Refusal) as caught:
        call(**told)
    assert caught.value.code == code


def test_a_hospital_that_was_renamed_takes_back_what_it_cleared(county, clinic):
    feverish(county.head)
    clear_fever(person=county.head.pk, seen_at=county_now(), by=clinic)
    county.shop.name = "县人民医院东院"
    county.shop.save()
    assert take_clearing_back(person=county.head.pk, why="弄错了人", by=clinic) == 1


def test_another_hospital_of_the_same_name_takes_nothing_back(county, clinic):
    feverish(county.head)
    clear_fever(person=county.head.pk, seen_at=county_now(), by=clinic)
    other = officer(county, "clinic", "另一家医院", "hospital")
    there = venue(county.cells[2], 950, county.shop.name, "hospital")
    Appointment.objects.filter(account=other).update(venue=there.pk, area_path=there.area_path)
    refused("fevers.not_cleared_here", take_clearing_back, person=county.head.pk, why="弄错了人", by=other)


def test_a_cleared_fever_turns_the_code_back_at_once(county, clinic):
    feverish(county.head)
    assert seen_by_a_gate(county.head) == HELD
    assert clear_fever(person=county.head.pk, seen_at=county_now() - HOUR, by=clinic) == 1
    assert seen_by_a_gate(county.head) == ADMITTED


def test_the_person_is_shown_the_hospital_that_cleared_it(county, clinic):
    feverish(county.head)
    clear_fever(person=county.head.pk, seen_at=county_now() - HOUR, by=clinic)
    (row,) = course_of(county.head.pk, county_now()).cleared
    assert (row.source, row.issuer) == ("hospital", county.shop.name)


def test_a_fever_holds_at_the_way_out_until_the_clinic_has_cleared_it(county, clinic):
    feverish(county.head)
    assert held_with_fever([county.head.pk], county_now()) == {county.head.pk}
    clear_fever(person=county.head.pk, seen_at=county_now() - HOUR, by=clinic)
    assert held_with_fever([county.head.pk], county_now()) == set()


def test_a_fever_measured_after_the_clinic_counts_anew(county, clinic):
    feverish(county.head)
    clear_fever(person=county.head.pk, seen_at=county_now() - 3 * HOUR, by=clinic)
    feverish(county.head, hours_ago=1)
    assert seen_by_a_gate(county.head) == HELD
    assert len(course_of(county.head.pk, county_now()).running) == 1


def test_a_fever_that_is_over_by_itself_does_not_count(county):
    feverish(county.head, hours_ago=24 * 3 + 1)
    assert not course_of(county.head.pk, county_now()).running


def test_a_visit_before_the_fever_clears_nothing(county, clinic):
    feverish(county.head, hours_ago=2)
    seen = county_now() - 3 * HOUR
    refused("fevers.seen_too_early", clear_fever, person=county.head.pk, seen_at=seen, by=clinic)
    assert seen_by_a_gate(county.head) == HELD


def test_a_visit_that_is_still_to_come_clears_nothing(county, clinic):
    feverish(county.head)
    refused("fevers.seen_in_future", clear_fever, person=county.head.pk, seen_at=county_now() + HOUR, by=clinic)


def test_cleared_twice_the_second_says_that_no_fever_counts(county, clinic):
    feverish(county.head)
    clear_fever(person=county.head.pk, seen_at=county_now() - HOUR, by=clinic)
    refused("fevers.none_counts", clear_fever, person=county.head.pk, seen_at=county_now() - HOUR, by=clinic)


def test_a_pharmacy_clears_nobody(county):
    pharmacist = at_a_venue(county, "pharmacy", "药店")
    feverish(county.head)
    refused("fevers.no_hospital", clear_fever, person=county.head.pk, seen_at=county_now(), by=pharmacist)
    assert seen_by_a_gate(county.head) == HELD


def test_nobody_clears_their_own_fever(county, clinic):
    feverish(county.head)
    county.head.account = clinic
    county.head.save(update_fields=["account"])
    refused("approvals.own_matter", clear_fever, person=county.head.pk, seen_at=county_now() - HOUR, by=clinic)


def test_a_clearing_taken_back_lets_the_fever_count_as_before(county, clinic):
    feverish(county.head)
    clear_fever(person=county.head.pk, seen_at=county_now() - HOUR, by=clinic)
    assert take_clearing_back(person=county.head.pk, why="登记错了人", by=clinic) == 1
    assert seen_by_a_gate(county.head) == HELD


def test_other_evidence_is_left_as_it_is(county, clinic):
    feverish(county.head)
    know(county.head, evidence(county.head))
    before = seen_by_a_gate(county.head)
    clear_fever(person=county.head.pk, seen_at=county_now() - HOUR, by=clinic)
    assert seen_by_a_gate(county.head) == before != ADMITTED


def test_from_the_page_a_document_leads_to_the_person_and_stands_in_no_address(browser, county):
    response = browser.post(reverse("fevers"), {"number": county.head.document_number})
    assert response.url == reverse("fever-of-person", args=[county.head.pk])


@pytest.mark.parametrize(("number", "said"), [("123", "证件号码"), (document(date(1980, 3, 1), 990), "居民登记里没有")])
def test_a_number_that_can_be_none_is_said_to(browser, number, said):
    response = browser.post(reverse("fevers"), {"number": number})
    assert response.status_code == 400
    assert said in shown(response)


def test_from_the_page_a_fever_is_cleared_and_the_code_follows(browser, county):
    feverish(county.head)
    seen = localtime(county_now() - HOUR)
    address = reverse("fever-of-person", args=[county.head.pk])
    response = browser.post(address, {"seen_at": f"{seen:%Y-%m-%dT%H:%M}"}, follow=True)
    assert "已登记排除" in shown(response)
    assert seen_by_a_gate(county.head) == ADMITTED


def test_a_visit_too_early_is_said_beside_its_field(browser, county):
    feverish(county.head, hours_ago=1)
    seen = localtime(county_now() - 3 * HOUR)
    address = reverse("fever-of-person", args=[county.head.pk])
    response = browser.post(address, {"seen_at": f"{seen:%Y-%m-%dT%H:%M}"})
    assert response.status_code == 400
    assert "排除不了那次发热" in shown(response)


def test_a_clearing_is_taken_back_from_the_page_with_its_reason(browser, county, clinic):
    feverish(county.head)
    clear_fever(person=county.head.pk, seen_at=county_now() - HOUR, by=clinic)
    address = reverse("fever-of-person", args=[county.head.pk])
    assert browser.post(address, {"do": "take-back", "why": ""}).status_code == 400
    response = browser.post(address, {"do": "take-back", "why": "登记错了人"}, follow=True)
    assert "已撤回排除" in shown(response)
    assert seen_by_a_gate(county.head) == HELD


def test_a_pharmacys_page_says_where_to_send_the_person_and_shows_nobody(client, county):
    pharmacist = at_a_venue(county, "pharmacy", "药店")
    client.force_login(pharmacist, backend="django.contrib.auth.backends.ModelBackend")
    for address in (reverse("fevers"), reverse("fever-of-person", args=[county.head.pk])):
        page = client.get(address)
        assert "请让本人到医院发热门诊就诊" in shown(page)
        assert '<form class="form"' not in page.content.decode()
    assert not who_looked(f"person:{county.head.pk}")


def test_the_person_is_shown_masked_and_the_look_is_on_record(browser, county, clinic):
    page = browser.get(reverse("fever-of-person", args=[county.head.pk]))
    assert county.head.document_number not in shown(page)
    assert [it.viewer for it in who_looked(f"person:{county.head.pk}")] == [clinic.pk]


def test_the_page_asks_as_many_queries_for_many_fevers_as_for_one(browser, county):
    address = reverse("fever-of-person", args=[county.head.pk])

    def asked():
        browser.get(address)
        with CaptureQueriesContext(
            connection,
        ) as found:
            browser.get(address)
        return len(found)

    feverish(county.head)
    one = asked()
    for hours in (1, 2, 3, 4):
        feverish(county.head, hours_ago=hours)
    assert asked() == one


def test_a_visit_too_early_is_told_by_the_countys_clock(county, clinic):
    feverish(county.head, hours_ago=2)
    fever = course_of(county.head.pk, county_now()).running[0].row
    with pytest.raises(Refusal) as caught:
        clear_fever(person=county.head.pk, seen_at=county_now() - 3 * HOUR, by=clinic)
    assert f"（{localtime(fever.from_at):%Y-%m-%d %H:%M}）" in caught.value.said.zh


def test_somebody_with_a_passport_is_found_by_it(browser, county):
    index = index_of("document_number", "E12345678")
    Person.objects.filter(pk=county.head.pk).update(document_number="E12345678", document_index=index)
    response = browser.post(reverse("fevers"), {"number": "e1234 5678"})
    assert (response.status_code, response.url) == (302, reverse("fever-of-person", args=[county.head.pk]))
