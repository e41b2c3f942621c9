"""Phones in the field over HTTP: enrolled, heard, taken from once and in order, refused with a reason, cut off."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.audit.models import ViewLog
from fangxian.ops.contacts import actions as contacts
from fangxian.ops.contacts.models import FollowUp
from fangxian.ops.field.models import FieldDevice, IntentTaken
from fangxian.ops.posts.wire import VEHICLES
from fangxian.ops.procedures.field_problem import WHATS
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import open_tasks
from fangxian.ops.tasks.models import Task
from fangxian.ops.tasks.wire import NewTask

from .contact_hand import BY, confirmed
from .two_townships import CELL, account_of, build, sign_in

pytestmark = pytest.mark.django_db
BOTH = Said("告知接触者", "tell a contact")
SAID = {"what": "supplies", "text": "口罩不够了", "where": "东街口"}


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def phone(county):
    return enrolled(account_of(county, "grid_worker", CELL))


def signed_in(account) -> Client:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def enrolled(account, **told) -> SimpleNamespace:
    """A phone of an account: its device, its secret, and whose it is."""
    answer = signed_in(account).post(reverse("field-enrol"), {"name": "小米", **told})
    assert answer.status_code == 200, answer.content
    found = answer.json()
    return SimpleNamespace(account=account, device=found["device"], secret=found["secret"])


def ask(route, secret, body=None):
    headers = {"Authorization": f"Bearer {secret}"}
    if body is None:
        return Client().get(reverse(route), headers=headers)
    return Client().post(reverse(route), json.dumps(body), content_type="application/json", headers=headers)


def record(number, body=None, kind="problem", **told):
    """As the phone writes it; without a body a problem that is no other's."""
    now, body = county_now().isoformat(), body or {**SAID, "text": f"口罩不够了，缺 {number} 箱"}
    return {"number": number, "kind": kind, "recorded_at": now, "device_at": now, "sure": True, "body": body, **told}


def send(phone, *intents, protocol=1, sent_at=None):
    body = {"protocol": protocol, "app": "test", "sent_at": sent_at or county_now().isoformat(), "intents": intents}
    return ask("field-intents", phone.secret, body)


def outcomes(answer) -> list[tuple]:
    assert answer.status_code == 200, answer.content
    return [(it["number"], it["outcome"], it.get("refusal", "")) for it in answer.json()["outcomes"]]


# ---- letting a phone in, and cutting it off ----


def test_a_phone_acts_for_whoever_enrolled_it(phone):
    device = FieldDevice.objects.get(pk=phone.device)
    assert (device.account, device.name) == (phone.account, "小米")
    assert ask("field-bundle", phone.secret).json()["name"] == phone.account.username


def test_whoever_does_no_field_work_enrols_nothing(county):
    for client in (signed_in(account_of(county, "resident", "")), Client()):
        assert client.post(reverse("field-enrol"), {"name": "x"}).status_code == 403
    assert not FieldDevice.objects.exists()


def test_neither_a_stranger_nor_a_session_is_told_anything(phone):
    for secret in ("", "x" * 43, phone.device):
        assert (ask("field-bundle", secret).status_code, ask("field-intents", secret, {}).status_code) == (401, 401)
    assert signed_in(phone.account).get(reverse("field-bundle")).status_code == 401


def test_a_lost_phone_is_cut_off_by_its_holder_from_elsewhere(phone):
    answer = signed_in(phone.account).post(reverse("field-devices"), {"device": phone.device})
    assert answer.status_code == 302
    told = send(phone, record(1))
    assert (told.status_code, told.json()["refusal"]) == (401, "field.cut_off")
    assert not Task.objects.filter(kind="field.problem").exists()


def test_the_security_administrator_cuts_any_phone_off_and_no_colleague_does(county, phone):
    colleague = signed_in(account_of(county, "grid_worker", CELL))
    assert colleague.post(reverse("field-devices"), {"device": phone.device}).status_code == 403
    assert FieldDevice.objects.get().cut_off_at is None
    administrator = signed_in(account_of(county, "security_administrator"))
    assert phone.account.username in administrator.get(reverse("field-devices")).content.decode()
    administrator.post(reverse("field-devices"), {"device": phone.device})
    assert ask("field-bundle", phone.secret).json()["refusal"] == "field.cut_off"


@pytest.mark.parametrize("change", [{"is_active": False}, {"must_change_password": True}])
def test_the_phone_of_a_closed_account_speaks_for_nobody(phone, change):
    Account.objects.filter(pk=phone.account.pk).update(**change)
    assert send(phone, record(1)).json()["refusal"] == "field.account_over"


