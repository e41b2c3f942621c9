"""Whoever is signed out while they type loses nothing of it: signed in again, they send it once more."""

import re
from html import unescape
from urllib.parse import parse_qsl

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fangxian.ops.accounts.models import Account, Unit
from fangxian.ops.realm.current import county_now

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PASSWORD = "三个不相干的词"
FORM = "/transmission/link?case=1"
TYPED = {"infector": "141027-2022-0001", "basis": "同桌“吃饭” & 喝酒", "symptom": ["cough", "fever"]}
AS_PAIRS = [
    ("infector", TYPED["infector"]), ("basis", TYPED["basis"]), ("symptom", "cough"), ("symptom", "fever"),
]  # fmt: skip
OURS = "http://testserver"


@pytest.fixture
def lead():
    unit = Unit.objects.create(name_zh="县疾控中心", name_en="County CDC", kind="cdc", area_path="141027")
    account = Account(username="tracing-lead-1", display_name="试组长", unit=unit, unit_since=county_now())
    account.set_password(PASSWORD)
    account.save()
    return account


@pytest.fixture
def browser():
    return Client(headers={"Accept": "text/html", "Accept-Language": "zh-CN"})


def hidden(answer):
    """The hidden fields of the page itself; the switch of languages above it has some of its own."""
    page = answer.content.decode().partition("<main")[2]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return [(unescape(name), unescape(value)) for name, value in found if name != "csrfmiddlewaretoken"]


def sign_in(browser, held):
    return browser.post("/sign-in", dict(held) | {"username": "tracing-lead-1", "password": PASSWORD})


def test_a_form_sent_after_one_was_signed_out_is_answered_by_the_sign_in_page_with_what_was_typed(browser):
    answer = browser.post(FORM, TYPED)
    assert answer.status_code == 401
    assert "刚才填的都还在" in answer.content.decode()
    held = dict(hidden(answer))
    assert held["held.to"] == FORM
    assert parse_qsl(held["held.fields"]) == AS_PAIRS


def test_signed_in_again_one_is_shown_what_waits_and_sends_it_as_it_was(browser, lead):
    answer = sign_in(browser, hidden(browser.post(FORM, TYPED)))
    page = answer.content.decode()
    assert f'<form method="post" action="{FORM}">' in page
    assert "试组长" in page
    assert hidden(answer) == AS_PAIRS


def test_a_wrong_password_loses_nothing_either(browser, lead):
    held = hidden(browser.post(FORM, TYPED))
    answer = browser.post("/sign-in", dict(held) | {"username": "tracing-lead-1", "password": "wrong"})
    assert dict(hidden(answer)) == dict(held)


def test_a_file_cannot_be_held_and_is_chosen_anew(browser, lead):
    list_ = SimpleUploadedFile("list.csv", b"a,b\n1,2\n")
    answer = sign_in(browser, hidden(browser.post("/imports", {"source": "县人民医院", "file": list_})))
    assert "重新选择文件" in answer.content.decode()
    assert hidden(answer) == [("source", "县人民医院")]


@pytest.mark.parametrize("to", ["https://elsewhere.example/x", "//elsewhere.example/x", "javascript:alert(1)"])
def test_what_was_held_goes_nowhere_else(browser, lead, to):
    answer = sign_in(browser, {"held.to": to, "held.fields": "a=1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_a_password_is_never_held(browser):
    answer = browser.post("/me", {"current": PASSWORD, "new": PASSWORD})
    assert answer.headers["Location"] == "/sign-in?next=/me"


def test_a_page_that_is_only_asked_for_leads_to_the_sign_in_page_as_ever(browser):
    assert browser.get(FORM).status_code == 302


def test_a_script_keeps_its_own_and_is_led_on(browser):
    assert browser.post(FORM, TYPED, headers={"Accept": "*/*"}).status_code == 302


@pytest.fixture
def strict(lead):
    """A browser whose form is older than its reader's sign-in."""
    browser = Client(enforce_csrf_checks=True, headers={"Accept": "text/html", "Accept-Language": "zh-CN"})
    browser.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def test_a_form_older_than_its_readers_sign_in_is_offered_again_with_what_was_typed(strict):
    answer = strict.post(FORM, TYPED, headers={"Origin": OURS})
    assert answer.status_code == 403
    assert hidden(answer) == AS_PAIRS


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}])
def test_a_form_of_another_site_gets_nothing_to_press(strict, origin):
    answer = strict.post(FORM, TYPED, headers=origin)
    assert answer.status_code == 403
    assert hidden(answer) == []
    assert "放得太久" in answer.content.decode()
