"""The day of last exposure was another: days, follow-ups, evidence and codes follow, and both days stay on record."""

import shutil
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.core.policy.vocabulary import Colour
from fangxian.core.refusal import Refusal
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.contacts.actions import note_details, open_follow_ups
from fangxian.ops.contacts.models import Contact
from fangxian.ops.contacts.queries import changes_of, contact_with, follow_ups_of
from fangxian.ops.contacts.wire import Noted
from fangxian.ops.movement.queries import evidence_resting_on
from fangxian.ops.procedures.confirm_contacts import confirm_contacts
from fangxian.ops.procedures.correct_exposure import correct_exposure
from fangxian.ops.procedures.propose_contacts import search_under_way
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.tasks.queries import about

from .case_hand import BY, build_with_diseases, officer, proposed, report, staffed
from .people_with_codes import seen_by_a_gate
from .two_townships import OTHER_TOWN, shown, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = timedelta(days=1)
WHY = "本人和同住人都说此后未再见面"


@pytest.fixture(scope="module")
def once(rows_of_this_file):
    """The wife of a case, confirmed as a close contact and red; they live together, so day 0 is today."""
    county = build_with_diseases()
    posts = staffed(county)
    row = proposed(report(county.head, posts.laboratory).case)[0][county.persons[1].pk]
    confirm_contacts(contacts=[row.pk], ring="close-contact", reason="同住", by=posts.investigator)
    yield county, posts, row.pk
    for name in ("archive/visits", "journal"):
        shutil.rmtree(the_realm().path / name, ignore_errors=True)


@pytest.fixture
def county(once, db):
    return once[0]


@pytest.fixture
def posts(once, db):
    return once[1]


@pytest.fixture
def wife(once, db):
    return contact_with(once[2])


def today():
    return localtime(county_now()).date()


def corrected(row, posts, *, days_ago):
    return correct_exposure(contact=row.pk, on=today() - days_ago * DAY, reason=WHY, by=posts.investigator)


def released(row, *, days_ago, day_zero_days_ago):
    """Released at the end of their days, so long ago, as counted from such a day."""
    at, zero = county_now() - days_ago * DAY, county_now() - day_zero_days_ago * DAY
    ended = (at - DAY).date()
    Contact.objects.filter(pk=row.pk).update(
        state="released", state_since=at, release_on=ended, release_computed_on=ended, watched_until_on=ended,
        first_exposure_at=zero, last_exposure_at=zero, last_exposure_on=localtime(zero).date(),
    )  # fmt: skip


def test_the_days_of_observation_are_counted_from_the_new_day(wife, posts):
    corrected(wife, posts, days_ago=3)
    row = contact_with(wife.pk)
    assert (row.last_exposure_on, row.release_on) == (today() - 3 * DAY, wife.release_on - 3 * DAY)
    assert row.watched_until_on == wife.watched_until_on - 3 * DAY


def test_both_days_and_the_reason_stay_on_record(wife, posts):
    corrected(wife, posts, days_ago=3)
    told = changes_of(wife.pk)[0].reason
    assert all(it in told for it in (str(wife.last_exposure_on), str(today() - 3 * DAY), WHY))


def test_it_leaves_one_line_in_the_audit(wife, posts):
    corrected(wife, posts, days_ago=3)
    assert AuditLine.objects.filter(action="contacts.exposure_corrected").count() == 1


def test_the_evidence_says_the_new_day_and_that_of_the_old_is_withdrawn(wife, posts):
    (before,) = evidence_resting_on([wife.pk])
    corrected(wife, posts, days_ago=3)
    (piece,) = [it for it in evidence_resting_on([wife.pk]) if it.withdrawn_at is None]
    assert piece.pk != before.pk
    assert piece.attributes["last_exposure_on"] == {"on": (today() - 3 * DAY).isoformat()}


def test_by_a_day_so_early_that_all_is_over_the_code_is_red_no_more(county, wife, posts):
    assert seen_by_a_gate(county.persons[1])[0] is Colour.RED
    corrected(wife, posts, days_ago=60)
    assert seen_by_a_gate(county.persons[1])[0] is not Colour.RED


def test_by_a_day_so_early_that_all_is_over_nobody_asks_today(wife, posts):
    open_follow_ups(at=county_now(), by=BY)
    corrected(wife, posts, days_ago=60)
    assert not follow_ups_of(wife.pk).filter(state="due").exists()
    assert contact_with(wife.pk).follow_up_due_at is None


