"""A list whose job was cut off between two parts: begun again it sends back and counts what it would have anyway."""

import csv
import io
from datetime import timedelta
from threading import Event

import pytest

from fangxian.ops.cases.models import Case
from fangxian.ops.intake.queries import find, headers_of, propose_mapping, refused_rows
from fangxian.ops.jobs.actions import claim, release
from fangxian.ops.jobs.worker import RunningJob, ToldToStop
from fangxian.ops.procedures import import_list as importing
from fangxian.ops.realm.current import county_now
from tests.integration.list_hand import in_force, run_job, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(monkeypatch):
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    in_force("covid19-2022-04")
    return somebody("tracing_lead")


def asked(lead, source):
    """Six cases, of whom the first and the last have an occupation that is not on the report card."""
    rows = [
        [f"C{n}", f"测{n}", f"154{n:08d}", "自由人" if n in (0, 5) else "农民", "12" if n == 1 else ""]
        for n in range(6)
    ]
    return asked_for(lead, "cases.list", source, [["编号", "姓名", "联系方式", "职业", "证件号"], *rows])


def asked_for(lead, kind, source, rows):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    content = text.getvalue().encode()
    taken = importing.upload_list(content=content, file_name="a.csv", kind=kind, source=source, by=lead)
    mapping = propose_mapping(headers_of(taken.intake), kind=kind, source=taken.intake.source)
    importing.begin_import(intake=taken.intake, mapping=mapping, disease="covid-19", by=lead)
    return taken.intake


def cut_off_after_its_first_part() -> None:
    job, stop = claim(worker="test"), Event()
    stop.set()
    with pytest.raises(ToldToStop):
        importing.import_list(RunningJob(job, stop))
    release(job=job)


CONTACT_HEAD = ["ID", "姓名", "联系方式", "关联病例", "密接类型", "最后接触日期"]


def contacts(*numbers):
    day = f"{county_now():%Y-%m-%d}"
    rows = ([f"L{n}", f"测{n}", f"154{n:08d}", "病例甲", "密切接触者", day] for n in numbers)
    return [CONTACT_HEAD, *rows]


def counted(counts):
    return {name: counts[name] for name in ("n_new", "n_merged", "n_known", "n_refused")}


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


def test_cases_that_a_cut_off_job_took_in_count_as_new(lead):
    asked(lead, "甲")
    cut_off_after_its_first_part()
    assert counted(run_job()) == {"n_new": 5, "n_merged": 0, "n_known": 0, "n_refused": 1}


def test_cases_of_an_earlier_list_stay_known_when_the_job_is_cut_off(lead):
    asked(lead, "甲")
    run_job()
    asked(lead, "乙")
    cut_off_after_its_first_part()
    assert counted(run_job()) == {"n_new": 0, "n_merged": 0, "n_known": 5, "n_refused": 1}


def test_a_case_that_stands_twice_in_a_list_is_new_once_though_its_job_was_cut_off(lead):
    head, *rows = ["编号", "姓名", "联系方式"], ["C1", "测一", "15400000001"], ["C2", "测二", "15400000002"]
    asked_for(lead, "cases.list", "甲", [head, *rows, ["C9", "测一", "15400000001"]])
    cut_off_after_its_first_part()
    assert counted(run_job()) == {"n_new": 2, "n_merged": 0, "n_known": 1, "n_refused": 0}


def test_contacts_that_a_cut_off_job_took_in_count_as_new(lead):
    asked_for(lead, "contacts.list", "甲", contacts(1, 2, 3, 4))
    cut_off_after_its_first_part()
    assert counted(run_job()) == {"n_new": 4, "n_merged": 0, "n_known": 0, "n_refused": 0}


def test_contacts_of_an_earlier_list_stay_known_when_the_job_is_cut_off(lead):
    asked_for(lead, "contacts.list", "甲", contacts(1, 2))
    run_job()
    asked_for(lead, "contacts.list", "甲", contacts(1, 3, 4))
    cut_off_after_its_first_part()
    assert counted(run_job()) == {"n_new": 2, "n_merged": 0, "n_known": 1, "n_refused": 0}


def test_days_that_a_cut_off_job_took_in_count_as_new(lead):
    asked_for(lead, "contacts.list", "甲", contacts(1))
    run_job()
    days = [(county_now() - timedelta(days=n)).date().isoformat() for n in range(3)]
    rows = [[f"F{n}", "L1", "SEEN_OK", day] for n, day in enumerate(days)]
    head = ["uuid", "contact_uuid", "followup_status", "date_of_followup"]
    asked_for(lead, "contacts.follow_ups", "甲", [head, *rows])
    cut_off_after_its_first_part()
    assert counted(run_job()) == {"n_new": 3, "n_merged": 0, "n_known": 0, "n_refused": 0}
