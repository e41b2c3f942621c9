"""Laying sources side by side: from lists as they come to findings, decisions and tasks."""

from datetime import timedelta

import pytest

from fangxian.core.drill.lists.scoring import score
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.comparisons.models import Comparison, DecidedPair, DoubtfulPair, Finding, ListedRow
from fangxian.ops.comparisons.queries import (
    comparison_with,
    counts_for,
    doubts_for,
    findings_for,
    findings_of,
    sources_of,
)
from fangxian.ops.enquiries.queries import to_ask
from fangxian.ops.enquiries.wire import NewAnswer
from fangxian.ops.intake.queries import find, refused_rows
from fangxian.ops.jobs.models import Job
from fangxian.ops.people.models import Person
from fangxian.ops.procedures import compare_sources
from fangxian.ops.procedures.answer_enquiry import answer_enquiries
from fangxian.ops.procedures.compare_deciding import decide
from fangxian.ops.procedures.compare_tasks import desk_of
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.queries import about, unfinished

from .arrival_hand import arrived
from .compared_hand import a_comparison, add, as_csv, compared, desk, dirty_lists, found_of, outcomes, run, source_with
from .founding import founded
from .merge_hand import the_merge, undone
from .rescreen_hand import DEPOT, came, listed

pytestmark = pytest.mark.django_db
AT_HOME = "浮山县天坛镇东关社区尧山路1号楼1单元101室"
A = ("张建国", "", "15411111111", "", "1970-03-07", "男", "2022-04-06")
B = ("李桂英", "", "15422222222", "", "1980-05-01", "女", "2022-04-06")
C = ("王小明", "", "15433333333", "", "1990-07-09", "男", "2022-04-06")
D = ("赵玉兰", "", "15444444444", "", "1960-09-30", "女", "2022-04-06")

# One passport under two names: nobody but a person can say.
ONE = ("张建国", "E1234567", *A[2:])
OTHER = ("李桂英", "E1234567", "15455555555", "", "", "", "2022-04-06")


@pytest.fixture(autouse=True)
def _county(small_county):
    """The county on record, with the accounts of its demo."""


def three(declared, grid, pushed):
    lists = ("declared", declared), ("grid", grid), ("pushed", pushed)
    return compared(*(it for it in lists if it[1]))


def test_each_person_comes_out_one_way():
    row = three([A, B], [A, C], [A, D])
    assert outcomes(row) == {
        "张建国": "agree", "李桂英": "missed_by_grid", "王小明": "not_declared", "赵玉兰": "not_found",
    }  # fmt: skip


def test_whoever_arrived_on_other_days_by_two_sources_is_conflicting():
    row = three([A], [(*A[:-1], "2022-04-02")], [])
    assert [(it.outcome, it.conflicts) for it in findings_of(row)] == [("conflicting", "arrived_on")]


def test_rows_repeated_word_for_word_are_one_person_and_counted():
    row = three([A] * 5, [A], [])
    declared = source_with(row, "declared")
    assert (declared.n_rows, declared.n_different, declared.n_people) == (5, 1, 1)


def test_a_list_in_gb18030_says_the_same_as_one_in_utf_8():
    row = compared(("declared", as_csv([A, B], encoding="gb18030")), ("grid", as_csv([A, B])))
    assert set(outcomes(row).values()) == {"agree"}


def test_a_row_that_names_nobody_goes_back_with_its_reason():
    row = three([A, ("", "", "", AT_HOME, "", "", "")], [A], [])
    source = source_with(row, "declared")
    assert (source.n_refused, [it.refusal_code for it in refused_rows(find(source.intake))]) == (
        1,
        ["comparisons.row_names_nobody"],
    )


def test_a_row_whose_number_cannot_be_right_is_compared_and_told_of():
    row = three([("张建国", "999001197003071231", *A[2:])], [A], [])
    told = list(refused_rows(find(source_with(row, "declared").intake)))
    assert outcomes(row) == {"张建国": "agree"}
    assert [(it.was_taken, it.refusal_code) for it in told] == [(True, "comparisons.number_unsound")]


def test_a_list_cut_in_the_middle_is_refused():
    cut = as_csv([A, B])[:-20]
    with pytest.raises(Refusal):
        add(a_comparison(), "declared", cut + b'\n"')


def test_one_source_alone_is_compared_with_nothing():
    row = a_comparison()
    add(row, "declared", as_csv([A]))
    with pytest.raises(Refusal, match=r"comparisons\.too_few_sources"):
        run(row)


def test_the_same_list_is_part_of_a_comparison_once():
    row = a_comparison()
    add(row, "declared", as_csv([A]))
    with pytest.raises(Refusal, match=r"comparisons\.source_there_already"):
        add(row, "declared", as_csv([A]))


