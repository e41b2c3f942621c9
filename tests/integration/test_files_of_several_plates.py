"""A result file in which several plates stand, or of a kit of the laboratory's own: judged, entered, shown."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.ops.laboratory.actions import lay_plate
from fangxian.ops.laboratory.queries import Plate, Result, waiting
from fangxian.ops.realm.current import county_now

from .bench_hand import BY, a_laboratory, received
from .lab_hand import a_round
from .two_townships import account_of, build, shown

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TUBES = ("10020001", "10020002")
# The negative control of the second plate is found.
OF_TWO = (
    "10020001,,,24.5\r\nNC,,,26\r\nPC,28,27.5,27\r\n"
    "10020002,,,24.5\r\nNC,31,30,26\r\nPC,28,27.5,27\r\n"
)  # fmt: skip
COLUMNS = {"column_0": "sample", "column_1": "ct_orf1ab", "column_2": "ct_n", "column_3": "ct_ic"}


@pytest.fixture(scope="module")
def of_this_file(rows_of_this_file):
    county, own = build(), a_laboratory()
    there = a_round()
    received(there, *TUBES)
    for tube in TUBES:
        lay_plate(laboratory=own.pk, n_wells=32, barcodes=[tube], by=BY)
    return account_of(county, "laboratory", "141027"), own, there


@pytest.fixture
def own(of_this_file, db):
    return of_this_file[1]


@pytest.fixture
def there(of_this_file, db):
    return of_this_file[2]


@pytest.fixture
def anna(of_this_file, db):
    client = Client()
    client.force_login(of_this_file[0], backend="django.contrib.auth.backends.ModelBackend")
    return client


def uploaded(anna, own, rows=OF_TWO):
    file = SimpleUploadedFile("run.csv", f"样本号,ORF1ab,N,IC\r\n{rows}".encode())
    return anna.post(reverse("laboratory-files"), {"laboratory": str(own.pk), "file": file}).url


def test_a_plate_whose_controls_failed_spoils_no_other(anna, own):
    measured_at = f"{localtime(county_now()):%Y-%m-%dT%H:%M}"
    anna.post(uploaded(anna, own), {"do": "enter", "measured_at": measured_at, **COLUMNS})
    outcomes = dict(Result.objects.order_by("tube__label").values_list("tube__label", "outcome"))
    assert outcomes == {"10020001": "negative", "10020002": "re_test"}
    assert dict(Plate.objects.values_list("number", "state")) == {1: "read", 2: "failed"}
    assert [it.label for it in waiting(own)] == ["10020002"]


def test_before_it_is_entered_the_page_names_the_plate_that_failed(anna, own):
    page = shown(anna.get(uploaded(anna, own)))
    assert "板2：阴性质控检出" in page
    assert "有板质控失败" in page


AT_THE_END = "10020001,,,24.5\r\nNC,,,26\r\nPC,28,27.5,27\r\n10020003,,,24.5\r\n10020004,,,24.5\r\n"


def test_tubes_laid_nowhere_at_a_files_end_are_told_to_have_no_controls_and_cannot_go_out(anna, own, there):
    received(there, "10020003", "10020004", box="X1002")
    page = uploaded(anna, own, AT_THE_END)
    seen = shown(anna.get(page))
    assert "没有自己质控的管（10020003起）：缺少质控孔" in seen
    assert "板?" not in seen
    measured_at = f"{localtime(county_now()):%Y-%m-%dT%H:%M}"
    anna.post(page, {"do": "enter", "measured_at": measured_at, **COLUMNS})
    outcomes = dict(Result.objects.values_list("tube__label", "outcome"))
    assert outcomes == {"10020001": "negative", "10020003": "re_test", "10020004": "re_test"}


KIT = {"targets": "ORF1ab, N, E", "positive_ct": "36", "grey_ct": "38", "internal_ct": "40", "control_ct": "35"}


def test_a_file_is_judged_by_the_kit_that_its_laboratory_has(anna, own):
    page = reverse("laboratory-one", args=[own.pk])
    assert anna.post(page, {"do": "kit", **KIT}).url == f"{page}?done=kit"
    rows = "10020001,,,33,24.5\r\n10020002,,,,24.5\r\n" + "NC,,,,26\r\nPC,28,27.5,27,27\r\n" * 2
    file = SimpleUploadedFile("run.csv", f"样本号,ORF1ab,N,E,IC\r\n{rows}".encode())
    seen = anna.get(anna.post(reverse("laboratory-files"), {"laboratory": str(own.pk), "file": file}).url).context[
        "seen"
    ]
    assert {seen.samples[it.tube][0]: it.outcome for it in seen.results}["10020001"] == "single_target"


def test_a_kit_whose_grey_zone_ends_before_it_begins_is_refused_beside_the_field(anna, own):
    answer = anna.post(reverse("laboratory-one", args=[own.pk]), {"do": "kit", **KIT, "grey_ct": "30"})
    assert (answer.status_code, "灰区不能早于阳性" in shown(answer)) == (400, True)
