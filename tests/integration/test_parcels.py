"""A waybill list becomes people who are found: every row counted once, matches right, twice harmless."""

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from python_calamine import CalamineWorkbook

from fangxian.core.refusal import Refusal
from fangxian.ops.intake.queries import refused_file, refused_rows
from fangxian.ops.parcels.actions.declaring import declare_parcel
from fangxian.ops.parcels.actions.listing import reopen_match, settle_match
from fangxian.ops.parcels.actions.tracing import close_trace
from fangxian.ops.parcels.models import Declaration, Handling, SettledMatch, Traced, Waybill
from fangxian.ops.parcels.queries import (
    counts_of,
    depots,
    handling_columns,
    parcel_number,
    trace_for,
    undecided,
    undecided_of,
)
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.merge_persons import merge_persons

from .parcel_hand import SINCE, a_dirty_list, a_trace, as_csv, depot, lead, row_of, upload

pytestmark = pytest.mark.django_db


def people_with_phones(n=1):
    rows = Person.objects.filter(phone_index__isnull=False, household__isnull=False, born_on__lt="1990-01-01")
    return list(rows.select_related("household").order_by("pk")[:n])


def counts(trace):
    return counts_of([trace.id])[trace.id]


def a_family():
    """Two grown people of one household, the first with a phone; a list that has only their address fits both."""
    for one in people_with_phones(300):
        grown = [it for it in one.household.members.all() if it.born_on < date(2000, 1, 1)]
        if len(grown) == 2 == one.household.members.count():
            return one, next(it for it in grown if it != one)
    raise AssertionError("there is no such family")


def an_ambiguous_list(one, number="YT9"):
    return as_csv([row_of(one, number=number, name="好运来便利店", phone="95013123456789转1234")])


def test_a_dirty_list_is_matched_and_its_truth_found(small_county):
    trace, dirty = a_trace(), a_dirty_list(400)
    upload(trace, dirty.content)
    matched = Handling.objects.filter(role="recipient", state="matched").select_related("waybill")
    right = sum(dirty.truth[it.waybill.row_number] == it.person_id for it in matched)
    n_residents = sum(person is not None for person in dirty.truth.values())
    print(f"precision {right / len(matched):.3f}, recall {right / n_residents:.3f}")
    assert right / len(matched) > 0.98
    assert right / n_residents > 0.75


def test_every_row_is_matched_ambiguous_unmatched_or_refused_and_the_sum_is_the_file(small_county):
    one, trace = people_with_phones()[0], a_trace()
    bad = [
        row_of(one, number="YT2", at="2022-04-01 10:00"),
        row_of(one, number="YT3", name="", phone="", address=""),
        row_of(one, number="YT4", at="not a day"),
        row_of(one, number="YT5", phone="1.54E+10"),
        row_of(one, number=""),
        row_of(one, number="YT6"),
        row_of(one, number="YT6"),
    ]
    dirty = a_dirty_list(100).content + as_csv(bad).split(b"\r\n", 1)[1]
    intake, found = upload(trace, dirty), None
    found = counts(trace)
    assert intake.n_rows == 107
    assert found.n_matched + found.n_ambiguous + found.n_unmatched + intake.n_refused == 107
    assert intake.n_refused == 5
    assert {row.refusal_code for row in refused_rows(intake)} == {
        "parcels.before_the_date", "parcels.names_nobody", "intake.number_in_scientific", "intake.cell_missing",
        "parcels.waybill_repeated",
    }  # fmt: skip
    assert not Waybill.objects.get(intake=intake.pk, row_number=104).is_time_known  # whoever is named is looked for


def test_the_rows_returned_are_a_workbook_with_the_reason_in_each(small_county):
    one, trace = people_with_phones()[0], a_trace()
    intake = upload(trace, as_csv([row_of(one), row_of(one, number="YT2", at="2022-03-30 10:00")]))
    rows = CalamineWorkbook.from_filelike(BytesIO(refused_file(intake))).get_sheet_by_index(0).to_python()
    assert len(rows) == 2
    assert "早于追查的起算日 2022-04-07" in str(rows[1])
    assert "before 2022-04-07" in str(rows[1])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_list_is_read_in_either_encoding_and_under_the_heads_of_another_courier(small_county, encoding):
    one, trace = people_with_phones()[0], a_trace()
    heads = ("快递单号", "收货人", "收件人手机", "收货地址", "签收", "签收日期", "快递员", "派件网点")
    upload(trace, as_csv([row_of(one)], heads, encoding=encoding))
    assert Handling.objects.get().person == one