def test_a_phone_whose_term_is_over_goes_on_as_itself_once_renewed(phone):
    began = county_now() - timedelta(days=100)
    FieldDevice.objects.update(enrolled_at=began, ends_at=county_now())
    assert send(phone, record(1)).json()["refusal"] == "field.device_ended"
    again = enrolled(phone.account, device=phone.device)
    assert again.device == phone.device
    assert send(phone, record(1)).json()["refusal"] == "field.device_unknown", "the old secret is no secret any more"
    assert outcomes(send(again, record(1))) == [(1, "taken", "")]


def test_nobody_renews_another_ones_phone(county, phone):
    other = signed_in(account_of(county, "grid_worker", CELL))
    told = other.post(reverse("field-enrol"), {"device": phone.device})
    assert (told.status_code, told.json()["refusal"]) == (403, "field.device_unknown")


# ---- once, in order, each with its own answer ----


def test_what_is_sent_twice_is_taken_once(phone):
    first, second = record(1), record(2)
    assert outcomes(send(phone, first, second)) == [(1, "taken", ""), (2, "taken", "")]
    assert outcomes(send(phone, first, second)) == [(1, "repeat", ""), (2, "repeat", "")]
    assert Task.objects.filter(kind="field.problem").count() == 2


def test_the_same_number_with_other_content_is_refused_and_the_first_stays(phone):
    send(phone, record(1))
    other = record(1, {**SAID, "text": "别的事"})
    assert outcomes(send(phone, other)) == [(1, "refused", "field.number_taken")]
    assert "口罩" in Task.objects.get(kind="field.problem").title_zh


def test_one_that_cannot_be_taken_holds_no_other_up(phone):
    bad = record(2, {"what": "supplies"})
    broken = {"number": 3, "kind": "problem", "body": []}
    told = send(phone, record(1), bad, broken, record(4, kind="no_such_kind"), record(5))
    assert outcomes(told) == [
        (1, "taken", ""),
        (2, "refused", "field.body_wrong"),
        (3, "refused", "field.not_readable"),
        (4, "refused", "field.kind_unknown"),
        (5, "taken", ""),
    ]
    assert "「text」" in told.json()["outcomes"][1]["zh"]
    assert list(IntentTaken.objects.order_by("number").values_list("number", flat=True)) == [1, 5]


def test_a_refused_one_is_taken_under_its_own_number_once_it_can_be(phone, county):
    task = opened_task(county)
    done = record(1, {"task": str(task), "note": ""}, "task_done")
    Task.objects.filter(pk=task).update(role="sampler")
    assert outcomes(send(phone, done)) == [(1, "refused", "tasks.not_allowed")]
    Task.objects.filter(pk=task).update(role="grid_worker")
    assert outcomes(send(phone, done)) == [(1, "taken", "")]
    assert Task.objects.get(pk=task).state == "done"


@pytest.mark.parametrize("numbers", [(2, 1), (1, 1)])
def test_numbers_that_do_not_rise_are_no_order(phone, numbers):
    assert send(phone, *map(record, numbers)).json()["refusal"] == "field.not_in_order"


def test_more_than_five_hundred_at_once_are_sent_in_parts(phone):
    assert send(phone, *({"number": n} for n in range(1, 502))).json()["refusal"] == "field.too_many"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"protocol": 1, "intents": {}, "sent_at": "x"}'])
def test_what_is_no_request_is_told_so(phone, body):
    told = Client().post(
        reverse("field-intents"), body, content_type="application/json",
        headers={"Authorization": f"Bearer {phone.secret}"},
    )  # fmt: skip
    assert (told.status_code, told.json()["refusal"]) == (409, "field.not_readable")


@pytest.mark.parametrize("protocol", [0, 2, "1", None])
def test_an_app_of_another_protocol_is_told_what_to_do(phone, protocol):
    told = send(phone, record(1), protocol=protocol)
    assert (told.status_code, told.json()["refusal"]) == (409, "field.app_old")
    assert "Reload" in told.json()["en"]
    assert not IntentTaken.objects.exists()


def test_a_full_request_costs_the_same_number_of_questions_a_record(phone, django_assert_max_num_queries):
    intents = [record(n) for n in range(1, 101)]
    send(phone, record(200))
    with django_assert_max_num_queries(40):
        outcomes(send(phone, *intents))


# ---- when it was ----


def taken_at(number=1):
    return IntentTaken.objects.get(number=number).recorded_at


