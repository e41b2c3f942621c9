"""A resident's own pages: the code, those carried, visits, appeals; on both databases."""

import json
from datetime import timedelta

import pytest
import zxingcpp
from django.test import Client
from django.urls import reverse

from fangxian.core.policy.byte_card import parse_card
from fangxian.core.policy.byte_journal import ScanMark
from fangxian.core.policy.vocabulary import Outcome, Presence
from fangxian.ops.audit.queries import who_looked
from fangxian.ops.measures.models import PublishedRulebook
from fangxian.ops.movement.actions.evidence import withdraw_evidence
from fangxian.ops.movement.models import Appeal, Evidence, HealthCode
from fangxian.ops.movement.queries import health_of
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.recolour import recolour
from fangxian.ops.realm.current import county_now
from fangxian.ops.visits.models import Scan
from tests.integration.paper_pictures import pages_of, picture_of
from tests.integration.people_with_codes import build_with_codes, evidence, know
from tests.integration.two_townships import account_of

BY = "program:test"
pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    """The county; its head of the first household has an account, and everybody a code."""
    county = build_with_codes()
    county.account = account_of(county, "resident", area_path="")
    Person.objects.filter(pk=county.head.pk).update(account=county.account)
    recolour([person.pk for person in county.persons], county_now(), by=BY)
    return county


def signed_in(account, language="zh-hans") -> Client:
    client = Client()
    client.cookies["fangxian_language"] = language
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def scanned(person, venue, **told) -> Scan:
    at = county_now()
    fields = {
        "device": 1, "digest": "0" * 16, "gate_number": person.gate_number, "venue_number": venue.venue_number,
        "door": 1, "marks": 0, "presence": Presence.STAFFED, "outcome": Outcome.ADMIT, "scanned_at": at,
        "received_at": at, "mask": 0, "tables": "00000000", "safety": 0, "recent": 0, "snapshot": 1,
        "scan_id": f"00000000-0000-4000-8000-{Scan.objects.count():012d}",
    }  # fmt: skip
    return Scan.objects.create(**fields | told)


@pytest.mark.once
def test_the_code_on_the_page_is_the_one_a_gate_reads(home, tmp_path):
    told = signed_in(home.account).get(reverse("my-code-now")).json()
    (read,) = zxingcpp.read_barcodes(picture_of(told["qr"], tmp_path))
    assert read.text.startswith("FXP1")
    assert 0 < told["turns_in_ms"] < told["good_for_ms"] <= 300_000


@pytest.mark.once
def test_the_page_says_the_colour_and_why(home):
    know(home.head)
    html = signed_in(home.account).get(reverse("my-code")).content.decode()
    assert "红码" in html
    assert "密切接触" in html


@pytest.mark.once
def test_who_reads_english_is_told_in_english_who_answers_for_the_evidence(home):
    unit = home.account.unit
    both = f"{unit.name_zh}、县疾控中心（演示）"
    know(home.head, evidence(home.head, issuer="县流调队（演示）"), evidence(home.head, "fever", issuer=both))
    client = signed_in(home.account, "en")
    pages = {address: client.get(reverse(address)).content.decode() for address in ("my-code", "my-appeals")}
    for html in pages.values():
        assert "county tracing team (demonstration)" in html
        assert f"{unit.name_en} and county CDC (demonstration)" in html
    assert "from county tracing team" in pages["my-code"]
    assert "县流调队" in signed_in(home.account).get(reverse("my-code")).content.decode()


def test_evidence_and_looks_stand_under_their_names_and_withdrawal_only_where_there_is_any(home):
    (known,) = know(home.head)
    client = signed_in(home.account, "en")
    html = client.get(reverse("my-code")).content.decode()
    assert "<h2>Evidence on record</h2>" in html
    assert "<h2>Who looked at this record</h2>" in html
    assert "Withdrawn" not in html
    withdraw_evidence(evidence=known, why="mistaken", by=BY)
    assert "Withdrawn" in client.get(reverse("my-code")).content.decode()
    assert 'href="/my#looks"' in client.get(reverse("my-visits")).content.decode()


@pytest.mark.once
def test_a_code_that_turned_has_another_state_so_that_the_page_loads_anew(home):
    client = signed_in(home.account)
    before = client.get(reverse("my-code-now")).json()["state"]
    know(home.head)
    assert client.get(reverse("my-code-now")).json()["state"] != before