def test_the_same_list_again_and_a_longer_one_put_nothing_on_record_twice(small_county):
    one, two = people_with_phones(2)
    trace = a_trace()
    first, longer = as_csv([row_of(one)]), as_csv([row_of(one), row_of(two, number="YT2")])
    assert upload(trace, first).pk == upload(trace, first).pk
    assert upload(trace, longer).n_refused == 1
    assert Waybill.objects.count() == 2
    assert Traced.objects.count() == 2


def test_two_recipients_under_one_number_stay_two(small_county):
    trace, (one, two) = a_trace(), people_with_phones(2)
    upload(trace, as_csv([row_of(one), row_of(two)]))
    assert set(Traced.objects.values_list("person", flat=True)) == {one.pk, two.pk}


def test_whoever_signed_for_somebody_else_is_found_too(small_county):
    one, other = a_family()
    trace = a_trace()
    upload(trace, as_csv([row_of(one, signer=other.name)]))
    assert {(it.role, it.person_id) for it in Handling.objects.all()} == {("recipient", one.pk), ("signer", other.pk)}
    assert counts(trace).n_waybills == 1
    assert counts(trace).n_found == 2


def test_a_decision_holds_for_all_written_so_and_is_remembered_for_the_next_list(small_county):
    one, other = a_family()
    trace = a_trace()
    rows = [row_of(one, number=f"YT{n}", name="好运来便利店", phone="") for n in (1, 2)]
    upload(trace, as_csv(rows))
    assert counts(trace).n_ambiguous == 2
    (waiting,) = undecided(undecided_of(trace.id))
    assert {person for person, _, _ in waiting.candidates} == {one.pk, other.pk}
    settle_match(trace=trace.id, handling=waiting.handling, person=other.pk, by="program:test")
    assert (counts(trace).n_matched, counts(trace).n_ambiguous, counts(trace).n_found) == (2, 0, 1)
    upload(trace, as_csv([row_of(one, number="YT3", name="好运来便利店", phone="")]), name="next.csv")
    assert counts(trace).n_matched == 3
    assert Traced.objects.get().n_parcels == 3


def test_none_of_them_is_an_answer_and_what_was_decided_can_be_undone(small_county):
    one, _ = a_family()
    trace = a_trace()
    upload(trace, an_ambiguous_list(one))
    (handling,) = undecided_of(trace.id)
    settle_match(trace=trace.id, handling=handling, person=None, by="program:test")
    assert counts(trace).n_unmatched == 1
    settle_match(trace=trace.id, handling=handling, person=one.pk, by="program:test")
    assert Traced.objects.get().person == one
    reopen_match(trace=trace.id, handling=handling, by="program:test")
    assert counts(trace).n_ambiguous == 1
    assert not Traced.objects.exists()
    assert not SettledMatch.objects.exists()


def test_somebody_who_is_no_candidate_cannot_be_chosen(small_county):
    one, _ = a_family()
    trace = a_trace()
    upload(trace, an_ambiguous_list(one))
    stranger = Person.objects.exclude(household=one.household).order_by("pk").first()
    with pytest.raises(Refusal) as refused:
        settle_match(trace=trace.id, handling=undecided_of(trace.id)[0], person=stranger.pk, by="program:test")
    assert refused.value.code == "parcels.not_a_candidate"


def test_a_row_that_names_nobody_on_the_register_is_listed_and_not_dropped(small_county):
    one, trace = people_with_phones()[0], a_trace()
    upload(trace, as_csv([row_of(one, name="诸葛无名", phone="15400000001", address="太原市小店区长治路1号")]))
    assert counts(trace).n_unmatched == 1
    assert Handling.objects.get().name == "诸葛无名"


def test_a_parcel_not_received_yet_is_returned_and_one_without_a_time_counts_as_of_today(small_county):
    one, trace = people_with_phones()[0], a_trace()
    heads = ("运单号", "收件人", "收件电话", "收件地址", "签收人", "签收时间", "派件员", "网点", "运单状态")
    rows = [(*row_of(one, number="YT1", at=""), "派送中"), (*row_of(one, number="YT2", at=""), "已签收")]
    intake = upload(trace, as_csv(rows, heads))
    assert [row.refusal_code for row in refused_rows(intake)] == ["parcels.not_received"]
    assert not Waybill.objects.get().is_time_known


