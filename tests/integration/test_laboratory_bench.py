"""The laboratory on its pages: a box received, a plate laid and run, results by file or by hand, out and back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.ops.lab.queries import Box
from fangxian.ops.laboratory.actions import add_laboratory, begin_run, end_run, lay_plate
from fangxian.ops.laboratory.queries import (
    Consignment,
    Plate,
    Result,
    ResultBatch,
    instruments_of,
    laboratories,
    runs_of,
    standing_of,
    waiting,
)
from fangxian.ops.realm.current import county_now

from .bench_hand import ANNA, BY, OWN, a_laboratory, entered, received
from .lab_hand import Device, a_round
from .two_townships import TOWN, account_of, build, shown

pytestmark = [pytest.mark.django_db, pytest.mark.once]
BACKEND = "django.contrib.auth.backends.ModelBackend"
TUBES = ("10010001", "10010002", "10010003")
CONTROLS = "NC,,,26\r\nPC,28,27.5,27\r\n"
HEAD = "样本号,ORF1ab,N,IC\r\n"


@pytest.fixture(scope="module")
def of_this_file(rows_of_this_file):
    county = build()
    there = a_round()
    return county, there, a_laboratory(), received(there, *TUBES)


@pytest.fixture
def there(of_this_file, db):
    return of_this_file[1]


@pytest.fixture
def own(of_this_file, db):
    return of_this_file[2]


@pytest.fixture
def tubes(of_this_file, db):
    return of_this_file[3]


@pytest.fixture
def county(of_this_file, db):
    return of_this_file[0]


def signed_in(county, role="laboratory", area="141027"):
    client = Client()
    client.force_login(account_of(county, role, area), backend=BACKEND)
    return client


@pytest.fixture
def anna(county):
    return signed_in(county)


@pytest.fixture
def bert(county):
    return signed_in(county)


def result_file(rows, encoding="utf-8"):
    return SimpleUploadedFile("run.csv", (HEAD + rows).encode(encoding))


def uploaded(client, own, rows, **more):
    """The address of a file's page."""
    given = {"laboratory": str(own.pk), "file": result_file(rows, **more)}
    return client.post(reverse("laboratory-files"), given).url.partition("?")[0]


def put_in(client, address, do="enter"):
    columns = {"column_0": "sample", "column_1": "ct_orf1ab", "column_2": "ct_n", "column_3": "ct_ic"}
    return client.post(address, {"do": do, "measured_at": f"{localtime(county_now()):%Y-%m-%dT%H:%M}", **columns})


NEGATIVE = "".join(f"{it},,,24.5\r\n" for it in TUBES)


# ---- boxes ----


def test_a_box_is_seen_coming_and_received_by_its_barcode(anna, there):
    phone = Device(there)
    phone.sends(phone.swab("10010009", "李静"), phone.told("seal_tube", tube="10010009", box="X1009"))
    assert [it.label for it in anna.get(reverse("laboratory-coming")).context["boxes"].rows] == ["X1009"]
    answer = anna.post(reverse("laboratory-coming"), {"box": "x1009"})
    assert (answer.url.endswith("box=X1009&n=1"), Box.objects.get(barcode="X1009").laboratory) == (True, OWN)


def test_a_box_of_a_site_that_is_offline_is_received_without_a_list(anna, there):
    answer = anna.post(reverse("laboratory-coming"), {"box": "X2001"}, follow=True)
    assert Box.objects.get(barcode="X2001").state == "received"
    assert "采样点的记录还没有上传" in shown(answer)


def test_a_barcode_that_is_none_is_refused_beside_its_field(anna, there):
    answer = anna.post(reverse("laboratory-coming"), {"box": "X1OO1"})
    assert (answer.status_code, "X1001" in shown(answer)) == (400, True)


# ---- plates ----


def test_a_plate_takes_what_waits_the_oldest_first(anna, own, tubes):
    address = anna.post(reverse("laboratory-plates"), {"n_wells": "32"}).url
    page = anna.get(address)
    assert [it.barcode for it in page.context["wells"]] == list(TUBES)
    assert anna.get(reverse("laboratory-worklist", args=[page.context["plate"].pk])).content.decode("utf-8-sig") == (
        "Well,Sample Name,Task\r\nA1,10010001,UNKN\r\nB1,10010002,UNKN\r\nC1,10010003,UNKN\r\nC8,NC,NC\r\nD8,PC,PC\r\n"
    )
    assert anna.post(reverse("laboratory-plates"), {"n_wells": "32"}).status_code == 400


