"""Events that come when no round is open, or from whoever the tube, box or person is not; and who somebody typed is."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse

from fangxian.core.refusal import Refusal
from fangxian.ops.lab.actions import close_round, open_round, reopen_round, settle_what_came_late
from fangxian.ops.lab.queries import box_with, discrepancies_of, n_waiting, roster_of, round_with, rounds, tube_with
from fangxian.ops.procedures.sample_at_table import tell
from fangxian.ops.procedures.take_table_events import take_table_events
from fangxian.ops.realm.current import county_now

from .lab_hand import BY, Device, a_round, send, stages
from .two_townships import CELL, NAME, OTHER_CELL, OTHER_TOWN, PHONE, TOWN, account_of, build, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def there_of_this_file(rows_of_this_file):
    county = build()
    there = a_round()
    there.county = county
    return there


@pytest.fixture
def there(there_of_this_file, db):
    return there_of_this_file


@pytest.fixture
def phone(there):
    return Device(there)


@pytest.fixture
def far(there):
    """A device at the other township's site."""
    return Device(there, "phone-2", site=there.west)


def doubts(there):
    return sorted(it.kind for it in discrepancies_of(there.round).filter(settled_at=None))


def told_by(there, role, area, *events):
    """The answers to somebody in a role, in the order of the events."""
    by = account_of(there.county, role, area)
    answers = {it.id: it for it in take_table_events(round=there.round.pk, rows=list(events), device="phone-3", by=by)}
    return [answers[str(UUID(it["id"]))] for it in events]


def refused_with(answer):
    return answer.what, answer.refusal and answer.refusal.code


# ---- when a round is not open ----


@pytest.fixture
def closed(there):
    close_round(round=there.round.pk, because="都在外地", by=BY)
    return there


def test_what_came_after_closing_counts_once_the_round_is_reopened(closed, phone):
    send(closed, [phone.swab("10010001", NAME), phone.told("seal_tube", tube="10010001", box="X1001")])
    assert (n_waiting(closed.round), stages(closed)[NAME]) == ({"late": 2}, "due")
    reopen_round(round=closed.round.pk, because="东关的手机没网", by=BY)
    assert (n_waiting(closed.round), stages(closed)[NAME], doubts(closed)) == ({}, "box", [])


def test_sent_again_after_reopening_it_is_a_repeat_and_all_is_well(closed, phone):
    event = phone.swab("10010001", NAME)
    send(closed, [event])
    reopen_round(round=closed.round.pk, because="没网", by=BY)
    [answer] = send(closed, [event])
    assert (answer.what, answer.doubts) == ("repeat", ())


def test_a_stranger_who_came_late_is_on_the_roster_only_when_it_counts(closed, phone):
    send(closed, [phone.told("swab", tube="10010001", person={"name": "Ivan", "document_number": "99P1234567"})])
    assert "Ivan" not in stages(closed)
    reopen_round(round=closed.round.pk, because="没网", by=BY)
    assert stages(closed)["Ivan"] == "sampled"


def test_what_a_person_said_need_not_count_does_not_when_the_round_is_reopened(closed, phone):
    send(closed, [phone.swab("10010001", NAME)])
    settle_what_came_late(round=closed.round.pk, how="练习用的", by=BY)
    reopen_round(round=closed.round.pk, because="另有遗漏", by=BY)
    assert (stages(closed)[NAME], doubts(closed)) == ("due", [])


def test_what_is_wrong_with_a_late_event_is_said_when_it_would_count(closed, phone):
    send(closed, [phone.told("swab", tube="10010001", token="no-slip")])
    reopen_round(round=closed.round.pk, because="没网", by=BY)
    [doubt] = discrepancies_of(closed.round)
    assert (doubt.kind, doubt.event.fault) == ("refused", "lab.token_unknown")


@pytest.mark.parametrize("because", ["", "  "])
def test_a_round_is_reopened_with_a_reason_only(closed, because):
    with pytest.raises(Refusal, match=r"lab\.round_not_reopened"):
        reopen_round(round=closed.round.pk, because=because, by=BY)


