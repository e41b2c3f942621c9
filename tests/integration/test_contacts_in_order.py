"""Many were where the case was: the likeliest of each place are proposed, the rest is counted and had by one click."""

import shutil
from datetime import date, timedelta

import pytest
from django.urls import reverse

from fangxian.ops.contacts.queries import of_case
from fangxian.ops.jobs.actions import claim, finish
from fangxian.ops.jobs.queries import unfinished
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.propose_contacts import Put, leave_after, propose_contacts
from fangxian.ops.procedures.propose_first import FIRST_OF_A_PLACE
from fangxian.ops.procedures.recolour import recolour
from fangxian.ops.realm.current import the_realm

from .case_hand import BY, build_with_diseases, report, scanned, staffed
from .two_townships import household, person, shown, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FIRST, MORE = int(FIRST_OF_A_PLACE.value), 7


@pytest.fixture(scope="module")
def crowded(rows_of_this_file):
    """The case went to school; a minute after one another more people came there than are proposed at once."""
    county = build_with_diseases()
    home = household(county.cells[2], 9, "乔家9号")
    crowd = [person(home, n, f"众{n}", date(1970, 1, 1) + n * DAY) for n in range(FIRST + MORE)]
    Person.objects.filter(pk__in=[it.pk for it in crowd]).update(household=None)
    recolour([it.pk for it in crowd], county.at, by=BY)
    case = report(county.head, staffed(county).laboratory).case
    came = [(it, county.school, DAY - n * MINUTE) for n, it in enumerate(crowd, start=1)]
    scanned((county.head, county.school, DAY), *came)
    yield county, case, crowd
    for name in ("archive/visits", "journal"):
        shutil.rmtree(the_realm().path / name, ignore_errors=True)


@pytest.fixture
def case(crowded, db):
    return crowded[1]


@pytest.fixture
def crowd(crowded, db):
    return crowded[2]


@pytest.fixture
def investigator(client, crowded, db):
    return sign_in(client, crowded[0], "investigator")


def looked(case, **leave):
    return propose_contacts(case=case, by=BY, **leave)


def proposed_of(case, crowd):
    ids = {it.pk: n for n, it in enumerate(crowd)}
    return sorted(ids[row.person_id] for row in of_case(case) if row.person_id in ids)


def test_of_one_place_the_likeliest_are_proposed(case, crowd):
    looked(case)
    assert proposed_of(case, crowd) == list(range(FIRST))


def test_the_rest_is_counted_with_the_name_of_the_place(case, crowded):
    (place,) = looked(case).places
    assert (place["name"], place["n_found"], place["n_waiting"]) == (crowded[0].school.name, FIRST + MORE, MORE)


def test_household_and_class_wait_for_nobody(case, crowded):
    looked(case)
    spouse = crowded[0].persons[1]
    assert of_case(case).get(person_id=spouse.pk).ring == "close-contact"


def test_looking_again_proposes_no_more_by_itself(case, crowd):
    looked(case)
    again = looked(case)
    assert (again.n_new, again.n_waiting, len(proposed_of(case, crowd))) == (0, MORE, FIRST)


def test_the_next_of_a_place_are_proposed_when_asked_for(case, crowd):
    first = looked(case)
    then = looked(case, leave=leave_after(first, place=first.places[0]["key"]))
    assert (then.n_new, then.n_waiting, len(proposed_of(case, crowd))) == (MORE, 0, FIRST + MORE)


def test_as_many_as_asked_for_the_likeliest_of_those_who_waited(case, crowd):
    first = looked(case)
    looked(case, leave={first.places[0]["key"]: MORE - 2})
    assert proposed_of(case, crowd) == list(range(FIRST + 2))


def test_a_search_for_the_next_that_is_repeated_proposes_nobody_more(case):
    first = looked(case)
    asked = {first.places[0]["key"]: MORE - 2}
    looked(case, leave=asked)
    assert (looked(case, leave=asked).n_new, looked(case).n_waiting) == (0, MORE - 2)


def test_whoever_was_asked_for_stays_on_the_list_and_is_given_new_evidence(case):
    first = looked(case)
    looked(case, leave=leave_after(first, everybody=True))
    again = looked(case)
    assert (again.n_renewed >= FIRST + MORE, again.n_waiting) == (True, 0)


def test_who_is_a_case_by_now_does_not_wait_to_be_proposed(case, crowd, crowded):
    report(crowd[-1], staffed(crowded[0]).laboratory)
    assert looked(case).n_waiting == MORE - 1


# ── pages ─────────────────────────────────────────────────────────────────────


def finished(case) -> Put:
    """The search that was asked for, as the worker does it."""
    while job := claim(worker="test"):
        found = propose_contacts(case=case, by=BY, leave=job.arguments.get("leave", {}))
        finish(job=job, result=found.as_json())
    return found


def test_the_page_says_how_many_were_found_and_how_many_are_not_proposed(case, investigator):
    finished(case)
    page = shown(investigator.get(reverse("case-exposure", args=[case])))
    assert f"另有{MORE}名时空伴随人员已查到、未提议" in page.replace(" ", "")


def test_the_case_says_so_too(case, investigator):
    finished(case)
    page = shown(investigator.get(reverse("case", args=[case])))
    assert f"另有{MORE}名时空伴随人员未提议" in page.replace(" ", "")


@pytest.mark.parametrize("asked", [{"rest": "*"}, {"next": "*"}])
def test_one_click_has_the_others_proposed(case, investigator, crowd, asked):
    finished(case)
    investigator.post(reverse("case-exposure", args=[case]), asked)
    assert (finished(case).n_waiting, len(proposed_of(case, crowd))) == (0, FIRST + MORE)


def test_one_click_at_a_place_has_the_others_of_that_place(case, investigator):
    key = finished(case).places[0]["key"]
    investigator.post(reverse("case-exposure", args=[case]), {"rest": key})
    (job,) = unfinished().filter(kind="procedures.propose_contacts")
    assert job.arguments["leave"] == {key: 0}


def test_what_is_asked_for_during_a_search_is_not_lost_unsaid(case, investigator):
    finished(case)
    here = reverse("case-exposure", args=[case])
    investigator.post(here)
    answer = investigator.post(here, {"rest": "*"}, follow=True)
    assert "您要的“再提议”没有记下" in shown(answer)