def test_all_that_waits_is_laid_on_plates_at_once(anna, own, tubes):
    anna.post(reverse("laboratory-plates"), {"do": "all"})
    assert [(it.n_wells, it.n_tubes) for it in Plate.objects.all()] == [(32, 3)]
    assert anna.post(reverse("laboratory-plates"), {"do": "all"}).status_code == 400


def test_a_tube_that_stands_on_a_plate_is_not_laid_again(anna, own, tubes):
    lay_plate(laboratory=own.pk, n_wells=32, by=BY)
    answer = anna.post(reverse("laboratory-plates"), {"n_wells": "32", "barcodes": "10010001"})
    assert (answer.status_code, "已在一块板上" in shown(answer)) == (400, True)


def test_a_plate_goes_through_extractor_and_amplifier_one_at_a_time(anna, own, tubes):
    plate = lay_plate(laboratory=own.pk, n_wells=96, by=BY)
    other = lay_plate(laboratory=own.pk, n_wells=32, barcodes=["20010001"], by=BY)
    extractor = instruments_of(own).get(kind="extractor")
    address, second = (reverse("laboratory-plate", args=[it.pk]) for it in (plate, other))
    anna.post(address, {"do": "begin", "instrument": extractor.pk})
    assert anna.post(second, {"do": "begin", "instrument": extractor.pk}).status_code == 400
    now = anna.get(reverse("laboratory")).context["machines"]
    assert [it.name for it in now.rows if now.href(it)] == ["提取仪 1"]
    anna.post(address, {"do": "end"})
    small = instruments_of(own).get(name="扩增仪 1")
    assert anna.post(address, {"do": "begin", "instrument": small.pk}).status_code == 400  # 96 wells into 32
    anna.post(address, {"do": "begin", "instrument": instruments_of(own).get(name="扩增仪 3").pk})
    plate.refresh_from_db()
    assert plate.state == "amplifying"


def test_a_run_broken_off_and_a_plate_given_up_need_a_reason_and_free_the_tubes(anna, own, tubes):
    plate = lay_plate(laboratory=own.pk, n_wells=96, by=BY)
    begin_run(plate=plate.pk, instrument=instruments_of(own).get(kind="extractor").pk, by=BY)
    address = reverse("laboratory-plate", args=[plate.pk])
    assert anna.post(address, {"do": "break", "why": ""}).status_code == 400
    anna.post(address, {"do": "break", "why": "停电"})
    anna.post(address, {"do": "void", "why": "打翻"})
    assert Plate.objects.get(pk=plate.pk).state == "void"
    assert waiting(own).count() == len(TUBES)


def test_an_instrument_that_is_out_of_order_takes_no_plate_and_lowers_the_capacity(anna, own):
    address = reverse("laboratory-one", args=[own.pk])
    assert anna.get(address).context["a_day"] == 1504
    broken = instruments_of(own).get(kind="extractor")
    anna.post(address, {"do": "stop", "instrument": broken.pk, "why": "漏液"})
    assert anna.get(address).context["a_day"] == 0
    plate = lay_plate(laboratory=own.pk, n_wells=32, barcodes=["20010001"], by=BY)
    answer = anna.post(reverse("laboratory-plate", args=[plate.pk]), {"do": "begin", "instrument": broken.pk})
    assert "漏液" in shown(answer)


# ---- files ----


def test_a_file_is_looked_at_entered_and_released_by_another(anna, bert, own, tubes):
    plate = lay_plate(laboratory=own.pk, n_wells=32, by=BY)
    address = uploaded(anna, own, NEGATIVE + CONTROLS, encoding="gb18030")
    assert anna.get(address).context["n_seen"] == len(TUBES)
    put_in(anna, address)
    batch = ResultBatch.objects.get()
    page = reverse("laboratory-batch", args=[batch.pk])
    assert batch.plate_id == plate.pk
    assert anna.post(page, {"do": "all"}).status_code == 400
    assert "released=3&" in bert.post(page, {"do": "all"}).url
    assert {it.outcome for it, _ in standing_of([it.pk for it in tubes.values()]).values()} == {"negative"}


