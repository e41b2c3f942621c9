"""Signing in and out, the demo's one click, and one's own account."""

from dataclasses import replace

import pytest
from django.test import Client

from fangxian.ops.accounts.demo import demo_accounts
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.audit.actions import seal_all
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.folder import RealmKind

pytestmark = pytest.mark.django_db
PASSWORD = "lantern-bridge-millet"


@pytest.fixture
def commander():
    unit = Unit.objects.create(name_zh="县指挥部", name_en="Headquarters", kind="headquarters", area_path="141027")
    account = Account(username="commander-1", display_name="指挥长甲", unit=unit, unit_since=county_now())
    account.set_password(PASSWORD)
    account.save()
    Appointment.objects.create(account=account, role="commander", area_path="141027", begins_at=county_now())
    return account


@pytest.fixture
def live(settings):
    settings.REALM = replace(settings.REALM, kind=RealmKind.LIVE)


def sign_in(client, password=PASSWORD, **more):
    return client.post("/sign-in", {"username": "commander-1", "password": password, **more})


def test_a_username_and_its_password_lead_to_the_first_page(client, commander):
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/me").status_code == 200


def test_signing_in_leads_back_to_the_page_that_was_asked_for(client, commander):
    asked = client.get("/rulebooks?x=1")
    page = client.get(asked.headers["Location"])
    assert 'name="next" value="/rulebooks?x=1"' in page.content.decode()
    assert sign_in(client, next="/rulebooks?x=1").headers["Location"] == "/rulebooks?x=1"


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example/", "//elsewhere.example", "\\\\elsewhere.example", "javascript:1"]
)
def test_signing_in_leads_nowhere_else(client, commander, to):
    assert sign_in(client, next=to).headers["Location"] == "/"


@pytest.mark.parametrize("username", ["commander-1", "nobody-of-this-name"])
def test_a_wrong_password_and_an_unknown_name_read_the_same(client, commander, username):
    answer = client.post("/sign-in", {"username": username, "password": "wrong"})
    html = answer.content.decode()
    assert answer.status_code == 400
    assert "用户名或密码不对" in html
    assert f'value="{username}"' in html
    assert "wrong" not in html


def test_too_many_attempts_are_put_on_hold_and_told_how_long_to_wait(client, commander):
    answers = [sign_in(client, password="wrong") for _ in range(6)]
    assert [answer.status_code for answer in answers][-1] == 429
    assert "15 分钟后可以再试" in answers[-1].content.decode().replace("\u2009", " ")
    assert sign_in(client).status_code == 429


def test_an_empty_form_says_what_is_missing_beside_the_field(client):
    html = client.post("/sign-in", {"username": "", "password": ""}).content.decode()
    assert "请填写用户名。" in html
    assert "请填写密码。" in html


def test_one_click_enters_a_role_of_the_demo(client, commander):
    page = client.get("/sign-in").content.decode()
    assert 'name="role" value="commander"' in page
    assert client.post("/sign-in", {"role": "commander"}).status_code == 302
    assert "commander-1" in client.get("/me").content.decode()


def test_the_list_of_roles_is_one_query_and_takes_the_first_post_of_each_and_of_commanders_more(
    commander, django_assert_num_queries
):
    second = Account.objects.create(
        username="commander-0", display_name="", unit=commander.unit, unit_since=county_now()
    )
    for account, role in ((second, "commander"), (second, "inspector"), (commander, "auditor")):
        Appointment.objects.create(account=account, role=role, area_path="141027", begins_at=county_now())
    with django_assert_num_queries(1):
        found = [(it.role.name, it.account.username, it.account.unit.name_en) for it in demo_accounts()]
    assert found == [
        ("commander", "commander-0", "Headquarters"),
        ("commander", "commander-1", "Headquarters"),
        ("inspector", "commander-0", "Headquarters"),
        ("auditor", "commander-1", "Headquarters"),
    ]


def test_the_demo_offers_both_security_administrators_and_says_what_each_is_for(client, commander):
    for number in (1, 2, 3):
        one = Account.objects.create(
            username=f"security-{number}", display_name="", unit=commander.unit, unit_since=county_now()
        )
        Appointment.objects.create(
            account=one, role="security_administrator", area_path="141027", begins_at=county_now()
        )
    page = client.get("/sign-in", headers={"accept-language": "en"}).content.decode()
    assert "security administrator (2)" in page
    assert "verifies accounts the first has opened" in page
    assert "security administrator (3)" not in page
    for key, username in (("security_administrator", "security-1"), ("security_administrator/2", "security-2")):
        assert f'name="role" value="{key}"' in page
        assert client.post("/sign-in", {"role": key}).status_code == 302
        assert username in client.get("/me").content.decode()


def test_a_live_realm_has_no_list_of_roles_and_refuses_one_that_is_sent(client, commander, live):
    assert 'name="role"' not in client.get("/sign-in").content.decode()
    answer = client.post("/sign-in", {"role": "commander"})
    assert answer.status_code == 409
    assert "这里不是演示" in answer.content.decode()
    assert client.get("/me").status_code == 302


def test_a_role_nobody_has_is_refused_in_words(client, commander):
    answer = client.post("/sign-in", {"role": "emperor"})
    assert (answer.status_code, "请在登录页上选择" in answer.content.decode()) == (409, True)


def test_signing_out_ends_the_session_and_is_on_record(client, commander):
    sign_in(client)
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/me").status_code == 302
    assert AuditLine.objects.order_by("-id").first().action == "accounts.signed_out"


def test_signing_out_is_pressed_not_followed(client):
    assert client.get("/sign-out").status_code == 405


def test_the_rail_says_who_is_signed_in_and_masks_nobody_to_themselves(client, commander):
    sign_in(client)
    html = client.get("/me").content.decode()
    assert "指挥长甲" in html
    assert "指＊＊＊" not in html
    assert "换个角色" in html


def test_the_rail_of_a_live_realm_offers_no_other_role(client, commander, live):
    sign_in(client)
    assert "换个角色" not in client.get("/me").content.decode()


def test_ones_own_account_shows_how_it_was_used(client, commander):
    sign_in(client, password="wrong")
    sign_in(client)
    seal_all()
    html = client.get("/me").content.decode()
    assert "登录没有成功" in html
    assert "签发措施命令" in html


def test_a_new_password_ends_other_sessions_and_keeps_this_one(client, commander):
    elsewhere = Client()
    sign_in(elsewhere)
    sign_in(client)
    answer = client.post("/me", {"current": PASSWORD, "new": "quilt-river-lantern"})
    assert answer.headers["Location"] == "/me?done=password"
    assert client.get("/me?done=password").status_code == 200
    assert elsewhere.get("/me").status_code == 302


@pytest.mark.parametrize(
    ("current", "new", "sentence"),
    [("wrong", "quilt-river-lantern", "与现在的密码不符"), (PASSWORD, "1234", "少于 10 个字符")],
)
def test_a_password_that_cannot_be_changed_says_why_beside_the_field(client, commander, current, new, sentence):
    sign_in(client)
    answer = client.post("/me", {"current": current, "new": new})
    assert answer.status_code == 400
    assert sentence.replace(" ", "") in answer.content.decode().replace("\u2009", "").replace(" ", "")


def test_a_page_of_somebody_signed_in_takes_few_queries(client, commander, django_assert_max_num_queries):
    sign_in(client)
    with django_assert_max_num_queries(8):
        client.get("/me")
