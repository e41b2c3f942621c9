"""What is said about a rulebook before it may be published: which row, what is wrong, what mends it."""

from collections.abc import Iterable
from dataclasses import dataclass

from fangxian.core.policy.rulebook import Row
from fangxian.core.refusal import Refusal, Said


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `blocks` means that the rulebook must not be published.

    `code` is a stable dotted name; `said` names the row, what it says, what would be right, the mend.
    `number` is "" for what concerns the file; `line` is None where the text is not at hand.
    """

    code: str
    blocks: bool
    said: Said
    section: str = ""
    number: str = ""
    line: int | None = None


def where(section: str, number: str, line: int | None) -> Said:
    """The row as a person looks for it: section, number, line."""
    zh = "、".join(filter(None, (f"[{section}]" if section else "", f"规则 {number}" if number else "")))
    en = ", ".join(filter(None, (f"[{section}]" if section else "", f"rule {number}" if number else "")))
    if line:
        zh, en = f"{zh}（第 {line} 行）", f"{en} (line {line})"
    return Said(zh.strip(), en.strip())


def at_row(code: str, blocks: bool, section: str, number: str, line: int | None, zh: str, en: str) -> Finding:
    """A finding whose sentence begins with its row; what is about the whole file has none."""
    place = where(section, number, line)
    told = Said(f"{place.zh}：{zh}", f"{place.en}: {en}") if place.zh else Said(zh, en)
    return Finding(code, blocks, told, section, number, line)


def refusal_of(code: str, findings: Iterable[Finding]) -> Refusal:
    """All findings as one refusal, each on its own line; the findings themselves are a fact."""
    all_of_them = tuple(findings)
    return Refusal(
        code,
        zh="{problems_zh}",
        en="{problems_en}",
        problems_zh="\n".join(f.said.zh for f in all_of_them),
        problems_en="\n".join(f.said.en for f in all_of_them),
        findings=all_of_them,
    )


def found(row: Row, code: str, zh: str, en: str, blocks: bool = True) -> Finding:
    """A finding about one numbered row of a rulebook."""
    return at_row(code, blocks, row.section, row.number, row.line, zh, en)
