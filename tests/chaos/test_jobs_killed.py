"""A worker killed in the middle of a job: the next one finishes it, each effect is there once, and it says so."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from fangxian.core.refusal import Said
from fangxian.ops.documents.actions import NewDocument, issue, open_series
from fangxian.ops.documents.models import Document
from fangxian.ops.jobs.actions import FAILURES_MAX
from fangxian.ops.jobs.models import Job, State
from fangxian.ops.jobs.wire import in_words
from fangxian.ops.jobs.worker import work

N_DOCUMENTS = 80
LONGEST_S = 60
pytestmark = pytest.mark.django_db(transaction=True)

# The worker as the command runs it, on the database of this test.
WORKER = """
import django, os, threading
from django.conf import settings
from fangxian.ops.config import settings as ours
ours.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
django.setup()
from fangxian.ops.jobs.worker import work
work(stop=threading.Event(), pulses=(), chores=())
"""


def start_worker():
    name = str(connection.settings_dict["NAME"])
    environment = {**os.environ, "TEST_DATABASE": name, "FANGXIAN_DATA": str(settings.REALM.path)}
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment, stderr=subprocess.PIPE)


def ask_for_many_papers():
    open_series(key="s", issuer=Said("某单位", "a unit"), pattern="某字〔{year}〕{n}号", by="program:test")
    paper = NewDocument(
        kind="x.notice",
        template="decision",
        title=Said("告知书", "Notice"),
        basis="传染病防治法",
        area_path="141027",
        content={"addressee": "某某", "paragraphs": ["一段话。"] * 12},
    )
    issue(series="s", documents=[paper] * N_DOCUMENTS, by="program:test")
    return Job.objects.get()


def wait_until(worker, is_so):
    """Ask the database again and again; a worker that ends early says why."""
    for _ in range(int(LONGEST_S / 0.02)):
        if is_so():
            return
        try:
            worker.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(worker.stderr.read().decode())
    pytest.fail("the worker did not get there")


def n_printed():
    return Document.objects.exclude(pdf="").count()


def test_a_killed_workers_job_is_finished_by_the_next_and_nothing_is_done_twice():
    job = ask_for_many_papers()
    worker = start_worker()
    try:
        wait_until(worker, lambda: 0 < n_printed() < N_DOCUMENTS)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker.stderr.close()
    printed_before = dict(Document.objects.exclude(pdf="").values_list("number", "pdf"))
    job.refresh_from_db()
    assert job.state == State.RUNNING, "the worker was killed too late: raise N_DOCUMENTS"

    assert work(stop=threading.Event(), once=True, pulses=(), chores=()) == 0, "its lease holds for a while"
    Job.objects.update(lease_until=job.lease_until - timedelta(hours=1))
    assert work(stop=threading.Event(), once=True, pulses=(), chores=()) == 1

    job.refresh_from_db()
    assert (job.state, job.attempt, job.n_done) == (State.DONE, 2, N_DOCUMENTS)
    assert job.n_failures == 1 < FAILURES_MAX
    assert "上一次后台程序中断了" in in_words(job).zh
    assert n_printed() == N_DOCUMENTS
    printed_after = dict(Document.objects.values_list("number", "pdf"))
    assert printed_before.items() <= printed_after.items(), "what was printed before was printed again"
    assert job.result["n_printed"] == N_DOCUMENTS - len(printed_before)
