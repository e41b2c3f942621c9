"""The pages of accounts: who sees whom, and what two people do there, from the first account to the last day."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from fangxian.ops.accounts.actions import appoint, deactivate, open_accounts, set_password, verify_person
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.accounts.queries import roles_of
from fangxian.ops.audit.actions import seal_all
from fangxian.ops.audit.models import ViewLog
from fangxian.ops.places.models import Division
from fangxian.ops.realm.current import county_now

COUNTY, TOWNSHIP, ELSEWHERE, VILLAGE = "141027", "141027100", "141027101", "141027100200"
PASSWORD, OTHER = "lantern-bridge-millet", "quilt-river-lantern"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _divisions():
    Division.objects.bulk_create(
        Division(area_path=path, name_zh=zh, name_en=en, kind=kind, edition="2021")
        for path, zh, en, kind in (
            (COUNTY, "浮山县", "Fushan County", "county"),
            (TOWNSHIP, "天坛镇", "Tiantan Town", "township"),
            (ELSEWHERE, "响水河镇", "Xiangshuihe Town", "township"),
            (VILLAGE, "北关村委会", "Beiguan Village", "village"),
        )
    )


def unit(area_path=COUNTY):
    return Unit.objects.create(name_zh="某单位", name_en="a unit", kind="department", area_path=area_path)


def post(role="", area_path=COUNTY, *, at="", is_verified=True):
    """An account as the console founds one, in a unit of its own."""
    since = county_now() - timedelta(days=365)
    one = Account(
        username=f"post-{uuid4().hex[:12]}", display_name="测试", unit=unit(at or area_path), unit_since=since
    )
    open_accounts(accounts=[one], by="program:test")
    if is_verified:
        verify_person(accounts=[one], by="program:test")
    if role:
        appoint(appointments=[Appointment(account=one, role=role, area_path=area_path)], by="program:test")
    return Account.objects.get(pk=one.pk)


def by(account):
    return f"account:{account.pk}"


@pytest.fixture
def as_(client):
    """`as_(account)`: the test's browser, signed in as an account."""

    def enter(account):
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


def text(answer):
    return answer.content.decode().replace("\u2009", "")


def names(answer):
    return {row.username for row in answer.context["table"].rows}


def proposed(first, one, role="commander", area_path=COUNTY):
    it = Appointment(account=one, role=role, area_path=area_path)
    appoint(appointments=[it], by=by(first))
    return it


# Who is seen


def test_a_township_approver_sees_the_accounts_of_the_township_and_no_others(as_):
    approver, inside, outside = post("township_approver", TOWNSHIP), post("", VILLAGE), post("", ELSEWHERE)
    sent_here = post("grid_lead", TOWNSHIP, at=COUNTY)
    browser = as_(approver)
    assert names(browser.get("/accounts")) == {approver.username, inside.username, sent_here.username}
    refused = browser.get(f"/accounts/{outside.pk}")
    assert (refused.status_code, outside.username in text(refused)) == (403, True)
    assert browser.get(f"/accounts/{uuid4()}").status_code == 404


def test_the_list_is_searched_by_post_role_and_state(as_):
    browser = as_(post("security_administrator"))
    commander, closed, unverified = post("commander"), post(), post(is_verified=False)
    deactivate(accounts=[closed], by="program:test")
    assert closed.username not in names(browser.get("/accounts"))
    assert names(browser.get("/accounts?state=closed")) == {closed.username}
    assert names(browser.get("/accounts?state=unverified")) == {unverified.username}
    assert names(browser.get("/accounts?role=commander")) == {commander.username}
    assert names(browser.get(f"/accounts?name={closed.username}")) == {closed.username}
    assert "没有符合条件的账号" in text(browser.get("/accounts?name=nobody-has-this"))


def test_a_long_list_has_pages(as_):
    browser = as_(post("security_administrator"))
    place = unit()
    since = county_now()
    many = [Account(username=f"many-{n:03d}", display_name="", unit=place, unit_since=since) for n in range(60)]
    open_accounts(accounts=many, by="program:test")
    first, second = browser.get("/accounts?name=many"), browser.get("/accounts?name=many&page=2")
    assert (len(names(first)), len(names(second)), names(first) & names(second)) == (50, 10, set())


def test_the_list_takes_few_queries_however_many_accounts(as_, django_assert_max_num_queries):
    browser = as_(post("security_administrator"))
    for _ in range(12):
        post("dispatcher")
    with django_assert_max_num_queries(14):
        browser.get("/accounts")


def test_that_an_account_was_looked_at_is_on_record(as_):
    viewer, one = post("auditor"), post("dispatcher")
    html = text(as_(viewer).get(f"/accounts/{one.pk}"))
    assert "派发任务" in html
    assert f"/accounts/{one.pk}/appoint" not in html
    assert ViewLog.objects.filter(viewer=viewer.pk, why="accounts.account_page").count() == 1


# Opening, verifying, a first password