def test_the_same_file_again_changes_nothing(anna, own, tubes):
    address = uploaded(anna, own, NEGATIVE + CONTROLS)
    put_in(anna, address)
    assert uploaded(anna, own, NEGATIVE + CONTROLS) == address
    assert put_in(anna, address, do="again").url.endswith("new=0&known=3")
    assert Result.objects.count() == len(TUBES)


def test_another_export_of_a_run_is_known_for_the_same_by_when_the_run_ended(anna, own, tubes):
    plate = lay_plate(laboratory=own.pk, n_wells=32, by=BY)
    for machine in ("提取仪 1", "扩增仪 1"):
        begin_run(plate=plate.pk, instrument=instruments_of(own).get(name=machine).pk, by=BY)
        end_run(plate=plate.pk, by=BY)
    ended = localtime(runs_of(plate)[-1].ended_at).replace(second=0, microsecond=0, tzinfo=None)
    for rows in (NEGATIVE + CONTROLS, NEGATIVE + "A,,,\r\n" + CONTROLS):
        page = anna.get(uploaded(anna, own, rows))
        assert page.context["measured"]["measured_at"].value() == ended


def test_rows_that_cannot_be_taken_are_listed_by_number_with_the_reason(anna, own, tubes):
    rows = f"10010001,,,24.5\r\n1OO10002,,,25\r\n77770001,,,25\r\n{CONTROLS}"
    page = anna.get(uploaded(anna, own, rows))
    told = [(number, refusal.code) for number, refusal in page.context["seen"].refused]
    assert told == [(3, "laboratory.tube_misread"), (4, "laboratory.unknown_tube")]
    put_in(anna, page.request["PATH_INFO"])
    assert anna.post(f"{page.request['PATH_INFO']}/refused").content[:2] == b"PK"


def test_a_tube_named_by_both_its_labels_with_different_outcomes_is_taken_by_neither(anna, own, there, tubes):
    phone = Device(there, name="phone-2")
    phone.sends(phone.told("rename_tube", tube="10010001", renamed="10019999", said="标签破损"))
    page = anna.get(uploaded(anna, own, f"10010001,,,24.5\r\n10019999,31.2,30.8,25\r\n10010002,,,25\r\n{CONTROLS}"))
    seen = page.context["seen"]
    assert [(number, it.code) for number, it in seen.refused] == [(n, "laboratory.rows_disagree") for n in (2, 3)]
    assert [it.tube for it in seen.results] == [tubes["10010002"].pk]


def test_a_file_that_was_cut_is_refused_beside_its_field(anna, own, tubes):
    cut = (HEAD + NEGATIVE + CONTROLS).encode()[:-7]
    given = {"laboratory": str(own.pk), "file": SimpleUploadedFile("cut.csv", cut)}
    assert anna.post(reverse("laboratory-files"), given).status_code == 400


def test_a_file_whose_controls_failed_releases_nobody(anna, bert, own, tubes):
    address = uploaded(anna, own, NEGATIVE + "NC,31,30,26\r\nPC,28,27.5,27\r\n")
    put_in(anna, address)
    page = reverse("laboratory-batch", args=[ResultBatch.objects.get().pk])
    assert bert.post(page, {"do": "all"}).status_code == 400
    assert waiting(own).count() == len(TUBES)


def test_a_result_before_its_sampling_is_known_waits_and_is_taken_when_the_file_is_read_again(anna, own, there):
    lay_plate(laboratory=own.pk, n_wells=32, barcodes=["10010008"], by=BY)
    address = uploaded(anna, own, "10010008,,,24.5\r\n" + CONTROLS)
    assert [it.code for _, it in anna.get(address).context["seen"].refused] == ["laboratory.sampling_awaited"]
    put_in(anna, address)
    phone = Device(there)
    phone.sends(phone.swab("10010008", "李静"), phone.told("seal_tube", tube="10010008", box="X1008"))
    assert put_in(anna, address, do="again").url.endswith("new=1&known=0")


