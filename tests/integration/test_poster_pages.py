"""The pages of print runs, of silent venues and of a move: what can be done by whom, what is said when it cannot."""

from copy import deepcopy

import pytest
from django.urls import reverse

from fangxian.ops.documents.models import PrintRun
from fangxian.ops.jobs.actions import cancel
from fangxian.ops.jobs.models import Job
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.pages.venue_owner.picker import unit_choices
from fangxian.ops.places.models import Division, Venue
from fangxian.ops.procedures.print_all_posters import make_run
from fangxian.ops.procedures.silent_tasks import SILENT, Answer, answer_silence, open_silent
from fangxian.ops.tasks.models import Task
from fangxian.ops.visits.silence import Silence
from tests.integration.test_poster_runs import job_of
from tests.integration.test_venue_posters import RULEBOOK
from tests.integration.two_townships import CELL, OTHER_CELL, OTHER_TOWN, OTHER_UNIT, TOWN, UNIT, build, shown, sign_in

BY = "program:test"
COUNTY = "141027"
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    county = build()
    found_rulebooks(texts=[RULEBOOK.read_bytes()], by=BY)
    return county


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


@pytest.fixture
def silent_school(county, monkeypatch):
    """The school has been silent, and stands on the list of its grid worker."""
    found = [Silence(venue=county.school, last_at=None, n_days=3)]
    monkeypatch.setattr("fangxian.ops.procedures.silent_tasks.silent_for_days", lambda at: found)
    open_silent(at=county.at, by=BY)
    return county.school


def asked(client, area=TOWN, **more):
    return client.post(reverse("poster-runs"), {"area": area, "layout": "a4", "which": "all"} | more)


def made(client, area=TOWN):
    """A run that is ready."""
    asked(client, area)
    run = PrintRun.objects.get()
    make_run(job_of(run))
    Job.objects.update(state="done", ended_at=run.asked_at)
    return run


def test_a_run_that_is_asked_for_shows_how_far_it_is(client, county):
    sign_in(client, county, "township_approver", TOWN)
    answer = asked(client)
    page = client.get(answer["Location"])
    assert "正在印制" in shown(page)
    assert page["Refresh"] == "2"


def test_its_files_are_handed_out_one_by_one(client, county):
    sign_in(client, county, "township_approver", TOWN)
    run = made(client)
    page = client.get(reverse("poster-run", args=[run.pk]))
    assert "天坛镇" in shown(page)
    answer = client.post(reverse("poster-part", args=[run.pk, 1]))
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


def test_a_file_that_is_not_there_is_said_to_be_gone(client, county):
    sign_in(client, county, "township_approver", TOWN)
    run = made(client)
    assert client.post(reverse("poster-part", args=[run.pk, 9])).status_code >= 400


def test_who_prints_elsewhere_sees_neither_the_run_nor_its_files(client, county):
    sign_in(client, county, "township_approver", TOWN)
    run = made(client)
    sign_in(client, county, "township_approver", OTHER_TOWN)
    assert client.get(reverse("poster-run", args=[run.pk])).status_code == 403
    assert client.post(reverse("poster-part", args=[run.pk, 1])).status_code == 403
    assert str(run.pk) not in shown(client.get(reverse("poster-runs")))


def test_another_township_is_not_to_choose_from(client, county):
    sign_in(client, county, "township_approver", TOWN)
    assert asked(client, OTHER_TOWN).status_code == 400
    assert not PrintRun.objects.exists()


def test_a_run_that_was_called_off_goes_on(client, county):
    sign_in(client, county, "township_approver", TOWN)
    asked(client)
    run = PrintRun.objects.get()
    cancel(job=Job.objects.get(pk=run.job), by=BY)
    assert "接着印" in shown(client.get(reverse("poster-run", args=[run.pk])))
    client.post(reverse("poster-run", args=[run.pk]))
    assert Job.objects.get(pk=run.job).state == "queued"


def test_of_two_villages_of_one_name_each_says_its_township():
    places = {
        path: Division(area_path=path, name_zh=zh, name_en=en)
        for path, zh, en in (
            (TOWN, "天坛镇", "Tiantan Town"),
            (OTHER_TOWN, "响水河镇", "Xiangshuihe Town"),
            (f"{TOWN}201", "南庄村委会", "Nanzhuang Village"),
            (f"{OTHER_TOWN}201", "南庄村委会", "Nanzhuang Village"),
            (f"{TOWN}202", "北庄村委会", "Beizhuang Village"),
        )
    }
    choices = unit_choices(places, [it for path, it in places.items() if len(path) == 12])
    names = [str(name) for _, inside in choices for _, name in inside]
    assert len(set(names)) == 3
    assert ["天坛镇" in names[0], "天坛镇" in names[1], "响水河镇" in names[2]] == [True, False, True]


