"""A round as it is played: what phones tell amounts to what is expected, whatever goes wrong in it."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from fangxian.core.drill.rounds.adding_up import Counted, added_up, expected
from fangxian.core.drill.rounds.bench import acts
from fangxian.core.drill.rounds.script import id_of, planned, play, record, sendings
from fangxian.core.drill.rounds.tables import AGAIN, CARRIER, RECALLED, RECEPTION
from fangxian.core.drill.rounds.words import STAGES, STATES
from fangxian.core.laboratory.judging import Outcome
from fangxian.core.screening.laboratory import outside
from fangxian.core.screening.telling import told
from tests.unit.rounds_played.scenes import MUCH, scene, script


def retold(deeds) -> tuple[dict, dict, dict]:
    """(tube → people, tube → box, person → last excuse): each deed done with real tubes, one after the other."""
    inside, box_of, excused, renamed = {}, {}, {}, {}
    for deed in deeds:
        tube = renamed.get(deed.tube, deed.tube)
        match deed.kind:
            case "open_tube":
                inside[tube] = set()
            case "swab":
                inside[tube].add(deed.whom.document_number)
            case "unswab":
                inside[tube].remove(deed.whom.document_number)
            case "rename_tube":
                inside[deed.renamed] = inside.pop(tube)
            case "seal_tube":
                box_of[tube] = deed.box
            case "void_tube":
                inside[tube] = set()
            case "exempt" | "refuse":
                excused[deed.whom.document_number] = deed.kind
    return inside, box_of, excused


@pytest.fixture
def played():
    return script()


def test_what_is_told_of_tubes_and_people_is_what_is_expected(played):
    inside, box_of, excused = retold(played.deeds)
    sampled = set().union(*inside.values())
    everybody = {who.document_number for it in played.scene.stands for who in it.people}
    everybody |= {it.document_number for it in played.strangers}
    kinds = {"exempt": "exempt", "refuse": "refused", None: "due"}
    stages = Counter("received" if it in sampled else kinds[excused.get(it)] for it in everybody)
    wanted = expected(played, done_stage="received")
    assert stages == wanted.stages
    assert {it: n for it, (state, n) in wanted.tubes.items() if state != "void"} == {
        tube: len(people) for tube, people in inside.items() if people
    }
    assert Counter(box_of.values()) == {box: n for box, (_, n) in wanted.boxes.items()}


def test_everything_goes_wrong_that_should(played):
    kinds = Counter(it.kind for it in played.deeds)
    assert kinds["void_tube"] == MUCH.n_leaks
    assert kinds["unswab"] == MUCH.n_wrong_scans
    assert kinds["rename_tube"] == MUCH.n_relabelled
    assert sum(len(it.members) > it.size for it in played.tubes) == MUCH.n_over_full
    assert sum(run.has_stopped for it in played.plates for run in it.runs) == 1
    assert Counter(played.outcomes.values())[Outcome.POSITIVE] == MUCH.n_positive + len(played.positive)
    assert played.strangers
    assert any(it.why == AGAIN for it in played.tubes)


def test_nobody_is_in_two_tubes_but_those_called_back(played):
    live = [it for it in played.tubes if not it.is_void and it.why != RECALLED]
    times = Counter(who.document_number for it in live for who in it.members)
    assert set(times.values()) == {1}


def test_whoever_shares_a_tube_with_a_positive_is_called_back_alone_after_its_release(played):
    plate_of = {label: it for it in played.plates for label in it.tubes}
    of_label = {it.label: it for it in played.tubes}
    spoilt = [of_label[it] for it, found in played.outcomes.items() if found is Outcome.POSITIVE]
    pools = [it for it in spoilt if it.size > 1]
    again = {it.members[0].document_number: it for it in played.tubes if it.why == RECALLED}
    assert len(pools) == 2
    assert {who.document_number for it in pools for who in it.members} == set(again)
    for pool in pools:
        released = plate_of[pool.label].released_min
        assert all(again[who.document_number].opened_min > released for who in pool.members)
    assert {it.members[0].document_number for it in spoilt if it.size == 1} == played.positive


def test_a_box_is_sealed_then_handed_over_then_received_and_one_is_hours_late(played):
    moments = {}
    for deed in played.deeds:
        if deed.kind in ("seal_box", "hand_box", "receive_box"):
            moments.setdefault(deed.box, []).append((deed.kind, deed.at_min))
    assert all([kind for kind, _ in it] == ["seal_box", "hand_box", "receive_box"] for it in moments.values())
    assert sum(received - handed > 240 for (_, (_, handed), (_, received)) in moments.values()) == 1


def test_a_tube_is_tested_after_it_came_and_no_machine_does_two_things_at_once(played):
    of_label = {it.label: it for it in played.tubes}
    busy = {}
    for plate in played.plates:
        assert all(of_label[it].received_min <= plate.extracted_from for it in plate.tubes)
        spans = [(plate.extractor, plate.extracted_from, plate.extracted_until)]
        spans += [(run.machine, run.begins_min, run.ends_min) for run in plate.runs]
        for machine, begins, ends in spans:
            assert begins >= busy.get(machine, 0.0)
            busy[machine] = ends
        assert all(run.begins_min >= plate.extracted_until for run in plate.runs)


def test_every_tube_that_does_not_leak_is_tested_and_what_said_nothing_is_tested_again(played):
    runs = Counter(label for it in played.plates for label in it.tubes)
    assert set(runs) == {it.label for it in played.tubes if not it.is_void}
    assert Counter(runs.values())[2] == MUCH.n_invalid
    assert Outcome.INVALID not in played.outcomes.values()


def test_the_same_seed_draws_the_same_round_and_a_number_changes_labels_only(played):
    other = script.__wrapped__(number=8)
    assert script.__wrapped__() == played
    assert [(it.at_min, it.kind, it.device) for it in other.deeds] == [
        (it.at_min, it.kind, it.device) for it in played.deeds
    ]
    assert not {it.label for it in other.tubes} & {it.label for it in played.tubes}


def test_each_phone_sends_everything_once_in_order_and_nothing_before_it_is_done(played):
    every = sendings(played.deeds, offline=frozenset({"3-1"}), online_min=1200.0, most=50)
    for device in {it.device for it in played.deeds}:
        sent = [(sending, deed) for sending in every if sending.device == device for deed in sending.deeds]
        assert [deed for _, deed in sent] == [it for it in played.deeds if it.device == device]
        assert all(deed.at_min <= sending.at_min for sending, deed in sent)
    assert all(len(it.deeds) <= 50 for it in every)
    assert min(it.at_min for it in every if it.device == "3-1") == 1200.0


def test_carriers_and_reception_send_at_once(played):
    every = [it for it in sendings(played.deeds) if it.device in (CARRIER, RECEPTION)]
    assert all(it.at_min == it.deeds[0].at_min for it in every)


def test_a_record_tells_a_person_by_their_card_and_is_known_when_it_is_told_again(played):
    deed = next(it for it in played.deeds if it.kind == "swab")
    told_ = record(deed, nth=3, id=id_of(7, deed.device, 3), site="here", at="2022-04-20T08:00:00+08:00")
    assert told_["person"]["document_number"] == deed.whom.document_number
    assert told_["id"] == str(id_of(7, deed.device, 3)) != str(id_of(7, deed.device, 4))


def test_the_plan_has_a_tube_for_each_who_is_alone_and_takes_no_longer_for_it():
    with_alone, without = planned(scene(n_alone=6)), planned(scene(n_alone=0))
    assert with_alone.n_tubes == 3 * (6 + 13)
    assert without.n_tubes == 3 * 13
    assert told(with_alone).ends_min >= told(without).ends_min


# ---- the reconciliation ----


def test_a_round_that_is_on_record_as_it_was_played_agrees_in_every_line(played):
    wanted = expected(played, done_stage="received")
    assert all(it.agrees for it in added_up(wanted, wanted, stages=STAGES, states=STATES))


def test_a_tube_that_is_missing_is_named(played):
    wanted = expected(played, done_stage="received")
    lost = next(label for label, (state, _) in wanted.tubes.items() if state == "sealed")
    seen = replace_tubes(wanted, {label: it for label, it in wanted.tubes.items() if label != lost})
    differing = [it for it in added_up(wanted, seen, stages=STAGES, states=STATES) if not it.agrees]
    assert {name for it in differing for name in it.named} == {lost}


def test_somebody_too_many_in_a_tube_is_named_by_the_tube(played):
    wanted = expected(played, done_stage="received")
    label, (state, n) = next(iter(wanted.tubes.items()))
    seen = replace_tubes(wanted, {**wanted.tubes, label: (state, n + 1)})
    [line] = [it for it in added_up(wanted, seen, stages=STAGES, states=STATES) if not it.agrees]
    assert line.named == (label,)


def replace_tubes(of: Counted, tubes) -> Counted:
    return replace(of, tubes=tubes)


def test_boxes_go_outside_whole_and_come_back_after_they_went():
    """Of a round of three sites in which two fifths of the tubes are sent out at least."""
    other = outside()[0]
    script = play(scene(), MUCH, np.random.default_rng(1), number=7, other=other, share_outside=0.4)
    lots = [it for it in script.plates if it.laboratory]
    box_of = {it.label: it.box for it in script.tubes}
    sent = {label for lot in lots for label in lot.tubes}
    here = {label for it in script.plates if not it.laboratory for label in it.tubes}
    assert len(sent) > 0.2 * len(box_of)
    assert not sent & here
    assert {box_of[it] for it in sent}.isdisjoint(box_of[it] for it in here)
    received = {it.label: it.received_min for it in script.tubes}
    assert all(received[it] < lot.extracted_from < lot.run.ends_min for lot in lots for it in lot.tubes)
    assert [it.what for it in acts(lots[:1], mended_after=0)][:3] == ["send", "read", "release"]


def test_nothing_goes_outside_while_the_county_is_quick_enough():
    script = play(scene(), MUCH, np.random.default_rng(1), number=7, other=outside()[0])
    assert not any(it.laboratory for it in script.plates)
