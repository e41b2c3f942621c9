"""A case of a list gets an id of its own in the order of time, and stays the one that contacts of the list know."""

import csv
import io
from datetime import timedelta
from itertools import count

import pytest

from fangxian.ops.cases.queries import Case
from fangxian.ops.contacts.queries import Contact
from fangxian.ops.procedures import import_cases, import_contacts
from fangxian.ops.realm.current import county_now
from tests.integration.list_hand import in_force, somebody, taken_in

pytestmark = pytest.mark.django_db
NOT_IN_IT = count()


@pytest.fixture
def lead():
    in_force("covid19-2022-04")
    return somebody("tracing_lead")


def written(head, *rows) -> bytes:
    """A list; no two are the same file."""
    text = io.StringIO()
    csv.writer(text).writerows([[*head, f"备用{next(NOT_IN_IT)}"], *([*row, ""] for row in rows)])
    return text.getvalue().encode()


def cases(*ids) -> bytes:
    return written(["编号", "姓名"], *([id_, f"试{id_}"] for id_ in ids))


def contact_of(case) -> bytes:
    met_on = f"{county_now() - timedelta(days=3):%Y-%m-%d}"
    head = ["ID", "姓名", "联系方式", "密接类型", "最后接触日期", "关联病例"]
    return written(head, ["C1", "试丙", "15400000001", "密切接触者", met_on, case])


def meanwhile(monkeypatch, module, name, act):
    """Do this once, just before that function of the module is called."""
    really, todo = getattr(module, name), [act]

    def called(*args, **named):
        if todo:
            todo.pop()()
        return really(*args, **named)

    monkeypatch.setattr(module, name, called)


def test_new_cases_have_ids_in_the_order_of_their_rows(lead):
    taken_in(cases("B-3", "B-1", "B-2"), "cases.list", by=lead)
    ids = list(Case.objects.order_by("number").values_list("id", flat=True))
    assert (ids, len(ids)) == (sorted(ids), 3)


def test_a_contact_that_came_before_its_case_is_that_case_s(lead):
    taken_in(contact_of("B-1"), "contacts.list", by=lead)
    taken_in(cases("B-1"), "cases.list", by=lead)
    assert Contact.objects.get().case_id == Case.objects.get().pk


def test_a_contact_that_comes_while_its_case_is_read_is_that_case_s(lead, monkeypatch):
    # Made ready after the names were asked for.
    meanwhile(monkeypatch, import_cases, "ready_list", lambda: taken_in(contact_of("B-1"), "contacts.list", by=lead))
    taken_in(cases("B-1"), "cases.list", by=lead)
    assert Contact.objects.get().case_id == Case.objects.get().pk


def test_a_case_that_comes_while_its_contact_is_read_is_the_contact_s(lead, monkeypatch):
    meanwhile(monkeypatch, import_contacts, "outer_case", lambda: taken_in(cases("B-1"), "cases.list", by=lead))
    taken_in(contact_of("B-1"), "contacts.list", by=lead)
    assert Contact.objects.get().case_id == Case.objects.get().pk


def test_the_same_cases_in_two_lists_at_once_are_taken_once(lead, monkeypatch):
    meanwhile(monkeypatch, import_cases, "ready_list", lambda: taken_in(cases("B-1", "B-2"), "cases.list", by=lead))
    _, counts = taken_in(cases("B-1", "B-2", "B-3"), "cases.list", by=lead)
    assert (Case.objects.count(), counts["n_new"], counts["n_known"]) == (3, 1, 2)


def test_one_s_number_that_is_another_s_id_leaves_both_cases(lead):
    content = written(["编号", "病例编号", "姓名"], ["B-1", "B-2", "试甲"], ["B-2", "", "试乙"])
    _, counts = taken_in(content, "cases.list", by=lead)
    assert (Case.objects.count(), counts["n_new"]) == (2, 2)


def test_a_contact_that_came_before_its_case_and_calls_it_by_number_is_that_case_s(lead):
    taken_in(contact_of("N-1"), "contacts.list", by=lead)
    taken_in(written(["编号", "病例编号", "姓名"], ["B-1", "N-1", "试甲"]), "cases.list", by=lead)
    assert Contact.objects.get().case_id == Case.objects.get().pk


def test_a_contact_whose_case_was_here_under_another_name_is_that_case_s_now_and_later(lead):
    head, who = ["编号", "姓名", "联系方式"], ["试甲", "15400000007"]
    taken_in(written(head, ["A-9", *who]), "cases.list", by=lead)
    taken_in(contact_of("B-1"), "contacts.list", by=lead)
    taken_in(written(head, ["B-1", *who]), "cases.list", by=lead)
    assert Contact.objects.get().case_id == Case.objects.get().pk
    _, counts = taken_in(contact_of("B-1"), "contacts.list", by=lead)
    assert (Contact.objects.count(), counts["n_known"]) == (1, 1)


def test_whoever_is_a_contact_of_one_case_under_both_its_names_is_one(lead):
    taken_in(contact_of("B-1"), "contacts.list", by=lead)
    taken_in(contact_of("N-1").replace(b"C1", b"C2"), "contacts.list", by=lead)
    taken_in(written(["编号", "病例编号", "姓名"], ["B-1", "N-1", "试甲"]), "cases.list", by=lead)
    assert Contact.objects.get().case_id == Case.objects.get().pk


def test_one_s_number_that_is_another_s_id_brings_contacts_to_the_other(lead):
    taken_in(contact_of("B-2"), "contacts.list", by=lead)
    content = written(["编号", "病例编号", "姓名"], ["B-1", "B-2", "试甲"], ["B-2", "", "试乙"])
    taken_in(content, "cases.list", by=lead)
    assert Contact.objects.get().case_id == Case.objects.order_by("number").last().pk


@pytest.mark.parametrize("is_first", [True, False], ids=["before the list that says it", "after it"])
def test_a_case_that_came_before_is_called_by_its_number_by_the_first_list_that_says_it(lead, is_first):
    taken_in(cases("B-1"), "cases.list", by=lead)
    lists = [(contact_of("N-1"), "contacts.list")]
    numbered = written(["编号", "病例编号", "姓名"], ["B-1", "N-1", "试B-1"])
    lists.insert(1 if is_first else 0, (numbered, "cases.list"))
    for content, kind in lists:
        taken_in(content, kind, by=lead)
    assert (Case.objects.count(), Contact.objects.get().case_id) == (1, Case.objects.get().pk)
