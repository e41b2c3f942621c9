"""A screening round on its pages: prepared, filled at a table, its boxes carried, added up and closed; by whom."""

from datetime import timedelta
from threading import Event

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from fangxian.ops.jobs.actions import claim, finish
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.lab.actions import prepare_round
from fangxian.ops.lab.queries import (
    box_with,
    differences,
    discrepancies_of,
    roster_of,
    round_with,
    rounds,
    swabs_in,
    tube_with,
)
from fangxian.ops.procedures.import_roster import import_roster
from fangxian.ops.procedures.sample_at_table import place_named, typed_event
from fangxian.ops.realm.current import county_now

from .lab_hand import Device, a_round, stages
from .list_hand import in_force
from .two_townships import CELL, NAME, OTHER_CELL, OTHER_TOWN, OTHER_UNIT, TOWN, UNIT, account_of, build

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(scope="module")
def of_this_file(rows_of_this_file):
    county = build()
    return county, a_round()


@pytest.fixture
def county(of_this_file, db):
    return of_this_file[0]


@pytest.fixture
def there(of_this_file, db):
    return of_this_file[1]


def signed_in(county, role, area):
    client = Client()
    client.force_login(account_of(county, role, area), backend=BACKEND)
    return client


@pytest.fixture
def dispatcher(county):
    return signed_in(county, "dispatcher", "141027")


@pytest.fixture
def sampler(county):
    return signed_in(county, "sampler", TOWN)


def at(there, route="round"):
    return reverse(route, args=[there.round.pk])


def table(there, tube="10010001"):
    return f"{at(there, 'round-table')}?tube={tube}"


def opened(sampler, there, tube="10010001", size=10):
    return sampler.post(at(there, "round-table"), {"do": "tube", "site": there.east, "tube": tube, "size": size})


def swabbed(sampler, there, whom, tube="10010001", **more):
    return sampler.post(table(there, tube), {"do": "swab", "token": there.tokens[whom], **more})


# ---- the round ----


def test_a_round_is_prepared_with_sites_and_a_roster_and_begun(dispatcher):
    in_force("covid19-2022-04")
    times = {"begins_at": "2022-04-20T08:00", "ends_at": "2022-04-21T08:00"}
    told = {"name": "第二轮", "disease": "covid-19", "areas": [TOWN], "pool_size": 5, **times}
    address = dispatcher.post(reverse("rounds"), told)["Location"]
    dispatcher.post(address, {"do": "site", "name": "东关", "area": UNIT, "serves": [UNIT], "n_tables": 2})
    dispatcher.post(address, {"do": "roster"})
    dispatcher.post(address, {"do": "open"})
    made = rounds().get(name="第二轮")
    assert (made.state, roster_of(made).exclude(site=None).count()) == ("open", 4)


def test_a_round_without_sites_is_not_begun(dispatcher, there):
    rounds().filter(pk=there.round.pk).update(state="prepared")
    there.round.sites.update(closed_at=county_now())
    assert dispatcher.post(at(there), {"do": "open"}).status_code == 400


def test_the_board_counts_the_people_of_each_place_and_site(dispatcher, there):
    seen = dispatcher.get(at(there)).context["seen"]
    assert (seen.whole.n, seen.whole.n_due) == (5, 5)
    assert {it.key: it.n for it in seen.places} == {TOWN: 4, OTHER_TOWN: 1}
    assert [it.people.n for it in seen.sites] == [4, 1]


def test_whoever_has_one_grid_cell_sees_its_people_only(county, there):
    seen = signed_in(county, "grid_worker", CELL).get(at(there)).context["seen"]
    assert seen.whole.n == 4


def test_the_board_asks_the_same_number_of_questions_however_many_people(
    dispatcher, there, django_assert_max_num_queries
):
    Device(there).sends(*(Device(there).swab("10010001", it) for it in (NAME, "李静", "孟小")))
    with django_assert_max_num_queries(45):
        dispatcher.get(at(there))


def test_who_is_missing_is_listed_by_whose_people_one_knows(county, there):
    shown = signed_in(county, "grid_worker", OTHER_CELL).get(at(there, "round-people")).context["table"].rows
    assert [it.person.name for it in shown] == ["赵远"]


def test_a_sampler_sees_no_list_of_names(sampler, there):
    assert sampler.get(at(there, "round-people")).status_code == 403