# Silent venues


def test_a_grid_worker_answers_with_a_tap(client, county, silent_school):
    sign_in(client, county, "grid_worker", CELL)
    assert silent_school.name in shown(client.get(reverse("silent-venues")))
    answer = client.post(
        reverse("silent-venues"), {"venue": silent_school.pk, "answer": "device_broken", "note": ""}, follow=True
    )
    assert "已记下" in shown(answer)
    assert Task.objects.get(kind=SILENT).outcome == "device_broken"


def test_what_the_village_only_reads_has_no_buttons(client, county, silent_school):
    sign_in(client, county, "township_approver", TOWN)
    page = shown(client.get(reverse("silent-venues")))
    assert silent_school.name in page
    assert 'value="device_broken"' not in page


def test_where_nothing_is_silent_the_page_says_so(client, county):
    sign_in(client, county, "grid_worker", CELL)
    assert "没有要去看的场所" in shown(client.get(reverse("silent-venues")))
    assert reverse("silent-venues") not in shown(client.get(reverse("venues")))


def test_its_owner_reads_that_nobody_scans_and_what_was_found(client, county, silent_school):
    worker = sign_in(client, county, "grid_worker", CELL).account
    sign_in(client, county, "venue_owner", CELL, venue=silent_school.pk)
    page = reverse("venue-keep", args=[silent_school.pk])
    assert "网格员会来看看" in shown(client.get(page))
    answer_silence(venue=silent_school, answer=Answer.KEEPER_IDLE, note="", by=worker)
    assert "请安排值守员" in shown(client.get(page))


def test_an_owner_says_on_which_days_it_is_closed(client, county):
    sign_in(client, county, "venue_owner", CELL, venue=county.school.pk)
    client.post(reverse("venue-keep", args=[county.school.pk]), {"do": "rest", "weekdays": ["7", "1"]})
    county.school.refresh_from_db()
    assert county.school.rest_weekdays == "17"


# Moving


def test_a_registrar_moves_a_venue_in_two_steps_and_takes_it_back(client, county):
    sign_in(client, county, "dispatcher", COUNTY)
    address = reverse("venue-move", args=[county.school.pk])
    assert "乔家网格" in shown(client.get(address, {"unit": OTHER_UNIT}))
    answer = client.post(address, {"unit": OTHER_UNIT, "cell": OTHER_CELL, "address": "乔家 9 号"}, follow=True)
    new = Venue.objects.get(moved_from=county.school)
    assert "已迁址" in shown(answer)
    client.post(reverse("venue", args=[new.pk]), {"do": "take_back"})
    county.school.refresh_from_db()
    assert county.school.status == "verified"


def test_a_village_moves_venues_within_the_village_only(client, county):
    sign_in(client, county, "village_approver", UNIT)
    address = reverse("venue-move", args=[county.school.pk])
    assert "响水河镇" not in shown(client.get(address))
    told = {"unit": OTHER_UNIT, "cell": OTHER_CELL, "address": "乔家 9 号"}
    assert not Venue.objects.filter(moved_from=county.school).exists()
    client.post(address, told)
    assert not Venue.objects.filter(moved_from=county.school).exists()


def test_what_is_wrong_stands_beside_it_and_what_was_typed_stays(client, county):
    sign_in(client, county, "dispatcher", COUNTY)
    told = {"unit": UNIT, "cell": CELL, "address": ""}
    answer = client.post(reverse("venue-move", args=[county.school.pk]), told)
    assert answer.status_code == 400
    assert "请填写新地址" in shown(answer)


def test_a_closed_venue_is_opened_again_on_its_page(client, county):
    sign_in(client, county, "village_approver", UNIT)
    page = reverse("venue", args=[county.school.pk])
    client.post(page, {"do": "close", "because": "装修"})
    assert "重新启用" in shown(client.get(page))
    client.post(page, {"do": "reopen", "because": "装修完了"})
    county.school.refresh_from_db()
    assert county.school.status == "verified"