def test_the_columns_of_a_sender_are_remembered():
    row = a_comparison()
    by, headers = desk(), ("甲", "乙", "丙")
    taken, source = compare_sources.take_source(
        comparison=row.pk, role="pushed", sender="police", content=as_csv([A[:3]], headers), file_name="a.csv", by=by
    )
    mapping = {"甲": "name", "乙": "number", "丙": "phone"}
    compare_sources.confirm_columns(comparison=row.pk, intake=taken.intake.pk, mapping=mapping, by=by)
    again, source = compare_sources.take_source(
        comparison=row.pk, role="pushed", sender="police", content=as_csv([B[:3]], headers), file_name="b.csv", by=by
    )
    assert compare_sources.proposed_columns(source, again.intake) == mapping


def test_columns_of_which_none_says_who_it_is_are_not_taken_and_the_list_waits():
    row, by = a_comparison(), desk()
    taken, _ = compare_sources.take_source(
        comparison=row.pk, role="pushed", sender="police", content=as_csv([A[:3]], "甲乙丙"), file_name="a.csv", by=by
    )
    wrong = {"甲": "address", "乙": "", "丙": ""}
    with pytest.raises(Refusal, match=r"comparisons\.columns_name_nobody"):
        compare_sources.confirm_columns(comparison=row.pk, intake=taken.intake.pk, mapping=wrong, by=by)
    right = {"甲": "name", "乙": "number", "丙": "phone"}
    compare_sources.confirm_columns(comparison=row.pk, intake=taken.intake.pk, mapping=right, by=by)


def test_three_dirty_lists_come_out_as_their_truth_says():
    lists = dirty_lists(120)
    row = compared(*((role, rows) for role, (rows, _) in lists.items()), own=["people"])
    truth, made = [], []
    for source in sources_of(row.pk):
        if source.intake is None:
            continue
        found = dict(ListedRow.objects.filter(source=source).values_list("row_number", "finding"))
        whose = lists[source.role][1]
        for number, finding in found.items():
            truth.append(whose[number - 2])
            made.append(finding)
    came_out = score(truth, made)
    assert (came_out.precision, came_out.recall) >= (0.98, 0.98)


def test_somebody_on_the_register_is_found_there_with_their_grid_cell():
    it = Person.objects.filter(household__isnull=False).first()
    listed = (it.name, it.document_number, "", "", "", "", "2022-04-06")
    row = compared(("declared", [listed]), ("grid", [listed]), own=["people"])
    found = findings_of(row).get()
    assert (found.person_id, found.area_path) == (it.pk, it.area_path)


def test_a_family_of_six_with_one_phone_stays_six():
    names = ("张建国", "李桂英", "张伟", "王芳", "张小宝", "张小贝")
    family = [(name, "", "15412345678", "", "", "", "") for name in names]
    assert len(outcomes(compared(("declared", family), ("grid", family)))) == 6


def decided(row, verdict):
    decide(comparison=row.pk, pair=doubts_for(desk(), row).get().pk, verdict=verdict, by=desk())
    return comparison_with(row.pk)


def waiting(row):
    return sorted(unfinished().filter(about=f"comparison:{row.pk}").values_list("kind", flat=True))


def test_two_who_are_said_to_be_one_are_one_at_once_and_nobody_has_to_look_for_either():
    row = compared(("declared", [ONE]), ("grid", [OTHER]))
    assert sorted(outcomes(row).values()) == ["missed_by_grid", "not_declared"]
    assert waiting(row) == ["comparisons.missed_by_grid", "comparisons.not_declared"]
    row = decided(row, "same")
    (one,) = findings_of(row)
    assert (one.outcome, one.roles, one.n_rows, row.n_people) == ("agree", "declared,grid", 2, 1)
    assert ListedRow.objects.filter(finding=one).count() == 2
    assert waiting(row) == []


def test_taken_back_they_are_two_again_and_each_has_to_be_seen_to():
    row = compared(("declared", [ONE]), ("grid", [OTHER]))
    before = list(findings_of(row).values())
    row = decided(decided(row, "same"), "")
    assert sorted(findings_of(row).values(), key=str) == sorted(before, key=str)
    assert sorted(ListedRow.objects.values_list("finding", flat=True)) == sorted(it["id"] for it in before)
    assert waiting(row) == ["comparisons.missed_by_grid", "comparisons.not_declared"]


def test_said_to_be_two_nothing_else_changes():
    row = compared(("declared", [ONE]), ("grid", [OTHER]))
    before = list(findings_of(row).values())
    assert list(findings_of(decided(row, "different")).values()) == before


def test_two_who_are_one_and_came_on_other_days_are_a_conflict():
    row = compared(("declared", [(*ONE[:-1], "2022-04-02")]), ("grid", [OTHER]))
    (one,) = findings_of(decided(row, "same"))
    assert (one.outcome, one.conflicts) == ("conflicting", "arrived_on")


def test_whether_two_rows_are_one_person_is_not_for_that_person_to_say():
    row, own = compared(("declared", [ONE]), ("grid", [OTHER])), Person.objects.first()
    Person.objects.filter(pk=own.pk).update(account=desk())
    Finding.objects.filter(pk=doubts_for(desk(), row).get().other.finding_id).update(person=own)
    with pytest.raises(Refusal, match=r"approvals\.own_matter"):
        decided(row, "different")