def test_an_account_is_opened_given_a_password_and_verified_by_another(as_):
    first, second, where = post("security_administrator"), post("security_administrator"), unit()
    answer = as_(first).post("/accounts/open", {"username": "duty-9", "display_name": "测试", "unit": where.pk})
    one = Account.objects.get(username="duty-9")
    assert answer.headers["Location"] == f"/accounts/{one.pk}?done=opened"
    assert "是您开立的，或由您设过密码" in text(as_(first).get(f"/accounts/{one.pk}"))
    as_(first).post(f"/accounts/{one.pk}/password", {"new": PASSWORD})
    number = {"document_number": "E99000001"}
    refused = as_(first).post(f"/accounts/{one.pk}/verify", number)
    assert (refused.status_code, "E99000001" in text(refused)) == (400, True)
    assert as_(second).post(f"/accounts/{one.pk}/verify", number).status_code == 302
    one.refresh_from_db()
    assert (one.verified_by, one.must_change_password) == (by(second), True)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [({"username": "Zhang San"}, "用户名“ZhangSan”不能用"), ({"unit": ""}, "请从列表里选一个单位")],
)
def test_what_cannot_be_opened_is_said_beside_its_field_and_nothing_typed_is_lost(as_, typed, sentence):
    told = {"username": "duty-9", "display_name": "测试名", "unit": unit().pk} | typed
    html = text(as_(post("security_administrator")).post("/accounts/open", told))
    assert sentence in html.replace(" ", "")
    assert 'value="测试名"' in html
    assert f'value="{told["username"]}"' in html
    assert "has-error" in html


# Appointing


def test_a_role_that_takes_one_person_is_in_force_at_once(as_):
    admin, one = post("security_administrator"), post()
    answer = as_(admin).post(f"/accounts/{one.pk}/appoint", {"role": "sampler", "area": TOWNSHIP, "ends_on": ""})
    assert answer.headers["Location"] == f"/accounts/{one.pk}?done=appointed"
    assert [role.name for role in roles_of(Account.objects.get(pk=one.pk))] == ["sampler"]


@pytest.mark.once
def test_the_areas_to_choose_from_are_those_of_the_role_inside_ones_own(as_):
    approver, one = post("township_approver", TOWNSHIP), post("", VILLAGE)
    browser = as_(approver)
    page = browser.get(f"/accounts/{one.pk}/appoint?role=village_approver")
    assert [value for value, _ in page.context["form"].fields["area"].choices] == [VILLAGE]
    offered = {value for value, _ in page.context["roles"].fields["role"].choices}
    assert "grid_worker" in offered
    assert "commander" not in offered


