"""A version of a rulebook is put in force by the pages: one asks, two of two units approve, all are judged anew."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fangxian.ops.approvals.models import ApprovalRequest
from fangxian.ops.jobs.models import Job
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.measures.models import PublishedRulebook
from fangxian.ops.procedures.rescreen import JOB
from tests.integration.founding import founded, unit
from tests.integration.people_with_codes import RULEBOOK

pytestmark = pytest.mark.django_db
TIGHTER = (
    ("version = 1\n", "version = 2\n"),
    ("at_most_days = 14\nat_most_central", "at_most_days = 10\nat_most_central"),
    ('{ place = "central", lasts_days = 14 }', '{ place = "central", lasts_days = 10 }'),
)


@pytest.fixture(scope="module")
def people(rows_of_this_file):
    found_rulebooks(texts=[RULEBOOK.read_bytes()], by="program:test")
    return [founded("dispatcher"), founded("commander"), founded("commander", at_unit=unit("cdc"))]


@pytest.fixture
def county(people, db):
    return people


def text(*changes):
    told = RULEBOOK.read_text("utf-8")
    for before, after in changes:
        assert before in told
        told = told.replace(before, after, 1)
    return told


def browser(account):
    one = Client()
    one.force_login(account)
    return one


def proposed(account, said):
    file = SimpleUploadedFile("book.toml", said.encode(), "application/toml")
    return browser(account).post("/rulebooks/propose", {"file": file, "basis": "省方案〔2022〕12号"})


def decided(account, request, do="approve"):
    told = {"digest": request.digest, "do": do, "reason": "看过全文"}
    return browser(account).post(f"/approvals/{request.pk}", told)


def test_with_the_second_approval_the_text_is_published_and_everybody_is_judged_anew(county):
    dispatcher, one, other = county
    assert proposed(dispatcher, text(*TIGHTER)).status_code == 302
    request = ApprovalRequest.objects.get()
    assert decided(one, request).url.endswith("done=approved")
    assert PublishedRulebook.objects.count() == 1
    assert decided(other, request).url.endswith("done=published")
    newest = PublishedRulebook.objects.get(version=2)
    assert newest.text == text(*TIGHTER)
    assert Job.objects.get(kind=JOB).arguments == {"because": "rulebook", "about": newest.digest}


def test_whoever_decides_sees_what_changes_and_the_whole_text(county):
    dispatcher, one, _ = county
    proposed(dispatcher, text(*TIGHTER))
    shown = browser(one).get(f"/approvals/{ApprovalRequest.objects.get().pk}").content.decode()
    assert "at_most_days = 10" in shown
    assert "is-changes" in shown


@pytest.mark.parametrize("changes", [(), TIGHTER[:2]], ids=["a version that is published", "a stricter row"])
def test_a_text_that_may_not_be_published_is_refused_beside_its_file_and_nobody_is_asked(county, changes):
    answer = proposed(county[0], text(*changes))
    assert (answer.status_code, ApprovalRequest.objects.count()) == (400, 0)


def test_a_file_that_is_no_rulebook_is_refused_with_what_is_wrong(county):
    answer = proposed(county[0], "不是规则")
    assert (answer.status_code, ApprovalRequest.objects.count()) == (400, 0)


def test_what_is_wrong_with_a_file_is_said_thing_by_thing(county):
    wrong = ("n_rules = 1", "n_rules = 2 # "), ('strength = "found"', 'strength = "fonud"')
    told = proposed(county[0], text(*wrong)).context["form"].errors["file"]
    assert (len(told), [it for it in told if it[0] in "：:"]) == (2, [])


def test_a_file_that_is_far_too_large_is_not_read(county):
    answer = proposed(county[0], text(*TIGHTER) + "# x\n" * 200_000)
    assert answer.status_code == 400
    assert "没有读" in answer.context["form"].errors["file"][0]


def test_asked_twice_it_is_one_request(county):
    for _ in range(2):
        assert proposed(county[0], text(*TIGHTER)).status_code == 302
    assert ApprovalRequest.objects.count() == 1


def test_whoever_drafts_no_rules_asks_for_none(county):
    assert browser(county[1]).get("/rulebooks/propose").status_code == 403


def test_one_no_ends_it(county):
    dispatcher, one, other = county
    proposed(dispatcher, text(*TIGHTER))
    request = ApprovalRequest.objects.get()
    decided(one, request, do="reject")
    decided(other, request)
    assert PublishedRulebook.objects.count() == 1
