"""What tables record: taken in once, in whatever order it comes, nothing lost, what does not go together shown."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from fangxian.ops.lab.actions import reopen_round
from fangxian.ops.lab.actions.carrying import carry_reach_over
from fangxian.ops.lab.doubts import told_at
from fangxian.ops.lab.queries import (
    box_with,
    discrepancies_of,
    events_of,
    roster_of,
    round_with,
    rounds,
    swabs_in,
    tube_with,
)
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.tables import carry_areas_over

from .lab_hand import BY, Device, a_round, send, stages
from .test_field import enrolled
from .test_lab_whose import told_by
from .two_townships import NAME, TOWN, account_of, build

pytestmark = pytest.mark.django_db
HOME = [NAME, "李静", "孟小"]


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


def in_tube(there, barcode):
    return [
        it.place.person.name if it.place.person else it.place.name for it in swabs_in(tube_with(there.round, barcode))
    ]


def doubts(there):
    return sorted(it.kind for it in discrepancies_of(there.round))


def a_tube(phone, *whom, tube="10010001", box="X1001"):
    return [
        phone.told("open_tube", tube=tube, size=10),
        *(phone.swab(tube, it) for it in whom),
        phone.told("seal_tube", tube=tube, box=box),
    ]


def test_everybody_of_the_areas_is_due_and_sent_to_the_site_that_serves_their_home(there):
    assert set(stages(there).values()) == {"due"}
    assert {it.site_id for it in there.round.roster.all()} == {there.east, there.west}


def test_a_sealed_tube_in_a_box_takes_its_people_with_it(there, phone):
    phone.sends(phone.told("open_box", box="X1001"), *a_tube(phone, *HOME))
    assert in_tube(there, "10010001") == HOME
    assert [stages(there)[it] for it in HOME] == ["box"] * 3


def test_where_people_are_follows_their_box_to_the_laboratory(there, phone):
    phone.sends(phone.told("open_box", box="X1001"), *a_tube(phone, NAME), phone.told("seal_box", box="X1001"))
    phone.sends(phone.told("hand_box", box="X1001"))
    assert stages(there)[NAME] == "transit"
    phone.sends(phone.told("receive_box", box="X1001", said="县医院"))
    assert stages(there)[NAME] == "received"


def test_a_box_received_twice_is_received_once(there, phone):
    phone.sends(phone.told("seal_box", box="X1001"), phone.told("hand_box", box="X1001"))
    phone.sends(phone.told("receive_box", box="X1001", said="县医院"))
    first = box_with(there.round, "X1001").received_at
    phone.sends(phone.told("receive_box", box="X1001", said="县医院"))
    assert (box_with(there.round, "X1001").received_at, doubts(there)) == (first, [])


def test_what_is_said_at_reception_holds_up_no_upload_however_long_it_is(there, phone):
    said = "县医院检验科" * 30
    answers = phone.sends(*(phone.told("receive_box", box="X1001", said=said) for _ in range(2)))
    assert [it.doubts for it in answers] == [(), ("received_before",)]
    assert said.startswith(box_with(there.round, "X1001").laboratory)


def test_an_upload_sent_again_changes_nothing(there, phone):
    events = a_tube(phone, *HOME)
    phone.sends(*events)
    before = events_of(there.round).count()
    assert {it.what for it in phone.sends(*events)} == {"repeat"}
    assert events_of(there.round).count() == before


def test_another_content_under_a_known_id_is_refused(there, phone):
    event = phone.told("open_tube", tube="10010001", size=10)
    phone.sends(event)
    [answer] = phone.sends({**event, "tube": "10010002"})
    assert (answer.what, answer.refusal.code) == ("refused", "lab.event_id_taken")


def test_what_comes_in_another_order_ends_the_same(there, phone):
    for event in reversed(a_tube(phone, *HOME)):
        phone.sends(event)
    assert in_tube(there, "10010001") == HOME
    assert [stages(there)[it] for it in HOME] == ["box"] * 3


def test_a_person_taken_out_before_sealing_is_due_again(there, phone):
    phone.sends(phone.swab("10010001", NAME), phone.told("unswab", tube="10010001", token=there.tokens[NAME]))
    assert (in_tube(there, "10010001"), stages(there)[NAME]) == ([], "due")


def test_a_person_taken_out_after_sealing_without_a_reason_stays_and_is_shown(there, phone):
    phone.sends(*a_tube(phone, NAME), phone.told("unswab", tube="10010001", token=there.tokens[NAME]))
    assert (in_tube(there, "10010001"), doubts(there)) == ([NAME], ["after_seal"])


def test_with_a_reason_they_are_taken_out(there, phone):
    phone.sends(*a_tube(phone, NAME, "李静"))
    phone.sends(phone.told("unswab", tube="10010001", token=there.tokens[NAME], said="扫错了人"))
    assert (in_tube(there, "10010001"), doubts(there)) == (["李静"], [])


def test_one_tube_on_two_phones_keeps_the_people_of_both(there, phone):
    phone.sends(phone.swab("10010001", NAME))
    [answer] = (other := Device(there, "phone-2")).sends(other.swab("10010001", "李静"))
    assert (answer.what, answer.doubts) == ("doubtful", ("two_phones",))
    assert in_tube(there, "10010001") == [NAME, "李静"]


def test_more_people_than_a_tube_is_for_are_kept_and_shown(there, phone):
    phone.sends(phone.told("open_tube", tube="10010001", size=1), *(phone.swab("10010001", it) for it in HOME))
    assert (in_tube(there, "10010001"), doubts(there)) == (HOME, ["over_full"])


def test_somebody_sampled_at_two_sites_within_an_hour_is_in_both_tubes_and_shown(there, phone):
    phone.sends(phone.swab("10010001", NAME))
    other = Device(there, "phone-2", site=there.west)
    other.sends(other.swab("20020002", NAME))
    assert (in_tube(there, "10010001"), in_tube(there, "20020002")) == ([NAME], [NAME])
    assert doubts(there) == ["twice_in_an_hour"]


def test_a_doubt_is_gone_when_it_is_put_right(there, phone):
    phone.sends(phone.swab("10010001", NAME), phone.swab("10010002", NAME))
    assert doubts(there) == ["twice"]
    phone.sends(phone.told("unswab", tube="10010002", token=there.tokens[NAME], said="扫错了人"))
    assert doubts(there) == []


def test_a_tube_in_two_boxes_is_in_the_last_and_shown(there, phone):
    phone.sends(*a_tube(phone, NAME), phone.told("box_tube", tube="10010001", box="X1002"))
    assert (tube_with(there.round, "10010001").box.barcode, doubts(there)) == ("X1002", ["two_boxes"])
    phone.sends(phone.told("box_tube", tube="10010001", box="X1001", said="开箱核对"))
    assert (tube_with(there.round, "10010001").box.barcode, doubts(there)) == ("X1001", [])


def test_a_tube_that_is_itself_a_pool_is_not_pooled(there, phone):
    phone.sends(*a_tube(phone, NAME))
    [answer] = phone.sends(phone.told("swab", tube="10010009", token="10010001"))
    assert (answer.what, answer.refusal.code) == ("refused", "lab.pool_of_pool")


def test_a_letter_o_for_a_zero_is_kept_apart_with_what_would_have_been_right(there, phone):
    [answer] = phone.sends(phone.told("open_tube", tube="1OO10001", size=10))
    assert (answer.refusal.code, answer.refusal.facts["right"]) == ("lab.barcode_misread", "10010001")
    assert doubts(there) == ["refused"]


def test_full_width_digits_and_space_around_are_the_same_tube(there, phone):
    phone.sends(phone.swab(" １００１０００１ ", NAME), phone.swab("10010001", "李静"))
    assert in_tube(there, "10010001") == [NAME, "李静"]


def test_a_label_told_of_a_box_and_of_a_tube_in_one_upload_is_the_first_ones(there, phone):
    answers = phone.sends(phone.told("open_box", box="X1001"), phone.swab("X1001", NAME))
    assert [it.refusal and it.refusal.code for it in answers] == [None, "lab.barcode_is_other"]
    assert [it.what for it in phone.sends(phone.told("seal_box", box="X1001"))] == ["taken"]


def test_a_new_label_leads_to_the_same_tube(there, phone):
    phone.sends(*a_tube(phone, NAME), phone.told("rename_tube", tube="10010001", renamed="10019999", said="标签破损"))
    assert tube_with(there.round, "10019999").pk == tube_with(there.round, "10010001").pk
    assert tube_with(there.round, "10010001").label == "10019999"


def test_a_label_in_use_is_not_given_twice(there, phone):
    phone.sends(*a_tube(phone, NAME), *a_tube(phone, "李静", tube="10010002"))
    phone.sends(phone.told("rename_tube", tube="10010001", renamed="10010002", said="标签破损"))
    assert (in_tube(there, "10010001"), in_tube(there, "10010002")) == ([NAME], ["李静"])
    assert doubts(there) == ["label_taken"]


def test_a_leaked_tube_makes_its_people_due_again(there, phone):
    phone.sends(*a_tube(phone, *HOME), phone.told("void_tube", tube="10010001", said="漏液"))
    assert [stages(there)[it] for it in HOME] == ["due"] * 3


def test_whoever_is_exempt_is_so_with_a_reason_until_they_are_sampled(there, phone):
    phone.sends(phone.told("exempt", token=there.tokens["王老"], why="medical"))
    assert stages(there)["王老"] == "exempt"
    phone.sends(phone.swab("10010001", "王老"))
    assert stages(there)["王老"] == "sampled"


def test_somebody_typed_in_by_their_document_is_found_on_the_roster(there, phone):
    person = there.round.roster.get(token=there.tokens[NAME]).person
    typed = {"name": NAME, "document_number": person.document_number}
    phone.sends(phone.told("swab", tube="10010001", person=typed))
    assert stages(there)[NAME] == "sampled"


def test_somebody_who_is_on_no_roster_gets_a_place_once(there, phone):
    typed = {"name": "Ivan", "document_number": "99P1234567"}
    phone.sends(phone.told("swab", tube="10010001", person=typed))
    phone.sends(phone.told("swab", tube="10010001", person=typed))
    assert (stages(there)["Ivan"], there.round.roster.filter(source="table").count()) == ("sampled", 1)


def test_what_no_device_can_mean_spoils_nothing_else(there, phone):
    good = phone.swab("10010001", NAME)
    broken = [{**phone.told("dance", tube="10010001")}, {**phone.told("swab", tube="10010001"), "token": ""}]
    assert [it.what for it in phone.sends(*broken, good)] == ["refused", "refused", "taken"]


def test_what_comes_after_a_round_is_closed_is_kept_and_does_not_count(there, phone):
    rounds().filter(pk=there.round.pk).update(state="closed")
    [answer] = send(there, [phone.swab("10010001", NAME)])
    assert (answer.refusal.code, doubts(there), stages(there)[NAME]) == ("lab.came_after_closing", ["late"], "due")


def test_a_tube_put_into_a_box_that_was_handed_over_is_shown(there, phone):
    phone.sends(phone.told("seal_box", box="X1001"), phone.told("hand_box", box="X1001"))
    phone.sends(*a_tube(phone, NAME))
    assert doubts(there) == ["box_was_gone"]


def test_a_new_label_of_a_box_that_comes_late_takes_its_tubes_along(there, phone):
    late = [phone.told("open_box", box="X1001"), phone.told("rename_box", box="X1001", renamed="X1002", said="破损")]
    phone.sends(*a_tube(phone, NAME, box="X1002"), phone.told("seal_box", box="X1002"))
    phone.sends(phone.told("hand_box", box="X1002"), phone.told("receive_box", box="X1002", said="县医院"))
    phone.sends(*late)
    assert tube_with(there.round, "10010001").box == box_with(there.round, "X1002")
    assert stages(there)[NAME] == "received"


def test_what_was_settled_of_a_sealed_tube_does_not_settle_what_is_changed_later(there, phone):
    phone.sends(*a_tube(phone, NAME), phone.swab("10010001", "李静"))
    discrepancies_of(there.round).update(settled_at=county_now())
    phone.sends(phone.swab("10010001", "孟小"))
    assert [it.kind for it in discrepancies_of(there.round).filter(settled_at=None)] == ["after_seal"]


def test_a_repeat_of_what_does_not_count_says_so(there, phone):
    event = phone.told("open_tube", tube="1OO10001", size=10)
    phone.sends(event)
    [answer] = phone.sends(event)
    assert (answer.what, answer.doubts) == ("repeat", ("refused",))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "a\0b"},
        {"said": "\ud800"},
        {"person": {"name": "\ud800"}, "token": ""},
        {"at": "0001-01-01T00:00+14:00"},
    ],
)
def test_what_no_database_takes_holds_up_nothing_else(there, phone, wrong):
    broken, good = {**phone.swab("10010001", "李静"), **wrong}, phone.swab("10010001", NAME)
    assert [it.what for it in phone.sends(broken, good)] == ["refused", "taken"]


def test_a_document_number_typed_wide_is_the_same(there, phone):
    number = there.county.head.document_number
    wide = "".join(chr(ord(it) + 0xFEE0) for it in number)
    phone.sends(phone.told("swab", tube="10010001", person={"name": NAME, "document_number": wide}))
    assert roster_of(there.round).get(token=there.tokens[NAME]).stage == "sampled"


def test_what_a_phone_a_year_behind_tells_counts_from_the_rounds_opening_and_is_asked_about_once(there):
    behind = Device(there, began_at=county_now() - timedelta(days=365))
    answers = behind.sends(*a_tube(behind, *HOME))
    [swab, *_] = swabs_in(tube_with(there.round, "10010001"))
    [doubt] = discrepancies_of(there.round)
    assert {it.doubts for it in answers} == {("clock_behind",)}
    assert swab.taken_at >= round_with(there.round.pk).opened_at
    assert (doubt.kind, county_now() - told_at(doubt.event) > timedelta(days=364)) == ("clock_behind", True)
    assert [stages(there)[it] for it in HOME] == ["box"] * 3


def test_what_came_late_from_a_phone_a_year_behind_counts_from_the_opening_too(there):
    behind = Device(there, began_at=county_now() - timedelta(days=365))
    rounds().filter(pk=there.round.pk).update(state="closed")
    behind.sends(behind.swab("10010001", NAME))
    reopen_round(round=there.round.pk, because="没网", by=BY)
    [swab] = swabs_in(tube_with(there.round, "10010001"))
    assert swab.taken_at >= round_with(there.round.pk).opened_at
    assert doubts(there) == ["clock_behind"]


# ---- by a phone ----


@pytest.fixture
def sampling(there):
    """A sampler of the first township, and their phone."""
    return enrolled(account_of(there.county, "sampler", TOWN))


def uploaded(sampling, there, *events):
    body = json.dumps({"round": str(there.round.pk), "events": list(events)})
    headers = {"Authorization": f"Bearer {sampling.secret}"}
    return Client().post(reverse("field-table-events"), body, "application/json", headers=headers)


def test_a_phone_uploads_what_its_table_recorded(there, phone, sampling):
    answer = uploaded(sampling, there, *a_tube(phone, *HOME)).json()
    assert ({it["what"] for it in answer["answers"]}, in_tube(there, "10010001")) == ({"taken"}, HOME)


def test_what_its_holder_may_not_record_is_kept_and_does_not_count(there, sampling):
    elsewhere = Device(there, site=there.west)
    [answer] = uploaded(sampling, there, elsewhere.swab("10010001", NAME)).json()["answers"]
    assert (answer["refusal"], stages(there)[NAME], doubts(there)) == ("lab.not_yours_to_do", "due", ["refused"])


@pytest.mark.parametrize("body", ['{"round": "', "[" * 100_000], ids=["cut", "a list in a list in a list"])
def test_an_upload_that_is_cut_in_the_middle_or_nothing_sensible_is_refused_whole(there, sampling, body):
    headers = {"Authorization": f"Bearer {sampling.secret}"}
    answer = Client().post(reverse("field-table-events"), body, "application/json", headers=headers)
    assert (answer.status_code, answer.json()["refusal"]) == (409, "field.not_readable")


def test_more_than_five_hundred_at_once_are_refused_whole(there, phone, sampling):
    answer = uploaded(sampling, there, *(phone.told("open_tube", tube="10010001") for _ in range(501)))
    assert (answer.json()["refusal"], events_of(there.round).count()) == ("lab.too_many_events", 0)


# ---- two records of one person ----


def one_of_two(there):
    """The head and an elder, two records of one person."""
    return (roster_of(there.round).get(token=there.tokens[it]).person for it in (NAME, "王老"))


def test_under_a_new_code_of_their_township_what_a_site_did_to_its_tubes_counts_on(there, phone):
    told_by(there, "sampler", TOWN, phone.swab("10010001", NAME), phone.told("seal_tube", tube="10010001"))
    moves = {TOWN: "141027199"}
    carry_areas_over(moves)
    carry_reach_over(successors=moves)
    told_by(there, "dispatcher", "141027", phone.swab("10010001", "李静", said="补记"))
    assert (tube_with(there.round, "10010001").state, doubts(there)) == ("sealed", [])


def test_of_two_records_that_become_one_nobody_is_missing_twice(there):
    head, elder = one_of_two(there)
    merge_persons(kept=head, merged=elder, reason="同一个人", by=BY)
    assert (stages(there)[NAME], stages(there)["王老"]) == ("due", "exempt")


def test_whoever_was_sampled_under_one_of_two_records_is_missing_under_neither(there, phone):
    phone.sends(phone.swab("10010001", "王老"))
    head, elder = one_of_two(there)
    merge_persons(kept=head, merged=elder, reason="同一个人", by=BY)
    assert (stages(there)[NAME], stages(there)["王老"]) == ("exempt", "sampled")


def test_whoever_was_sampled_under_both_is_seen_to_be_in_two_tubes(there, phone):
    phone.sends(phone.swab("10010001", NAME), phone.swab("10010002", "王老"))
    head, elder = one_of_two(there)
    merge_persons(kept=head, merged=elder, reason="同一个人", by=BY)
    phone.sends(phone.told("seal_tube", tube="10010001"))
    assert doubts(there) == ["twice"]