def test_a_grid_worker_says_who_cannot_be_sampled_and_why(county, there):
    worker = signed_in(county, "grid_worker", CELL)
    place = roster_of(there.round).get(token=there.tokens["王老"])
    worker.post(at(there, "round-people"), {"do": "exempt", "why": "medical", "place": [str(place.pk)]})
    place.refresh_from_db()
    assert (place.stage, place.why) == ("exempt", "medical")


# ---- the table ----


def test_a_tube_is_opened_filled_and_sealed_into_a_box(sampler, there):
    opened(sampler, there)
    swabbed(sampler, there, NAME)
    sampler.post(table(there), {"do": "seal_tube", "box": "X1001"})
    tube = tube_with(there.round, "10010001")
    assert (tube.state, tube.box.label, tube.n_people, stages(there)[NAME]) == ("sealed", "X1001", 1, "box")


def test_a_letter_o_for_a_zero_is_refused_with_what_would_have_been_right(sampler, there):
    answer = opened(sampler, there, tube="1OO10001")
    assert answer.status_code == 400
    assert "10010001" in answer.content.decode()
    assert not list(discrepancies_of(there.round))


def test_an_eleventh_person_is_refused_at_a_page(sampler, there):
    opened(sampler, there, size=1)
    swabbed(sampler, there, NAME)
    assert swabbed(sampler, there, "李静").status_code == 400
    assert len(swabs_in(tube_with(there.round, "10010001"))) == 1


def test_somebody_sampled_already_is_refused_unless_it_is_meant(sampler, there):
    opened(sampler, there)
    opened(sampler, there, tube="10010002")
    swabbed(sampler, there, NAME)
    assert swabbed(sampler, there, NAME, tube="10010002").status_code == 400
    swabbed(sampler, there, NAME, tube="10010002", again="on")
    assert [it.kind for it in discrepancies_of(there.round)] == ["twice"]


def test_whoever_left_their_slip_at_home_is_found_by_their_document(county, sampler, there):
    opened(sampler, there)
    sampler.post(table(there), {"do": "swab", "token": county.head.document_number})
    assert stages(there)[NAME] == "sampled"


def test_slips_are_printed_for_a_grid_cell_by_whoever_knows_its_people(county, there):
    answer = signed_in(county, "grid_worker", CELL).post(at(there, "round-slips"), {"area": CELL})
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


def test_a_person_is_taken_out_again(sampler, there):
    opened(sampler, there)
    swabbed(sampler, there, NAME)
    sampler.post(table(there), {"do": "unswab", "token": there.tokens[NAME]})
    assert stages(there)[NAME] == "due"


def test_a_sampler_of_another_township_does_not_work_at_this_site(county, there):
    answer = opened(signed_in(county, "sampler", OTHER_TOWN), there)
    assert (answer.status_code, tube_with(there.round, "10010001")) == (400, None)


def test_a_sampler_of_another_township_sees_nobody_who_is_in_a_tube_here(county, sampler, there):
    opened(sampler, there)
    swabbed(sampler, there, NAME)
    shown = signed_in(county, "sampler", OTHER_TOWN).get(table(there))
    assert NAME not in shown.content.decode()
    assert not shown.context["tubes"].rows


def test_whoever_is_on_a_list_only_is_found_by_the_document_too(there):
    typed = {"name": "Ivan", "document_number": "99P1234567"}
    Device(there).sends(Device(there).told("swab", tube="10010001", person=typed))
    event = typed_event("swab", tube="10010002", person=typed)
    assert place_named(there.round, event) == roster_of(there.round).get(person=None)


# ---- boxes, doubts, the end ----


def test_a_box_is_handed_over_and_received_by_those_whose_it_is(county, sampler, there):
    opened(sampler, there)
    swabbed(sampler, there, NAME)
    sampler.post(table(there), {"do": "seal_tube", "box": "X1001"})
    boxes = at(there, "round-boxes")
    sampler.post(boxes, {"do": "seal_box", "box": "X1001"})
    assert sampler.post(boxes, {"do": "hand_box", "box": "X1001"}).status_code == 400
    signed_in(county, "transporter", "141027").post(boxes, {"do": "hand_box", "box": "X1001"})
    laboratory = signed_in(county, "laboratory", "141027")
    laboratory.post(boxes, {"do": "receive_box", "box": "X1001", "laboratory": "县医院"})
    box = box_with(there.round, "X1001")
    assert (box.state, box.laboratory, stages(there)[NAME]) == ("received", "县医院", "received")


