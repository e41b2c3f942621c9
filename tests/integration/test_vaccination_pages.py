"""The pages of vaccination: whom to call, one person's doses, and the health authority's lists."""

import threading
from datetime import date
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from fangxian.ops.intake.queries import find
from fangxian.ops.jobs.worker import run_one
from fangxian.ops.vaccination.actions import record_doses
from fangxian.ops.vaccination.queries import course_of, doses_of
from fangxian.ops.vaccination.wire import NewDose

from .two_townships import CELL, OTHER_CELL, account_of, build, document

pytestmark = pytest.mark.django_db
BY = "account:another"


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


def signed_in(county, role, area="141027") -> Client:
    client = Client()
    client.force_login(account_of(county, role, area), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def grid(county):
    return signed_in(county, "grid_worker", CELL)


@pytest.fixture
def office(county):
    return signed_in(county, "dispatcher")


def page(client, route, *args, **query) -> str:
    answer = client.get(reverse(route, args=args), query)
    assert answer.status_code == 200, answer.content.decode()[:400]
    return answer.content.decode()


def taken(person, given_on, **told):
    record_doses(
        doses=[NewDose(person=person.pk, given_on=given_on, **{"product": "inactivated", "source": "own", **told})],
        by=BY,
    )


# ---- whom to call ----


def test_a_grid_worker_sees_who_is_due_in_the_cell_the_oldest_first(county, grid):
    said = page(grid, "vaccination")
    at = [said.index(f"/vaccination/{county.persons[n].pk}") for n in (3, 0, 1, 2)]
    assert at == sorted(at)
    assert str(county.stranger.pk) not in said


def test_whoever_had_all_is_called_by_nobody(county, grid):
    for day in (date(2021, 3, 1), date(2021, 4, 1), date(2021, 12, 1)):
        taken(county.head, day)
    assert str(county.head.pk) not in page(grid, "vaccination")
    assert str(county.head.pk) in page(grid, "vaccination", state="complete")


def test_small_counts_of_an_area_are_withheld(county, office):
    said = page(office, "vaccination", age="all")
    assert "&lt;5" in said


def test_the_list_is_read_by_the_same_number_of_questions_however_long(county, grid, django_assert_max_num_queries):
    page(grid, "vaccination")
    with django_assert_max_num_queries(30):
        page(grid, "vaccination", state="all")


# ---- one person ----


def test_a_dose_seen_on_a_card_is_recorded_and_the_next_one_follows(county, grid):
    told = {"do": "dose", "given_on": "2022-04-01", "product": "inactivated", "number": "1", "unit": "乡卫生院",
            "source": "card"}  # fmt: skip
    assert grid.post(reverse("vaccination-person", args=[county.head.pk]), told).status_code == 302
    assert course_of(county.head.pk).next_from == date(2022, 4, 22)
    assert "乡卫生院" in page(grid, "vaccination-person", county.head.pk)


@pytest.mark.parametrize("told", [
    {"given_on": "2050-01-01", "product": "inactivated", "source": "card"},
    {"given_on": "x", "product": "inactivated", "source": "card"},
    {"given_on": "2022-04-01", "product": "herbs", "source": "card"},
    {"given_on": "2022-04-01", "product": "inactivated", "source": "authority"},
    {"given_on": "2022-04-01", "product": "inactivated", "source": "card", "number": "12"},
    {},
])  # fmt: skip
def test_a_dose_that_cannot_be_is_said_beside_the_form_and_nothing_is_lost(county, grid, told):
    answer = grid.post(reverse("vaccination-person", args=[county.head.pk]), {"do": "dose", "unit": "卫生院甲", **told})
    assert answer.status_code == 400
    assert "卫生院甲" in answer.content.decode()
    assert not doses_of(county.head.pk).exists()


def test_a_dose_is_taken_back_with_its_reason_and_stays_to_be_seen(county, grid):
    taken(county.head, date(2021, 8, 1))
    dose = doses_of(county.head.pk).get()
    address = reverse("vaccination-person", args=[county.head.pk])
    assert grid.post(address, {"do": "back", "dose": dose.pk, "why": " "}).status_code == 400
    assert grid.post(address, {"do": "back", "dose": dose.pk, "why": "看错了年份"}).status_code == 302
    assert course_of(county.head.pk).stage == "none"
    assert "看错了年份" in page(grid, "vaccination-person", county.head.pk)
    assert grid.post(address, {"do": "back", "dose": "x", "why": "再来"}).status_code == 400


def test_why_somebody_is_not_vaccinated_takes_them_off_the_list(county, grid):
    address = reverse("vaccination-person", args=[county.persons[3].pk])
    assert grid.post(address, {"do": "none", "why": "declined:allergy"}).status_code == 400
    assert grid.post(address, {"do": "none", "why": "contraindicated:allergy"}).status_code == 302
    assert str(county.persons[3].pk) not in page(grid, "vaccination")
    assert str(county.persons[3].pk) in page(grid, "vaccination", state="stopped")


def test_nobody_opens_the_doses_of_another_grids_people(county, grid):
    assert grid.get(reverse("vaccination-person", args=[county.stranger.pk])).status_code == 403
    assert county.stranger.area_path == OTHER_CELL


# ---- lists ----


def upload(client, text: str, encoding="gb18030") -> str:
    file = SimpleUploadedFile("接种.csv", text.encode(encoding))
    answer = client.post(reverse("vaccination-lists"), {"sender": "县疾控中心", "file": file})
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def confirm(client, address: str) -> None:
    form = client.get(address).context["form"]
    told = {name: form[name].value() for name in form.fields}
    assert client.post(address, told).status_code == 302
    assert run_one(worker="test", stop=threading.Event())


def row(person, given_on, number="1", **told) -> str:
    told = {"name": person.name, "document": person.document_number, **told}
    return f"{told['name']},{told['document']},灭活疫苗,{given_on},第{number}剂,县疾控\n"


HEAD = "受种者姓名,证件号码,疫苗名称,接种日期,剂次,接种单位\n"


def test_a_list_in_gb18030_comes_in_once_and_what_cannot_be_taken_goes_back(county, office):
    text = HEAD + row(county.head, "2021-08-01") + row(county.head, "2021-09-01", "2") + row(
        county.persons[1], "2050-01-01"
    ) + row(county.persons[3], "2021-05-01", name="别人") + row(county.persons[3], "2021-05-01", document=document(
        date(1999, 1, 1), 999))  # fmt: skip
    address = upload(office, text)
    confirm(office, address)
    assert doses_of(county.head.pk).count() == 2
    assert {it.source for it in doses_of(county.head.pk)} == {"authority"}
    intake = find(UUID(address.rsplit("/", 1)[-1]))
    assert (intake.n_accepted, intake.n_refused) == (2, 3)
    assert office.post(f"{address}/refused").content.startswith(b"PK")
    assert upload(office, text) == address, "the same list again is the list that came"
    assert doses_of(county.head.pk).count() == 2


def test_a_row_a_person_with_a_day_a_dose_replaces_what_was_told_by_mouth(county, office):
    taken(county.head, date(2021, 8, 2), number=1)
    who = f"{county.head.name},{county.head.document_number}"
    text = f"姓名,身份证号,疫苗,第一剂,第二剂\n{who},灭活,2021-08-01,2021-09-01\n"
    confirm(office, upload(office, text, "utf-8"))
    standing = [it for it in doses_of(county.head.pk) if it.superseded_at is None]
    assert [(it.given_on, it.number, it.source) for it in standing] == [
        (date(2021, 8, 1), 1, "authority"), (date(2021, 9, 1), 2, "authority"),
    ]  # fmt: skip


def test_a_list_without_any_day_is_not_begun(county, office):
    address = upload(office, "姓名,证件号\n甲,1\n")
    form = office.get(address).context["form"]
    answer = office.post(address, {name: form[name].value() for name in form.fields})
    assert answer.status_code == 400
    assert "接种日期" in answer.content.decode()


def test_whoever_keeps_only_a_grid_takes_no_list_in(grid):
    assert grid.get(reverse("vaccination-lists")).status_code == 403
