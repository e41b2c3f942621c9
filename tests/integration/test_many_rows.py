"""Many rows at once: what is written so is what the models would have written, and is found by pairs."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from fangxian.ops.contacts.models import Contact, ContactFile
from fangxian.ops.handover.models import OuterRecord
from fangxian.ops.places.models import Division
from fangxian.ops.realm.bulk import Ready, defaults_of, every_row, insert_rows, rows_with, update_rows

pytestmark = pytest.mark.django_db
AT = datetime(2022, 4, 8, 1, 30, tzinfo=UTC)


def row(**more):
    times = {"first_exposure_at": AT, "last_exposure_at": AT, "proposed_at": AT, "state_since": AT}
    told = {"id": uuid4(), "case_id": uuid4(), "who_key": b"k" * 16, "disease": "measles", "ring": "close-contact"}
    return defaults_of(Contact) | times | told | {"last_exposure_on": date(2022, 4, 8), "area_path": "141027"} | more


@pytest.fixture
def two():
    """Two people as contacts of two cases, each of one."""
    one, other = row(born_on=date(1990, 1, 31), state=Contact.state.field.default), row(who_key=b"o" * 16)
    insert_rows(Contact, [one, other])
    insert_rows(
        ContactFile, [{"contact_row_id": one["id"], "name": "测甲"}, {"contact_row_id": other["id"], "name": ""}]
    )
    return one, other


def test_what_is_inserted_is_read_as_it_was_given(two):
    found = Contact.objects.get(pk=two[0]["id"])
    assert {name: getattr(found, name) for name in two[0]} == two[0]


def test_sealed_text_is_sealed_and_opens(two):
    assert ContactFile.objects.get(pk=two[0]["id"]).name == "测甲"


def test_rows_are_found_by_the_pairs_asked_for_and_by_no_other_mixture(two):
    one = two[0]
    asked = [(one["case_id"], b"k" * 16), (one["case_id"], b"o" * 16), (one["case_id"], b"k" * 16)]
    assert list(rows_with(Contact, ("case_id", "who_key"), asked, ("id", "who_key"))) == [(one["id"], b"k" * 16)]


def test_a_sealed_column_that_is_not_opened_is_empty_exactly_where_its_text_is(two):
    ids = [(it["id"],) for it in two]
    found = rows_with(ContactFile, ("contact_row_id",), ids, ("contact_row_id", "name"), opened=False)
    assert {pk: bool(name) for pk, name in found} == {two[0]["id"]: True, two[1]["id"]: False}


def test_only_the_columns_given_are_changed(two):
    update_rows(Contact, [{"id": two[0]["id"], "ring": "co-present", "last_exposure_on": date(2022, 4, 9)}])
    found = Contact.objects.get(pk=two[0]["id"])
    assert (found.ring, found.last_exposure_on, found.born_on) == ("co-present", date(2022, 4, 9), date(1990, 1, 31))


def test_a_row_on_record_stays_as_it_is_when_it_is_to_be_left(two):
    again = two[0] | {"id": uuid4(), "ring": "co-present"}
    assert insert_rows(Contact, [again, row()], leave_known=True) == 1
    assert Contact.objects.get(case_id=two[0]["case_id"]).ring == "close-contact"


def test_every_row_comes_once_in_the_order_of_the_ids(two):
    found = list(every_row(Contact, ("id", "born_on"), where_null="via"))
    assert found == sorted(((it["id"], it["born_on"]) for it in two), key=lambda it: it[0].hex)


def test_rows_made_ready_are_written_with_what_is_known_only_then_and_those_alone_that_are_chosen():
    one, other = row(), row()
    ready = Ready(Contact, [one, other])
    ready.put("who_key", [b"n" * 16, b"m" * 16])
    assert ready.write(which=[True, False]) == 1
    found = Contact.objects.get()
    assert (found.pk, bytes(found.who_key), found.disease) == (one["id"], b"n" * 16, "measles")


def test_nothing_made_ready_is_nothing_written():
    assert Ready(Contact, []).write() == 0


def test_ids_that_are_not_given_are_in_the_order_of_the_rows():
    told = {"source": "list:a", "kind": "case", "noted_at": AT, "subject_id": uuid4()}
    insert_rows(OuterRecord, [told | {"outer_index": bytes([n]) * 16, "outer_id": str(n)} for n in range(9)])
    assert "".join(OuterRecord.objects.order_by("id").values_list("outer_id", flat=True)) == "012345678"


def test_rows_given_by_column_are_written_as_rows_given_one_by_one():
    rows = [{"outer_index": bytes([n]) * 16, "outer_id": f"B-{n}", "subject_id": uuid4()} for n in range(3)]
    same = {"source": "list:one", "kind": "case", "noted_at": AT}
    Ready(OuterRecord, [row | same for row in rows]).write()
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    Ready.of_columns(OuterRecord, columns, same=same | {"source": "list:other"}).write()
    written = ("kind", "outer_index", "outer_id", "outer_number", "subject_id", "noted_at")
    one, other = (OuterRecord.objects.filter(source=f"list:{it}").order_by("outer_index") for it in ("one", "other"))
    assert list(one.values_list(*written)) == list(other.values_list(*written))


def test_rows_of_several_statements_are_all_written_each_with_its_own():
    rows = [row(who_key=n.to_bytes(16), born_on=date(1990, 1, 1 + n % 28), ring="co-present") for n in range(250)]
    assert insert_rows(Contact, rows) == len(rows)
    found = {bytes(it.who_key): (it.pk, it.born_on, it.ring) for it in Contact.objects.all()}
    assert found == {it["who_key"]: (it["id"], it["born_on"], "co-present") for it in rows}


def test_of_rows_in_several_statements_those_on_record_are_not_counted():
    rows = [row(who_key=n.to_bytes(16)) for n in range(150)]
    insert_rows(Contact, rows[40:120])
    assert insert_rows(Contact, [it | {"id": uuid4()} for it in rows], leave_known=True) == 70


@pytest.mark.parametrize("n", [1, 45])
def test_of_rows_with_one_that_is_on_record_already_none_is_written(n):
    rows = [row(who_key=it.to_bytes(16)) for it in range(n)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(Contact, [*rows, rows[0]])
    assert not Contact.objects.exists()


def test_statements_that_insert_rows_can_be_watched():
    with CaptureQueriesContext(connection) as statements:
        insert_rows(Contact, [row(), row(who_key=b"o" * 16)])
    assert any("contacts_contact" in it["sql"] for it in statements)


def test_text_with_signs_that_a_database_has_a_use_for_comes_back_as_it_was_given():
    signs = ["\t", "\n", "\r\n", "\\", "\\N", "\\.", "", " ", "'", '"', "{},", "NULL", "%s", "\u2028", "𠮷🦠", "$1"]
    texts = {f"{n:06}": f"{signs[n % len(signs)]}{n}{signs[n % len(signs)]}" for n in range(100_000, 100_080)}
    texts |= {f"{n:06}": it for n, it in enumerate(signs, start=200_000)}
    insert_rows(Division, [{"edition": "2020", "area_path": pk, "name_zh": it} for pk, it in texts.items()])
    assert dict(Division.objects.filter(pk__in=texts).values_list("pk", "name_zh")) == texts
    asked = ((it,) for it in texts.values())
    assert dict(rows_with(Division, ("name_zh",), asked, ("area_path", "name_zh"))) == texts


def test_values_of_every_kind_come_back_as_they_were_given_and_what_is_none_as_none():
    names = ("who_key", "born_on", "is_core", "weight", "is_traced")
    told = [(n.to_bytes(16), None, n % 2 == 0, n / 7, [None, True, False][n % 3]) for n in range(92, 172)]
    insert_rows(Contact, [row(**dict(zip(names, it, strict=True))) for it in told])
    found = {(bytes(key), *more) for key, *more in Contact.objects.values_list(*names)}
    assert found == set(told)


@pytest.mark.postgres
@pytest.mark.parametrize("n", [1, 80])
def test_of_rows_with_one_whose_text_no_database_of_this_kind_can_hold_none_is_written(n):
    rows = [{"edition": "2020", "area_path": f"{it:06}", "name_zh": "a\0b"[: 1 + it % 3]} for it in range(2, n + 2)]
    with pytest.raises(DataError), transaction.atomic():
        insert_rows(Division, rows)
    assert not Division.objects.filter(pk__in=[it["area_path"] for it in rows]).exists()


def test_whoever_changes_rows_does_so_in_the_order_of_their_ids_in_whatever_order_they_come(two):
    told, rows = [], sorted(two, key=lambda it: it["id"], reverse=True)

    def watch(execute, sql, params, many, context):
        told.append([it[-1] for it in params])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        update_rows(Contact, [{"id": it["id"], "ring": "co-present"} for it in rows])
    assert told == [sorted(it["id"].hex for it in two)]
