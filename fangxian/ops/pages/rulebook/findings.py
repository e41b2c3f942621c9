"""What a check finds in a published rulebook, in the words of the page that shows it.

A finding is written for whoever mends the file, with its sections, fields and lines; an official sees none of those.
The file's words stand in brackets after what they are called, and are left out; the few that stand in the sentence
itself, and the rulebook's own keys, are called what the page calls them.
"""

import re
from collections.abc import Mapping

from fangxian.core.policy.findings import Finding, where
from fangxian.core.policy.rulebook import Exemption, Named, PermittedMeasure, Rulebook, Specimen
from fangxian.core.policy.shapes import HEADER, TABLES
from fangxian.core.policy.shapes import SECTIONS as SHAPES
from fangxian.core.refusal import Said
from fangxian.ops.pages.rulebook.words import (
    FIELDS,
    INPUT_VALUES,
    INPUTS,
    KEYS,
    LEVELS,
    OUTCOMES,
    SECTIONS,
    UNLISTED,
)

FILE_WORDS = frozenset(
    field.name for fields in (HEADER, *(shape.all_fields for shape in (*TABLES, *SHAPES))) for field in fields
)
# Fields and sections that only a finding speaks of.
_ALSO = {
    "documents": Said("文件", "documents"),
    "from": Said("生效", "begins"),
    "until": Said("失效", "ends"),
    "emergency_care": Said("提供急诊", "gives emergency care"),
    "level": Said("级别", "level"),
    "division": Said("行政区划代码", "division code"),
    "stages": Said("管理阶段", "stages"),
    "test_days": Said("检测日", "days of tests"),
    "n_tests": Said("另需检测次数", "further tests"),
    "tests_within": Said("检测期限", "time for the tests"),
    "route": OUTCOMES["directed"][1],
    "refuse": Said("不予进入", "refuse"),
    "verify": OUTCOMES["verify"][1],
}
_VALUES = {
    "unknown": Said("不明", "not known"),
    "unlisted": UNLISTED,
    "tests": Said("核酸检测", "tests"),
    "approval": Said("逐级同意", "approval"),
}
_BRACKETED = re.compile(r"（([^（）]*)）| \(([^()]*)\)")
_OF_FILE = re.compile(r"\[\[.*|(第 \d+ 行|line \d+)|([a-z_]+)( = .*)?")
_SECTION = re.compile(r"\[{1,2}([a-z_]+)\]{1,2}")
_WORD = re.compile(r"(?<![A-Za-z0-9_-])[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*(?![A-Za-z0-9_-])")
_TRUE = re.compile(r" = true\b")
_GAP = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef“”]) (?=[\u3000-\u9fff\uff00-\uffef“”])")  # Latin stood here
_SAID_TWICE = re.compile(r"“([^”]+)”（\1）")


def finding_said(finding: Finding, rulebook: Rulebook) -> Said:
    """A finding for people: "门口 D-10：…" for the rule it is about, the sentence alone for the whole."""
    place = where(finding.section, finding.number, finding.line)
    zh = _without_file_words(finding.said.zh.removeprefix(f"{place.zh}："))
    en = _without_file_words(finding.said.en.removeprefix(f"{place.en}: "))
    names = _names(rulebook)
    zh = _WORD.sub(lambda word: _called(word, names), _SECTION.sub(lambda found: _section(found, "zh"), zh))
    zh = _SAID_TWICE.sub(r"“\1”", _GAP.sub("", zh))
    en = _WORD.sub(lambda word: _called_in_english(word, names), _SECTION.sub(lambda found: _section(found, "en"), en))
    if not finding.number:
        return Said(zh, en[:1].upper() + en[1:])
    section = SECTIONS.get(finding.section) or Said(finding.section, finding.section)
    return Said(f"{section.zh} {finding.number}：{zh}", f"{section.en} {finding.number}: {en}")


def _without_file_words(sentence: str) -> str:
    def shorter(found: re.Match[str]) -> str:
        inside = _OF_FILE.fullmatch(found[1] or found[2] or "")
        is_of_file = inside is not None and (inside[2] is None or inside[2] in FILE_WORDS)
        if not is_of_file:
            return found[0]
        return "" if found[1] is None else " "  # a number may have stood before the bracket: `_GAP` sees

    return _TRUE.sub("", _BRACKETED.sub(shorter, sentence))


def _section(found: re.Match[str], language: str) -> str:
    said = SECTIONS.get(found[1]) or FIELDS.get(found[1]) or _ALSO.get(found[1])
    if said is None:
        return found[0]
    return f"“{said.zh}”" if language == "zh" else f"“{said.en}”"


def _called(found: re.Match[str], names: Mapping[str, Said]) -> str:
    """In Chinese every Latin word is the file's: a field is quoted, a key is not."""
    word, before = found[0], found.string[: found.start()]
    if word in names:
        return names[word].zh
    field = FIELDS.get(word) or _ALSO.get(word)
    if field is None:
        return word
    return field.zh if before.endswith("“") else f"“{field.zh}”"


def _called_in_english(found: re.Match[str], names: Mapping[str, Said]) -> str:
    """In English most of the file's words are plain English; only those nobody says are replaced."""
    word = found[0]
    said = names.get(word) or FIELDS.get(word) or _ALSO.get(word)
    return said.en if said and ("_" in word or "-" in word) else word


def _names(rulebook: Rulebook) -> dict[str, Said]:
    """Every key a finding may speak of, by the name the rulebook or the page gives it."""
    values = {key: said for of_input in INPUT_VALUES.values() for key, said in of_input.items()}
    values |= {level.name.lower(): said for level, said in LEVELS.items()}
    declared: tuple[Named | Specimen | PermittedMeasure | Exemption, ...] = (
        *rulebook.venue_classes, *rulebook.test_bands, *rulebook.temperature_bands, *rulebook.risk_states,
        *rulebook.door_inputs, *rulebook.specimens, *rulebook.measures, *rulebook.exemptions,
    )  # fmt: skip
    own = {one.key: one.name for one in declared}
    own |= {kind.kind: kind.name for kind in rulebook.evidence} | {row.ring: row.name for row in rulebook.contacts}
    keys = {key: said for key, said in KEYS.items() if key not in FILE_WORDS}
    return keys | values | _VALUES | INPUTS | own
