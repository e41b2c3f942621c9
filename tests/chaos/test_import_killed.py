"""A list whose worker was killed while it wrote: started again it ends as a list that nobody disturbed."""

import csv
import io
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from fangxian.core.identity import check_character
from fangxian.ops.contacts.models import Contact, ContactFile, StateChange
from fangxian.ops.handover.models import OuterRecord
from fangxian.ops.intake.queries import find, headers_of, propose_mapping, refused_rows
from fangxian.ops.jobs.models import Job, State
from fangxian.ops.jobs.worker import work
from fangxian.ops.procedures.export_lists import export_list
from fangxian.ops.procedures.import_list import begin_import, upload_list
from fangxian.ops.realm.current import county_now
from tests.integration.list_hand import in_force, run_job, somebody

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]
N_ROWS, N_A_PART = 90, 20
OF_TAKING_IN = {"录入时间", "审核时间"}

# The worker as the command runs it. In the third part of the list it stands still when all of that part is written and
# nothing of it committed, says so, and waits for its end.
WORKER = f"""
import django, os, sys, threading
from fangxian.ops.config import settings as ours
ours.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
django.setup()
from fangxian.ops.jobs.worker import work
from fangxian.ops.procedures import import_contacts, import_list
import_list.AT_ONCE = {N_A_PART}
really, calls = import_contacts.note_outer_ids, []

def note_outer_ids(**told):
    really(**told)
    if "subjects" in told:  # of the contacts, and not of the cases they are of
        calls.append(told)
    if len(calls) == 3:
        print("in the middle", flush=True)
        sys.stdin.read()

import_contacts.note_outer_ids = note_outer_ids
work(stop=threading.Event(), pulses=(), chores=())
"""


@pytest.fixture
def lead():
    in_force("covid19-2022-04")
    return somebody("tracing_lead")


def a_list() -> bytes:
    """Ninety rows: three whose number is wrong, one without its date, one person twice, some through others."""
    last = f"{county_now() - timedelta(days=4):%Y-%m-%d}"
    rows = [row_of(n, last) for n in range(N_ROWS)]
    rows[80] |= {"证件号": rows[5]["证件号"], "姓名": rows[5]["姓名"]}
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("gb18030")


def row_of(n: int, last: str) -> dict[str, str]:
    body = f"999027{1950 + n % 60}0101{n:03d}"
    right = body + check_character(body)
    return {
        "ID": f"L{n}",
        "姓名": f"测{n}",
        "证件号": right[:-2] if n in (3, 47, 88) else right,
        "联系方式": f"154{n:08d}",
        "关联病例": f"病例{n % 7}",
        "密接类型": "次密接" if n % 9 == 1 else "密切接触者",
        "关联密接": f"L{n - 1}" if n % 9 == 1 else "",
        "最后接触日期": "" if n == 51 else last,
        "转归": ("待判定", "在观察", "已解除")[n % 3],
    }


def asked(lead, source):
    """The intake of a list that was uploaded and mapped, and whose job waits."""
    taken = upload_list(content=a_list(), file_name="list.csv", kind="contacts.list", source=source, by=lead)
    row = taken.intake
    mapping = propose_mapping(headers_of(row), kind=row.kind, source=row.source)
    begin_import(intake=row, mapping=mapping, disease="covid-19", by=lead)
    return row


def on_record(lead, intake) -> dict:
    """All that a list leaves behind: as it goes out again, what went back, how many rows stand in each table."""
    pieces = export_list(kind="contacts.list", shape="plain", disease="covid-19", by=lead).pieces
    rows = csv.DictReader(io.StringIO(b"".join(pieces).decode("utf-8-sig")))
    row = find(intake.pk)
    return {
        "rows": sorted(sorted((k, v) for k, v in it.items() if k not in OF_TAKING_IN) for it in rows),
        "refused": list(refused_rows(row).values_list("row_number", "refusal_code", "cells")),
        "counts": (row.state, row.n_rows, row.n_accepted, row.n_refused),
        "tables": [it.objects.count() for it in (Contact, ContactFile, StateChange)],
        "names": OuterRecord.objects.filter(source=row.source).count(),
    }


def killed_in_the_middle() -> None:
    environment = {**os.environ, "TEST_DATABASE": str(connection.settings_dict["NAME"])}
    environment |= {"FANGXIAN_DATA": str(settings.REALM.path)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", WORKER], env=environment, text=True, **pipes) as worker:
        try:
            assert worker.stdout.readline() == "in the middle\n", worker.stderr.read()
        finally:
            worker.kill()
    assert worker.returncode == -signal.SIGKILL


def test_a_list_whose_worker_was_killed_in_the_middle_ends_as_an_undisturbed_one(lead):
    undisturbed = asked(lead, "甲")
    n_new = run_job()["n_new"]
    expected = on_record(lead, undisturbed)
    for model in (StateChange, ContactFile, Contact):
        model.objects.all().delete()
    disturbed = asked(lead, "乙")
    killed_in_the_middle()
    n_before = Contact.objects.count()
    assert 0 < n_before < n_new
    Job.objects.filter(state=State.RUNNING).update(lease_until=county_now() - timedelta(days=365))

    assert work(stop=threading.Event(), once=True, pulses=(), chores=()) == 1

    job = Job.objects.get(arguments__intake=str(disturbed.pk))
    assert (job.state, job.attempt, job.result["n_new"]) == (State.DONE, 2, n_new)
    assert on_record(lead, disturbed) == expected
