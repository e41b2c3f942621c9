"""The pages of tracing parcels, from the depot's list to people who are told, tested and free again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from fangxian.ops.accounts.models import Account
from fangxian.ops.audit.models import ViewLog
from fangxian.ops.parcels.models import Declaration, Handling, Trace, Traced
from fangxian.ops.parcels.queries import counts_of, undecided, undecided_of
from fangxian.ops.people.actions import give_temporary_identity
from fangxian.ops.people.models import Person

from .contact_hand import confirmed
from .parcel_hand import a_dirty_list, a_trace, as_csv, depot, lead, row_of, upload, work

pytestmark = pytest.mark.django_db
# Of a page that shows fifty rows or five: it may not ask once a row.
MOST_QUERIES = 24


@pytest.fixture
def signed_in(client, small_county):
    client.force_login(lead())
    return client


@pytest.fixture(scope="module")
def matched(fushan_of_this_file):
    """A trace with a dirty list matched, for the tests of this file that only look."""
    trace = a_trace()
    upload(trace, a_dirty_list(200).content)
    return trace


def address(name, trace, *more):
    return reverse(f"parcels-{name}", args=[trace.id, *more])


def test_a_trace_is_opened_and_a_list_taken_in_by_pages(signed_in):
    told = {"depot": str(depot().pk), "disease": "covid-19", "since_on": "2022-04-07", "why": "分拨中心检出阳性"}
    trace_at = signed_in.post(reverse("parcels-open"), told)["Location"]
    assert signed_in.get(trace_at).status_code == 200
    file = SimpleUploadedFile("运单.csv", a_dirty_list(60).content)
    list_at = signed_in.post(reverse("parcels-trace", args=[Trace.objects.get().pk]), {"file": file})["Location"]
    columns = {name: field.initial for name, field in signed_in.get(list_at).context["form"].fields.items()}
    assert "recipient" in columns.values()
    signed_in.post(list_at, columns)
    assert signed_in.get(list_at)["Refresh"] == "3"
    work()
    done = signed_in.get(list_at)
    assert "Refresh" not in done
    assert counts_of([Trace.objects.get().pk]).popitem()[1].n_waybills == 60


def test_the_first_cells_of_a_list_are_shown_to_whoever_uploaded_it_and_to_nobody_else(signed_in, client):
    trace = a_trace(disease="measles")
    row = ("YT90001", "测试收件", "15400000001", "某村1号", "本人", "2022-04-08 10:00", "", "")
    file = SimpleUploadedFile("运单.csv", as_csv([row]))
    list_at = signed_in.post(address("trace", trace), {"file": file})["Location"]
    assert "测试收件" in signed_in.get(list_at).content.decode()
    client.force_login(Account.objects.get(username="investigator-1"))
    page = client.get(list_at)
    assert (page.status_code, "测试收件" in page.content.decode()) == (200, False)


def test_a_list_whose_columns_nobody_has_confirmed_needs_a_hand(signed_in):
    trace = a_trace(disease="measles")
    file = SimpleUploadedFile("运单.csv", as_csv([("YT1", "测试甲", "15400000001", "某村", "", "", "", "")]))
    list_at = signed_in.post(address("trace", trace), {"file": file})["Location"]
    assert list_at in [it.href for it in signed_in.get(address("trace", trace)).context["needs"]]


def test_a_list_that_a_spreadsheet_may_have_damaged_says_so(signed_in):
    trace = a_trace(disease="measles")
    file = SimpleUploadedFile("运单.csv", as_csv([("YT1", "测试甲", "357812345", "某村", "", "", "", "")]))
    list_at = signed_in.post(address("trace", trace), {"file": file})["Location"]
    assert "丢了开头的 0" in signed_in.get(list_at).content.decode().replace("\u2009", " ")


def test_a_list_that_was_refused_says_why_when_it_is_opened_again(signed_in):
    trace = a_trace(disease="measles")
    signed_in.post(address("trace", trace), {"file": SimpleUploadedFile("运单.xls", b"<html>login</html>")})
    (row,) = signed_in.get(address("trace", trace)).context["lists"].rows
    assert "里面没有表格" in signed_in.get(address("list", trace, row.pk)).content.decode()


def test_what_is_wrong_with_a_new_trace_is_said_beside_the_field(signed_in):
    told = {"depot": str(depot().pk), "disease": "covid-19", "since_on": "2023-01-01", "why": "检出阳性"}
    answer = signed_in.post(reverse("parcels-open"), told)
    assert answer.status_code == 400
    assert "起算日是 2023-01-01" in answer.context["form"].errors["since_on"][0].replace("\u2009", " ")


def test_a_file_that_is_no_list_is_refused_beside_the_field_and_the_page_stands(signed_in, matched):
    answer = signed_in.post(address("trace", matched), {"file": SimpleUploadedFile("x.csv", b"\x00\x01\x02")})
    assert answer.status_code == 400
    assert answer.context["form"].errors["file"]


@pytest.mark.once
def test_columns_without_the_number_are_refused_and_can_be_mended(signed_in):
    trace = a_trace(disease="measles")
    file = SimpleUploadedFile("运单.csv", as_csv([("1", "2")], ("甲", "乙")))
    list_at = signed_in.post(address("trace", trace), {"file": file})["Location"]
    answer = signed_in.post(list_at, {"column_0": "recipient", "column_1": ""})
    assert answer.status_code == 400
    assert answer.context["form"].non_field_errors()


@pytest.mark.parametrize("name", ["trace", "waybills", "people", "undecided", "couriers"])
def test_a_page_asks_as_often_for_many_rows_as_for_few(signed_in, matched, name, django_assert_max_num_queries):
    signed_in.get(address(name, matched))
    with django_assert_max_num_queries(MOST_QUERIES):
        assert signed_in.get(address(name, matched)).status_code == 200


def test_the_list_of_traces_asks_as_often_for_two_as_for_one(signed_in, matched, django_assert_max_num_queries):
    a_trace(disease="measles")
    with django_assert_max_num_queries(MOST_QUERIES):
        page = signed_in.get(reverse("parcels"))
    assert [it.disease for it in page.context["table"].rows] == ["measles", "covid-19"]


def test_the_counts_on_the_page_are_the_sum_of_its_waybills(signed_in, matched):
    counts = signed_in.get(address("trace", matched)).context["counts"]
    by_state = {
        state: signed_in.get(address("waybills", matched) + f"?state={state}").context["total"]
        for state in ("matched", "ambiguous", "unmatched")
    }
    assert by_state == {"matched": counts.n_matched, "ambiguous": counts.n_ambiguous, "unmatched": counts.n_unmatched}
    assert sum(by_state.values()) == counts.n_waybills == 200


def test_the_trace_counts_to_be_decided_what_its_page_lists_signers_too(signed_in, matched):
    needs = signed_in.get(address("trace", matched)).context["needs"]
    counted = next(it.count for it in needs if it.href == address("undecided", matched))
    assert counted == signed_in.get(address("undecided", matched)).context["paging"].total > 0


def test_somebody_decides_and_undoes_by_buttons(signed_in, matched):
    waiting = undecided_of(matched.id)
    (one,) = undecided(waiting[:1])
    person = one.candidates[0][0]
    told = {"handling": str(one.handling), "person": str(person), "page": "1"}
    answer = signed_in.post(address("undecided", matched), told)
    assert f"last={one.handling}" in answer["Location"]
    assert Handling.objects.get(pk=one.handling).person_id == person
    signed_in.post(address("undecided", matched), told | {"person": "undo"})
    assert set(undecided_of(matched.id)) == set(waiting)


@pytest.mark.once
@pytest.mark.parametrize("told", [{}, {"person": "x", "handling": "y"}, {"person": "nobody", "handling": "1"}])
def test_a_decision_that_no_page_sends_is_answered_with_400(signed_in, matched, told):
    assert signed_in.post(address("undecided", matched), told).status_code == 400


def test_one_person_is_confirmed_and_set_aside_on_their_page(signed_in, matched):
    row = Traced.objects.filter(state="found").first()
    at = address("person", matched, row.pk)
    signed_in.post(at, {"do": "confirm"})
    assert Traced.objects.get(pk=row.pk).state == "confirmed"
    assert signed_in.post(at, {"do": "set_aside", "why": ""}).status_code == 400
    signed_in.post(at, {"do": "set_aside", "why": "邻居代收"})
    assert "邻居代收" in signed_in.get(at).content.decode()


def test_everybody_is_confirmed_by_one_button(signed_in, matched):
    asked = signed_in.post(address("people", matched))["Location"]
    assert "正在判定" in signed_in.get(asked).content.decode()
    work()
    assert counts_of([matched.id])[matched.id].n_waiting == 0
    page = signed_in.get(asked).content.decode()
    assert ("正在判定" in page, "任务已派出" in page) == (False, True)


def test_the_depots_staff_is_settled_by_one_button(signed_in, matched):
    n = len(signed_in.get(address("couriers", matched)).context["preview"].staff)
    signed_in.post(address("couriers", matched))
    assert Traced.objects.filter(is_courier=True, state="confirmed").count() == n > 0


def test_whoever_is_shown_in_a_list_has_it_on_their_record(signed_in, matched):
    row = Traced.objects.order_by("area_path", "pk").first()
    before = ViewLog.objects.count()
    signed_in.get(address("people", matched))
    assert ViewLog.objects.count() > before
    assert ViewLog.objects.filter(why="people.parcels").exists()
    assert row is not None


LISTS = ("undecided", "waybills", "people", "couriers")


def whole_name_of_somebody(page) -> str:
    """The name of somebody of the page's list, whole."""
    if "cards" in page.context:
        return Person.objects.get(pk=page.context["cards"][0][1][0]["id"]).name
    rows = page.context["table"].rows
    return next(getattr(it, "person", it).name for it in rows if getattr(it, "person", it) is not None)


