"""The worker's loop: it runs what is due, survives what goes wrong, and stops when told."""

import threading
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils.module_loading import import_string

from fangxian.core.refusal import Refusal
from fangxian.ops.jobs.actions import cancel, enqueue
from fangxian.ops.jobs.kinds import CHORES, KINDS, PULSES, Chore, Pulse
from fangxian.ops.jobs.queries import find
from fangxian.ops.jobs.worker import ChoreLane, PulseLane, run_one, slot_of, work

HERE = __name__
KIND = "documents.render"
pytestmark = pytest.mark.django_db(transaction=True)
seen: list = []
told = threading.Event()


@pytest.fixture(autouse=True)
def _nothing_seen():
    seen.clear()


def count_to_three(job):
    for n in range(1, 4):
        job.step(n, 3)
    seen.append(job.arguments)
    return {"n": 3}


def refuse(job):
    raise Refusal("documents.no_font", zh="没有字体", en="There is no font")


def break_down(job):
    raise KeyError("a person's name, which must not be logged")


def be_called_off(job):
    cancel(job=find(job.id), by="program:test")
    job.step(1, 1)


def stop_in_the_middle(job):
    seen[0].set()
    job.step(1, 2)


def chore(*, at, by):
    seen.append((at.date().isoformat(), by))


def pulse():
    seen.append("pulse")


def writing_pulse():
    """Writes the first time, and finds nothing to do after that."""
    if not seen:
        enqueue(kind=KIND, arguments={}, by="program:test")
    seen.append("pulse")


def in_a_thread(write):
    """With a connection of its own, which is closed at the end."""

    def run():
        write()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def urgent():
    told.set()


def wait_until_told():
    seen.append(told.wait(20))


def run(function, stop=None):
    """Run one job by `function` of this module, without touching the real table."""
    job = enqueue(kind=KIND, arguments={"a": 1}, by="program:test")
    path = f"{HERE}.{function.__name__}"
    assert run_one(worker="w", stop=stop or threading.Event(), kinds={KIND: path})
    return find(job.pk)


@pytest.fixture(autouse=True)
def _this_module_can_be_imported(monkeypatch, request):
    import sys

    monkeypatch.setitem(sys.modules, HERE, request.module)


def test_a_job_runs_with_its_arguments_and_keeps_its_result():
    job = run(count_to_three)
    assert (job.state, job.result, job.n_done, seen) == ("done", {"n": 3}, 3, [{"a": 1}])


def test_a_refusal_ends_the_job_with_its_sentence_and_is_not_tried_again():
    job = run(refuse)
    assert (job.state, job.error, job.said_zh) == ("failed", "documents.no_font", "没有字体")


def test_a_bug_is_logged_without_its_message_and_tried_again(caplog):
    job = run(break_down)
    assert (job.state, job.error) == ("queued", "bug.KeyError")
    assert "KeyError" in caplog.text
    assert "name" not in caplog.text


def test_a_job_called_off_while_it_runs_ends_cancelled():
    assert run(be_called_off).state == "cancelled"


def test_a_worker_told_to_stop_gives_its_job_back():
    stop = threading.Event()
    seen.append(stop)
    job = run(stop_in_the_middle, stop)
    assert (job.state, job.n_failures) == ("queued", 0)


def test_once_runs_all_that_is_due_and_ends():
    for n in range(3):
        enqueue(kind=KIND, arguments={"n": n}, by="program:test")
    kinds = {KIND: f"{HERE}.count_to_three"}
    assert work(stop=threading.Event(), once=True, kinds=kinds, pulses=(), chores=()) == 3
    assert len(seen) == 3


def test_the_lanes_run_side_by_side_until_told_to_stop():
    stop = threading.Event()
    enqueue(kind=KIND, arguments={}, by="program:test")
    worker = threading.Thread(
        target=work,
        kwargs={
            "stop": stop,
            "kinds": {KIND: f"{HERE}.count_to_three"},
            "pulses": (Pulse(function=f"{HERE}.pulse", every_s=0.01),),
            "chores": (Chore(function=f"{HERE}.chore", every_s=60),),
        },
    )
    worker.start()
    for _ in range(3000):
        if "pulse" in seen and {} in seen and any(isinstance(line, tuple) for line in seen):
            break
        stop.wait(0.01)
    stop.set()
    worker.join(20)
    assert not worker.is_alive()
    assert ("2022-04-08", "program:worker") in seen


