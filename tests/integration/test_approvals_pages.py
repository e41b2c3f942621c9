"""Ruling on a code by pages: who asks, what two people see and decide, what is refused and said."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.test import Client

from fangxian.core.policy.vocabulary import Colour
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.approvals.models import ApprovalRequest
from fangxian.ops.audit.actions import record_views, seal_all
from fangxian.ops.audit.queries import who_looked
from fangxian.ops.realm.current import county_now

from .people_with_codes import build_with_codes, know, seen_by_a_gate

pytestmark = pytest.mark.django_db
BASIS = "传染病防治法第三十九条"


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_codes()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


def post_of(role, name, kind="department") -> Account:
    """An account that may take part: of a unit for a month, of known identity."""
    since = county_now() - timedelta(days=30)
    unit = Unit.objects.create(name_zh=name, name_en=name, kind=kind, area_path="141027")
    account = Account.objects.create(
        username=f"{role}-{name}", display_name=name, unit=unit, unit_since=since, verified_at=since
    )
    Appointment.objects.create(account=account, role=role, area_path="141027", begins_at=since)
    return account


def browser_of(account: Account, language="zh-hans") -> Client:
    client = Client()
    client.cookies["fangxian_language"] = language
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def investigator(county):
    return browser_of(post_of("investigator", "县流调队", "cdc"))


@pytest.fixture
def mayor(county):
    return browser_of(post_of("commander", "县政府办"))


@pytest.fixture
def doctor(county):
    return browser_of(post_of("commander", "县疾控中心", "cdc"))


def ask(client, person, ruling="red", **more) -> str:
    """The address of the request that a form has made."""
    form = {"ruling": ruling, "about": "", "basis": BASIS, "reason": "核酸复核阳性。"} | more
    answer = client.post(f"/persons/{person.pk}/ruling", form)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"].partition("?")[0]


def decide(client, address, do="approve", reason="", digest=None):
    digest = digest or ApprovalRequest.objects.get(pk=address.rpartition("/")[2]).digest
    return client.post(address, {"do": do, "reason": reason, "digest": digest})


def test_two_people_of_two_units_turn_a_code_red_and_nobody_less(county, investigator, mayor, doctor):
    address = ask(investigator, county.head)
    assert decide(mayor, address)["Location"].endswith("?done=approved")
    assert seen_by_a_gate(county.head)[0] is Colour.GREEN
    assert decide(doctor, address)["Location"].endswith("?done=ruled")
    assert seen_by_a_gate(county.head)[0] is Colour.RED
    html = doctor.get(f"/persons/{county.head.pk}").content.decode()
    assert "红码" in html
    assert "两人裁定（转码）" in html


def test_each_sees_what_waits_for_them_and_what_they_asked_for(county, investigator, mayor, doctor):
    address = ask(investigator, county.head)
    assert address in mayor.get("/approvals").content.decode()
    assert "没有等您决定的审批" in investigator.get("/approvals").content.decode()
    assert address in investigator.get("/approvals").content.decode()
    decide(mayor, address)
    assert address not in mayor.get("/approvals").content.decode()
    assert address in doctor.get("/approvals").content.decode()


def test_whoever_decides_sees_person_code_ruling_basis_reason_and_clock(county, investigator, doctor):
    html = doctor.get(ask(investigator, county.head)).content.decode()
    for told in ("孟＊＊", "绿码", "红码", BASIS, "核酸复核阳性。", "还需", "前决定并使用"):
        assert told in html, told
    assert "孟浩然" not in html


def test_the_look_is_on_the_persons_record(county, investigator, doctor):
    doctor.get(ask(investigator, county.head))
    record_views()
    seal_all()
    assert "people.ruling_page" in {look.why for look in who_looked(f"person:{county.head.pk}", limit=9)}


def test_the_applicant_does_not_decide(county, investigator):
    address = ask(investigator, county.head)
    assert 'value="approve"' not in investigator.get(address).content.decode()
    answer = decide(investigator, address)
    assert (answer.status_code, "您自己提出的" in answer.content.decode()) == (400, True)


def test_a_second_of_the_same_unit_is_refused_in_words(county, investigator, doctor):
    address = ask(investigator, county.head)
    decide(doctor, address)
    beside = post_of("commander", "旁人", "cdc")
    Account.objects.filter(pk=beside.pk).update(unit=Unit.objects.get(name_zh="县疾控中心"))
    answer = decide(browser_of(beside), address)
    assert (answer.status_code, "已有人审批过" in answer.content.decode()) == (400, True)


def test_what_was_changed_meanwhile_is_not_approved(county, investigator, doctor):
    answer = decide(doctor, ask(investigator, county.head), digest="f" * 64)
    assert (answer.status_code, "可能已被改过" in answer.content.decode()) == (400, True)


def test_a_rejection_says_why_and_the_applicant_reads_it(county, investigator, doctor):
    address = ask(investigator, county.head)
    answer = decide(doctor, address, do="reject")
    assert (answer.status_code, "不同意须写明理由" in answer.content.decode()) == (400, True)
    decide(doctor, address, do="reject", reason="复核结果是阴性。")
    html = investigator.get(address).content.decode()
    assert "未同意" in html
    assert "复核结果是阴性。" in html
    assert seen_by_a_gate(county.head)[0] is Colour.GREEN


def test_a_request_may_be_taken_back(county, investigator, mayor):
    address = ask(investigator, county.head)
    assert decide(investigator, address, do="withdraw")["Location"].endswith("?done=withdrawn")
    answer = decide(mayor, address)
    assert (answer.status_code, "已撤回" in answer.content.decode()) == (400, True)


def test_one_piece_of_evidence_is_released(county, investigator, mayor, doctor):
    (piece,) = know(county.head)
    assert seen_by_a_gate(county.head)[0] is not Colour.GREEN
    address = ask(investigator, county.head, "release", about=str(piece))
    decide(mayor, address)
    decide(doctor, address)
    assert seen_by_a_gate(county.head)[0] is Colour.GREEN


@pytest.mark.parametrize(
    ("language", "missing", "sentence"),
    [
        ("zh-hans", "basis", "还没有写法律依据"),
        ("en", "basis", "No legal basis"),
        ("zh-hans", "reason", "还没有写理由"),
        ("en", "ruling", "No ruling was chosen"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays(county, language, missing, sentence):
    client = browser_of(post_of("investigator", "县流调队"), language)
    form = {"ruling": "red", "basis": BASIS, "reason": "理由甲"} | {missing: ""}
    answer = client.post(f"/persons/{county.head.pk}/ruling", form)
    html = answer.content.decode()
    assert (answer.status_code, sentence in html) == (400, True)
    assert (BASIS in html) == (missing != "basis")


def test_nothing_of_a_request_is_told_to_whoever_has_no_part_in_it(county, investigator):
    address = ask(investigator, county.head)
    stranger = browser_of(post_of("dispatcher", "县指挥部"))
    answer = stranger.get(address)
    assert (answer.status_code, BASIS in answer.content.decode()) == (403, False)