def test_a_phone_that_could_not_vouch_for_its_time_is_reckoned_by_both_clocks(phone):
    """Its clock is a day behind; it wrote two hours ago and then took county time to be a day ago."""
    shown = datetime.now(UTC) - timedelta(days=1)
    wrote = (shown - timedelta(hours=2)).isoformat()
    took_it_for = (county_now() - timedelta(days=1)).isoformat()
    send(phone, record(1, recorded_at=took_it_for, device_at=wrote, sure=False), sent_at=shown.isoformat())
    assert abs(taken_at() - (county_now() - timedelta(hours=2))) < timedelta(minutes=1)
    assert FieldDevice.objects.get().clock_ahead_ms == pytest.approx(-86_400_000, abs=60_000)


def test_nothing_is_recorded_in_the_future(phone):
    tomorrow = (county_now() + timedelta(days=1)).isoformat()
    send(phone, record(1, recorded_at=tomorrow, device_at=tomorrow), record(2, recorded_at=tomorrow, sure=False))
    assert max(taken_at(1), taken_at(2)) <= county_now()


def test_a_record_is_the_same_one_however_its_time_is_reckoned(phone):
    wrong = record(1, device_at=(county_now() - timedelta(hours=2)).isoformat(), sure=False)
    send(phone, wrong)
    later = (county_now() + timedelta(hours=1)).isoformat()
    assert outcomes(send(phone, wrong, sent_at=later)) == [(1, "repeat", "")]


# ---- what is taken along ----


def opened_task(county):
    new = NewTask(
        kind="contacts.call", title=BOTH, area_path=CELL, due_at=county_now() + timedelta(hours=1), role="grid_worker"
    )
    return open_tasks(tasks=[new], by=BY).ids[0]


def test_a_grid_worker_takes_the_people_and_the_work_of_the_cell_along(county, phone):
    contact = confirmed(person=county.head.pk, area_path=CELL)
    contacts.open_follow_ups(at=county_now(), by=BY)
    task = opened_task(county)
    told = ask("field-bundle", phone.secret).json()
    assert [(it["number"], len(it["members"])) for it in told["households"]] == [(1, 3), (2, 1)]
    assert told["fever_from_c"] == 37.3
    assert str(task) in {it["id"] for it in told["tasks"]}
    assert [it["contact"] for it in told["follow_ups"]] == [str(contact.pk)]
    text = json.dumps(told, ensure_ascii=False)
    assert county.stranger.name not in text
    assert county.head.document_number not in text


def test_whoever_has_a_township_takes_no_register_of_people_along(county):
    lead = enrolled(account_of(county, "grid_lead"))
    told = ask("field-bundle", lead.secret).json()
    assert (told["households"], told["n_households"]) == ([], 0)


def test_a_bundle_that_has_not_changed_is_not_sent_again_and_not_logged_twice(county, phone):
    first = ask("field-bundle", phone.secret)
    n_seen = ViewLog.objects.count()
    headers = {"Authorization": f"Bearer {phone.secret}", "If-None-Match": first.headers["ETag"]}
    again = Client().get(reverse("field-bundle"), headers=headers)
    assert (again.status_code, again.content, n_seen) == (304, b"", 4)
    assert ViewLog.objects.count() == n_seen