def test_what_is_urgent_waits_for_no_other_pulse():
    stop = threading.Event()
    pulses = (
        Pulse(function=f"{HERE}.wait_until_told", every_s=0.01),
        Pulse(function=f"{HERE}.urgent", every_s=0.3, is_urgent=True),
    )
    worker = threading.Thread(target=work, kwargs={"stop": stop, "kinds": {}, "pulses": pulses, "chores": ()})
    worker.start()
    assert told.wait(20)
    stop.set()
    worker.join(20)
    assert seen[0] is True


def test_a_chore_runs_once_in_its_slot_of_county_time():
    lane = ChoreLane([Chore(function=f"{HERE}.chore", every_s=86_400)])
    lane.run_due()
    lane.run_due()
    assert seen == [("2022-04-08", "program:worker")]


def test_a_chore_that_fails_does_not_keep_the_next_from_its_turn(caplog):
    lane = ChoreLane([Chore(function=f"{HERE}.break_down", every_s=60), Chore(function=f"{HERE}.chore", every_s=60)])
    lane.run_due()
    assert len(seen) == 1
    assert "TypeError" in caplog.text


def test_a_pulse_waits_for_its_time():
    lane = PulseLane([Pulse(function=f"{HERE}.pulse", every_s=3600)])
    lane.run_due()
    lane.run_due()
    assert seen == ["pulse"]


@pytest.mark.sqlite
class TestAPulseThatRestsWhileNobodyWrites:
    """Such a pulse is passed over until somebody has written, or its rest is over. PostgreSQL does not tell."""

    @pytest.fixture
    def lane(self):
        return PulseLane([Pulse(function=f"{HERE}.pulse", every_s=0, rests_s=3600)])

    def test_is_not_called_again_where_nothing_was_written(self, lane):
        for _ in range(3):
            lane.run_due()
        assert seen == ["pulse"]

    def test_is_called_again_after_a_write_of_its_own_connection(self, lane):
        lane.run_due()
        enqueue(kind=KIND, arguments={}, by="program:test")
        lane.run_due()
        assert seen == ["pulse", "pulse"]

    def test_is_called_again_after_a_write_of_another_connection(self, lane):
        lane.run_due()
        in_a_thread(lambda: enqueue(kind=KIND, arguments={}, by="program:test"))
        lane.run_due()
        assert seen == ["pulse", "pulse"]

    def test_is_called_again_for_what_it_wrote_itself(self):
        lane = PulseLane([Pulse(function=f"{HERE}.writing_pulse", every_s=0, rests_s=3600)])
        for _ in range(4):
            lane.run_due()
        assert seen == ["pulse", "pulse"]

    def test_is_called_again_when_its_rest_is_over(self):
        lane = PulseLane([Pulse(function=f"{HERE}.pulse", every_s=0, rests_s=1e-9)])
        lane.run_due()
        lane.run_due()
        assert seen == ["pulse", "pulse"]


@pytest.mark.parametrize(
    ("hour", "same_slot_as_noon"), [(2, False), (3, True), (23, True)], ids=["before three", "at three", "at night"]
)
def test_a_nightly_chore_begins_its_day_at_three(hour, same_slot_as_noon):
    nightly = Chore(function="x", every_s=86_400, offset_s=3 * 3600)
    zone = ZoneInfo("Asia/Shanghai")
    noon = slot_of(nightly, datetime(2022, 4, 8, 12, tzinfo=zone))
    assert (slot_of(nightly, datetime(2022, 4, 8, hour, tzinfo=zone)) == noon) is same_slot_as_noon


@pytest.mark.parametrize("path", [*KINDS.values(), *(line.function for line in (*PULSES, *CHORES))])
def test_every_line_of_the_table_leads_to_a_function(path):
    assert callable(import_string(path))