def test_a_round_that_is_open_is_not_reopened(there):
    with pytest.raises(Refusal, match=r"lab\.round_not_reopened"):
        reopen_round(round=there.round.pk, because="没网", by=BY)


def test_closed_again_both_reasons_stand(closed):
    reopen_round(round=closed.round.pk, because="没网", by=BY)
    close_round(round=closed.round.pk, because="仍在外地", by=BY)
    assert round_with(closed.round.pk).closed_because == "都在外地 / 仍在外地"


def test_what_came_before_opening_counts_if_it_was_done_within_the_rounds_time(there, phone):
    began_at = county_now() - timedelta(hours=9)
    rounds().filter(pk=there.round.pk).update(state="prepared", begins_at=began_at)
    [answer] = send(there, [phone.swab("10010001", NAME)])
    assert refused_with(answer) == ("refused", "lab.came_before_opening")
    open_round(round=there.round.pk, by=BY)
    assert (stages(there)[NAME], doubts(there)) == ("sampled", [])


def test_what_was_done_before_the_rounds_time_is_refused_when_it_opens(there, phone):
    rounds().filter(pk=there.round.pk).update(state="prepared", begins_at=county_now() - timedelta(hours=1))
    send(there, [phone.swab("10010001", NAME)])
    open_round(round=there.round.pk, by=BY)
    [doubt] = discrepancies_of(there.round)
    assert (doubt.event.fault, stages(there)[NAME]) == ("lab.done_before_the_round", "due")


def test_what_a_page_could_not_record_after_the_end_leaves_nothing_that_waits(closed):
    by = account_of(closed.county, "sampler", TOWN)
    with pytest.raises(Refusal, match=r"lab\.round_not_open"):
        tell(closed.round, "open_tube", by, site=closed.east, tube="10010001")
    assert n_waiting(closed.round) == {}


# ---- whose a tube, a box, a person is ----


def test_a_tube_is_not_made_void_by_another_townships_sampler(there, phone, far):
    phone.sends(phone.swab("10010001", NAME))
    [answer] = told_by(there, "sampler", OTHER_TOWN, far.told("void_tube", tube="10010001", said="漏液"))
    assert refused_with(answer) == ("refused", "lab.thing_is_anothers")
    assert (tube_with(there.round, "10010001").state, stages(there)[NAME]) == ("open", "sampled")
    assert doubts(there) == ["not_theirs"]


def test_who_would_have_changed_it_is_seen_among_what_does_not_go_together(client, there, phone, far):
    phone.sends(phone.swab("10010001", NAME))
    told_by(there, "sampler", OTHER_TOWN, far.told("void_tube", tube="10010001", said="漏液"))
    sign_in(client, there.county, "dispatcher")
    [doubt] = client.get(reverse("round-doubts", args=[there.round.pk])).context["doubts"]
    assert (doubt["tried"].site_id, doubt["tried_what"].en) == (there.west, "make it void")


def test_nor_before_its_own_events_have_come(there, phone, far):
    told_by(there, "sampler", OTHER_TOWN, far.told("void_tube", tube="10010001", said="漏液"))
    phone.sends(phone.swab("10010001", NAME))
    assert (tube_with(there.round, "10010001").state, stages(there)[NAME]) == ("open", "sampled")


def test_nobody_is_taken_out_of_another_townships_tube(there, phone, far):
    phone.sends(phone.swab("10010001", NAME))
    told_by(there, "sampler", OTHER_TOWN, far.told("unswab", tube="10010001", token=there.tokens[NAME], said="扫错"))
    assert stages(there)[NAME] == "sampled"


def test_another_townships_tube_gets_no_new_label(there, phone, far):
    phone.sends(phone.swab("10010001", NAME))
    event = far.told("rename_tube", tube="10010001", renamed="10019999", said="破损")
    told_by(there, "sampler", OTHER_TOWN, event)
    assert (tube_with(there.round, "10010001").label, tube_with(there.round, "10019999")) == ("10010001", None)


