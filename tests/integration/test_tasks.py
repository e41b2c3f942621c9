"""Tasks: opened in sets, taken, handed over, closed, raised when late, on both databases."""

import threading
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.tasks import queries
from fangxian.ops.tasks.actions import bring_forward, cancel, escalate_overdue, finish, hand_over, open_tasks, take
from fangxian.ops.tasks.models import Task
from fangxian.ops.tasks.wire import NewTask, Rung, as_json, parse_ladder

BY = "program:test"
AT = datetime(2022, 4, 8, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
GRID, OTHER_GRID = "141027100001001", "141027201001001"
LADDER = (Rung(after_min=30, role="village_approver"), Rung(after_min=120, role="dispatcher"))
pytestmark = pytest.mark.django_db


def account(role="grid_worker", area_path=GRID, unit_kind="community"):
    unit = Unit.objects.create(name_zh="某社区", name_en="a community", kind=unit_kind, area_path=area_path)
    made = Account.objects.create(username=f"post-{uuid4().hex[:12]}", unit=unit, unit_since=AT - timedelta(days=9))
    Appointment.objects.create(account=made, role=role, area_path=area_path, begins_at=AT - timedelta(days=9))
    return made


def new(n=0, *, due_min=60, area_path=GRID, role="grid_worker", **more):
    title = Said("第 {n} 户入户核实", "Call on household {n}").with_facts(n=n)
    due_at = AT + timedelta(minutes=due_min)
    return NewTask(kind="calls.verify", title=title, area_path=area_path, due_at=due_at, role=role, **more)


def opened(*tasks):
    return list(open_tasks(tasks=tasks, by=BY).ids)


def code_of(call):
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value.code


def test_a_set_is_opened_with_one_line_in_the_record():
    made = open_tasks(tasks=[new(n, unique_key=str(n)) for n in range(1200)], by=BY)
    assert (len(made.ids), made.n_repeated) == (1200, 0)
    assert AuditLine.objects.filter(action="tasks.opened").count() == 1
    assert as_json(queries.find(made.ids[3]), AT)["title"]["zh"] == "第 3 户入户核实"


def test_opening_again_changes_nothing_and_leaves_no_line():
    batch = [new(n, unique_key=str(n)) for n in range(10)]
    open_tasks(tasks=batch, by=BY)
    again = open_tasks(tasks=[*batch, new(10, unique_key="10"), new(10, unique_key="10")], by=BY)
    assert (len(again.ids), again.n_repeated) == (1, 11)
    open_tasks(tasks=batch, by=BY)
    assert Task.objects.count() == 11
    assert AuditLine.objects.filter(action="tasks.opened").count() == 2


def test_a_task_of_nobody_is_a_bug():
    with pytest.raises(ValueError, match="belongs to nobody"):
        open_tasks(tasks=[new(role="")], by=BY)


@pytest.mark.parametrize("rows", [[[30, "a"], [30, "b"]], [["30", "a"]], [[30]], "x", [[-5, "a"]], [[5, ""]]])
def test_a_ladder_that_does_not_rise_is_refused_by_its_rung(rows):
    assert code_of(lambda: parse_ladder(rows)) == "tasks.ladder_wrong"


def test_taking_makes_it_ones_own_and_twice_is_harmless():
    worker, ids = account(), opened(new(1), new(2))
    take(tasks=ids, account=worker)
    take(tasks=ids, account=worker)
    assert {task.pk for task in queries.of_owner(worker)} == set(ids)
    assert AuditLine.objects.filter(action="tasks.taken").count() == 1


def test_what_somebody_has_taken_cannot_be_taken_and_then_none_is():
    first, second = account(), account()
    ids = opened(new(1), new(2))
    take(tasks=ids[:1], account=first)
    assert code_of(lambda: take(tasks=ids, account=second)) == "tasks.taken_already"
    assert list(queries.of_owner(second)) == []


def test_a_task_is_handed_to_an_account_and_back_to_a_role():
    first, second = account(), account()
    ids = opened(new(1))
    take(tasks=ids, account=first)
    hand_over(tasks=ids, to=second, reason="换班", by=BY)
    assert queries.find(ids[0]).owner == second
    hand_over(tasks=ids, role="village_approver", reason="不在辖区", by=BY)
    task = queries.find(ids[0])
    assert (task.owner, task.role, task.state) == (None, "village_approver", "open")


def test_done_is_done_and_saying_so_again_is_harmless():
    ids = opened(new(1), new(2))
    finish(tasks=ids, outcome="found", note="在家", by=BY)
    finish(tasks=ids, outcome="found", by=BY)
    task = queries.find(ids[0])
    assert (task.state, task.outcome, task.note) == ("done", "found", "在家")
    assert code_of(lambda: finish(tasks=ids, outcome="not_found", by=BY)) == "tasks.closed"
    assert code_of(lambda: cancel(tasks=ids, reason="重复", by=BY)) == "tasks.closed"
    assert code_of(lambda: take(tasks=ids, account=account())) == "tasks.closed"


def test_a_task_called_off_is_closed_with_its_reason():
    ids = opened(new(1))
    cancel(tasks=ids, reason="已并案", by=BY)
    cancel(tasks=ids, reason="已并案", by=BY)
    assert (queries.find(ids[0]).state, queries.find(ids[0]).note) == ("cancelled", "已并案")


def test_a_set_with_an_unknown_task_is_refused_whole():
    ids = opened(new(1))
    assert code_of(lambda: finish(tasks=[*ids, uuid4()], outcome="found", by=BY)) == "tasks.unknown"
    assert queries.find(ids[0]).state == "open"


def test_what_is_late_climbs_rung_by_rung():
    ids = opened(new(1, ladder=LADDER), new(2))
    heard = []
    for minutes in (89, 90, 179, 180, 999):
        n_raised = escalate_overdue(at=AT + timedelta(minutes=minutes), by=BY)
        heard.append((minutes, n_raised, queries.find(ids[0]).raised_to))
    assert heard == [
        (89, 0, ""), (90, 1, "village_approver"), (179, 0, "village_approver"), (180, 1, "dispatcher"),
        (999, 0, "dispatcher"),
    ]  # fmt: skip


def test_after_a_standstill_it_climbs_to_the_highest_rung_at_once():
    opened(*(new(n, ladder=LADDER) for n in range(1100)))
    assert escalate_overdue(at=AT + timedelta(days=3), by=BY) == 1100
    assert set(Task.objects.values_list("raised_to", "n_rungs_climbed")) == {("dispatcher", 2)}
    assert escalate_overdue(at=AT + timedelta(days=3), by=BY) == 0


def test_what_is_closed_climbs_no_more():
    finish(tasks=opened(new(1, ladder=LADDER)), outcome="found", by=BY)
    assert escalate_overdue(at=AT + timedelta(days=3), by=BY) == 0


def test_nothing_late_costs_one_query(django_assert_num_queries):
    opened(new(1, ladder=LADDER))
    with django_assert_num_queries(1):
        assert escalate_overdue(at=AT, by=BY) == 0


def test_an_account_sees_the_tasks_of_its_area_and_no_other():
    opened(new(1), new(2, area_path=OTHER_GRID))
    assert [task.area_path for task in queries.within(account())] == [GRID]
    assert queries.within(account("dispatcher", "141027")).count() == 2


def test_ones_list_holds_ones_own_ones_roles_and_what_was_raised():
    worker, lead = account(), account("village_approver", GRID[:12])
    own, for_role, elsewhere = opened(new(1), new(2, ladder=LADDER), new(3, area_path=OTHER_GRID))
    take(tasks=[own], account=account())
    hand_over(tasks=[own], to=worker, reason="换班", by=BY)
    assert {task.pk for task in queries.mine(worker)} == {own, for_role}
    assert list(queries.mine(lead)) == []
    escalate_overdue(at=AT + timedelta(minutes=90), by=BY)
    assert [task.pk for task in queries.mine(lead)] == [for_role]
    assert elsewhere not in {task.pk for task in queries.mine(worker)}


def test_a_task_of_a_unit_waits_for_that_unit_only():
    worker, neighbour = account(), account()
    ids = opened(new(1, unit=worker.unit))
    assert [task.pk for task in queries.mine(worker)] == ids
    assert list(queries.mine(neighbour)) == []


def test_counts_say_how_it_stands():
    a, b, c, _ = opened(new(1, due_min=10), new(2, due_min=10), new(3), new(4, area_path=OTHER_GRID))
    take(tasks=[a], account=account())
    finish(tasks=[b], outcome="found", by=BY)
    cancel(tasks=[c], reason="重复", by=BY)
    at, rows = AT + timedelta(minutes=15), Task.objects.all()
    assert queries.counts(at, rows) == queries.Counts(n_open=1, n_taken=1, n_done=1, n_cancelled=1, n_overdue=1)
    assert queries.counts_by_kind(at, rows)["calls.verify"].n_done == 1
    by_township = queries.counts_by_area(at, rows, digits=9)
    assert {area: figures.n_open for area, figures in by_township.items()} == {GRID[:9]: 0, OTHER_GRID[:9]: 1}
    assert [task.pk for task in queries.overdue(at, rows)] == [a]
    assert [task.area_path for task in queries.due(at, 60, rows)] == [OTHER_GRID]


def test_tasks_about_a_subject_are_found():
    subject = f"person:{uuid4()}"
    ids = opened(new(1, about=subject), new(2))
    assert [task.pk for task in queries.about(subject)] == ids[:1]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_at_once_one_has_it():
    ids = opened(new(1))
    rivals, outcomes = [account(), account()], []

    def race(rival):
        try:
            take(tasks=ids, account=rival)
            outcomes.append("taken")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=race, args=(rival,)) for rival in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["taken", "tasks.taken_already"]