def test_a_declaration_belongs_to_the_open_traces_it_concerns_and_twice_is_once(small_county):
    one, trace = people_with_phones()[0], a_trace()
    told = {"person": one, "how": "received", "touched_on": SINCE, "number": " yt 1 ", "by": "program:test"}
    assert declare_parcel(**told, depot=depot())[1]
    assert not declare_parcel(**(told | {"number": "YT1"}), depot=depot())[1]
    assert declare_parcel(**(told | {"number": ""}))[1]
    assert Declaration.objects.count() == 2
    assert (counts(trace).n_declared, counts(trace).n_found) == (2, 1)


def test_what_was_declared_for_another_depot_or_before_the_day_does_not_count(small_county):
    one, trace = people_with_phones()[0], a_trace()
    told = {"person": one, "how": "touched", "by": "program:test"}
    elsewhere = depots().exclude(pk=trace.depot).first()
    declare_parcel(**told, touched_on=SINCE, depot=elsewhere)
    declare_parcel(**told, touched_on=date(2022, 4, 1), depot=depot())
    assert counts(trace).n_found == 0


@pytest.mark.parametrize("on", [date(2022, 4, 9), date(2022, 1, 1)])
def test_a_day_to_come_or_long_gone_is_not_declared(small_county, on):
    with pytest.raises(Refusal) as refused:
        declare_parcel(person=people_with_phones()[0], how="sent", touched_on=on, by="program:test")
    assert refused.value.code == "parcels.declared_day"


def test_a_closed_trace_takes_nothing_more(small_county):
    one, trace = people_with_phones()[0], a_trace()
    close_trace(trace=trace.id, by="program:test")
    with pytest.raises(Refusal) as refused:
        upload(a_closed(trace), as_csv([row_of(one)]))
    assert refused.value.code == "parcels.closed"


def a_closed(trace):
    return trace_for(lead(), trace.id)


def test_the_same_file_is_matched_anew_in_another_trace_and_its_heads_are_remembered(small_county):
    one = people_with_phones()[0]
    heads = ("单", "谁", "号码", "哪里", "签", "时", "人", "点")
    content = as_csv([row_of(one)], heads)
    mapping = dict(zip(heads, ("number", "recipient", "phone", "address", "signer", "signed_at"), strict=False))
    first = a_trace()
    upload(first, content, mapping=mapping)
    close_trace(trace=first.id, by="program:test")
    again = a_trace()
    upload(again, content)
    assert counts(again).n_matched == 1


def test_one_depot_has_one_open_trace_of_a_disease_and_one_of_another(small_county):
    a_trace()
    a_trace(disease="measles")
    with pytest.raises(Refusal) as refused:
        a_trace()
    assert refused.value.code == "parcels.open_already"


def test_touches_are_columns_for_who_searches_for_sources(small_county):
    one, trace = people_with_phones()[0], a_trace()
    upload(trace, as_csv([row_of(one)]))
    columns, waybill = handling_columns(disease="covid-19"), Waybill.objects.get()
    assert columns.person.tolist() == [one.gate_number]
    assert columns.parcel.tolist() == [parcel_number(waybill.pk)]
    assert columns.depot.tolist() == [depot().venue_number]
    assert columns.at_s.tolist() == [int(waybill.touched_at.timestamp())]
    assert len(handling_columns(disease="measles").person) == 0


def test_what_a_merged_record_touched_the_one_that_goes_on_touched(small_county):
    one, two = people_with_phones(2)
    trace = a_trace()
    upload(trace, as_csv([row_of(one), row_of(two, number="YT2")]))
    merge_persons(kept=one, merged=two, reason="同一人", by="program:test")
    assert Traced.objects.get(person=one).n_parcels == 2
    assert not Traced.objects.filter(person=two).exists()


def test_no_name_phone_or_address_of_a_list_lies_open_in_the_database(small_county):
    one, trace = people_with_phones()[0], a_trace()
    upload(trace, as_csv([row_of(one, signer="诸葛签收")]))
    with connection.cursor() as cursor:
        for table in ("parcels_waybill", "parcels_handling", "parcels_settledmatch"):
            cursor.execute(f"SELECT * FROM {table}")
            stored = repr(
                [[bytes(it) if isinstance(it, memoryview) else it for it in row] for row in cursor.fetchall()]
            )
            assert not any(text in stored for text in (one.name, one.phone, one.household.address, "诸葛签收"))