def test_renewing_makes_every_earlier_code_void(home):
    generation = health_of(home.head.pk).qr_generation
    answer = signed_in(home.account).post(reverse("my-code"), {"do": "renew"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/my?done=renew")
    assert health_of(home.head.pk).qr_generation == generation + 1


@pytest.mark.once
def test_the_paper_card_is_printed_and_its_code_is_a_card(home, tmp_path):
    answer = signed_in(home.account).post(reverse("my-code"), {"do": "card"})
    assert answer.headers["Content-Type"] == "application/pdf"
    (page,) = pages_of(answer.content, tmp_path, ppi=200)
    (read,) = zxingcpp.read_barcodes(page)
    assert parse_card(read.text).division == 141027


def test_a_lost_card_is_void_and_the_next_one_is_printed(home):
    generation = health_of(home.head.pk).card_generation
    answer = signed_in(home.account).post(reverse("my-code"), {"do": "lost"})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert health_of(home.head.pk).card_generation == generation + 1


@pytest.mark.once
def test_a_child_without_a_phone_is_carried_and_the_look_is_on_its_record(home):
    child = home.persons[2]
    client = signed_in(home.account)
    assert str(child.pk) in client.get(reverse("my-code")).content.decode()
    assert client.get(reverse("carried-code", args=[child.pk])).status_code == 200
    (look,) = who_looked(f"person:{child.pk}", limit=5)
    assert look.why == "people.carried_code"


@pytest.mark.once
@pytest.mark.parametrize("place", [1, 3], ids=["a spouse with a phone", "a neighbour"])
def test_nobody_elses_code_is_shown(home, place):
    client = signed_in(home.account)
    for name in ("carried-code", "carried-code-now"):
        assert client.get(reverse(name, args=[home.persons[place].pk])).status_code == 403


@pytest.mark.once
def test_what_is_carried_into_a_scan_is_ones_own_code_and_the_childs(home):
    told = signed_in(home.account).get(reverse("my-codes")).json()
    assert [one["id"] for one in told["carried"]] == ["own", str(home.persons[2].pk)]
    assert all(one["text"].startswith("FXP1") for one in told["carried"])


@pytest.mark.once
def test_the_scan_page_may_ask_the_gate_and_nobody_else(home):
    answer = signed_in(home.account).get(reverse("my-scan"))
    policy = answer.headers["Content-Security-Policy"]
    assert "connect-src 'self' http://testserver:8001" in policy
    assert "'wasm-unsafe-eval'" in policy
    assert 'data-gate="http://testserver:8001"' in answer.content.decode()


@pytest.mark.once
def test_the_name_over_a_door_is_told_to_whoever_has_just_scanned_it(home):
    client = signed_in(home.account, "en")
    assert client.get(f"/my/venue/{home.school.venue_number}/1").json() == {"said": "浮山县第一小学 · door 1 正门"}
    assert client.get("/my/venue/16000000/1").status_code == 404


def test_visits_are_ones_own_and_say_what_was_late(home):
    scanned(home.head, home.school, marks=int(ScanMark.LATE))
    scanned(home.persons[1], home.shop)
    html = signed_in(home.account).get(reverse("my-visits")).content.decode()
    assert "浮山县第一小学" in html
    assert "补送" in html
    assert "乔家便民店" not in html


def test_many_visits_are_turned_page_by_page(home):
    for minute in range(26):
        scanned(home.head, home.school, scanned_at=county_now() - timedelta(minutes=minute))
    client = signed_in(home.account, "en")
    first, second = (client.get(reverse("my-visits"), {"page": page}).content.decode() for page in (1, 2))
    assert (first.count('<a class="row"'), second.count('<a class="row"')) == (25, 1)
    assert "in · passed · scanned by a keeper" in first


def test_visits_past_their_term_are_not_shown(home):
    long_ago = county_now() - timedelta(days=40)
    scanned(home.head, home.school, scanned_at=long_ago, received_at=long_ago)
    assert "浮山县第一小学" not in signed_in(home.account).get(reverse("my-visits")).content.decode()


def test_a_contested_visit_begins_the_appeal(home):
    scan = scanned(home.head, home.school)
    client = signed_in(home.account)
    address = f"{reverse('my-appeals')}?visit={scan.scan_id}"
    assert address in client.get(reverse("my-visits")).content.decode()
    html = client.get(address).content.decode()
    assert "浮山县第一小学的扫码不是我本人" in html


def test_an_appeal_is_sent_answered_and_read(home):
    client = signed_in(home.account)
    assert client.post(reverse("my-appeals"), {"about": "", "text": "我没有去过那里。"}).status_code == 302
    waiting = Appeal.objects.get()
    investigator = signed_in(account_of(home, "investigator"))
    assert str(waiting.pk) in investigator.get(reverse("appeals")).content.decode()
    address = reverse("appeal", args=[waiting.pk])
    assert "我没有去过那里。" in investigator.get(address).content.decode()
    answer = investigator.post(address, {"verdict": "upheld", "answer": "查实不是本人。"})
    assert answer.status_code == 302
    assert "查实不是本人。" in client.get(reverse("my-appeals")).content.decode()


@pytest.mark.once
def test_an_appeal_without_a_word_is_said_beside_its_field_and_keeps_the_page(home):
    answer = signed_in(home.account).post(reverse("my-appeals"), {"about": "", "text": " "})
    assert answer.status_code == 400
    assert "还没有写哪里不对" in answer.content.decode()


def test_evidence_of_somebody_else_cannot_be_appealed_against(home):
    know(home.persons[3])
    other = home.persons[3]
    piece = Evidence.objects.get(person=other.pk)
    answer = signed_in(home.account).post(reverse("my-appeals"), {"about": str(piece.pk), "text": "不对"})
    assert (answer.status_code, Appeal.objects.count()) == (400, 0)


def test_whoever_has_no_code_yet_is_told_so(home):
    HealthCode.objects.filter(pk=home.head.pk).delete()
    client = signed_in(home.account)
    assert "还没有计算出来" in client.get(reverse("my-code")).content.decode()
    assert client.get(reverse("my-code-now")).status_code == 409
    assert json.loads(client.get(reverse("my-codes")).content)["carried"][0]["id"] != "own"


@pytest.mark.once
def test_an_account_without_a_record_has_no_code(home):
    answer = signed_in(account_of(home, "commander")).get(reverse("my-code"))
    assert answer.status_code == 403
    assert "没有对应的居民档案" in answer.content.decode()


def test_where_a_county_uses_no_codes_nobody_is_told_to_wait_for_one(home):
    PublishedRulebook.objects.all().delete()
    HealthCode.objects.all().delete()
    text = signed_in(home.account).get(reverse("my-code")).content.decode()
    assert ("本县现在不用健康码" in text, "还没有计算出来" in text) == (True, False)
