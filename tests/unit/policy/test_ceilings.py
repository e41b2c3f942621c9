"""A rulebook says how strict the level above lets it be, and a later version does not quietly forget it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from fangxian.core.policy.checking import check
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.vocabulary import Colour, Level, Outcome, Place
from fangxian.core.refusal import Said

STRICTER = "rulebook.stricter_without_clause"
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
    findings = beside_the_shipped(check(read_rulebook(cut.replace("n_rules = 143", "n_rules = 137"))))
    assert codes(findings) == [(WITHOUT, True)]
    said = findings[0].said
    assert all(word in said.en for word in ("doors (D-01 and", "colours (C-03 and", "[[ceilings]]", "clause"))
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


def with_row(rulebook, section, number, **changes):
    rows = (replace(row, **changes) if row.number == number else row for row in getattr(rulebook, section))
    return replace(rulebook, **{section: tuple(rows)})


def kept_in(rulebook, section, number, n_days):
    """The first stage of a rule spent in central quarantine, for so many days."""
    (row,) = (row for row in getattr(rulebook, section) if row.number == number)
    first, *rest = row.measure.stages
    stages = (replace(first, place=Place.CENTRAL, lasts_days=n_days), *rest)
    return with_row(rulebook, section, number, measure=replace(row.measure, stages=stages))


def red(covid):
    (row,) = (row for row in covid.colours if row.number == "C-07")
    phases = tuple(replace(phase, colour=Colour.RED) for phase in row.phases)
    paper = next(one.document for one in covid.ceilings if one.number == "U-06")
    return with_row(covid, "colours", "C-07", phases=phases, document=paper)


CITING_THE_CEILING_S_OWN_PAPER = {
    "T-01": lambda covid: kept_in(covid, "contacts", "T-01", 28),
    "T-02": lambda covid: kept_in(covid, "contacts", "T-02", 28),
    "A-04": lambda covid: kept_in(covid, "arrivals", "A-04", 28),
    "D-10": lambda covid: with_row(covid, "doors", "D-10", outcome=Outcome.REFUSE),
    "C-07": red,
}


@pytest.mark.parametrize("number", CITING_THE_CEILING_S_OWN_PAPER)
def test_a_rule_beyond_a_ceiling_is_found_though_it_cites_the_paper_that_sets_it(covid, beside_the_shipped, number):
    stricter = CITING_THE_CEILING_S_OWN_PAPER[number](covid)
    row = stricter.row(number)
    assert any(ceiling.document == row.document for ceiling in covid.ceilings)
    (finding,) = beside_the_shipped(check(stricter))
    assert (finding.code, finding.blocks, finding.number) == (STRICTER, True, number)


@pytest.mark.parametrize("level", [Level.NATIONAL, Level.PROVINCE, Level.COUNTY])
def test_no_level_s_paper_excuses_a_rule_by_being_cited(covid, beside_the_shipped, level):
    """U-04 is the province's: a rule beyond it that cites the nation needs its clause as much as the county's own."""
    stricter = kept_in(covid, "arrivals", "A-04", 28)
    papers = {one.level: one for one in (covid.document, *covid.documents)}
    cited = with_row(stricter, "arrivals", "A-04", document=papers[level])
    assert (STRICTER, True) in codes(beside_the_shipped(check(cited)))


def test_another_paper_that_really_is_stricter_is_named_in_the_clause(covid, beside_the_shipped, newer_document):
    clause = Said("第九版防控方案第三条", "protocol, 9th edition, art. 3")
    stricter = kept_in(covid, "contacts", "T-01", 28)
    cited = with_row(stricter, "contacts", "T-01", document=newer_document)
    cited = replace(cited, documents=(*covid.documents, newer_document))
    assert codes(beside_the_shipped(check(cited))) == [(STRICTER, True)]
    (finding,) = beside_the_shipped(check(with_row(cited, "contacts", "T-01", clause=clause)))
    assert (finding.code, finding.blocks) == ("rulebook.stricter_with_clause", False)
    assert clause.zh in finding.said.zh


def test_a_rulebook_does_not_go_beyond_a_ceiling_of_its_own(covid, beside_the_shipped):
    own = with_ceiling(covid, "U-02", document=covid.document, at_most_days=7, at_most_central_days=7)
    assert ("rulebook.stricter_without_clause", True) in codes(beside_the_shipped(check(own)))


def test_what_is_beyond_a_ceiling_is_told_with_both_values_in_both_languages(covid, beside_the_shipped):
    (finding,) = beside_the_shipped(check(kept_in(covid, "contacts", "T-01", 28)))
    assert "规定“28 天”，严于上限 U-02" in finding.said.zh
    assert "允许的“14 天”" in finding.said.zh
    assert "it says 28 days, stricter than ceiling U-02" in finding.said.en
    assert "which allows 14 days" in finding.said.en


def cross_term(covid, **changes):
    """A cross-term by which a market refuses, beside the shipped ones."""
    (like,) = (row for row in covid.together if row.number == "X-02")
    row = replace(like, number="X-99", venues=("market",), line=None, **changes)
    return replace(covid, together=(*covid.together, row))


STAR = {"travel": ("risk",)}
EVERY_COLOUR = {"colour": ("green", "yellow", "red", "unknown")}
WORDLESS = {"colour": ("green",), "test_age": ("none",)}


@pytest.mark.parametrize(
    "when",
    [STAR, STAR | EVERY_COLOUR, STAR | {"test_age": ("none", "older")}, {"travel": ("risk", "unknown")} | WORDLESS],
)
def test_a_cross_term_is_held_to_the_ceiling_of_each_of_its_inputs(covid, beside_the_shipped, when):
    """Without the star the market would not refuse: so it is the star that refuses, whatever else is asked."""
    (finding,) = beside_the_shipped(check(cross_term(covid, when=when)))
    assert (finding.code, finding.blocks, finding.number) == (STRICTER, True, "X-99")
    assert "U-01" in finding.said.en


def test_a_cross_term_within_its_ceilings_or_with_none_is_no_finding(covid, beside_the_shipped):
    star_checked = cross_term(covid, when={"travel": ("risk",), "test_age": ("older",)}, outcome=Outcome.VERIFY)
    assert STRICTER not in {code for code, _ in codes(check(star_checked))}
    assert beside_the_shipped(check(cross_term(covid, when=WORDLESS))) == []


def test_a_cross_term_beyond_a_ceiling_may_stand_on_its_clause(covid, beside_the_shipped):
    based = cross_term(covid, when=STAR | EVERY_COLOUR, clause=Said("某文件第二条", "Some paper art. 2"))
    assert codes(beside_the_shipped(check(based))) == [("rulebook.stricter_with_clause", False)]


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
    assert [finding.section for finding in check(covid) if finding.code == BASIS] == [
        "departures",
        "measures",
        "test_classes",
    ]
    assert [finding.section for finding in check(based) if finding.code == BASIS] == ["measures", "test_classes"]


def test_the_same_ceilings_are_no_finding_whatever_they_are_numbered(covid, beside_the_shipped):
    renumbered = tuple(replace(row, number=row.number.replace("U", "UP")) for row in covid.ceilings)
    assert against(replace(covid, ceilings=renumbered), covid, beside_the_shipped) == []


def test_a_tighter_ceiling_is_no_finding(covid, beside_the_shipped):
    """The protocol's own 14 days are then beyond it, which is another matter."""
    tighter = against(with_ceiling(covid, "U-02", at_most_days=10), covid, beside_the_shipped)
    assert codes(tighter) == [(STRICTER, True)]


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