def test_another_townships_box_is_not_sealed(there, phone, far):
    phone.sends(phone.told("open_box", box="X1001"))
    [answer] = told_by(there, "sampler", OTHER_TOWN, far.told("seal_box", box="X1001"))
    assert refused_with(answer) == ("refused", "lab.thing_is_anothers")
    assert box_with(there.round, "X1001").state == "open"


def test_a_swab_in_another_townships_tube_is_in_it_and_shown(there, phone, far):
    phone.sends(phone.swab("10010001", NAME))
    [answer] = told_by(there, "sampler", OTHER_TOWN, far.swab("10010001", "赵远"))
    assert (answer.what, stages(there)["赵远"], doubts(there)) == ("doubtful", "sampled", ["two_sites"])


def test_also_with_a_reason(there, phone, far):
    phone.sends(phone.swab("10010001", NAME))
    [answer] = told_by(there, "sampler", OTHER_TOWN, far.swab("10010001", "赵远", said="补记"))
    assert (answer.what, stages(there)["赵远"], doubts(there)) == ("doubtful", "sampled", ["two_sites"])


@pytest.mark.parametrize(("role", "area"), [("sampler", TOWN), ("dispatcher", "141027"), ("laboratory", "141027")])
def test_its_own_site_the_planners_and_the_laboratory_make_a_tube_void(there, phone, role, area):
    phone.sends(phone.swab("10010001", NAME))
    told_by(there, role, area, phone.told("void_tube", tube="10010001", said="漏液"))
    assert (tube_with(there.round, "10010001").state, stages(there)[NAME]) == ("void", "due")


def test_a_laboratory_samples_nobody(there, phone):
    [answer] = told_by(there, "laboratory", "141027", phone.swab("10010001", NAME))
    assert refused_with(answer) == ("refused", "lab.not_yours_to_do")


def test_somebody_of_another_township_is_not_made_exempt(there, far):
    [answer] = told_by(there, "sampler", OTHER_TOWN, far.told("exempt", token=there.tokens[NAME], why="medical"))
    assert (refused_with(answer), stages(there)[NAME]) == (("refused", "lab.person_is_anothers"), "due")


@pytest.mark.parametrize(("area", "stage"), [(CELL, "exempt"), (OTHER_CELL, "due")])
def test_a_grid_worker_says_so_of_their_own_people(there, phone, area, stage):
    told_by(there, "grid_worker", area, phone.told("exempt", token=there.tokens[NAME], why="medical"))
    assert stages(there)[NAME] == stage


# ---- void tubes, boxes ----


def test_a_swab_in_a_void_tube_is_said_not_to_count_and_goes_when_they_are_sampled(there, phone):
    phone.sends(phone.told("open_tube", tube="10010001"), phone.told("void_tube", tube="10010001", said="漏液"))
    [answer] = phone.sends(phone.swab("10010001", NAME))
    assert (answer.what, answer.doubts, stages(there)[NAME]) == ("doubtful", ("into_void",), "due")
    phone.sends(phone.swab("10010002", NAME))
    assert (stages(there)[NAME], doubts(there)) == ("sampled", [])


def test_a_swab_that_comes_after_its_tube_was_made_void_is_said_not_to_count(there, phone):
    late = phone.swab("10010001", NAME)
    phone.sends(phone.told("void_tube", tube="10010001", said="漏液"))
    [answer] = phone.sends(late)
    assert (answer.doubts, stages(there)[NAME]) == (("into_void",), "due")


def test_a_box_received_before_its_site_uploads_takes_its_tubes_along_when_it_does(there, phone):
    swab, seal = phone.swab("10010001", NAME), phone.told("seal_tube", tube="10010001", box="X1001")
    phone.sends(phone.told("receive_box", box="X1001", said="县医院"))
    phone.sends(swab, seal)
    assert stages(there)[NAME] == "received"


def test_a_second_receipt_says_that_the_first_stands(there, phone):
    phone.sends(phone.told("receive_box", box="X1001", said="县医院"))
    [answer] = phone.sends(phone.told("receive_box", box="X1001", said="县医院"))
    assert (answer.what, answer.doubts) == ("doubtful", ("received_before",))