@pytest.mark.once
@pytest.mark.parametrize("name", LISTS)
def test_nobody_is_shown_in_full_without_a_reason(signed_in, matched, name):
    page = signed_in.get(address(name, matched))
    assert whole_name_of_somebody(page) not in page.content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_with_a_reason_they_are_shown_and_the_reason_is_on_their_record(signed_in, matched, name):
    signed_in.post(address(name, matched), {"do": "show", "reason": "tracing"})
    page = signed_in.get(address(name, matched))
    assert whole_name_of_somebody(page) in page.content.decode()
    assert ViewLog.objects.filter(why="people.parcels_shown.tracing").exists()


@pytest.mark.once
def test_a_reason_holds_for_the_other_pages_of_the_trace(signed_in, matched):
    signed_in.post(address("people", matched), {"do": "show", "reason": "tracing"})
    assert signed_in.get(address("waybills", matched)).context["showing"].reason == "tracing"


@pytest.mark.once
def test_a_reason_does_not_hold_for_another_trace(signed_in, matched):
    signed_in.post(address("people", matched), {"do": "show", "reason": "tracing"})
    assert signed_in.get(address("people", a_trace(disease="measles"))).context["showing"].reason == ""


@pytest.mark.once
def test_a_reason_does_not_hold_for_longer_than_an_hour(signed_in, matched):
    signed_in.post(address("people", matched), {"do": "show", "reason": "tracing"})
    session = signed_in.session
    session["shown_in_full"] |= {"until": 0}
    session.save()
    assert signed_in.get(address("people", matched)).context["showing"].reason == ""


