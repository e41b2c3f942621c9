"""A rulebook says how strict the level above lets it be, and a later version does not quietly forget it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from fangxian.core.policy.checking import check
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.vocabulary import Level, Outcome
from fangxian.core.refusal import Said

WITHOUT, KIND, BASIS = (
    "rulebook.no_ceilings",
    "rulebook.kind_without_ceiling",
    "rulebook.restriction_without_basis",
)
LOOSENED, ON_A_DOCUMENT, OF_NOTHING = (
    "rulebook.ceiling_loosened",
    "rulebook.ceiling_loosened_on_a_document",
    "rulebook.ceiling_of_nothing",
)


def codes(findings):
    return [(finding.code, finding.blocks) for finding in findings]


def without(rulebook, *numbers):
    return replace(rulebook, ceilings=tuple(row for row in rulebook.ceilings if row.number not in numbers))


def with_ceiling(rulebook, number, **changes):
    rows = (replace(row, **changes) if row.number == number else row for row in rulebook.ceilings)
    return replace(rulebook, ceilings=tuple(rows))


def against(rulebook, before, beside_the_shipped):
    return beside_the_shipped(check(rulebook, against=[before]))


@pytest.fixture
def newer_document(covid):
    """A later edition of the protocol, listed as the rulebook's other documents are."""
    (protocol,) = (one for one in covid.documents if one.key == "protocol-8")
    return replace(protocol, key="protocol-9", number="联防联控机制综发〔2022〕71号")


def test_a_file_from_which_every_ceiling_was_cut_is_not_published(covid_text, beside_the_shipped):
    cut = re.sub(r"\[\[ceilings\]\].*?(?=\n\[\[|\n# ──)", "", covid_text, flags=re.DOTALL)
    findings = beside_the_shipped(check(read_rulebook(cut.replace("n_rules = 116", "n_rules = 110"))))
    assert codes(findings) == [(WITHOUT, True)]
    said = findings[0].said
    assert all(word in said.en for word in ("doors (D-01 and", "colours (C-03 and", "Add [[ceilings]]", "clause"))
    assert all(word in said.zh for word in ("门岗（D-01 等", "健康码（C-03 等", "[[ceilings]]", "clause"))


def test_a_county_s_own_ceilings_stand_for_nothing(covid, beside_the_shipped):
    own = replace(covid, ceilings=tuple(replace(row, document=covid.document) for row in covid.ceilings))
    assert (WITHOUT, True) in codes(beside_the_shipped(check(own)))


@pytest.mark.parametrize(("number", "section"), [("U-01", "doors"), ("U-06", "colours")])
def test_a_kind_of_restriction_without_its_ceiling_is_pointed_out(covid, beside_the_shipped, number, section):
    (finding,) = beside_the_shipped(check(without(covid, number)))
    assert (finding.code, finding.blocks, finding.section) == (KIND, False, section)
    assert f'on = "{section}"' in finding.said.zh
    assert f'on = "{section}"' in finding.said.en


def test_contacts_kept_in_by_the_county_s_own_word_need_a_ceiling_without_any_gate_too(shipped):
    rulebook = read_rulebook(shipped)
    stage = next(stage for row in rulebook.contacts for stage in row.measure.stages)
    kept_in = replace(rulebook.contacts[0].measure, stages=(replace(stage, place="central", lasts_days=60),))
    own = replace(rulebook.contacts[0], document=rulebook.document, measure=kept_in)
    bare = replace(rulebook, ceilings=(), contacts=(own, *rulebook.contacts[1:]))
    (finding,) = (finding for finding in check(bare) if finding.code == WITHOUT)
    assert f"contacts ({own.number})" in finding.said.en


def test_a_rule_that_names_its_legal_basis_may_stand_without_a_ceiling(covid, beside_the_shipped):
    clause = Said("某法第一条", "Some law art. 1")
    doors = tuple(replace(row, clause=clause) for row in covid.doors)
    together = tuple(replace(row, clause=clause) for row in covid.together)
    assert beside_the_shipped(check(replace(without(covid, "U-01"), doors=doors, together=together))) == []


def test_the_nation_s_own_rulebook_needs_no_ceiling(covid):
    nation = replace(covid.document, level=Level.NATIONAL, division="0")
    rows = {
        section: tuple(replace(row, document=nation) for row in getattr(covid, section))
        for section in ("doors", "together", "colours", "arrivals", "contacts", "departures", "measures")
    }
    found = codes(check(replace(covid, document=nation, ceilings=(), **rows)))
    assert not {WITHOUT, KIND, BASIS} & {code for code, _ in found}


def test_leaving_and_measures_name_their_basis_since_no_ceiling_is_written_for_them(covid):
    clause = Said("某法第一条", "Some law art. 1")
    based = replace(covid, departures=tuple(replace(row, clause=clause) for row in covid.departures))
    assert [finding.section for finding in check(covid) if finding.code == BASIS] == ["departures", "measures"]
    assert [finding.section for finding in check(based) if finding.code == BASIS] == ["measures"]