def test_a_box_that_is_not_sealed_is_not_handed_over(county, sampler, there):
    sampler.post(at(there, "round-boxes"), {"do": "open_box", "box": "X1001"})
    carrier = signed_in(county, "transporter", "141027")
    assert carrier.post(at(there, "round-boxes"), {"do": "hand_box", "box": "X1001"}).status_code == 400


def test_what_does_not_go_together_is_settled_with_a_word(sampler, there):
    one, other = Device(there, "phone-1"), Device(there, "phone-2")
    one.sends(one.swab("10010001", NAME))
    other.sends(other.swab("10010001", "李静"))
    doubt = discrepancies_of(there.round).get()
    sampler.post(at(there, "round-doubts"), {"do": "settle", "doubt": str(doubt.pk), "how": "两人同台，无误"})
    doubt.refresh_from_db()
    assert doubt.settled_how == "两人同台，无误"


def test_a_round_with_an_open_tube_is_not_closed(dispatcher, sampler, there):
    opened(sampler, there)
    answer = dispatcher.post(at(there), {"do": "close", "because": "算了"})
    assert (answer.status_code, round_with(there.round.pk).state) == (400, "open")


def test_people_who_cannot_be_found_are_given_up_with_a_reason_only(dispatcher, there):
    assert dispatcher.post(at(there), {"do": "close", "because": ""}).status_code == 400
    dispatcher.post(at(there), {"do": "close", "because": "都在外地"})
    assert rounds().get(pk=there.round.pk).state == "closed"


def test_a_box_from_which_its_only_tube_moved_does_not_keep_a_round_open(dispatcher, sampler, there):
    opened(sampler, there)
    swabbed(sampler, there, NAME)
    sampler.post(table(there), {"do": "seal_tube", "box": "X1001"})
    sampler.post(table(there), {"do": "box_tube", "box": "X1002", "said": "扫错了箱"})
    left = {it.kind: it.n for it in differences(there.round) if it.n}
    assert (left["boxes_open"], left["boxes_empty"]) == (1, 1)
    assert not any(it.must_go for it in differences(there.round) if it.kind == "boxes_empty")


def test_of_a_round_that_is_over_no_site_is_taken_down(dispatcher, there):
    rounds().filter(pk=there.round.pk).update(state="closed")
    assert dispatcher.post(at(there), {"do": "down", "site": str(there.east)}).status_code == 400


# ---- lists ----


def prepared():
    """A round of one unit that has nobody on its roster yet, and the address of its lists."""
    began_at = county_now()
    row = prepare_round(
        name="学校", disease="covid-19", pool_size=10, areas=[UNIT], begins_at=began_at,
        ends_at=began_at + timedelta(days=1), by="program:test",
    )  # fmt: skip
    return row, reverse("round-lists", args=[row.pk])


def brought(dispatcher, text):
    """(the round, what came of it): a list uploaded, its columns confirmed as proposed, its job run."""
    row, lists = prepared()
    file = SimpleUploadedFile("名单.csv", text.encode("gb18030"))
    address = dispatcher.post(lists, {"sender": "第一小学", "file": file})["Location"]
    form = dispatcher.get(address).context["form"]
    dispatcher.post(address, {it.html_name: it.value() for it in form})
    job = claim(worker="test")
    finish(job=job, result=import_roster(RunningJob(job, Event())))
    return row, dispatcher.get(address).context["intake"]


def test_a_list_finds_people_on_the_register_takes_others_and_returns_the_rest(dispatcher, county):
    pupil = county.persons[2]
    lines = (
        "姓名,身份证号,家长电话,班级,家庭住址",
        f"{pupil.name},{pupil.document_number},,一(1)班,",
        "Ivan,99P1234567,,一(1)班,响水河镇乔家村5号",
        f"别名,{county.head.document_number},,一(1)班,",
        "无号码,,,一(1)班,",
    )
    row, intake = brought(dispatcher, "\n".join(lines))
    assert (intake.n_accepted, intake.n_refused) == (2, 2)
    assert sorted((it.person_id == pupil.pk, it.group, it.area_path) for it in roster_of(row)) == [
        (False, "一(1)班", OTHER_UNIT),
        (True, "一(1)班", CELL),
    ]


def test_a_list_of_another_round_is_not_found(dispatcher, county, there):
    _, intake = brought(dispatcher, f"姓名,身份证号\n{NAME},{county.head.document_number}")
    assert dispatcher.get(reverse("round-list", args=[there.round.pk, intake.pk])).status_code == 404


