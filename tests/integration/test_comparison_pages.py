"""The pages of the three comparisons: what is seen by whom, what a person decides, what goes out."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from fangxian.ops.accounts.models import Account
from fangxian.ops.comparisons.models import Comparison, DoubtfulPair, Finding
from fangxian.ops.comparisons.queries import findings_of, sources_of
from fangxian.ops.people.models import Person

from .compared_hand import a_comparison, as_csv, compared, desk, dirty_lists

pytestmark = pytest.mark.django_db
# Of a page that shows fifty people or five: it may not ask once a row.
MOST_QUERIES = 22
ONE = ("张建国", "E1234567", "15411111111", "", "1970-03-07", "男", "2022-04-06")
OTHER = ("李桂英", "E1234567", "15455555555", "", "", "", "2022-04-06")
FULL = {"do": "show", "reason": "verify"}


@pytest.fixture
def signed_in(client, small_county):
    client.force_login(desk())
    return client


@pytest.fixture(scope="module")
def dirty(fushan_of_this_file):
    """Three dirty lists compared beside the register, for the tests of this file that only look."""
    return compared(*((role, rows) for role, (rows, _) in dirty_lists(100).items()), own=["people"])


def at(name, row, *more):
    return reverse(f"comparison{name}", args=[row.pk, *more])


def test_a_comparison_is_opened_and_its_lists_are_taken_in_by_pages(signed_in):
    told = {"title": "返乡人员", "begins_on": "2022-04-01", "last_on": "2022-04-08", "own": ["people"]}
    here = signed_in.post(reverse("comparisons-new"), told)["Location"]
    assert signed_in.get(here).status_code == 200
    row = Comparison.objects.get()
    for role, rows in (("declared", [ONE]), ("grid", [OTHER])):
        file = {"sender": "township", "role": role, "file": SimpleUploadedFile(f"{role}.csv", as_csv(rows))}
        list_at = signed_in.post(at("", row), file)["Location"]
        columns = {name: field.initial for name, field in signed_in.get(list_at).context["form"].fields.items()}
        assert signed_in.post(list_at, columns).status_code == 302
    assert signed_in.post(at("", row), {"do": "run"}).status_code == 302
    assert signed_in.get(at("", row))["Refresh"] == "3"


def test_a_comparison_without_a_title_is_asked_for_one_and_keeps_what_was_typed(signed_in):
    answer = signed_in.post(reverse("comparisons-new"), {"title": " ", "begins_on": "2022-04-01", "last_on": "x"})
    assert (answer.status_code, answer.context["form"]["begins_on"].value()) == (400, "2022-04-01")


@pytest.mark.parametrize("name", ["", "-people", "-doubtful"])
def test_a_page_asks_the_database_few_times_however_many_people_there_are(
    dirty, client, name, django_assert_max_num_queries
):
    client.force_login(desk())
    client.get(at(name, dirty))
    with django_assert_max_num_queries(MOST_QUERIES):
        assert client.get(at(name, dirty)).status_code == 200


def test_counts_say_the_time_they_are_from(dirty, client):
    client.force_login(desk())
    assert client.get(at("", dirty)).context["at"] == dirty.compared_at


def test_names_are_masked_until_a_reason_is_stated(dirty, client):
    client.force_login(desk())
    name = next(it.name for it in findings_of(dirty) if len(it.name) > 2)
    assert name not in client.get(at("-people", dirty)).content.decode()
    assert client.post(at("-people", dirty), FULL).status_code == 302
    assert name in client.get(at("-people", dirty)).content.decode()


def test_people_are_filtered_by_outcome(dirty, client):
    client.force_login(desk())
    table = client.get(at("-people", dirty) + "?outcome=agree").context["table"]
    assert {it.outcome for it in table.rows} == {"agree"}


def test_people_go_out_as_a_file_once_a_reason_is_stated(dirty, client):
    client.force_login(desk())
    assert client.post(at("-people", dirty), {"do": "file"}).status_code == 403
    client.post(at("-people", dirty), FULL)
    lines = b"".join(client.post(at("-people", dirty), {"do": "file"}).streaming_content).decode().splitlines()
    assert len(lines) == findings_of(dirty).count() + 1


def test_one_person_shows_what_each_source_says(dirty, client):
    client.force_login(desk())
    found = findings_of(dirty).filter(outcome="agree").first()
    page = client.get(at("-person", dirty, found.pk))
    assert len(page.context["table"].rows) >= 2


def test_a_pair_is_decided_and_that_is_undone(signed_in):
    row = compared(("declared", [ONE]), ("grid", [OTHER]))
    here, pair = at("-doubtful", row), DoubtfulPair.objects.get()
    signed_in.post(here, FULL)
    signed_in.post(here, {"pair": str(pair.pk), "verdict": "same"})
    assert signed_in.get(here).context["pair"] is None
    signed_in.post(here, {"pair": str(pair.pk), "verdict": "0"})
    assert signed_in.get(here).context["pair"] == pair


def test_a_pair_about_whoever_looks_is_left_to_a_colleague_and_keeps_them_from_no_other(signed_in):
    row, own = compared(("declared", [ONE]), ("grid", [OTHER])), Person.objects.first()
    Person.objects.filter(pk=own.pk).update(account=desk())
    Finding.objects.filter(pk=DoubtfulPair.objects.get().other.finding_id).update(person=own)
    page = signed_in.get(at("-doubtful", row))
    assert (page.context["pair"], "由同事判断" in page.content.decode()) == (None, True)


def test_a_verdict_that_is_none_is_no_decision(signed_in):
    row = compared(("declared", [ONE]), ("grid", [OTHER]))
    answer = signed_in.post(at("-doubtful", row), {"pair": str(DoubtfulPair.objects.get().pk), "verdict": "perhaps"})
    assert answer.status_code == 400


def test_rows_returned_go_back_as_a_workbook(signed_in):
    row = compared(("declared", [ONE, ("",) * 6 + ("2022-04-06",)]), ("grid", [OTHER]))
    source = next(it for it in sources_of(row.pk) if it.role == "declared")
    assert signed_in.post(at("-source-refused", row, source.pk)).content[:2] == b"PK"


def test_whoever_reviews_one_township_may_look_and_not_upload(client, small_county):
    row = a_comparison()
    client.force_login(Account.objects.filter(appointments__role="township_approver").first())
    assert client.get(at("", row)).context["may_upload"] is False
    assert client.post(at("", row), {"do": "run"}).status_code == 403


def test_whoever_reviews_nothing_sees_no_comparison(client, small_county):
    row = a_comparison()
    client.force_login(Account.objects.filter(appointments__role="laboratory").first())
    assert client.get(at("", row)).status_code == 403


def test_somebody_of_another_township_is_not_shown(client, small_county):
    it = Person.objects.filter(household__isnull=False).order_by("-area_path").first()
    listed = [(it.name, it.document_number, "", "", "", "", "")]
    row = compared(("declared", listed), ("grid", listed), own=["people"])
    others = Account.objects.filter(appointments__role="township_approver")
    client.force_login(next(one for one in others if not it.area_path.startswith(one.appointments.first().area_path)))
    assert client.get(at("-person", row, findings_of(row).get().pk)).status_code == 404


def test_a_comparison_until_the_last_day_there_is_is_refused_beside_it(signed_in):
    told = {"title": "返乡人员", "begins_on": "2022-04-01", "last_on": "9999-12-31"}
    answer = signed_in.post(reverse("comparisons-new"), told)
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["last_on"])