def test_a_positive_stands_first_and_can_be_sent_back_alone(anna, bert, own, tubes):
    put_in(anna, uploaded(anna, own, "10010002,31.2,30.8,25\r\n10010001,,,24.5\r\n" + CONTROLS))
    page = reverse("laboratory-batch", args=[ResultBatch.objects.get().pk])
    first = next(iter(bert.get(page).context["table"].rows))
    assert (first.tube.label, first.outcome) == ("10010002", "positive")
    assert bert.post(page, {"do": "back", "result": str(first.pk), "reason": ""}).status_code == 400
    bert.post(page, {"do": "back", "result": str(first.pk), "reason": "曲线异常"})
    bert.post(page, {"do": "all"})
    assert sorted(Result.objects.values_list("step", flat=True)) == ["released", "returned"]


def test_a_whole_lot_goes_back_with_a_reason(anna, bert, own, tubes):
    put_in(anna, uploaded(anna, own, NEGATIVE + CONTROLS))
    page = reverse("laboratory-batch", args=[ResultBatch.objects.get().pk])
    assert bert.post(page, {"do": "back_all", "reason": "传错了文件"}).url.endswith("back=3")
    assert waiting(own).count() == len(TUBES)


def test_a_result_that_is_out_is_withdrawn_with_a_reason(anna, bert, own, tubes):
    put_in(anna, uploaded(anna, own, NEGATIVE + CONTROLS))
    bert.post(reverse("laboratory-batch", args=[ResultBatch.objects.get().pk]), {"do": "all"})
    found = bert.get(reverse("laboratory-review"), {"tube": "10010001"}).url
    [(result, _)] = bert.get(found).context["out"]
    assert bert.post(found, {"result": str(result.pk), "reason": ""}).status_code == 400
    bert.post(found, {"result": str(result.pk), "reason": "放错了孔"})
    assert Result.objects.get(pk=result.pk).step == "withdrawn"


# ---- by hand ----


def test_a_plate_is_typed_by_two_people_and_released_by_a_third(county, anna, bert, own, tubes):
    plate = lay_plate(laboratory=own.pk, n_wells=32, by=BY)
    extractor, amplifier = instruments_of(own).get(kind="extractor"), instruments_of(own).get(name="扩增仪 1")
    for machine in (extractor, amplifier):
        begin_run(plate=plate.pk, instrument=machine.pk, by=BY)
        end_run(plate=plate.pk, by=BY)
    typed = {f"tube_{n}": "negative" for n in range(len(TUBES))}
    first = reverse("laboratory-plate-typed", args=[plate.pk])
    at = f"{localtime(county_now()):%Y-%m-%dT%H:%M}"
    assert anna.post(first, {**typed, "tube_1": "", "measured_at": at}).status_code == 400
    anna.post(first, {**typed, "measured_at": at})
    batch = ResultBatch.objects.get()
    again = reverse("laboratory-typed-again", args=[batch.pk])
    assert "negative" not in [it.value() for it in bert.get(again).context["form"].of_tubes]
    bert.post(again, {"tube_2": "positive", "rest_negative": "on"})
    carl = signed_in(county)
    carl.post(reverse("laboratory-batch", args=[batch.pk]), {"do": "all"})
    assert sorted(Result.objects.values_list("step", flat=True)) == ["released", "released", "returned"]
    assert len(anna.get(first).context["form"].of_tubes) == 1  # what went back is typed anew, and nothing else


def test_a_plate_that_was_not_run_has_no_results_to_be_typed(anna, own, tubes):
    plate = lay_plate(laboratory=own.pk, n_wells=32, by=BY)
    address = reverse("laboratory-plate-typed", args=[plate.pk])
    assert anna.post(address, {"rest_negative": "on", "measured_at": "2022-04-19T08:00"}).status_code == 302
    assert not Result.objects.exists()


# ---- outside laboratories ----


def test_a_box_is_sent_out_with_a_list_and_its_results_come_back_in_it(anna, bert, own, tubes):
    city = add_laboratory(name="市级实验室", is_own=False, tubes_a_day=4000, by=BY)
    box = Box.objects.get(barcode="X1001")
    address = anna.post(reverse("laboratory-sent"), {"laboratory": str(city.pk), "box": [str(box.pk)]}).url
    assert waiting(own).count() == 0
    lines = anna.get(f"{address}/list.csv").content.decode("utf-8-sig").splitlines()
    now = f"{localtime(county_now()):%Y-%m-%d %H:%M}"
    filled = [lines[0], *(line.removesuffix(",,") + f",阴性,{now}" for line in lines[1:]), f"X9,88880001,,阴性,{now}"]
    back = SimpleUploadedFile("back.csv", "\r\n".join([*filled, ""]).encode("gb18030"))
    file = anna.post(reverse("laboratory-files"), {"laboratory": str(city.pk), "file": back}).url
    page = anna.get(file)
    assert [it.code for _, it in page.context["seen"].refused] == ["laboratory.tube_not_sent"]
    columns = {"column_0": "box", "column_1": "sample", "column_3": "outcome", "column_4": "measured_at"}
    anna.post(file, {"do": "enter", "measured_at": now.replace(" ", "T"), **columns})
    bert.post(reverse("laboratory-batch", args=[ResultBatch.objects.get().pk]), {"do": "all"})
    assert Result.objects.filter(step="released", laboratory=city).count() == len(TUBES)
    assert Consignment.objects.get().closed_at is not None


