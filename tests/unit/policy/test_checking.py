"""What is wrong with a rulebook is found before publishing: each mistake planted into the shipped one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fangxian.core.policy.checking import check, check_text
from fangxian.core.policy.doors import DoorInputs, compile_doors, decide_door
from fangxian.core.policy.vocabulary import Outcome
from fangxian.core.refusal import Refusal

CO_PRESENT = 'evidence = "co-present"\nanchor = "last_exposure_on"\nphases = [{{ colour = "{}", lasts = "14 d" }}]'

X_01 = 'when = { travel = ["risk"], test_age'
NO_PHONE = 'lifts = ["D-11"]'
RED = 'number = "D-01"\ninput = "colour"\nvalues = ["red"]'
OLD_TEST = 'values = ["none", "within-72h", "older"]\nvenues = ["care-home"]'
FEVER = 'values = ["fever"]\nvenues = ["village-post"'

PLANTED = {
    # Each of these once passed: the door looked at an unknown and let the worse value in without a word.
    "no rule for red": ("rulebook.worse_admitted", True, [(RED, RED.replace("red", "green"))]),
    "a red shown the way in": (
        "rulebook.worse_admitted",
        True,
        [
            (
                'except_venues = ["sampling-site", "quarantine-site"]\noutcome = "refuse"',
                'except_venues = ["sampling-site", "quarantine-site"]\noutcome = "route"',
            )
        ],
    ),
    "a test of sixty days": ("rulebook.worse_admitted", True, [(OLD_TEST, OLD_TEST.replace(', "older"', ""))]),
    "a better test met more strictly": (
        "rulebook.worse_admitted",
        True,
        [(OLD_TEST, OLD_TEST.replace('"within-72h"', '"within-24h"'))],
    ),
    "an expired permit": ("rulebook.worse_admitted", True, [('values = ["none", "expired"]', 'values = ["none"]')]),
    "no rule for fever": ("rulebook.worse_admitted", True, [(FEVER, FEVER.replace("fever", "normal"))]),
    "no rule for a closed venue": (
        "rulebook.worse_admitted",
        True,
        [('values = ["closed", "suspended"]\nvenues', 'values = ["open"]\nvenues')],
    ),
    "a red rule that begins a day late": (
        "rulebook.worse_admitted",
        True,
        [('number = "D-01"', 'number = "D-01"\nfrom = 2022-04-02T00:00:00+08:00')],
    ),
    "a number twice": ("rulebook.number_twice", True, [('number = "C-05"', 'number = "C-04"')]),
    "a rulebook that ends before it begins": (
        "rulebook.period_reversed",
        True,
        [("until = 2022-06-28T00:00:00+08:00", "until = 2022-03-28T00:00:00+08:00")],
    ),
    "an unknown kind of evidence": (
        "rulebook.unknown_word",
        True,
        [('evidence = "secondary-contact"\nanchor', 'evidence = "secondery-contact"\nanchor')],
    ),
    "an unknown attribute": (
        "rulebook.unknown_word",
        True,
        [('when = { status = ["suspected"] }', 'when = { state = ["suspected"] }')],
    ),
    "a value the attribute cannot have": (
        "rulebook.unknown_word",
        True,
        [('when = { status = ["suspected"] }', 'when = { status = ["suspicious"] }')],
    ),
    "an anchor that is no date": ("rulebook.unknown_word", True, [('anchor = "entered_on"', 'anchor = "arrived_on"')]),
    "an unknown venue class": (
        "rulebook.unknown_word",
        True,
        [('venues = ["courier-depot"]', 'venues = ["courier-depots"]')],
    ),
    "an unknown input": (
        "rulebook.unknown_word",
        True,
        [('input = "permit"\nvalues = ["unknown"]', 'input = "pemit"\nvalues = ["unknown"]')],
    ),
    "a lifted rule that is not there": ("rulebook.unknown_word", True, [('lifts = ["D-10"]', 'lifts = ["D-99"]')]),
    "a door rule for no venue": (
        "rulebook.never_applies",
        True,
        [('venues = ["courier-depot"]', 'venues = ["courier-depot"]\nexcept_venues = ["courier-depot"]')],
    ),
    "a phase after an open one": (
        "rulebook.never_applies",
        True,
        [
            (
                'phases = [{ colour = "red", lasts = "14 d" }, { colour = "yellow", lasts = "14 d" }]',
                'phases = [{ colour = "red" }, { colour = "yellow", lasts = "14 d" }]',
            )
        ],
    ),
    "two colour rules for one case": (
        "rulebook.contradiction",
        True,
        [('when = { status = ["suspected"] }', 'when = { status = ["suspected", "confirmed"] }')],
    ),
    "two arrival rows for one state": (
        "rulebook.contradiction",
        True,
        [('risk = ["county-with-cases"]', 'risk = ["risk-area"]')],
    ),
    "a door rule said twice": (
        "rulebook.overlap",
        False,
        [
            (
                'values = ["none", "within-72h", "older"]\nvenues = ["hotel", "station"]',
                'values = ["none", "within-72h", "older"]\nvenues = ["hotel", "station", "highway-post"]',
            )
        ],
    ),
    "a ring stricter than the nation's": (
        "rulebook.stricter_without_clause",
        True,
        [
            (
                'day_zero = "last_exposure"\nstages = [{ place = "central", lasts_days = 7 }]',
                'day_zero = "last_exposure"\nstages = [{ place = "central", lasts_days = 14 }]',
            ),
            ("lasts_days = 14 }]\ntest_days = [1, 4, 7]\n", "lasts_days = 14 }]\ntest_days = [1, 4, 7]\n"),
            ('will be tested on days 1, 4 and 7." }\ndocument = "protocol-8"', 'will be tested on days 1, 4 and 7." }'),
        ],
    ),
    "a colour stricter than allowed": (
        "rulebook.stricter_without_clause",
        True,
        [(CO_PRESENT.format("yellow"), CO_PRESENT.format("red"))],
    ),
    "a hospital that checks": (
        "rulebook.hospital_verifies",
        False,
        [
            (
                'values = ["none", "older"]\nvenues = ["hospital", "health-centre"]\noutcome = "route"',
                'values = ["none", "older"]\nvenues = ["hospital", "health-centre"]\noutcome = "verify"',
            )
        ],
    ),
    "a cross-term by which a hospital refuses": (
        "rulebook.hospital_refuses",
        True,
        [('venues = ["market", "restaurant", "hotel", "worship"]', 'venues = ["hospital"]')],
    ),
    "a cross-term that lifts the unknown": (
        "rulebook.lifts_unknown",
        True,
        [('lifts = ["D-10"]', 'lifts = ["D-04"]')],
    ),
    "a ruling by one person": ("rulebook.ruling_by_nobody", True, [("needs_ruling = true\n", "")]),
    "a push counted as our own": ("rulebook.push_unmarked", True, [("pushed = true\n", "")]),
    "a ruling of ten years": (
        "rulebook.ruling_too_long",
        True,
        [('longest = "7 d"\nneeds_ruling', 'longest = "3650 d"\nneeds_ruling')],
    ),
    "doors that stay fresh for a year": (
        "rulebook.stale_too_late",
        True,
        [('stale_after = "2 h"', 'stale_after = "365 d"')],
    ),
    "a county that calls itself the nation": (
        "rulebook.level_not_its_own",
        True,
        [('level = "county"', 'level = "national"')],
    ),
    "a county that calls itself the province": (
        "rulebook.level_not_its_own",
        True,
        [('level = "county"', 'level = "province"')],
    ),
    "scans kept for eighty years": (
        "rulebook.kept_too_long",
        True,
        [('keep = "30 d"\ncounted_from = "scanned"', 'keep = "30000 d"\ncounted_from = "scanned"')],
    ),
    "scans kept as long as a case's file": (
        "rulebook.kept_too_long",
        True,
        [('keep = "30 d"\ncounted_from = "scanned"', 'keep = "1095 d"\ncounted_from = "scanned"')],
    ),
    "declarations kept for ten years": (
        "rulebook.kept_too_long",
        True,
        [('keep = "60 d"', 'keep = "3650 d"')],
    ),
    "a document twice": (
        "rulebook.key_twice",
        True,
        [
            (
                '[[documents]]\nkey = "protocol-8"',
                '[[documents]]\nkey = "protocol-8"\ntitle = { zh = "另一份", en = "another" }\nnumber = "2"\n'
                'issuer = { zh = "某机关", en = "an office" }\nlevel = "national"\ndivision = "0"\n\n'
                '[[documents]]\nkey = "protocol-8"',
            )
        ],
    ),
    "a risk state twice": ("rulebook.key_twice", True, [('key = "county-with-cases"', 'key = "risk-area"')]),
    "an input that is the program's": (
        "rulebook.key_twice",
        True,
        [
            (
                "[[doors]]",
                '[[door_inputs]]\nkey = "colour"\nname = { zh = "码", en = "code" }\n'
                'values = ["green", "unknown", "yellow", "red"]\n\n[[doors]]',
            )
        ],
    ),
    "an exemption twice": ("rulebook.defined_twice", True, [('key = "medical"', 'key = "infant"')]),
    "a kind of evidence twice": ("rulebook.defined_twice", True, [('kind = "discharge"', 'kind = "case"')]),
    "a period twice": ("rulebook.defined_twice", True, [('key = "look-back"', 'key = "incubation"')]),
    "a case definition twice": (
        "rulebook.defined_twice",
        True,
        [('case_class = "suspected"', 'case_class = "confirmed"')],
    ),
    "a specimen twice": ("rulebook.defined_twice", True, [('key = "throat-swab"', 'key = "nasopharyngeal-swab"')]),
    "a ceiling twice": (
        "rulebook.defined_twice",
        True,
        [('subject = "secondary-contact"', 'subject = "close-contact"')],
    ),
    "a cross-term that lifts red": (
        "rulebook.lifts_what_must_stand",
        True,
        [(X_01, X_01.replace("travel", "colour").replace("risk", "red")), ('lifts = ["D-10"]', 'lifts = ["D-01"]')],
    ),
    "a cross-term that lifts old knowledge": (
        "rulebook.lifts_what_must_stand",
        True,
        [('lifts = ["D-10"]', 'lifts = ["D-70"]')],
    ),
    "an exemption from red": ("rulebook.lifts_what_must_stand", True, [(NO_PHONE, 'lifts = ["D-01"]')]),
    "an exemption from old knowledge": ("rulebook.lifts_what_must_stand", True, [(NO_PHONE, 'lifts = ["D-70"]')]),
    "an exemption from an unknown colour": ("rulebook.lifts_unknown", True, [(NO_PHONE, 'lifts = ["D-04"]')]),
    "an exemption from an unknown venue": ("rulebook.lifts_unknown", True, [(NO_PHONE, 'lifts = ["D-61"]')]),
    "an exemption from a temperature": ("rulebook.lifts_unknown", True, [(NO_PHONE, 'lifts = ["D-31"]')]),
    "an exemption from a rule that is not there": ("rulebook.unknown_word", True, [(NO_PHONE, 'lifts = ["D-99"]')]),
    "a cross-term that never decides": (
        "rulebook.never_decides",
        False,
        [('venues = ["market", "restaurant", "hotel", "worship"]', 'venues = ["school"]')],
    ),
    "no stale_after": ("rulebook.no_stale_after", True, [('stale_after = "2 h"\n', "")]),
    "stale doors that admit": (
        "rulebook.fail_open",
        True,
        [('values = ["stale", "unknown"]\nvenues = ["*"]', 'values = ["stale"]\nvenues = ["*"]')],
    ),
    "a rule that lapses before the rest": (
        "rulebook.fail_open",
        True,
        [('number = "D-04"', 'number = "D-04"\nuntil = 2022-05-01T00:00:00+08:00')],
    ),
    "a ruling that never ends": (
        "rulebook.ruling_without_end",
        True,
        [('longest = "7 d"\nneeds_ruling', "needs_ruling")],
    ),
    "evidence nobody uses": (
        "rulebook.evidence_unused",
        False,
        [('ended_by = ["push-withdrawn"]', "ended_by = []")] * 2,
    ),
    "a sentence in one language": (
        "rulebook.sentence_missing",
        True,
        [('zh = "您是新冠病毒感染者，正在隔离治疗。"', 'zh = ""')],
    ),
    "bands out of order": ("rulebook.bands_disordered", True, [('up_to = "48 h"', 'up_to = "96 h"')]),
    "a venue class twice": ("rulebook.key_twice", True, [('key = "pharmacy"', 'key = "shop"')]),
    "a test after the end": ("rulebook.test_after_end", True, [("test_days = [1, 4, 7]", "test_days = [1, 4, 30]")]),
    "a requirement without its figure": ("rulebook.field_missing", True, [("consecutive_test_days = 3\n", "")]),
    "a ceiling without a limit": ("rulebook.ceiling_without_limit", True, [('at_most_outcome = "verify"\n', "")]),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_mistake_is_found(planted, written):
    code, blocks, changes = PLANTED[planted]
    _, findings = check_text(written(*changes))
    found = [finding for finding in findings if finding.code == code]
    assert found, [(finding.code, finding.said.en) for finding in findings]
    assert found[0].blocks == blocks


@pytest.mark.parametrize("planted", PLANTED)
def test_a_finding_speaks_both_languages_and_names_its_row(planted, written):
    changes = PLANTED[planted][2]
    _, findings = check_text(written(*changes))
    for finding in findings:
        assert finding.said.zh
        assert finding.said.en
        assert not finding.number or f"rule {finding.number} (line {finding.line})" in finding.said.en
        assert not finding.number or f"规则 {finding.number}（第 {finding.line} 行）" in finding.said.zh


def test_many_mistakes_are_all_found_at_once(written):
    wanted = ["a number twice", "no stale_after", "a ruling that never ends", "a lifted rule that is not there"]
    changes = [change for name in wanted for change in PLANTED[name][2]]
    _, findings = check_text(written(*changes))
    assert {PLANTED[name][0] for name in wanted} <= {finding.code for finding in findings}


def test_a_stricter_rule_with_its_clause_is_only_a_warning(written, beside_the_shipped):
    _, _, changes = PLANTED["a ring stricter than the nation's"]
    clause = 'clause = { zh = "某法第一条", en = "Some law art. 1" }'
    _, findings = check_text(written(*changes, ('ring = "secondary-contact"', f'ring = "secondary-contact"\n{clause}')))
    (finding,) = beside_the_shipped(findings)
    assert (finding.code, finding.blocks) == ("rulebook.stricter_with_clause", False)
    assert "Some law art. 1" in finding.said.en


HOSPITAL = '[[venue_classes]]\nkey = "hospital"\nname = { zh = "医院", en = "hospital" }\nemergency_care = true\n'


def test_a_hospital_that_is_not_marked_blocks_by_its_name(written):
    rulebook, findings = check_text(written((HOSPITAL, HOSPITAL.replace("emergency_care = true\n", ""))))
    found = [finding for finding in findings if finding.blocks]
    assert [finding.code for finding in found] == ["rulebook.emergency_unmarked"]
    assert "hospital" in found[0].said.en
    red = DoorInputs(compile_doors(rulebook).venue_class("hospital"), 3, 1, 10, 365, 1, 1, 1, 10)
    assert decide_door(compile_doors(rulebook), red).outcome is Outcome.ADMIT


def test_a_hospital_left_out_does_not_fall_back_to_what_is_unlisted(written):
    text = written((HOSPITAL, "")).replace('"hospital", "health-centre"', '"health-centre"')
    rulebook, findings = check_text(text)
    assert [finding.code for finding in findings if finding.blocks] == ["rulebook.emergency_missing"]
    with pytest.raises(Refusal) as caught:
        compile_doors(rulebook)
    assert caught.value.code == "rulebook.emergency_missing"
    assert "hospital" in caught.value.said.en


def test_a_county_says_which_of_its_classes_give_emergency_care(covid, beside_the_shipped):
    """A county's own fever clinic is kept open by its data, not by what a rulebook says of itself."""
    found = check(covid, emergency_classes={"hospital", "health-centre", "clinic"})
    codes = {finding.code for finding in beside_the_shipped(found)}
    assert codes == {"rulebook.emergency_missing"}
    assert "rulebook.hospital_refuses" not in codes
    refused = {finding.code for finding in check(covid, emergency_classes={"hospital", "health-centre", "care-home"})}
    assert {"rulebook.emergency_unmarked", "rulebook.hospital_refuses"} <= refused


def test_a_second_arrival_row_that_only_looks_further_back_says_something_else(covid):
    """Its measures are the same, but it catches other people: that is a contradiction and no repetition."""
    first = covid.arrivals[0]
    further = replace(first, number="A-99", within=first.within + timedelta(days=1))
    findings = check(replace(covid, arrivals=(*covid.arrivals, further)))
    assert [finding.code for finding in findings if finding.number == first.number] == ["rulebook.contradiction"]


@pytest.mark.parametrize(("left", "blocks"), [((), True), (("D-02",), False)])
def test_codes_that_no_door_looks_at_are_pointed_out(covid, left, blocks):
    """Without any colour rule at the doors every red would be let in; at some places a county may want it so."""
    doors = tuple(row for row in covid.doors if row.input != "colour" or row.number in left)
    found = [finding for finding in check(replace(covid, doors=doors)) if finding.code == "rulebook.colour_unseen"]
    assert [finding.blocks for finding in found] == [blocks]
