"""Report cards as exchange files, out of one county's Fangxian and into another's: upload, differences, refusals."""

import base64
import json
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fangxian.ops.cases.card import FORMAT, as_json, as_seen_here, canonical, exchange_file
from fangxian.ops.cases.models import Case, CaseReport
from fangxian.ops.handover.actions import confirm_key
from fangxian.ops.handover.models import CountyKey
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.procedures.report_case import report_case
from fangxian.ops.realm.current import the_realm

from .case_room_hand import BY, a_card
from .neighbour import Neighbour
from .two_townships import account_of, build, shown, sign_in

RULEBOOKS = Path(__file__).resolve().parents[2] / "counties" / "fushan" / "rulebooks"
pytestmark = pytest.mark.django_db
ADDRESS = "/cases/reports/take"


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    found_rulebooks(texts=[path.read_bytes() for path in sorted(RULEBOOKS.glob("*.toml"))], by=BY)
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


@pytest.fixture
def investigator(client, county):
    return sign_in(client, county, "investigator")


@pytest.fixture
def neighbour(county):
    """Hongtong, whose key a second person has confirmed."""
    found = Neighbour()
    row = CountyKey.objects.create(
        division_code=found.county.division_code, county_zh=found.county.zh, county_en=found.county.en,
        realm_kind=str(the_realm().kind), key_id=found.key_id, noted_at=county.at, noted_by="account:1",
        public_key=found.key.public_key().public_bytes_raw().hex(),
    )  # fmt: skip
    confirm_key(key=row.pk, because="打电话核对", by=BY)
    return found


def card_of_theirs(**changed):
    return a_card(card_number="141024-2022-0007-01", **changed)


def file_of(neighbour, card, /, **changed):
    digest = sha256(canonical(card).encode()).hexdigest()
    told = {
        "format": FORMAT, "division": neighbour.county.division_code, "realm": str(the_realm().kind),
        "card": as_json(card), "digest": digest, "key": neighbour.key_id,
        "signature": base64.b64encode(neighbour.key.sign(f"{FORMAT}\n{digest}".encode())).decode(),
    }  # fmt: skip
    return json.dumps(told | changed, ensure_ascii=False).encode()


def upload(client, file: bytes):
    return client.post(ADDRESS, {"do": "look", "file": SimpleUploadedFile("card.json", file)})


def decide(client, file: bytes):
    return client.post(ADDRESS, {"do": "take", "text": base64.b64encode(file).decode()})


def test_a_card_of_a_neighbour_is_shown_before_it_is_filed(investigator, neighbour):
    page = upload(investigator, file_of(neighbour, card_of_theirs()))
    assert (page.status_code, "试病人1" in shown(page), CaseReport.objects.count()) == (200, True, 0)


def test_filed_it_opens_a_case(investigator, neighbour):
    answer = decide(investigator, file_of(neighbour, card_of_theirs()))
    report = CaseReport.objects.get()
    assert answer.url == f"/cases/reports/{report.pk}?done=taken"
    assert (report.card_number, report.of_case.state) == ("141024-2022-0007-01", "reported")


def test_a_file_goes_out_of_one_and_into_the_other_unchanged(investigator, neighbour):
    report = report_case(card=a_card(), by=BY)
    file = investigator.get(f"/cases/reports/{report.report}/file").content
    assert "内容一字不差" in shown(upload(investigator, file))


def test_the_same_file_again_is_recognised_and_files_nothing(investigator, neighbour):
    file = file_of(neighbour, card_of_theirs())
    first, second = decide(investigator, file), decide(investigator, file)
    assert (first.url, CaseReport.objects.count(), Case.objects.count()) == (second.url, 1, 1)


def test_a_person_who_is_a_case_already_gets_another_card_and_no_other_case(investigator, neighbour):
    report_case(card=a_card(), by=BY)
    decide(investigator, file_of(neighbour, card_of_theirs()))
    assert (Case.objects.count(), CaseReport.objects.count()) == (1, 2)


def test_what_differs_from_the_case_is_shown(investigator, neighbour):
    report_case(card=a_card(), by=BY)
    page = upload(investigator, file_of(neighbour, card_of_theirs(address="洪洞县大槐树镇1号")))
    assert [row["theirs"] for row in page.context["differs"].rows] == ["洪洞县大槐树镇1号"]


def test_a_first_card_leaves_the_case_as_it_is(investigator, neighbour):
    case = report_case(card=a_card(), by=BY).case
    before = Case.objects.get(pk=case).address
    decide(investigator, file_of(neighbour, card_of_theirs(address="洪洞县大槐树镇1号")))
    assert Case.objects.get(pk=case).address == before


def test_a_correction_puts_the_case_right(investigator, neighbour):
    case = report_case(card=a_card(), by=BY).case
    told = {"kind": "corrected", "return_reason": "地址有误", "address": "洪洞县大槐树镇1号"}
    decide(investigator, file_of(neighbour, card_of_theirs(**told)))
    assert Case.objects.get(pk=case).address == "洪洞县大槐树镇1号"


def refused(client, file, words):
    answer = upload(client, file)
    return (answer.status_code, words in shown(answer), CaseReport.objects.count()) == (400, True, 0)