def test_the_same_ceilings_are_no_finding_whatever_they_are_numbered(covid, beside_the_shipped):
    renumbered = tuple(replace(row, number=row.number.replace("U", "UP")) for row in covid.ceilings)
    assert against(replace(covid, ceilings=renumbered), covid, beside_the_shipped) == []


def test_a_tighter_ceiling_is_no_finding(covid, beside_the_shipped):
    assert against(with_ceiling(covid, "U-02", at_most_days=10), covid, beside_the_shipped) == []


def test_a_ceiling_that_went_blocks_the_next_version(covid, beside_the_shipped):
    (finding,) = against(without(covid, "U-03"), covid, beside_the_shipped)
    assert codes([finding]) == [(LOOSENED, True)]
    assert "U-03 (contacts secondary-contact)" in finding.said.en
    assert "被删去" in finding.said.zh


@pytest.mark.parametrize(
    ("number", "changes"),
    [
        ("U-01", {"at_most_outcome": Outcome.REFUSE}),
        ("U-02", {"at_most_days": 21}),
        ("U-02", {"at_most_central_days": None}),
        ("U-02", {"subject": "co-present"}),
    ],
)
def test_a_looser_ceiling_blocks_the_next_version(covid, beside_the_shipped, number, changes):
    loosened = against(with_ceiling(covid, number, **changes), covid, beside_the_shipped)
    assert (LOOSENED, True) in codes(loosened)


def test_a_ceiling_that_begins_later_or_ends_sooner_is_loosened(covid, beside_the_shipped):
    day = timedelta(days=1)
    sooner, later = {"until_at": covid.until_at - day}, {"begins_at": covid.begins_at + day}
    for changes, said in ((later, "from 2022-04-01"), (sooner, "until 2022-06-28")):
        (finding,) = against(with_ceiling(covid, "U-02", **changes), covid, beside_the_shipped)
        assert codes([finding]) == [(LOOSENED, True)]
        assert said in finding.said.en


def test_a_ceiling_is_owed_beyond_the_end_of_the_version_that_had_it(covid, beside_the_shipped):
    """A rulebook lapses and the next follows it: what the level above said did not lapse with it."""
    later = covid.until_at + timedelta(days=60)
    following = without(replace(covid, begins_at=covid.until_at, until_at=later), "U-03")
    assert (LOOSENED, True) in codes(against(following, covid, beside_the_shipped))


def test_a_ceiling_that_was_over_by_its_own_word_is_owed_no_longer(covid, beside_the_shipped):
    day = timedelta(days=1)
    before = with_ceiling(covid, "U-03", until_at=covid.begins_at + day)
    assert against(without(replace(covid, begins_at=covid.begins_at + day), "U-03"), before, beside_the_shipped) == []


def test_another_document_of_that_level_loosens_a_ceiling_and_is_shown(covid, beside_the_shipped, newer_document):
    looser = with_ceiling(covid, "U-02", at_most_days=21, document=newer_document)
    looser = replace(looser, documents=(*covid.documents, newer_document))
    (finding,) = against(looser, covid, beside_the_shipped)
    assert codes([finding]) == [(ON_A_DOCUMENT, False)]
    assert newer_document.number in finding.said.zh
    assert "at_most_days 14 → 21," in finding.said.en


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "联防联控机制综发〔2021〕51号（文号待核）"},  # the same paper under a new key
        {"level": Level.PROVINCE, "division": "14"},  # a province does not loosen what the nation set
    ],
)
def test_no_other_paper_loosens_a_ceiling(covid, beside_the_shipped, newer_document, changes):
    paper = replace(newer_document, **changes)
    looser = replace(with_ceiling(covid, "U-02", at_most_days=21, document=paper), documents=(*covid.documents, paper))
    assert (LOOSENED, True) in codes(against(looser, covid, beside_the_shipped))


def renamed(covid):
    """The co-present are called something else, and their ceiling is left out."""

    def said(word):
        return "passer-by" if word == "co-present" else word

    colours = tuple(replace(row, evidence=said(row.evidence)) for row in covid.colours)
    kinds = tuple(replace(row, kind=said(row.kind)) for row in covid.evidence)
    contacts = tuple(replace(row, evidence=said(row.evidence)) for row in covid.contacts)
    return without(replace(covid, colours=colours, evidence=kinds, contacts=contacts), "U-06")


def test_a_new_name_for_what_is_limited_does_not_shake_the_ceiling_off(covid):
    assert (LOOSENED, True) in codes(check(renamed(covid), against=[covid]))


def test_a_ceiling_may_go_with_what_it_limited(covid):
    gone = replace(
        without(covid, "U-06"),
        evidence=tuple(row for row in covid.evidence if row.kind != "co-present"),
        colours=tuple(row for row in covid.colours if row.evidence != "co-present"),
    )
    found = codes(check(gone, against=[covid]))
    assert (OF_NOTHING, False) in found
    assert LOOSENED not in {code for code, _ in found}