def test_what_a_person_decided_is_not_asked_again():
    row = compared(("declared", [ONE]), ("grid", [OTHER]))
    pair = doubts_for(desk(), row).get()
    decide(comparison=row.pk, pair=pair.pk, verdict="same", by=desk())
    row = run(row)
    assert findings_of(row).count() == 1
    assert not doubts_for(desk(), row).exists()


def test_what_was_decided_in_one_comparison_holds_in_the_next():
    row = compared(("declared", [ONE]), ("grid", [OTHER]))
    pair = doubts_for(desk(), row).get()
    decide(comparison=row.pk, pair=pair.pk, verdict="different", by=desk())
    later = compared(("declared", [ONE, C]), ("grid", [OTHER, C]))
    assert not doubts_for(desk(), later).exists()


def test_a_decision_taken_back_is_forgotten():
    row = compared(("declared", [ONE]), ("grid", [OTHER]))
    pair = doubts_for(desk(), row).get()
    decide(comparison=row.pk, pair=pair.pk, verdict="different", by=desk())
    decide(comparison=row.pk, pair=pair.pk, verdict="", by=desk())
    assert not DecidedPair.objects.exists()
    assert doubts_for(desk(), row).get().verdict == ""


def test_what_came_out_opens_a_task_for_whoever_has_the_area():
    row = three([A, B], [A, C], [A, D])
    tasks = {it.kind: (it.role, it.area_path) for it in about(f"comparison:{row.pk}")}
    assert tasks == {
        "comparisons.missed_by_grid": ("dispatcher", "141027"),
        "comparisons.not_declared": ("dispatcher", "141027"),
        "comparisons.not_found": ("dispatcher", "141027"),
    }


def test_the_deeper_an_area_is_known_the_nearer_is_its_desk():
    cell = "141027100001001"
    desks = [desk_of(outcome, cell) for outcome in ("missed_by_grid", "not_declared", "not_found")]
    assert desks == [(cell, "grid_worker"), (cell[:12], "village_approver"), (cell[:9], "township_approver")]


def test_a_task_is_done_by_itself_when_a_later_run_finds_it_settled():
    row = three([A], [A, C], [])
    add(row, "declared", as_csv([C]), name="补报.csv")
    row = run(row)
    assert outcomes(row) == {"张建国": "agree", "王小明": "agree"}
    assert not (about(f"comparison:{row.pk}") & unfinished()).exists()


def test_a_run_takes_the_place_of_the_one_before():
    row = run(three([A, B], [A, B], []))
    kept = [model.objects.exclude(run=row.run).count() for model in (Finding, ListedRow, DoubtfulPair)]
    assert (row.run, kept) == (2, [0, 0, 0])


def test_declared_arrivals_are_a_source(small_county):
    it = Person.objects.filter(household__isnull=False).first()
    arrived(it, by=desk())
    row = compared(("grid", [A]), own=["arrivals"])
    assert outcomes(row)[it.name] == "missed_by_grid"


def test_whom_the_grid_asked_in_those_days_is_a_source(small_county):
    one = Person.objects.filter(household__isnull=False).first()
    worker = founded("grid_worker", area_path=one.area_path)
    came(one, by=worker)
    listed(DEPOT, by=founded("dispatcher"))
    asked = to_ask().get(person=one)
    answer_enquiries(answers=[NewAnswer(enquiry=asked.pk, answer="was_not")], by=worker)
    row = a_comparison(own=["enquiries"])
    on = county_now().date()
    Comparison.objects.filter(pk=row.pk).update(begins_on=on, ends_on=on + timedelta(days=1))
    add(row, "pushed", as_csv([(one.name, one.document_number, "", "", "", "", "")]))
    Job.objects.all().delete()  # what answering asked for is not this test's
    row = run(row)
    (found,) = findings_of(row)
    assert (found.person_id, found.roles, found.outcome) == (one.pk, "grid,pushed", "agree")
    assert source_with(row, "grid").n_rows == 1


def test_whoever_has_one_township_sees_its_people_alone():
    people = list(Person.objects.filter(household__isnull=False).order_by("area_path")[:1])
    people += list(Person.objects.filter(household__isnull=False).order_by("-area_path")[:1])
    listed = [(it.name, it.document_number, "", "", "", "", "") for it in people]
    row = compared(("declared", listed), ("grid", listed), own=["people"])
    approver = Account.objects.filter(appointments__role="township_approver").first()
    area = approver.appointments.first().area_path
    seen = findings_for(approver, row)
    assert {it.area_path[:9] for it in seen} <= {area}
    assert counts_for(approver, row).n == seen.count() <= 1


def test_what_was_found_of_a_merged_record_is_of_the_one_that_goes_on_until_that_is_undone():
    kept, merged = Person.objects.filter(household__isnull=False, sex="male").order_by("area_path")[:2]
    found_of(merged, desk())
    merge_persons(kept=kept, merged=merged, reason="同一人", by="program:test")
    assert Finding.objects.get().person_id == kept.pk
    undone(the_merge(person=kept.pk), desk())
    assert Finding.objects.get().person_id == merged.pk