# ---- who somebody typed is ----

CHILD = {"name": "小明", "born_on": "2016-05-04", "guardian": "15400007777"}


def strangers(there):
    return roster_of(there.round).filter(source="table").count()


def test_a_child_without_a_document_is_one_place_however_often_they_are_typed(there, phone):
    phone.sends(phone.told("swab", tube="10010001", person=CHILD))
    phone.sends(phone.told("unswab", tube="10010001", person=CHILD))
    assert (stages(there)["小明"], strangers(there)) == ("due", 1)


@pytest.mark.parametrize("other", [{"born_on": "2015-05-04"}, {"guardian": "15400008888"}])
def test_two_children_of_one_name_are_told_apart_by_birth_or_guardian(there, phone, other):
    one, two = ({"person": {**CHILD, **it}} for it in ({}, other))
    phone.sends(phone.told("swab", tube="10010001", **one), phone.told("swab", tube="10010001", **two))
    assert (strangers(there), tube_with(there.round, "10010001").n_people) == (2, 2)


@pytest.mark.parametrize("again", [{"phone": "15400007777"}, {"guardian": "15400007777"}])
def test_typed_again_without_the_birth_they_are_the_same_child(there, phone, again):
    phone.sends(phone.told("swab", tube="10010001", person=CHILD))
    phone.sends(phone.told("unswab", tube="10010001", person={"name": "小明", **again}))
    assert (stages(there)["小明"], strangers(there)) == ("due", 1)


def test_the_devices_own_id_of_somebody_is_one_place_though_their_name_was_corrected(there, phone):
    phone.sends(phone.told("swab", tube="10010001", person={"id": "p-1", "name": "小民"}))
    phone.sends(phone.told("swab", tube="10010001", person={"id": "p-1", "name": "小明"}))
    assert strangers(there) == 1


@pytest.mark.parametrize("same", [{"id": "p-1", "guardian": "15400007777"}, {"document_number": "E12345678"}])
def test_a_birth_put_right_in_one_upload_is_the_same_person(there, phone, same):
    births = ("2016-05-04", "2016-05-14")
    phone.sends(*(phone.told("swab", tube="10010001", person={"name": "小明", "born_on": it, **same}) for it in births))
    assert strangers(there) == 1


def test_one_document_under_two_names_is_two_people_who_are_asked_about(there, phone):
    one, two = ({"name": it, "document_number": "E12345678"} for it in ("小民", "小明"))
    answers = phone.sends(*(phone.told("swab", tube="10010001", person=it) for it in (one, two)))
    phone.sends(*(phone.told("swab", tube="10010002", person=it) for it in (one, two)))
    assert [it.doubts for it in answers] == [(), ("two_names",)]
    assert (strangers(there), doubts(there).count("two_names")) == (2, 1)


def test_nor_does_it_hold_up_an_upload_that_somebody_of_the_register_was_typed_with_two_births(there, phone):
    roster_of(there.round).filter(person=there.county.head).delete()
    typed = [{**typed_head(there), "born_on": it} for it in ("1980-01-01", "1980-01-11")]
    answers = phone.sends(*(phone.told("swab", tube="10010001", person=it) for it in typed))
    assert ([it.what for it in answers], stages(there)[NAME]) == (["taken", "taken"], "sampled")


def test_a_name_alone_is_one_person_within_a_tube(there, phone):
    events = [phone.told(kind, tube="10010001", person={"name": "小明"}) for kind in ("swab", "unswab")]
    phone.sends(*events)
    assert (stages(there)["小明"], strangers(there)) == ("due", 1)


def test_a_child_on_the_register_is_found_by_a_parents_phone(there, phone):
    phone.sends(phone.told("swab", tube="10010001", person={"name": "孟小", "guardian": PHONE}))
    assert (stages(there)["孟小"], strangers(there)) == ("sampled", 0)


def test_a_birth_that_is_none_is_kept_apart(there, phone):
    [answer] = phone.sends(phone.told("swab", tube="10010001", person={**CHILD, "born_on": "2016-13-01"}))
    assert refused_with(answer) == ("refused", "lab.birth_wrong")