def test_results_of_a_box_that_went_there_straight_from_its_site_are_taken(anna, there):
    city = add_laboratory(name="市级实验室", is_own=False, tubes_a_day=4000, by=BY)
    received(there, "10030001", box="X3001", whom="孟小", laboratory="市级实验室")
    back = SimpleUploadedFile("back.csv", "条码,结果\r\n10030001,阴性\r\n".encode())
    page = anna.post(reverse("laboratory-files"), {"laboratory": str(city.pk), "file": back}, follow=True)
    assert page.context["n_seen"] == 1


def test_what_was_sent_out_may_be_called_back(anna, own, tubes):
    city = add_laboratory(name="市级实验室", is_own=False, tubes_a_day=4000, by=BY)
    box = Box.objects.get(barcode="X1001")
    anna.post(anna.post(reverse("laboratory-sent"), {"laboratory": str(city.pk), "box": [str(box.pk)]}).url)
    assert waiting(own).count() == len(TUBES)


def test_whoever_plans_rounds_adds_a_laboratory_and_a_sampler_does_not(county):
    given = {"name": "方舱实验室", "is_own": "", "tubes_a_day": "10000"}
    assert signed_in(county, "sampler", TOWN).post(reverse("laboratories"), given).status_code == 403
    signed_in(county, "dispatcher").post(reverse("laboratories"), given)
    assert laboratories(is_own=False).get().tubes_a_day == 10000


# ---- how it grows ----


@pytest.mark.parametrize("sort", ["tube", "-tube", "grave", "nonsense"])
def test_results_are_put_in_order_by_the_database(anna, own, tubes, sort):
    batch = entered(own, list(tubes.values()), by=ANNA).batch
    rows = anna.get(reverse("laboratory-batch", args=[batch]), {"sort": sort}).context["table"].rows
    labels = [it.tube.label for it in rows]
    assert labels == (sorted(TUBES, reverse=sort == "-tube") if "tube" in sort else labels)
    assert sorted(labels) == sorted(TUBES)


@pytest.mark.parametrize("route", ["laboratory", "laboratory-coming", "laboratory-plates", "laboratory-review"])
def test_a_page_asks_as_much_however_many_tubes_and_lots_there_are(
    anna, own, there, tubes, route, django_assert_max_num_queries
):
    received(there, *(f"1002000{n}" for n in range(5)), box="X1002", whom="孟小")
    entered(own, list(tubes.values())[:1], by=ANNA)
    entered(own, list(tubes.values())[1:2], by=ANNA, measured_at=county_now() - timedelta(minutes=9))
    with django_assert_max_num_queries(45):
        anna.get(reverse(route))


def test_what_an_instrument_says_of_itself_is_passed_over_and_rows_keep_their_numbers(anna, own, tubes):
    about = 'Instrument: X\r\nRun: 12, "plate 3"\r\n\r\n'
    file = SimpleUploadedFile("run.csv", (about + HEAD + NEGATIVE + "77770001,,,25\r\n" + CONTROLS).encode())
    address = anna.post(reverse("laboratory-files"), {"laboratory": str(own.pk), "file": file}).url
    seen = anna.get(address).context["seen"]
    assert (len(seen.results), [number for number, _ in seen.refused]) == (3, [8])


@pytest.mark.parametrize("route", ["one", "plate", "worklist", "file", "batch", "typed-again", "tube", "consignment"])
def test_an_address_of_nothing_is_not_found(anna, route):
    assert anna.get(reverse(f"laboratory-{route}", args=[uuid4()])).status_code == 404
