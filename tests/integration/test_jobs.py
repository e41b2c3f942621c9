"""Jobs: asked for once, taken by one worker, tried again, ended, on both databases."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.jobs import actions
from fangxian.ops.jobs.actions import (
    FAILURES_MAX,
    LEASE_S,
    LeaseLost,
    cancel,
    claim,
    enqueue,
    fail,
    finish,
    progress,
    queue_again,
    release,
)  # fmt: skip
from fangxian.ops.jobs.kinds import KINDS
from fangxian.ops.jobs.models import Job
from fangxian.ops.jobs.queries import failed, find, unfinished
from fangxian.ops.jobs.wire import as_json, in_words

KIND = "documents.render"
BY = "program:test"
pytestmark = pytest.mark.django_db(transaction=True)


def ask(**more):
    return enqueue(kind=KIND, by=BY, **more)


def later(seconds):
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_a_job_is_asked_for_taken_and_finished():
    job = ask(arguments={"documents": ["a"]})
    taken = claim(worker="w1")
    assert taken.pk == job.pk
    progress(job=taken, done=1, total=4, said=Said("第一份", "the first"))
    finish(job=taken, result={"n": 4})
    told = as_json(find(job.pk))
    assert (told["state"], told["result"], told["n_done"], told["said"]["en"]) == ("done", {"n": 4}, 4, "the first")


def test_asking_twice_under_one_key_is_one_job_even_when_it_is_done():
    first = ask(unique_key="k")
    assert ask(unique_key="k").pk == first.pk
    finish(job=claim(worker="w1"))
    assert ask(unique_key="k").pk == first.pk
    assert Job.objects.count() == 1


def test_what_failed_may_be_asked_for_again_under_its_key():
    first = ask(unique_key="k")
    fail(job=claim(worker="w1"), error="documents.no_font", for_good=True)
    assert ask(unique_key="k").pk != first.pk
    assert [job.pk for job in failed()] == [first.pk]


def test_a_kind_nobody_can_do_is_a_bug():
    with pytest.raises(KeyError):
        enqueue(kind="no.such", by=BY)


def test_nothing_due_opens_no_transaction(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert claim(worker="w1") is None


def test_a_job_under_a_lease_is_not_taken_by_another():
    ask()
    assert claim(worker="w1") is not None
    assert claim(worker="w2") is None


def test_a_lost_workers_job_is_taken_again_and_says_so():
    ask()
    claim(worker="w1")
    again = claim(worker="w2", at=later(LEASE_S + 1))
    assert (again.attempt, again.n_failures, again.error) == (2, 1, "jobs.worker_gone")
    assert "第 2 次" in again.said_zh
    finish(job=again)
    assert in_words(find(again.pk)) == Said(
        "已完成（第 2 次；上一次后台程序中断了，已接着做）",
        "done (attempt 2; the one before was interrupted, and this one goes on)",
    )


@pytest.mark.parametrize("write", [
    lambda job: finish(job=job),
    lambda job: fail(job=job, error="bug.X"),
    lambda job: release(job=job),
    lambda job: progress(job=job, done=1, total=2),
    lambda job: actions.renew(job=job),
    lambda job: actions.end_cancelled(job=job),
])  # fmt: skip
def test_a_worker_that_lost_its_lease_writes_nothing_more(write):
    ask()
    lost = claim(worker="w1")
    kept = claim(worker="w1", at=later(LEASE_S + 1))  # even the same worker, waking up twice
    with pytest.raises(LeaseLost):
        write(lost)
    assert find(kept.pk).state == "running"


def test_a_failure_waits_twice_as_long_each_time_and_is_then_given_up():
    ask()
    pauses = []
    for _ in range(FAILURES_MAX):
        job = claim(worker="w1", at=later(10_000))
        fail(job=job, error="bug.KeyError")
        pauses.append(round((find(job.pk).next_try_at - datetime.now(UTC)).total_seconds()))
    job = find(job.pk)
    assert pauses[:4] == [5, 10, 20, 40]
    assert (job.state, job.error) == ("failed", "bug.KeyError")
    assert claim(worker="w1", at=later(10_000)) is None
    assert queue_again(job=job, by=BY).state == "queued"


def test_a_job_that_kills_its_workers_is_given_up():
    ask()
    for attempt in range(FAILURES_MAX):
        assert claim(worker=f"w{attempt}", at=later((LEASE_S + 1) * attempt)) is not None
    assert claim(worker="last", at=later((LEASE_S + 1) * FAILURES_MAX)) is None
    assert [job.error for job in failed()] == ["jobs.worker_gone"]


def test_the_longest_pause_is_a_quarter_of_an_hour():
    assert actions.pause_s(30) == 900


def test_a_waiting_job_is_called_off_at_once_and_twice_is_harmless():
    job = ask()
    assert cancel(job=job, by=BY).state == "cancelled"
    assert cancel(job=job, by=BY).state == "cancelled"
    assert list(unfinished()) == []


def test_a_running_job_hears_of_it_at_its_next_step():
    job = ask()
    running = claim(worker="w1")
    cancel(job=job, by=BY)
    assert progress(job=running, done=1, total=9)
    actions.end_cancelled(job=running)
    assert find(job.pk).state == "cancelled"


def test_a_job_called_off_while_it_fails_does_not_come_back():
    job = ask()
    running = claim(worker="w1")
    cancel(job=job, by=BY)
    fail(job=running, error="bug.KeyError")
    assert find(job.pk).state == "cancelled"


def test_what_is_done_cannot_be_called_off():
    job = ask()
    finish(job=claim(worker="w1"))
    with pytest.raises(Refusal) as refused:
        cancel(job=job, by=BY)
    assert refused.value.code == "jobs.ended_already"


def test_a_job_given_back_does_not_count_as_a_failure():
    ask()
    release(job=claim(worker="w1"))
    assert claim(worker="w2").n_failures == 0


def test_eight_workers_at_once_take_each_job_once():
    jobs = {ask().pk for _ in range(24)}
    taken, lock = [], threading.Lock()

    def take(name):
        while job := claim(worker=name):
            with lock:
                taken.append(job.pk)
        connection.close()

    threads = [threading.Thread(target=take, args=(f"w{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(jobs)


def test_two_who_ask_at_once_under_one_key_get_one_job():
    found = []

    def race():
        found.append(ask(unique_key="k").pk)
        connection.close()

    threads = [threading.Thread(target=race) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 6


def test_every_kind_is_named_after_its_room():
    assert all(path.startswith(f"fangxian.ops.{kind.split('.')[0]}.") for kind, path in KINDS.items())