@pytest.mark.once
def test_a_reason_can_be_taken_back(signed_in, matched):
    for told in ({"do": "show", "reason": "tracing"}, {"do": "hide"}):
        signed_in.post(address("people", matched), told)
    assert signed_in.get(address("people", matched)).context["showing"].reason == ""


@pytest.mark.once
@pytest.mark.parametrize("name", LISTS)
def test_without_a_reason_chosen_nothing_is_shown_nor_done(signed_in, matched, name):
    page = signed_in.post(address(name, matched), {"do": "show", "reason": ""})
    assert "还没有选原因" in page.content.decode()
    assert page.context["showing"].reason == ""


def test_a_person_s_page_is_masked_until_a_reason_is_stated(signed_in, matched):
    row = Traced.objects.select_related("person").first()
    at = address("person", matched, row.pk)
    assert row.person.name not in signed_in.get(at).content.decode()
    signed_in.post(at, {"do": "show", "reason": "contact"})
    assert row.person.name in signed_in.get(at).content.decode()


def test_a_person_who_is_a_contact_too_is_linked_to_it(signed_in, matched):
    row = Traced.objects.first()
    contact = confirmed(person=row.person_id, area_path=row.area_path)
    page = signed_in.get(address("person", matched, row.pk)).content.decode()
    assert reverse("contact", args=[contact.pk]) in page


@pytest.mark.once
def test_a_trace_that_is_closed_offers_nothing_to_do(signed_in, matched):
    signed_in.post(address("trace", matched), {"do": "close"})
    page = signed_in.get(address("trace", matched))
    assert page.context["needs"] == []
    assert b'type="file"' not in page.content


@pytest.mark.once
def test_a_grid_worker_opens_no_trace(client, matched, db):
    client.force_login(Account.objects.filter(appointments__role="grid_worker").first())
    assert client.get(reverse("parcels")).status_code == 403
    assert client.get(address("trace", matched)).status_code == 403


def test_the_refused_rows_come_as_a_workbook(signed_in):
    trace = a_trace(disease="measles")
    one = Person.objects.filter(phone_index__isnull=False).select_related("household").first()
    intake = upload(trace, as_csv([row_of(one), row_of(one, number="YT2", at="2022-04-01 09:00")]))
    answer = signed_in.post(address("list-refused", trace, intake.pk))
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert answer.content.startswith(b"PK")


def test_a_visitor_declares_by_the_address_only_they_have(client, small_county):
    person = Person.objects.order_by("pk").first()
    _, token = give_temporary_identity(
        person=person, from_place="临汾", to_place="长治", hours=24, by="program:test"
    )  # fmt: skip
    at = reverse("visitor-parcels", args=[token])
    told = {"how": "received", "touched_on": "2022-04-08", "depot": str(depot().pk), "number": "YT1"}
    for done in ("declared", "again"):
        assert client.post(at, told)["Location"].endswith(f"?done={done}")
    assert Declaration.objects.get().declared_by == f"visitor:{person.pk}"


def test_a_resident_declares_and_a_day_to_come_is_said_beside_the_field(client, small_county):
    account = Account.objects.filter(appointments__role="resident", person__isnull=False).first()
    client.force_login(account)
    told = {"how": "touched", "touched_on": "2022-05-01", "depot": "", "number": ""}
    answer = client.post(reverse("my-parcels"), told)
    assert answer.status_code == 400
    assert answer.context["form"].errors["touched_on"]
    assert client.post(reverse("my-parcels"), told | {"touched_on": "2022-04-07"}).status_code == 302
    assert "碰过快递" in client.get(reverse("my-parcels")).content.decode()