def test_a_file_that_was_changed_is_refused(investigator, neighbour):
    file = file_of(neighbour, card_of_theirs(), card=as_json(card_of_theirs(name="别人")))
    assert refused(investigator, file, "途中被改过")


def test_a_file_that_was_changed_after_it_was_shown_is_refused(investigator, neighbour):
    file = file_of(neighbour, card_of_theirs(), card=as_json(card_of_theirs(name="别人")))
    assert (decide(investigator, file).status_code, CaseReport.objects.count()) == (400, 0)


@pytest.mark.parametrize("damage", [
    lambda file: file[: len(file) // 2], lambda file: b"\xff\xfe" + file, lambda file: b"[]",
    lambda file: b'{"format": 1}',
    lambda file: file.replace(b'"digest"', b'"digset"'), lambda file: b"PK\x03\x04" + file,
    lambda file: file.replace(b'"remark": ""', b'"remark": 7'), lambda file: b"[" * 30_000,
])  # fmt: skip
def test_a_damaged_file_is_refused_and_says_so(investigator, neighbour, damage):
    assert refused(investigator, damage(file_of(neighbour, card_of_theirs())), "不是报告卡交换文件")


def test_an_empty_file_and_none_are_said_beside_the_field(investigator, county):
    assert "文件是空的" in shown(upload(investigator, b""))
    assert "还没有选文件" in shown(investigator.post(ADDRESS, {"do": "look"}))


def test_a_file_much_too_large_is_not_read(investigator, county):
    assert "是不是选错了" in shown(upload(investigator, b" " * 70_000))


def test_text_that_no_page_sends_is_answered_with_400(investigator, county):
    assert investigator.post(ADDRESS, {"do": "take", "text": "不是"}).status_code == 400


def test_a_county_whose_key_nobody_confirmed_is_refused(investigator, county):
    assert refused(investigator, file_of(Neighbour(), card_of_theirs()), "还没有确认过那里的公钥")


def test_another_key_than_the_county_s_is_refused(investigator, neighbour):
    assert refused(investigator, file_of(Neighbour(), card_of_theirs()), "途中被改过")


def test_a_card_of_a_drill_is_not_taken_into_another_realm(investigator, neighbour):
    assert refused(investigator, file_of(neighbour, card_of_theirs(), realm="live"), "不能混在一起")


def test_a_number_that_says_something_else_here_is_refused(investigator, neighbour):
    decide(investigator, file_of(neighbour, card_of_theirs()))
    answer = upload(investigator, file_of(neighbour, card_of_theirs(remark="另一件")))
    assert (answer.status_code, "已经用过，内容不同" in shown(answer), CaseReport.objects.count()) == (400, True, 1)


def test_a_card_with_faults_is_refused_with_all_of_them(investigator, neighbour):
    answer = upload(investigator, file_of(neighbour, card_of_theirs(occupation="", doctor="")))
    assert "2处没有填对" in shown(answer)


def test_this_county_of_another_county_is_another_county_here():
    assert as_seen_here(a_card(residence="county", division=""), "141024").residence == "city"


@pytest.mark.parametrize(("division", "residence"), [("141027100", "county"), ("141024100", "city"),
                                                     ("140100100", "province"), ("110101001", "country")])  # fmt: skip
def test_where_a_person_belongs_is_said_from_here(division, residence):
    assert as_seen_here(a_card(residence="county", division=division), "141024").residence == residence


def test_a_foreigner_stays_one():
    assert as_seen_here(a_card(residence="abroad", division=""), "141024").residence == "abroad"


def test_our_own_card_is_as_it_was():
    card = a_card(residence="county", division="")
    assert as_seen_here(card, the_realm().division_code) == card


@pytest.mark.parametrize("role", ["clinic", "tracing_member", "township_approver", "resident"])
def test_whoever_does_not_report_over_the_county_takes_nothing_in(client, county, neighbour, role):
    client.force_login(account_of(county, role), backend="django.contrib.auth.backends.ModelBackend")
    file = file_of(neighbour, card_of_theirs())
    assert (decide(client, file).status_code, CaseReport.objects.count()) == (403, 0)


def test_measles_has_no_gate_and_its_cards_go_the_same_way(investigator, neighbour):
    decide(investigator, file_of(neighbour, card_of_theirs(disease="measles")))
    assert Case.objects.get().disease == "measles"


def test_looking_at_a_file_asks_few_queries(investigator, neighbour):
    file = file_of(neighbour, card_of_theirs())
    upload(investigator, file)
    with CaptureQueriesContext(connection) as asked:
        upload(investigator, file)
    assert len(asked) <= 16


def test_an_onset_day_that_differs_is_shown_as_a_day(investigator, neighbour):
    report_case(card=a_card(), by=BY)
    card = card_of_theirs()
    page = upload(investigator, file_of(neighbour, replace(card, onset_on=card.onset_on - timedelta(days=1))))
    assert [row["theirs"] for row in page.context["differs"].rows] == [f"{card.onset_on - timedelta(days=1)}"]


def test_our_own_exchange_file_is_read_here(investigator, county):
    assert upload(investigator, exchange_file(card_of_theirs())).status_code == 200
