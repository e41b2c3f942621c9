"""溯源 over scans taken in from a journal, in a small county: what is found, of whom, and what is said of the rest."""

import re
import shutil
from datetime import datetime, timedelta
from random import Random
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Unit
from fangxian.ops.audit.models import ViewLog
from fangxian.ops.people.models import Attachment, Person
from fangxian.ops.places.models import Venue
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.sources import CLASS, GATHERED, PLACE, find_sources
from fangxian.ops.visits.tail import Tail
from tests.integration import outbreak
from tests.integration.journal_writing import a_scan, write_segment
from tests.integration.test_transmission import account, browser, number

pytestmark = pytest.mark.django_db
FEAST = datetime(2022, 4, 5, 18, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
N_GUESTS, N_ILL = 30, 14


@pytest.fixture
def feast(small_county):
    """Ordinary life of three hundred people for six days, and a feast after which 14 of 30 guests fall ill."""
    folders = [the_realm().path / name for name in ("archive/visits", "journal")]
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    dice = Random(7)
    people = list(Person.objects.filter(household__isnull=False).order_by("gate_number")[:300])
    venues = list(Venue.objects.order_by("venue_number")[:25])
    guests = dice.sample(people, N_GUESTS)
    visits = [
        (dice.choice(people), dice.choice(venues), FEAST + dice.randrange(-5 * 24 * 60, 18 * 60) * MINUTE)
        for _ in range(3000)
    ]
    visits += [(guest, venues[3], FEAST + dice.randrange(40) * MINUTE) for guest in guests]
    scans = [
        a_scan(nth, at, venue=venue.venue_number, gate_number=person.gate_number)
        for nth, (person, venue, at) in enumerate(visits, start=1)
    ]
    write_segment(folders[1], scans, at=FEAST)
    Tail(folders[1], lambda *_: "").read_on(at=county_now())
    ill = [
        outbreak.cases([36], disease="norovirus", area_path=guest.area_path, person=guest.pk)[0]
        for guest in guests[:N_ILL]
    ]
    yield SimpleNamespace(
        lead=account("tracing_lead", "141027", Unit.objects.first()), ill=ill, guests=guests, venue=venues[3]
    )
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


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
    html = browser(feast.lead).get("/sources?disease=unheard-of").content.decode()
    assert "gives an incubation" in html


def test_the_page_shows_the_candidate_and_who_was_there(feast):
    html = browser(feast.lead).get("/sources?disease=norovirus&cases=all").content.decode()
    assert feast.venue.name in html
    assert f"{N_ILL} cases were there" in html
    assert set(re.findall(r'href="/cases/([0-9a-f-]+)"', html)) >= {str(it) for it in feast.ill}
    assert number(feast.ill[0]) in html.replace("\u2060", "")


def test_whose_evidence_was_shown_goes_on_the_record_of_who_looked(feast):
    browser(feast.lead).get("/sources?disease=norovirus&cases=all")
    assert ViewLog.objects.filter(viewer=feast.lead.pk, why="sources.evidence").count() == N_ILL


def test_the_page_without_a_question_reads_no_scans(feast):
    with CaptureQueriesContext(connection) as asked:
        html = browser(feast.lead).get("/sources").content.decode()
    assert "Choose a disease" in html
    assert not any("visits_scan" in query["sql"] for query in asked.captured_queries)


def test_the_page_asks_as_many_queries_for_few_cases_as_for_many(feast):
    client = browser(feast.lead)

    def n_queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/sources?disease=norovirus&cases=all").status_code == 200
        return len(asked)

    n_queries()  # what a process remembers it has to learn first
    few = n_queries()
    for guest in feast.guests[N_ILL:]:
        outbreak.cases([36], disease="norovirus", area_path=guest.area_path, person=guest.pk)
    assert n_queries() == few
    assert few <= 32
