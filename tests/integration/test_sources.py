"""溯源 over scans taken in from a journal, in a small county: what is found, of whom, and what is said of the rest."""

from copy import deepcopy

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Unit
from fangxian.ops.jobs.queries import unfinished
from fangxian.ops.people.models import Attachment
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.sources import CLASS, GATHERED, PLACE, find_sources
from fangxian.ops.situation.sources_kept import KIND
from tests.integration import outbreak
from tests.integration.feast import FEAST, HOUR, MINUTE, N_GUESTS, N_ILL, feasted
from tests.integration.test_transmission import account, browser

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def feast_of_this_file(fushan_of_this_file):
    yield from feasted()


@pytest.fixture
def feast(feast_of_this_file, db):
    """With accounts that are this test's own, for an account remembers what it is appointed to."""
    return deepcopy(feast_of_this_file)


def found(feast, *, only_first=False):
    return find_sources(feast.lead, "norovirus", only_first=only_first, at=county_now())


def test_the_feast_stands_above_everything_else(feast):
    first = found(feast).candidates[0]
    assert (first.kind, first.venue) == (GATHERED, feast.venue.pk)
    assert first.begins_at <= FEAST + 40 * MINUTE
    assert first.ends_at >= FEAST + 40 * MINUTE
    assert (first.n_found, first.n_expected < 3, first.surprise > 6) == (N_ILL, True, True)


def test_the_evidence_names_each_case_with_its_times_there(feast):
    first = found(feast).candidates[0]
    assert {it.case.id for it in first.evidence} == set(feast.ill)
    assert all(any(FEAST <= at < FEAST + HOUR for at in it.at) for it in first.evidence)


def test_it_is_said_who_was_asked_of_and_among_how_many_places(feast):
    outbreak.cases([None], disease="norovirus")
    outbreak.cases([36], disease="norovirus")
    told = found(feast)
    assert (told.n_asked, told.n_undated, told.n_unknown, told.n_unseen) == (N_ILL + 2, 1, 1, 0)
    assert told.looked_at[PLACE] == 25
    assert N_GUESTS < told.n_everybody <= 300


def test_only_cases_whose_infector_is_not_known_are_asked_of(feast):
    outbreak.link([(feast.ill[0], other) for other in feast.ill[1:]])
    assert found(feast, only_first=True).n_asked == 1
    assert found(feast, only_first=True).candidates == ()


def test_only_the_readers_own_cases_are_asked_of(feast):
    elsewhere = account("tracing_lead", "141027000", Unit.objects.first())
    told = find_sources(elsewhere, "norovirus", only_first=False, at=county_now())
    assert (told.n_asked, told.candidates) == (0, ())


def test_a_class_is_found_by_the_register_alone(feast):
    rows = Attachment.objects.filter(school_class__isnull=False).order_by("school_class", "pk")
    in_class = [row for row in rows if row.school_class_id == rows[0].school_class_id][:5]
    assert len(in_class) == 5
    for row in in_class:
        outbreak.cases([36], disease="measles", area_path=row.person.area_path, person=row.person_id)
    told = find_sources(feast.lead, "measles", only_first=True, at=county_now())
    assert told.candidates[0].kind == CLASS
    assert told.candidates[0].n_found == 5
    assert all(it.at == () for it in told.candidates[0].evidence)


def test_without_an_incubation_in_force_it_is_refused_in_words(feast):
    outbreak.cases([1], disease="unheard-of")
    with pytest.raises(Refusal) as refused:
        find_sources(feast.lead, "unheard-of", only_first=True, at=county_now())
    assert refused.value.code == "sources.no_incubation"


def test_the_page_refuses_it_in_words_before_a_job_is_begun(feast):
    outbreak.cases([1], disease="unheard-of")
    html = browser(feast.lead).post("/sources", {"disease": "unheard-of"}).content.decode()
    assert "gives an incubation" in html
    assert not unfinished().filter(kind=KIND).exists()
