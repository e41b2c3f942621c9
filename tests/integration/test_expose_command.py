"""`fangxian expose`: who was exposed to a case, what it took, what of the archive is missing; it changes nothing."""

import shutil
from datetime import timedelta

import pytest

from fangxian.cli import main
from fangxian.ops.contacts.queries import of_case
from fangxian.ops.realm.current import the_realm
from fangxian.ops.visits import parquet
from fangxian.ops.visits.actions.archiving import archive_due
from fangxian.ops.visits.models import ArchivePart, Scan

from .case_hand import build_with_diseases, report, scanned, staffed

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = timedelta(days=1)


@pytest.fixture
def case(db, monkeypatch):
    """The head of the household, who shared a school's door with somebody from far away."""

    def clear():
        for name in ("archive/visits", "journal"):
            shutil.rmtree(the_realm().path / name, ignore_errors=True)

    clear()
    monkeypatch.setenv("FANGXIAN_LANGUAGE", "en")
    county = build_with_diseases()
    told = report(county.head, staffed(county).laboratory)
    minutes = timedelta(minutes=5)
    scanned((county.head, county.school, DAY), (county.stranger, county.school, DAY - minutes))
    archive_due(at=county.at, by="program:test")
    yield told
    clear()


def test_it_prints_numbers_and_rings_and_what_it_took_and_no_name(case, capsys):
    assert main(["expose", case.number]) == 0
    said = capsys.readouterr().out
    assert "Starting took" in said
    assert "close-contact" in said
    assert "co-present" in said
    assert "孟" not in said
    assert not of_case(case.case).exists()


def test_it_names_the_day_that_is_missing(case, capsys):
    part = ArchivePart.objects.first()
    Scan.objects.all().delete()
    parquet.part_path(part.day_on, part.hour, part.number).unlink()
    main(["expose", case.number])
    assert f"The archive of {part.day_on} is not whole" in capsys.readouterr().out


def test_a_case_that_is_not_there_is_refused_in_both_languages(db, capsys):
    assert main(["expose", "141027-2022-9999"]) == 1
    told = capsys.readouterr().err
    assert "没有编号为 141027-2022-9999 的病例" in told
    assert "There is no case numbered 141027-2022-9999" in told