@pytest.mark.once
def test_a_second_person_confirms_what_one_has_proposed(as_):
    admin, one, commander = post("security_administrator"), post(), post("commander")
    told = {"role": "commander", "area": COUNTY, "ends_on": "2099-12-31"}
    answer = as_(admin).post(f"/accounts/{one.pk}/appoint", told)
    it = one.appointments.get()
    here = f"/accounts/appointments/{it.pk}"
    assert answer.headers["Location"] == f"{here}?done=proposed"
    assert it.ends_at == datetime(2100, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    page = text(as_(admin).get(here))
    assert "是您提出的" in page
    assert commander.username in page
    assert "等您决定" in text(as_(commander).get("/accounts/waiting"))
    assert as_(commander).post(here, {"decision": "confirm", "reason": ""}).status_code == 302
    assert [role.name for role in roles_of(Account.objects.get(pk=one.pk))] == ["commander"]
    seal_all()
    assert "确认任命" in text(as_(admin).get(f"/accounts/{one.pk}"))


@pytest.mark.once
def test_declining_takes_a_reason_which_the_proposer_reads(as_):
    admin, one, commander = post("security_administrator"), post(), post("commander")
    here = f"/accounts/appointments/{proposed(admin, one).pk}"
    refused = as_(commander).post(here, {"decision": "decline", "reason": ""})
    assert (refused.status_code, "没有写明理由" in text(refused)) == (400, True)
    as_(commander).post(here, {"decision": "decline", "reason": "已有人选"})
    assert roles_of(Account.objects.get(pk=one.pk)) == []
    seal_all()
    html = text(as_(admin).get(f"/accounts/{one.pk}"))
    assert "指挥长·浮山县；理由：已有人选" in html
    assert "指挥长·浮山县（提出，待确认）" in html
    assert "未确认，已撤下" in html
    assert "没有任命在等第二个人" in text(as_(admin).get("/accounts/waiting"))


@pytest.mark.once
def test_whoever_proposed_cannot_confirm_and_keeps_what_was_typed(as_):
    admin, one = post("security_administrator"), post()
    it = proposed(admin, one)
    answer = as_(admin).post(f"/accounts/appointments/{it.pk}", {"decision": "confirm", "reason": "我想确认"})
    assert (answer.status_code, "不能由您确认" in text(answer)) == (400, True)
    it.refresh_from_db()
    assert it.confirmed_by == ""


@pytest.mark.once
def test_a_refusal_about_the_area_stands_beside_it(as_):
    admin, one = post("security_administrator"), post("sampler", TOWNSHIP)
    answer = as_(admin).post(
        f"/accounts/{one.pk}/appoint", {"role": "sampler", "area": TOWNSHIP, "ends_on": "2099-01-01"}
    )
    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == {"area"}
    assert 'value="2099-01-01"' in text(answer)


@pytest.mark.once
def test_what_a_role_does_not_allow_yet_is_said_before_anything_is_typed(as_):
    admin, one = post("security_administrator"), post(is_verified=False)
    html = text(as_(admin).get(f"/accounts/{one.pk}/appoint?role=commander"))
    assert "身份尚未核验" in html
    assert "提出任命" not in html


def test_a_venue_is_named_by_its_number_and_an_unknown_one_is_refused_in_words(as_):
    admin, one = post("security_administrator"), post()
    answer = as_(admin).post(f"/accounts/{one.pk}/appoint", {"role": "door_keeper", "venue": "99999999", "ends_on": ""})
    assert (answer.status_code, "没有编号为“99999999”的场所" in text(answer)) == (400, True)


# Ending and closing


@pytest.mark.once
def test_an_appointment_is_ended_with_a_reason(as_):
    admin, one = post("security_administrator"), post("dispatcher")
    it = one.appointments.get()
    assert as_(admin).post(f"/accounts/appointments/{it.pk}/end", {"reason": ""}).status_code == 400
    assert as_(admin).post(f"/accounts/appointments/{it.pk}/end", {"reason": "调走了"}).status_code == 302
    assert roles_of(Account.objects.get(pk=one.pk)) == []


@pytest.mark.once
def test_whoever_may_not_end_an_appointment_is_told_who_may(as_):
    commander, one = post("commander"), post("dispatcher")
    answer = as_(commander).get(f"/accounts/appointments/{one.appointments.get().pk}/end")
    assert (answer.status_code, "安全管理员" in text(answer)) == (403, True)


@pytest.mark.once
def test_a_closed_account_offers_nothing_more(as_):
    admin, one = post("security_administrator"), post("dispatcher")
    assert as_(admin).post(f"/accounts/{one.pk}/close", {"reason": "岗位撤销"}).status_code == 302
    html = text(as_(admin).get(f"/accounts/{one.pk}"))
    assert "已停用" in html
    assert f"/accounts/{one.pk}/appoint" not in html


@pytest.mark.once
def test_the_last_security_administrator_is_not_closed(as_):
    admin = post("security_administrator")
    answer = as_(admin).post(f"/accounts/{admin.pk}/close", {"reason": "退休"})
    assert (answer.status_code, "就没有安全管理员了" in text(answer), "退休" in text(answer)) == (400, True, True)


# A password that somebody else knows


@pytest.fixture
def borrowed():
    """A commander whose password somebody else has just set."""
    one = post("commander")
    set_password(account=one, password=PASSWORD, by=by(post("security_administrator")))
    return Account.objects.get(pk=one.pk)


@pytest.mark.once
def test_whoever_must_change_the_password_is_led_to_the_form_and_told_why(client, borrowed):
    client.post("/sign-in", {"username": borrowed.username, "password": PASSWORD, "next": "/county"})
    for address in ("/", "/county", "/accounts", "/rulebooks", "/design", "/sign-in"):
        assert client.get(address).headers["Location"] == "/me", address
    html = text(client.get("/me"))
    assert "别人替您设的" in html
    assert "您现在没有任命" not in html
    assert "须先改密码" in html
    assert "换个角色" not in html
    assert 'href="/design"' not in html


@pytest.mark.once
def test_such_a_reader_may_still_change_language_and_sign_out(client, borrowed):
    client.force_login(borrowed, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/healthz").status_code == 200
    assert client.post("/language", {"language": "en", "next": "/me"}).headers["Location"] == "/me"
    assert "First change your password" in client.get("/me").content.decode()
    assert client.post("/sign-out").headers["Location"] == "/sign-in"


def test_once_it_is_changed_and_the_person_seen_by_another_everything_opens(client, borrowed):
    client.post("/sign-in", {"username": borrowed.username, "password": PASSWORD})
    same = client.post("/me", {"current": PASSWORD, "new": PASSWORD})
    assert (same.status_code, "设它的人仍然知道它" in text(same)) == (400, True)
    assert client.post("/me", {"current": PASSWORD, "new": OTHER}).headers["Location"] == "/me?done=password"
    assert client.get("/accounts").status_code == 403
    assert "请先持证件核验本人" in text(client.get("/me"))
    seen = {borrowed.pk: "999101199001011237"}
    verify_person(accounts=[borrowed], identities=seen, by=by(post("security_administrator")))
    assert client.get("/accounts").status_code == 200
    assert "请先持证件核验本人" not in text(client.get("/me"))
