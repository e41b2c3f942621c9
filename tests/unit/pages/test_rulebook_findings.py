"""What a check finds is said on a page without the words of the file."""

import re
from dataclasses import replace

import pytest

from fangxian.core.policy.checking import check, check_text
from fangxian.core.policy.reading import read_rulebook
from fangxian.ops.pages.rulebook.findings import FILE_WORDS, finding_said
from fangxian.ops.realm.current import county_data
from tests.unit.policy.test_checking import PLANTED

TEXT = (county_data() / "rulebooks" / "covid19-2022-04.toml").read_text("utf-8")
COVID = read_rulebook(TEXT)
OF_THE_FILE = re.compile(r"\[\[?[a-z_]+\]|\bline \d|第 \d+ 行|\b[a-z]+(?:_[a-z]+)+\b")


def planted(name):
    text = TEXT
    for before, after in PLANTED[name][2]:
        text = text.replace(before, after, 1)
    return check_text(text)


@pytest.mark.parametrize("name", PLANTED)
def test_no_section_field_or_line_of_the_file_is_left(name):
    rulebook, findings = planted(name)
    for finding in findings:
        said = finding_said(finding, rulebook or COVID)
        assert not OF_THE_FILE.search(said.zh), said.zh
        assert not OF_THE_FILE.search(said.en), said.en
        assert not FILE_WORDS & set(re.findall(r"(?<![A-Za-z0-9_-])[a-z_]+(?![A-Za-z0-9_-])", said.zh)), said.zh


def test_what_the_shipped_rulebook_leaves_to_the_county_is_said_in_plain_words():
    said = [finding_said(finding, COVID) for finding in check(COVID)]
    assert [one.zh.partition("（")[0] for one in said] == ["离县", "可下令的措施", "应检尽检"]
    assert said[0].zh.endswith("请在各条写明法律依据，或注明出自上级哪份文件。")
    assert said[0].en.startswith("Departures (L-01, L-02, L-03, L-04): ")
    assert said[0].en.endswith("Give each its basis, or name the paper of a level above that it comes from.")


def test_a_rule_is_named_by_its_section_and_number():
    clocks = (*COVID.clocks, replace(COVID.clocks[0], number="K-91"))
    (finding,) = (one for one in check(replace(COVID, clocks=clocks)) if one.number == "K-01")
    said = finding_said(finding, COVID)
    assert said.zh == "报告时限 K-01：与 K-91 对同一情形说同样的话。请删去一条。"
    assert said.en == "reporting times K-01: it says the same of the same case as K-91. Remove one of them."


def test_places_and_values_have_their_names():
    rulebook, findings = planted("an expired permit")
    (finding,) = (one for one in findings if one.code == "rulebook.worse_admitted")
    assert finding_said(finding, rulebook).zh.startswith("封控、管控区出入口：通行证 = 已过期是“不声不响地放行”")


def test_what_stands_in_brackets_and_is_no_word_of_the_file_stays():
    rulebook, findings = planted("a ring stricter than the nation's")
    (finding,) = (one for one in findings if one.code == "rulebook.stricter_without_clause")
    said = finding_said(finding, rulebook)
    assert "（《新型冠状病毒肺炎防控方案（第八版）》）" in said.zh
    assert said.zh.endswith("写明该文件和条款。")