@pytest.mark.django_db(transaction=True)
def test_two_who_open_the_same_at_once_open_it_once():
    made = []

    def race():
        made.append(len(open_tasks(tasks=[new(n, unique_key=str(n)) for n in range(50)], by=BY).ids))
        connection.close()

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Task.objects.count() == 50
    assert sum(made) == 50


@pytest.mark.django_db(transaction=True)
def test_opening_stands_or_falls_with_the_callers_transaction():
    with transaction.atomic():
        opened(new(1))
        transaction.set_rollback(True)
    assert Task.objects.count() == 0


def test_a_task_that_is_brought_forward_climbs_the_rest_of_its_ladder_from_there():
    sooner = AT + timedelta(minutes=10)
    [it] = opened(new(ladder=LADDER, due_min=600))
    bring_forward(tasks={it: sooner}, by=BY)
    assert escalate_overdue(at=sooner + timedelta(minutes=31), by=BY) == 1
    row = Task.objects.get(pk=it)
    assert (row.due_at, row.raised_to, row.next_rung_at) == (sooner, LADDER[0].role, sooner + timedelta(minutes=120))


def test_a_task_is_never_put_off_by_bringing_it_forward():
    [it] = opened(new(due_min=60))
    bring_forward(tasks={it: AT + timedelta(hours=9)}, by=BY)
    assert Task.objects.get(pk=it).due_at == AT + timedelta(minutes=60)
    assert not AuditLine.objects.filter(action="tasks.brought_forward").exists()


def test_a_closed_task_is_not_brought_forward():
    [it] = opened(new())
    cancel(tasks=[it], reason="重复", by=BY)
    assert code_of(lambda: bring_forward(tasks={it: AT}, by=BY)) == "tasks.closed"