def test_while_days_are_left_today_is_still_asked_for(wife, posts):
    open_follow_ups(at=county_now(), by=BY)
    corrected(wife, posts, days_ago=1)
    assert follow_ups_of(wife.pk).filter(state="due").count() == 1


def test_a_last_day_that_somebody_stated_stands(wife, posts):
    stated = wife.release_on + 2 * DAY
    note_details(contact=wife.pk, noted=Noted(release_on=stated), by=BY)
    corrected(wife, posts, days_ago=3)
    row = contact_with(wife.pk)
    assert (row.release_on, row.release_computed_on) == (stated, wife.release_on - 3 * DAY)


def test_a_first_exposure_that_lay_after_it_is_that_day_and_who_was_met_since_is_looked_for(wife, posts):
    Contact.objects.filter(pk=wife.pk).update(first_exposure_at=wife.last_exposure_at)
    assert corrected(wife, posts, days_ago=3).is_first_earlier
    row = contact_with(wife.pk)
    assert row.first_exposure_at == row.last_exposure_at
    assert search_under_way(wife.case_id) is not None


def test_whoever_was_released_at_the_end_of_days_that_are_not_over_is_observed_again(county, wife, posts):
    released(wife, days_ago=2, day_zero_days_ago=30)
    before = about(f"contact:{wife.pk}").count()
    assert corrected(wife, posts, days_ago=1).is_observed_again
    assert contact_with(wife.pk).state == "confirmed"
    assert seen_by_a_gate(county.persons[1])[0] is Colour.RED
    assert about(f"contact:{wife.pk}").count() > before


def test_an_early_release_stands(wife, posts):
    released(wife, days_ago=2, day_zero_days_ago=3)
    Contact.objects.filter(pk=wife.pk).update(release_on=today() + 5 * DAY, release_computed_on=today() + 5 * DAY)
    assert not corrected(wife, posts, days_ago=1).is_observed_again
    assert contact_with(wife.pk).state == "released"


def test_the_same_day_again_changes_nothing(wife, posts):
    assert not corrected(wife, posts, days_ago=0).is_new
    assert not AuditLine.objects.filter(action="contacts.exposure_corrected").exists()


def refusal_of(row, posts, **told):
    with pytest.raises(Refusal) as refused:
        correct_exposure(contact=row.pk, **({"on": today() - DAY, "reason": WHY, "by": posts.investigator} | told))
    return refused.value.code


def test_a_day_to_come_is_refused(wife, posts):
    assert refusal_of(wife, posts, on=today() + DAY) == "contacts.no_such_exposure"


def test_a_mistyped_year_is_refused(wife, posts):
    assert refusal_of(wife, posts, on=today() - 400 * DAY) == "contacts.no_such_exposure"


def test_without_a_reason_it_is_refused(wife, posts):
    assert refusal_of(wife, posts, reason=" ") == "contacts.no_reason"


def test_of_somebody_not_decided_on_it_is_refused(wife, posts):
    Contact.objects.filter(pk=wife.pk).update(state="proposed")
    assert refusal_of(wife, posts) == "contacts.not_decided"


def test_whoever_investigates_elsewhere_may_not(county, wife, posts):
    elsewhere = officer(county, "investigator", "县疾控中心", "cdc", OTHER_TOWN)
    assert refusal_of(wife, posts, by=elsewhere) == "accounts.not_yours"


# ── the page ──────────────────────────────────────────────────────────────────


@pytest.fixture
def investigator(client, county):
    return sign_in(client, county, "investigator")


def test_the_page_corrects_it_and_shows_old_and_new(investigator, wife):
    here, on = reverse("contact", args=[wife.pk]), today() - 3 * DAY
    told = {"do": "exposure", "last_exposure_on": on.isoformat(), "reason": WHY}
    page = shown(investigator.post(here, told, follow=True))
    assert f"最后接触日期由{wife.last_exposure_on}更正为{on}" in page.replace(" ", "")
    assert "最后接触日期已更正" in page


def test_what_was_typed_and_refused_stays_in_the_form(investigator, wife):
    told = {"do": "exposure", "last_exposure_on": (today() + DAY).isoformat(), "reason": WHY}
    answer = investigator.post(reverse("contact", args=[wife.pk]), told)
    assert (answer.status_code, WHY in shown(answer)) == (400, True)


def test_of_somebody_not_decided_on_the_page_offers_it_not(investigator, wife):
    Contact.objects.filter(pk=wife.pk).update(state="proposed")
    assert 'value="exposure"' not in shown(investigator.get(reverse("contact", args=[wife.pk])))
