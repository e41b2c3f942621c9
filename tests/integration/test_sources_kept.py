"""The page of common sources: the worker computes, says how far it is, and keeps the answer with its time."""

import re
from copy import deepcopy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fangxian.ops.accounts.models import Appointment, Unit
from fangxian.ops.audit.models import ViewLog
from fangxian.ops.jobs.actions import claim, finish, progress
from fangxian.ops.jobs.models import Job
from fangxian.ops.jobs.queries import unfinished
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.sources import SCANS_READ, find_sources
from fangxian.ops.situation.sources_kept import ALL, KIND, kept_sources, look_for_sources
from tests.integration import outbreak
from tests.integration.feast import N_ILL, feasted
from tests.integration.test_transmission import account, browser, number

pytestmark = pytest.mark.django_db
ASKED = {"disease": "norovirus", "cases": ALL}
HERE = "/sources?disease=norovirus&cases=all"


class Running:
    """What a job's function is given, with nothing behind it."""

    def __init__(self, job):
        self.arguments, self.owner, self.steps = job.arguments, job.owner, []

    def step(self, done, total, said=None):
        self.steps.append((done, total))


@pytest.fixture(scope="module")
def feast_of_this_file(fushan_of_this_file):
    yield from feasted()


@pytest.fixture
def feast(feast_of_this_file, db):
    """With accounts that are this test's own, for an account remembers what it is appointed to."""
    return deepcopy(feast_of_this_file)


@pytest.fixture
def lead(feast):
    return browser(feast.lead)


def waiting():
    return list(unfinished().filter(kind=KIND))


def worked():
    """The worker does what was asked for; how far it said it was."""
    Job.objects.exclude(kind=KIND).delete()
    running = Running(job := claim(worker="test"))
    finish(job=job, result=look_for_sources(running))
    return running.steps


def asked_and_found(client):
    client.post("/sources", ASKED)
    worked()
    return client.get(HERE).content.decode()


def test_the_page_without_a_question_has_nothing_computed(lead):
    assert "Choose a disease" in lead.get("/sources").content.decode()
    assert waiting() == []


def test_to_look_at_the_page_has_nothing_computed(lead):
    assert "has not been computed yet" in lead.get(HERE).content.decode()
    assert waiting() == []


def test_asked_for_it_is_the_workers_and_the_page_reads_no_scans(lead):
    with CaptureQueriesContext(connection) as asked:
        answer = lead.post("/sources", ASKED, follow=True)
    assert (len(waiting()), answer.redirect_chain) == (1, [(HERE, 302)])
    assert not any("visits_scan" in query["sql"] for query in asked.captured_queries)


def test_asked_for_twice_at_once_it_is_computed_once(lead):
    lead.post("/sources", ASKED)
    lead.post("/sources", ASKED | {"anew": "1"})
    assert len(waiting()) == 1


def test_while_it_runs_the_page_says_how_far_it_is_and_follows_by_itself(lead):
    lead.post("/sources", ASKED)
    Job.objects.exclude(kind=KIND).delete()
    progress(job=claim(worker="test"), done=2, total=5, said=SCANS_READ)
    answer = lead.get(HERE)
    assert SCANS_READ.en in answer.content.decode()
    assert answer["Refresh"]


def test_the_worker_says_each_step(lead):
    lead.post("/sources", ASKED)
    assert worked() == [(n, 5) for n in range(5)]


def test_the_page_shows_the_candidate_and_who_was_there(feast, lead):
    html = asked_and_found(lead)
    assert feast.venue.name in html
    assert f"{N_ILL} cases were there" in html
    assert set(re.findall(r'href="/cases/([0-9a-f-]+)"', html)) >= {str(it) for it in feast.ill}
    assert number(feast.ill[0]) in html.replace("\u2060", "")


def test_what_is_kept_is_what_was_found(feast, lead):
    asked_and_found(lead)
    found = find_sources(feast.lead, "norovirus", only_first=False, at=county_now())
    kept = kept_sources(feast.lead, "norovirus", ALL).found
    assert kept.candidates == found.candidates
    assert (kept.since, kept.n_asked, kept.looked_at) == (found.since, found.n_asked, found.looked_at)


def test_the_job_keeps_no_number_of_a_case(feast, lead):
    asked_and_found(lead)
    assert number(feast.ill[0]) not in str(Job.objects.get(kind=KIND).result)


def test_whose_evidence_was_shown_goes_on_the_record_of_who_looked(feast, lead):
    asked_and_found(lead)
    assert ViewLog.objects.filter(viewer=feast.lead.pk, why="sources.evidence").count() == N_ILL


def test_the_answer_is_kept_with_its_time_and_is_not_computed_again(lead):
    assert "Calculate anew" in asked_and_found(lead)
    lead.post("/sources", ASKED)
    assert waiting() == []


def test_calculated_anew_it_is_the_workers_again_and_the_last_answer_stands_meanwhile(feast, lead):
    asked_and_found(lead)
    html = lead.post("/sources", ASKED | {"anew": "1"}, follow=True).content.decode()
    assert len(waiting()) == 1
    assert "Below is what was found the last time" in html
    assert feast.venue.name in html


def test_cases_that_came_since_are_counted(lead):
    asked_and_found(lead)
    outbreak.cases([36, 36], disease="norovirus")
    assert "2 cases came since" in lead.get(HERE).content.decode()


def test_another_readers_answer_is_not_shown(feast, lead):
    asked_and_found(lead)
    other = account("investigator", "141027", Unit.objects.first())
    assert "has not been computed yet" in browser(other).get(HERE).content.decode()


def test_whose_area_has_changed_since_is_shown_nothing_of_it(feast, lead):
    asked_and_found(lead)
    Appointment.objects.filter(account=feast.lead).update(area_path="141027000")
    assert feast.venue.name not in lead.get(HERE).content.decode()


def test_the_page_asks_as_many_queries_for_few_cases_as_for_many(feast, lead):
    def n_queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert lead.get(HERE).status_code == 200
        return len(asked)

    asked_and_found(lead)
    few = n_queries()
    for guest in feast.guests[N_ILL:]:
        outbreak.cases([36], disease="norovirus", area_path=guest.area_path, person=guest.pk)
    lead.post("/sources", ASKED | {"anew": "1"})
    worked()
    assert n_queries() == few
    assert few <= 32
