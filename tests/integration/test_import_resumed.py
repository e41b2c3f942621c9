"""A list of cases whose job was cut off between two parts: begun again it sends back what it would have anyway."""

import csv
import io
from threading import Event

import pytest

from fangxian.ops.cases.models import Case
from fangxian.ops.intake.queries import find, headers_of, propose_mapping, refused_rows
from fangxian.ops.jobs.actions import claim, release
from fangxian.ops.jobs.worker import RunningJob, ToldToStop
from fangxian.ops.procedures import import_list as importing
from tests.integration.list_hand import in_force, run_job, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    in_force("covid19-2022-04")
    return somebody("tracing_lead")


def asked(lead, source):
    """Six cases, of whom the first and the last have an occupation that is not on the report card."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["编号", "姓名", "联系方式", "职业", "证件号"])
    for n in range(6):
        writer.writerow([f"C{n}", f"测{n}", f"154{n:08d}", "自由人" if n in (0, 5) else "农民", "12" if n == 1 else ""])
    content = text.getvalue().encode()
    taken = importing.upload_list(content=content, file_name="a.csv", kind="cases.list", source=source, by=lead)
    mapping = propose_mapping(headers_of(taken.intake), kind="cases.list", source=taken.intake.source)
    importing.begin_import(intake=taken.intake, mapping=mapping, disease="covid-19", by=lead)
    return taken.intake


def cut_off_after_its_first_part() -> None:
    job, stop = claim(worker="test"), Event()
    stop.set()
    with pytest.raises(ToldToStop):
        importing.import_list(RunningJob(job, stop))
    release(job=job)


def sent_back(intake) -> list[tuple]:
    return list(refused_rows(find(intake.pk)).values_list("row_number", "was_taken", "refusal_code", "zh", "cells"))


def test_what_was_left_out_of_a_case_is_told_though_the_job_that_took_it_was_cut_off(lead):
    undisturbed = asked(lead, "甲")
    run_job()
    expected = sent_back(undisturbed)
    Case.objects.all().delete()
    disturbed = asked(lead, "乙")
    cut_off_after_its_first_part()
    run_job()
    assert [(row, taken) for row, taken, *_ in expected] == [(2, True), (3, False), (7, True)]
    assert sent_back(disturbed) == expected


def test_a_known_case_that_comes_again_is_said_to_lack_nothing(lead):
    asked(lead, "甲")
    run_job()
    again = asked(lead, "乙")
    run_job()
    assert [(row, taken) for row, taken, *_ in sent_back(again)] == [(3, False)]
