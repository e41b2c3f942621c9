"""From a case to its place in the tree and back, from a contact to the case: nobody searches for where they were."""

from copy import deepcopy

import pytest
from django.urls import reverse

from fangxian.ops.cases.models import CaseLink
from fangxian.ops.procedures.start_investigation import give_cases, start_investigation

from .tracing_hand import BY, a_case, build_with_teams, contacts_of
from .two_townships import account_of, shown

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_teams()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


@pytest.fixture
def investigator(county, client):
    client.force_login(county.leads[0], backend=BACKEND)
    return client


def linking(infector, infected):
    told = {"infector": infector.number, "infected": infected.number}
    return told | {"setting": "household", "certainty": "likely", "basis": "同住"}


def test_the_link_form_is_opened_from_a_case_with_its_number(investigator):
    case = a_case()
    page = shown(investigator.get(reverse("case", args=[case.pk])))
    assert f"{reverse('transmission-link')}?infected={case.number}" in page


def test_the_link_form_leads_back_to_the_case_it_was_opened_from(investigator):
    case = a_case()
    page = shown(investigator.get(f"/transmission/link?infected={case.number}"))
    assert (f'href="{reverse("case", args=[case.pk])}"' in page, f'value="{case.number}"' in page) == (True, True)


def test_a_number_of_nobody_s_leads_back_nowhere(investigator):
    assert investigator.get("/transmission/link?infected=none").context["of_case"] is None


def test_after_linking_the_pair_is_seen_in_the_tree(investigator):
    one, other = a_case("甲"), a_case("乙")
    answer = investigator.post("/transmission/link", linking(one, other))
    assert (answer.status_code, CaseLink.objects.count()) == (302, 1)
    assert f"from={one.pk}" in answer.url


def test_a_case_with_links_leads_to_its_place_in_the_tree_and_back(investigator):
    one, other = a_case("甲"), a_case("乙")
    investigator.post("/transmission/link", linking(one, other))
    here = reverse("case", args=[one.pk])
    tree = f"{reverse('transmission')}?disease=covid-19&from={one.pk}"
    assert tree.replace("&", "&amp;") in shown(investigator.get(here))
    assert f'href="{here}"' in shown(investigator.get(tree))


def test_a_contact_leads_to_the_case_and_its_story(investigator):
    case = a_case()
    page = shown(investigator.get(reverse("contact", args=[contacts_of(case, 1)[0]])))
    assert reverse("case", args=[case.pk]) in page
    assert reverse("case-story", args=[case.pk]) in page


def test_whoever_does_not_investigate_is_led_to_the_case_only(county, client):
    case = a_case()
    start_investigation(case=case.pk, by=BY)
    give_cases(to_teams={case.pk: county.teams[0].pk}, by=county.chief)
    client.force_login(county.mates[0], backend=BACKEND)
    page = shown(client.get(reverse("contact", args=[contacts_of(case, 1)[0]])))
    assert (reverse("case", args=[case.pk]) in page, reverse("case-story", args=[case.pk]) in page) == (True, False)


def test_whoever_may_not_see_the_case_is_led_to_none(county, client):
    case = a_case()
    contact = contacts_of(case, 1)[0]
    client.force_login(account_of(county, "grid_worker"), backend=BACKEND)
    page = shown(client.get(reverse("contact", args=[contact])))
    assert reverse("case", args=[case.pk]) not in page


def test_the_story_of_a_case_counts_its_contacts(investigator):
    case = a_case()
    contacts_of(case, 3)
    page = investigator.get(reverse("case-story", args=[case.pk]))
    assert [n for _, n in page.context["contacts"]] == [3]