def test_two_of_one_name_alone_are_told_apart_at_a_page_before_the_second_is_taken(there):
    by, here = account_of(there.county, "sampler", TOWN), {"site": there.east, "tube": "10010001"}
    tell(there.round, "swab", by, **here, person={"name": "小明"})
    with pytest.raises(Refusal, match=r"lab\.same_name_in_tube"):
        tell(there.round, "swab", by, **here, person={"name": "小明"})
    tell(there.round, "swab", by, **here, person={"name": "小明", "guardian": "15400007777"})
    assert tube_with(there.round, "10010001").n_people == 2


@pytest.mark.parametrize("where", ["token", "box", "renamed", "said"])
def test_a_sign_that_no_text_has_is_refused_in_words(client, there, phone, where):
    phone.sends(phone.swab("10010001", NAME))
    sign_in(client, there.county, "sampler", TOWN)
    here = f"{reverse('round-table', args=[there.round.pk])}?tube=10010001"
    answer = client.post(here, {"do": "rename_tube", "renamed": "10010002", "said": "破损", where: "1\0"})
    assert (answer.status_code, tube_with(there.round, "10010001").label) == (400, "10010001")


# ---- codes of other systems ----

PROVINCIAL = "https://health.example/qr/9F8E7D6C5B4A"


def typed_head(there):
    return {"name": NAME, "document_number": there.county.head.document_number}


def test_a_provincial_code_is_taken_in_at_its_first_scan_and_finds_them_afterwards(there, phone):
    phone.sends(phone.told("swab", tube="10010001", token=PROVINCIAL, person=typed_head(there)))
    phone.sends(phone.told("unswab", tube="10010001", token=PROVINCIAL))
    assert stages(there)[NAME] == "due"
    phone.sends(phone.told("swab", tube="10010002", token=PROVINCIAL))
    assert (stages(there)[NAME], strangers(there)) == ("sampled", 0)


def test_a_provincial_code_that_nobody_told_of_is_refused(there, phone):
    [answer] = phone.sends(phone.told("swab", tube="10010001", token=PROVINCIAL))
    assert refused_with(answer) == ("refused", "lab.token_unknown")


def test_a_provincial_code_told_offline_finds_them_in_the_same_upload(there, phone):
    told = phone.told("swab", tube="10010001", token=PROVINCIAL, person=typed_head(there))
    answers = phone.sends(told, phone.told("swab", tube="10010002", token=PROVINCIAL, said="重采"))
    assert "refused" not in {it.what for it in answers}
    assert tube_with(there.round, "10010002").n_people == 1


def test_a_provincial_code_told_of_two_in_one_upload_is_nobodys(there, phone):
    other = {"name": "李静", "guardian": "15400001111"}
    told = [phone.told("swab", tube="10010001", token=PROVINCIAL, person=it) for it in (typed_head(there), other)]
    assert [it.what for it in phone.sends(*told)] == ["taken", "taken"]
    [answer] = phone.sends(phone.told("swab", tube="10010002", token=PROVINCIAL))
    assert refused_with(answer) == ("refused", "lab.token_unknown")


def test_a_provincial_code_of_one_is_not_taken_for_another(there, phone):
    phone.sends(phone.told("swab", tube="10010001", token=PROVINCIAL, person=typed_head(there)))
    [answer] = phone.sends(phone.told("swab", tube="10010002", token=PROVINCIAL, person={"name": "李静"}))
    assert refused_with(answer) == ("refused", "lab.alias_is_anothers")


def test_a_provincial_code_finds_them_in_the_next_round_too(there, phone):
    phone.sends(phone.told("swab", tube="10010001", token=PROVINCIAL, person=typed_head(there)))
    rounds().filter(pk=there.round.pk).update(state="closed")
    later = a_round()
    other = Device(later)
    other.sends(other.told("swab", tube="20010001", token=PROVINCIAL))
    assert stages(later)[NAME] == "sampled"