def test_a_list_is_taken_before_a_round_begins_only(dispatcher, there):
    file = SimpleUploadedFile("名单.csv", "姓名,身份证号\n甲,1".encode())
    answer = dispatcher.post(reverse("round-lists", args=[there.round.pk]), {"sender": "第一小学", "file": file})
    assert answer.status_code == 400


# ---- after the end, other labels, other codes ----


def test_a_planner_sees_what_came_after_closing_and_reopens_the_round(dispatcher, there):
    dispatcher.post(at(there), {"do": "close", "because": "都在外地"})
    Device(there).sends(Device(there).swab("10010001", NAME))
    assert dispatcher.get(at(there)).context["waiting"] == {"late": 1}
    dispatcher.post(at(there), {"do": "reopen", "because": "东关没网"})
    assert (round_with(there.round.pk).state, stages(there)[NAME]) == ("open", "sampled")


def test_a_planner_says_why_what_came_after_closing_need_not_count(dispatcher, there):
    dispatcher.post(at(there), {"do": "close", "because": "都在外地"})
    Device(there).sends(Device(there).swab("10010001", NAME))
    dispatcher.post(at(there), {"do": "late", "how": "练习用的"})
    assert dispatcher.get(at(there)).context["waiting"] == {}


def test_whoever_samples_reopens_no_round(dispatcher, sampler, there):
    dispatcher.post(at(there), {"do": "close", "because": "都在外地"})
    assert sampler.post(at(there), {"do": "reopen", "because": "没网"}).status_code == 403


def test_a_box_whose_site_is_offline_is_received_when_it_is_meant(county, there):
    laboratory, boxes = signed_in(county, "laboratory", "141027"), at(there, "round-boxes")
    told = {"do": "receive_box", "box": "X1001", "laboratory": "县医院"}
    assert laboratory.post(boxes, told).status_code == 400
    laboratory.post(boxes, told | {"unknown": "on"})
    assert box_with(there.round, "X1001").state == "received"
    assert {it.kind: it.n for it in differences(there.round)}["boxes_untold"] == 1


def test_a_box_received_before_is_refused_in_words(county, there):
    laboratory, boxes = signed_in(county, "laboratory", "141027"), at(there, "round-boxes")
    told = {"do": "receive_box", "box": "X1001", "laboratory": "县医院", "unknown": "on"}
    laboratory.post(boxes, told)
    answer = laboratory.post(boxes, told)
    assert (answer.status_code, "县医院" in str(answer.context["form"].errors)) == (400, True)


@pytest.mark.parametrize(("old", "renamed"), [("10010001", "10019999"), ("X1001", "X1999")])
def test_a_tube_and_a_box_get_a_new_label_on_the_page(sampler, there, old, renamed):
    opened(sampler, there)
    sampler.post(at(there, "round-boxes"), {"do": "open_box", "box": "X1001"})
    sampler.post(at(there, "round-boxes"), {"do": "rename", "old": old, "renamed": renamed, "said": "破损"})
    found = tube_with(there.round, renamed) or box_with(there.round, renamed)
    assert found.label == renamed


def test_a_tube_that_is_in_a_box_goes_into_another_with_a_reason_only(sampler, there):
    opened(sampler, there)
    swabbed(sampler, there, NAME)
    sampler.post(table(there), {"do": "seal_tube", "box": "X1001"})
    assert sampler.post(table(there), {"do": "box_tube", "box": "X1002"}).status_code == 400
    assert tube_with(there.round, "10010001").box.label == "X1001"


def test_nobody_is_sampled_into_a_void_tube_on_a_page(sampler, there):
    opened(sampler, there)
    sampler.post(table(there), {"do": "void_tube", "said": "漏液"})
    assert swabbed(sampler, there, NAME, said="补记").status_code == 400
    assert stages(there)[NAME] == "due"


def test_a_provincial_code_is_taken_in_on_the_page_and_finds_them_again(county, sampler, there):
    opened(sampler, there)
    opened(sampler, there, tube="10010002")
    typed = {"name": NAME, "document_number": county.head.document_number}
    sampler.post(table(there), {"do": "swab", "token": "SX-9F8E7D6C5B4A", **typed})
    sampler.post(table(there), {"do": "unswab", "token": "SX-9F8E7D6C5B4A"})
    sampler.post(table(there, "10010002"), {"do": "swab", "token": "SX-9F8E7D6C5B4A"})
    assert [it.place.person.name for it in swabs_in(tube_with(there.round, "10010002"))] == [NAME]