def test_a_bundle_costs_few_questions(county, phone, django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        ask("field-bundle", phone.secret)


@pytest.mark.parametrize("change", [
    {"recorded_at": "0001-01-01T00:00:00+08:00"},
    {"device_at": "9999-12-31T23:59:59-08:00"},
    {"body": {**SAID, "text": "half a sign \ud83d"}},
    {"body": {**SAID, "text": "nothing\x00"}},
    {"kind": "\ud83d"},
])  # fmt: skip
def test_what_no_phone_writes_is_refused_by_itself_and_holds_up_nothing(phone, change):
    told = send(phone, record(1, **change), record(2))
    assert outcomes(told) == [(1, "refused", "field.not_readable"), (2, "taken", "")]


@pytest.mark.parametrize("degrees", ["NaN", "-NaN", "Infinity", "1e999999999"])
def test_a_temperature_that_is_no_number_is_refused_by_name(county, phone, degrees):
    body = {"contact": str(uuid4()), "found": "seen", "temperature_c": degrees, "symptoms": [], "note": ""}
    assert outcomes(send(phone, record(1, body, "follow_up"))) == [(1, "refused", "field.body_wrong")]


@pytest.mark.parametrize(("n", "status"), [(10**30, 200), (float("inf"), 409), (None, 409)])
def test_a_phone_that_says_how_much_waits_as_no_phone_can_is_no_failure(phone, n, status):
    body = {"protocol": 1, "app": "test", "sent_at": county_now().isoformat(), "n_waiting": n}
    assert ask("field-hello", phone.secret, body).status_code == status
    assert ask("field-intents", phone.secret, body | {"intents": []}).status_code == status


def test_hello_tells_the_time_and_what_may_be_sent(phone):
    body = {"protocol": 1, "app": "test", "sent_at": county_now().isoformat(), "n_waiting": 7}
    told = ask("field-hello", phone.secret, body).json()
    assert {"problem", "follow_up", "task_done"} <= set(told["kinds"])
    assert FieldDevice.objects.get().n_waiting == 7


# ---- what the kinds mean ----


def test_a_follow_up_from_the_field_is_that_days_follow_up(county, phone):
    contact = confirmed(person=county.head.pk, area_path=CELL)
    body = {"contact": str(contact.pk), "found": "seen", "temperature_c": "38.1", "symptoms": ["cough"], "note": ""}
    assert outcomes(send(phone, record(1, body, "follow_up"))) == [(1, "taken", "")]
    done = FollowUp.objects.get(whose=contact)
    assert (done.state, done.is_symptomatic, done.done_by) == ("done", True, f"account:{phone.account.pk}")


def test_a_follow_up_sent_days_later_is_of_the_day_and_the_moment_at_which_they_were_asked(county, phone):
    contact = confirmed(person=county.head.pk, area_path=CELL)
    asked_at = county_now() - timedelta(days=3)
    body = {"contact": str(contact.pk), "found": "seen", "temperature_c": "36.4", "symptoms": [], "note": ""}
    late = record(1, body, "follow_up", recorded_at=asked_at.isoformat(), device_at=asked_at.isoformat())
    assert outcomes(send(phone, late)) == [(1, "taken", "")]
    done = FollowUp.objects.get(whose=contact)
    assert (done.on, done.done_at) == (asked_at.date(), asked_at)


def test_a_clock_that_is_weeks_behind_dates_no_follow_up(county, phone):
    contact = confirmed(person=county.head.pk, area_path=CELL)
    long_ago = (county_now() - timedelta(days=9)).isoformat()
    body = {"contact": str(contact.pk), "found": "seen", "temperature_c": "36.4", "symptoms": [], "note": ""}
    late = record(1, body, "follow_up", recorded_at=long_ago, device_at=long_ago)
    assert outcomes(send(phone, late)) == [(1, "refused", "contacts.day_to_come")]


def test_two_phones_with_the_same_contact_do_not_write_over_one_another(county, phone):
    contact = confirmed(person=county.head.pk, area_path=CELL)
    other = enrolled(account_of(county, "grid_worker", CELL))
    ill = {"contact": str(contact.pk), "found": "seen", "temperature_c": "38.1", "symptoms": [], "note": ""}
    well = {**ill, "temperature_c": "36.4"}
    assert outcomes(send(phone, record(1, ill, "follow_up"))) == [(1, "taken", "")]
    assert outcomes(send(other, record(1, well, "follow_up"))) == [(1, "refused", "field.followed_by_another")]
    assert outcomes(send(other, record(2, ill, "follow_up"))) == [(2, "taken", "")]
    assert FollowUp.objects.get(whose=contact).is_symptomatic


def test_a_problem_becomes_a_task_of_the_township_with_a_clock(phone):
    send(phone, record(1, {**SAID, "is_urgent": True}))
    task = Task.objects.get(kind="field.problem")
    assert (task.role, task.area_path) == ("grid_lead", CELL[:9])
    assert round((task.due_at - task.opened_at).total_seconds()) == 3600


def test_the_page_holds_nothing_of_anybody_and_can_be_installed(client, county):
    html = sign_in(client, county, "grid_worker").get(reverse("field")).content.decode()
    assert county.head.name not in html
    assert all(f'value="{it}"' in html for it in (*VEHICLES, *WHATS)), "what may be chosen is what is taken"
    told = client.get(reverse("field-manifest")).json()
    assert (told["start_url"], told["display"]) == ("/field", "standalone")


def test_a_task_is_done_when_the_phone_did_it_not_when_it_came(phone, county):
    task = opened_task(county)
    opened_at, done_at = county_now() - timedelta(hours=5), county_now() - timedelta(hours=3)
    Task.objects.filter(pk=task).update(opened_at=opened_at)
    send(phone, record(1, {"task": str(task), "note": ""}, "task_done", recorded_at=done_at.isoformat()))
    assert Task.objects.get(pk=task).closed_at == done_at


def test_no_task_is_done_before_it_was_there(phone, county):
    task = opened_task(county)
    long_ago = county_now() - timedelta(days=2)
    send(phone, record(1, {"task": str(task), "note": ""}, "task_done", recorded_at=long_ago.isoformat()))
    row = Task.objects.get(pk=task)
    assert row.closed_at == row.opened_at
