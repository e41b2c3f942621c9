"""Kits of a round: put aside as far as they are there and nobody else's; what is missing is a task."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from fangxian.core.refusal import Refusal
from fangxian.core.screening.staffing import KITS, SUITS_OF_LABORATORY
from fangxian.ops.lab.actions import prepare_round
from fangxian.ops.lab.queries import tube_with
from fangxian.ops.laboratory.actions import begin_run, break_run_off, end_run, lay_plate
from fangxian.ops.laboratory.queries import instruments_of
from fangxian.ops.procedures.keep_kits import MAKE_READY, MISSING, free_kits, move_stock, needs_of, reserve_kits
from fangxian.ops.procedures.run_rounds import end
from fangxian.ops.realm.current import county_now
from fangxian.ops.round_plans.actions import reserve
from fangxian.ops.round_plans.queries import in_store, reserved_by_round
from fangxian.ops.round_staff.models import RoundDuty, RoundShift, StaffMember
from fangxian.ops.tasks.queries import unfinished

from .bench_hand import ANNA, a_laboratory, entered, received
from .lab_hand import Device, a_round
from .two_townships import NAME, account_of, build

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(scope="module")
def of_this_file(rows_of_this_file):
    county = build()
    return county, a_round()


@pytest.fixture
def there(of_this_file, db):
    return of_this_file[1]


@pytest.fixture
def round(of_this_file, db):
    return of_this_file[1].round


@pytest.fixture
def dispatcher(of_this_file, db):
    return account_of(of_this_file[0], "dispatcher", "141027")


def fill_stores(dispatcher, **kits):
    for kit, n in kits.items():
        move_stock(kit=kit, n=n, said="市里调拨", by=dispatcher)


PLENTY = {"tubes": 100, "swabs": 100, "extraction_kits": 100, "amplification_kits": 100, "suits": 100}


def test_a_round_needs_a_swab_for_everybody_and_a_tube_for_every_ten_at_each_site(round):
    needs = needs_of(round)
    assert needs["swabs"] == 6
    assert needs["tubes"] == 3


def test_what_a_round_needs_is_put_aside_once(round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    assert reserve_kits(round=round.pk, by=dispatcher) == {}
    assert reserve_kits(round=round.pk, by=dispatcher) == {}
    assert reserved_by_round()[round.pk] == needs_of(round)


def test_what_is_missing_is_a_task_and_the_rest_is_put_aside(round, dispatcher):
    fill_stores(dispatcher, **(PLENTY | {"swabs": 4}))
    missing = reserve_kits(round=round.pk, by=dispatcher)
    assert missing == {"swabs": 2}
    assert reserved_by_round()[round.pk]["swabs"] == 4
    (task,) = unfinished().filter(kind=MISSING)
    assert "2 swabs" in task.title_en


def test_the_stores_are_told_what_to_make_ready(round, dispatcher):
    fill_stores(dispatcher, **(PLENTY | {"swabs": 4}))
    reserve_kits(round=round.pk, by=dispatcher)
    reserve_kits(round=round.pk, by=dispatcher)
    (task,) = unfinished().filter(kind=MAKE_READY)
    assert (task.role, task.about) == ("storekeeper", f"kits:{round.pk}")
    assert "4 swabs" in task.title_en
    assert "missing: 2 swabs" in task.title_en


@pytest.mark.parametrize("kit", KITS)
def test_whoever_keeps_the_stores_books_what_came_of_every_kit_by_page(of_this_file, db, kit):
    client = Client()
    client.force_login(account_of(of_this_file[0], "storekeeper", "141027"), backend=BACKEND)
    answer = client.post(reverse("rounds-kits"), {"kit": kit, "n": "300", "said": "市里调拨"})
    assert answer.status_code == 302
    assert in_store()[kit] == 300


def test_the_stores_page_tells_for_how_many_rounds_the_scarcest_kit_lasts(of_this_file, dispatcher):
    fill_stores(dispatcher, **(PLENTY | {"suits": 1}))
    client = Client()
    client.force_login(dispatcher, backend=BACKEND)
    client.cookies["fangxian_language"] = "en"
    page = client.get(reverse("rounds-kits")).content.decode()
    assert "scarcest: suits" in " ".join(page.replace("</span>", " ").split())


def test_given_back_it_is_free_again(round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    reserve_kits(round=round.pk, by=dispatcher)
    free_kits(round=round.pk, by=dispatcher)
    assert not any(reserved_by_round()[round.pk].values())


def a_second_round():
    at = county_now()
    return prepare_round(
        name="第二轮", disease="covid-19", pool_size=10, areas=["141027"], begins_at=at, ends_at=at + timedelta(days=1),
        by="account:planner",
    )  # fmt: skip


def two_sampled(there):
    phone = Device(there)
    phone.sends(phone.told("open_tube", tube="10010001", size=10), phone.swab("10010001", NAME))
    phone.sends(phone.swab("10010001", "李静"))


def test_given_back_what_was_used_leaves_the_stores_once_and_the_rest_is_free(there, round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    reserve_kits(round=round.pk, by=dispatcher)
    two_sampled(there)
    free_kits(round=round.pk, by=dispatcher)
    free_kits(round=round.pk, by=dispatcher)
    assert in_store() == PLENTY | {"tubes": 99, "swabs": 98, "suits": 98}
    assert not any(reserved_by_round()[round.pk].values())


def test_what_a_laboratory_ran_and_who_stood_in_a_shift_leave_the_stores(there, round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    own = a_laboratory()
    received(there, "10010001", "10010002", "10010003")
    plate = lay_plate(laboratory=own.pk, n_wells=32, barcodes=["10010001", "10010002"], by=ANNA)
    extractor, amplifier = instruments_of(own).get(kind="extractor"), instruments_of(own).get(name="扩增仪 1")
    begin_run(plate=plate.pk, instrument=extractor.pk, by=ANNA)
    break_run_off(plate=plate.pk, why="停电", by=ANNA)
    for machine in (extractor, amplifier):
        begin_run(plate=plate.pk, instrument=machine.pk, by=ANNA)
        end_run(plate=plate.pk, by=ANNA)
    entered(own, [tube_with(round, "10010003")])
    free_kits(round=round.pk, by=dispatcher)
    used = {kit: PLENTY[kit] - n for kit, n in in_store().items()}
    assert (used["extraction_kits"], used["amplification_kits"]) == (2 * (2 + 2) + 1, (2 + 2) + 1)
    free_kits(round=round.pk, by=dispatcher)
    assert in_store() == {kit: PLENTY[kit] - n for kit, n in used.items()}


def test_whoever_stood_in_a_shift_wore_a_suit_and_whoever_was_taken_off_before_did_not(there, round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    at = county_now()
    shifts = [
        RoundShift.objects.create(round=round, begins_at=at + timedelta(hours=h), ends_at=at + timedelta(hours=h + 1))
        for h in (-1, 5)
    ]
    for nth, off_at in enumerate((None, at, at - timedelta(hours=2))):
        for shift in shifts:
            who = StaffMember.objects.create(
                name=f"人{nth}", unit="县医院", team="testing", job="sampler", joined_at=at
            )
            told = {"site_id": there.east, "job": "sampler", "set_at": at, "off_at": off_at}
            RoundDuty.objects.create(shift=shift, member=who, **told)
    two_sampled(there)
    free_kits(round=round.pk, by=dispatcher)
    assert in_store()["suits"] == PLENTY["suits"] - 2


def set_to(round, site, *, since_h, off_h=None, job="sampler"):
    """Somebody in a shift of an hour that began so many hours ago; taken off so many hours ago."""
    at = county_now()
    begins = at - timedelta(hours=since_h)
    shift, _ = RoundShift.objects.get_or_create(
        round=round, begins_at=begins, defaults={"ends_at": begins + timedelta(hours=1)}
    )
    n = StaffMember.objects.count()
    who = StaffMember.objects.create(name=f"人{n}", unit="县医院", team="testing", job=job, joined_at=at)
    off_at = None if off_h is None else at - timedelta(hours=off_h)
    RoundDuty.objects.create(shift=shift, member=who, site_id=site, job=job, set_at=begins, off_at=off_at)


def test_at_a_site_whose_shifts_were_all_called_off_suits_are_counted_by_its_tables(there, round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    set_to(round, there.east, since_h=1, off_h=2)
    two_sampled(there)
    free_kits(round=round.pk, by=dispatcher)
    assert in_store()["suits"] == PLENTY["suits"] - 2


def test_whoever_was_moved_to_another_site_within_a_shift_wore_one_suit(there, round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    set_to(round, there.east, since_h=1, off_h=0.5)
    first = RoundDuty.objects.get()
    told = {"site_id": there.west, "job": "sampler", "set_at": county_now()}
    RoundDuty.objects.create(shift=first.shift, member=first.member, **told)
    free_kits(round=round.pk, by=dispatcher)
    assert in_store()["suits"] == PLENTY["suits"] - 1


@pytest.mark.parametrize(("later_min", "n_suits"), [(30, 2), (-3, 4)], ids=["after it", "beside it"])
def test_a_phone_that_takes_anothers_place_is_at_the_same_table(there, round, dispatcher, later_min, n_suits):
    fill_stores(dispatcher, **PLENTY)
    first = Device(there)
    first.sends(*(first.swab("10010001", it) for it in (NAME, "李静")))
    other = Device(there, "phone-2", began_at=first.at + timedelta(minutes=later_min))
    other.sends(*(other.swab("10010002", it) for it in sorted({*there.tokens} - {NAME, "李静"})[:2]))
    free_kits(round=round.pk, by=dispatcher)
    assert in_store()["suits"] == PLENTY["suits"] - n_suits


def one_plate_run(there, barcode="10010001"):
    own = a_laboratory()
    received(there, barcode)
    plate = lay_plate(laboratory=own.pk, n_wells=32, barcodes=[barcode], by=ANNA)
    begin_run(plate=plate.pk, instrument=instruments_of(own).get(kind="extractor").pk, by=ANNA)
    return own, plate


def test_a_laboratory_without_shifts_wears_out_in_a_day_what_one_does(there, round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    one_plate_run(there)
    free_kits(round=round.pk, by=dispatcher)
    assert in_store()["suits"] == PLENTY["suits"] - 2 - SUITS_OF_LABORATORY.value


def test_suits_of_a_laboratory_with_shifts_are_counted_by_them(there, round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    one_plate_run(there)
    set_to(round, None, since_h=0, job="laboratory")
    free_kits(round=round.pk, by=dispatcher)
    assert in_store()["suits"] == PLENTY["suits"] - 2 - 1


def test_of_two_rounds_on_one_day_the_first_counts_the_laboratorys_suits(there, round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    own, plate = one_plate_run(there)
    other = a_round()
    received(other, "10020001", box="X1002")
    end_run(plate=plate.pk, by=ANNA)
    other_plate = lay_plate(laboratory=own.pk, n_wells=32, barcodes=["10020001"], by=ANNA)
    begin_run(plate=other_plate.pk, instrument=instruments_of(own).get(kind="extractor").pk, by=ANNA)
    free_kits(round=other.round.pk, by=dispatcher)
    assert in_store()["suits"] == PLENTY["suits"] - 2


def test_suits_are_booked_out_by_hand_when_a_round_is_over(of_this_file, there, round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    end(round=round.pk, because="停电，改日再采", by=dispatcher)
    client = Client()
    client.force_login(account_of(of_this_file[0], "storekeeper", "141027"), backend=BACKEND)
    form = {"do": "move", "kit": "suits", "n": "-5", "said": "实验室多换一班"}
    assert client.post(reverse("round-kits", args=[round.pk]), form).status_code == 302
    assert in_store()["suits"] == PLENTY["suits"] - 5


def test_two_receipts_of_the_same_amount_both_count_and_the_same_form_again_does_not(of_this_file, db):
    client = Client()
    client.force_login(account_of(of_this_file[0], "storekeeper", "141027"), backend=BACKEND)
    here = reverse("rounds-kits")
    for _ in range(2):
        form = {
            "kit": "swabs",
            "n": "300",
            "said": "市里调拨",
            "movement": str(client.get(here).context["form"]["movement"].value()),
        }
        for _ in range(2):
            assert client.post(here, form).status_code == 302
    assert in_store()["swabs"] == 600
    client.post(here, form | {"n": "5"})
    assert in_store()["swabs"] == 605


def test_put_aside_again_after_it_was_given_back_the_stores_are_told_again(round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    for _ in range(2):
        reserve_kits(round=round.pk, by=dispatcher)
        reserve_kits(round=round.pk, by=dispatcher)
        free_kits(round=round.pk, by=dispatcher)
    assert unfinished().filter(kind=MAKE_READY).count() == 2


def test_of_what_it_used_a_round_puts_aside_no_more(there, round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    two_sampled(there)
    free_kits(round=round.pk, by=dispatcher)
    reserve_kits(round=round.pk, by=dispatcher)
    assert reserved_by_round()[round.pk]["swabs"] == needs_of(round)["swabs"] - 2


def test_what_another_round_has_put_aside_is_not_booked_out(there, round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    reserve(round=a_second_round().pk, needs={"swabs": 99}, by="account:planner")
    two_sampled(there)
    free_kits(round=round.pk, by=dispatcher)
    assert in_store()["swabs"] == 99


def test_a_round_that_is_closed_has_used_what_it_used(there, round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    reserve_kits(round=round.pk, by=dispatcher)
    phone = Device(there)
    opened = phone.told("open_tube", tube="10010001", size=10)
    phone.sends(opened, phone.told("void_tube", tube="10010001", said="摔了"))
    end(round=round.pk, because="停电，改日再采", by=dispatcher)
    assert in_store() == PLENTY | {"tubes": 99}
    assert not any(reserved_by_round()[round.pk].values())


def test_whoever_keeps_the_stores_sees_and_books_kits_but_begins_no_round(of_this_file, round, dispatcher):
    storekeeper = account_of(of_this_file[0], "storekeeper", "141027")
    client = Client(headers={"accept-language": "en"})
    client.force_login(storekeeper, backend=BACKEND)
    here = reverse("round-kits", args=[round.pk])
    assert here in client.get(reverse("round", args=[round.pk])).content.decode()
    assert client.post(here, {"do": "move", "kit": "swabs", "n": "5", "said": "市里调拨"}).status_code == 302
    assert in_store()["swabs"] == 5
    assert client.post(reverse("round", args=[round.pk]), {"do": "open"}).status_code == 403


def test_what_is_put_aside_does_not_leave_the_stores(round, dispatcher):
    fill_stores(dispatcher, **PLENTY)
    reserve_kits(round=round.pk, by=dispatcher)
    with pytest.raises(Refusal) as refused:
        move_stock(kit="swabs", n=-100, said="支援邻县", by=dispatcher)
    assert refused.value.code == "round_plans.not_in_store"
    assert in_store()["swabs"] == 100


def test_the_page_says_for_how_many_rounds_it_lasts_and_what_is_scarcest(round, dispatcher):
    client = Client(headers={"accept-language": "en"})
    client.force_login(dispatcher, backend=BACKEND)
    here = reverse("round-kits", args=[round.pk])
    fill_stores(dispatcher, **(PLENTY | {"swabs": 6}))
    assert client.post(here, {"do": "reserve"}).status_code == 302
    page = client.get(here).content.decode()
    assert "scarcest:" in page
    assert "enough for" in page
    wrong = client.post(here, {"do": "move", "kit": "swabs", "n": "many", "said": ""})
    assert wrong.status_code == 400
    assert "Give a whole number" in wrong.content.decode()
