"""Whether a rulebook may be published: everything wrong with it at once, each with its row and mend."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import fields

from fangxian.core.policy.checking_against import find_loosened
from fangxian.core.policy.checking_bare import find_bare
from fangxian.core.policy.checking_ceilings import find_in_ceilings
from fangxian.core.policy.checking_doors import find_in_doors
from fangxian.core.policy.checking_evidence import find_in_evidence
from fangxian.core.policy.checking_hard import find_beyond_bounds
from fangxian.core.policy.checking_measures import find_in_measures
from fangxian.core.policy.checking_periods import as_if_in_force, find_in_periods
from fangxian.core.policy.checking_risk import find_in_risk_states, find_narrowed
from fangxian.core.policy.checking_tests import find_in_test_classes
from fangxian.core.policy.checking_twice import find_twice
from fangxian.core.policy.door_layout import missing_emergency, with_emergency
from fangxian.core.policy.doors import compile_doors, door_moments, emergency_missing, no_stale_after
from fangxian.core.policy.findings import Finding, found, where
from fangxian.core.policy.reading import findings_of, read_rulebook
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.policy.vocabulary import EMERGENCY_CLASSES
from fangxian.core.refusal import Refusal, Said

__all__ = ["check", "check_text"]


def check(
    rulebook: Rulebook, *, emergency_classes: Set[str] = EMERGENCY_CLASSES, against: Iterable[Rulebook] = ()
) -> list[Finding]:
    """Everything that is wrong or doubtful in a rulebook. (`Rulebook` → findings)

    Parameters
    ----------
    emergency_classes : keys of the venue classes that give emergency care, as the county knows them; a
        rulebook with doors must list each of them as such
    against : versions that this one is to follow: their ceilings may not be taken away without a document

    Returns
    -------
    list of Finding, in the order of the file. Those with `blocks` forbid publishing; the others are
    for the two people who publish to weigh. Empty means that nothing was found.
    """
    findings = [*_emergency(rulebook, emergency_classes)]
    rulebook = with_emergency(rulebook, emergency_classes)
    findings += find_in_periods(rulebook)
    rulebook = as_if_in_force(rulebook)
    findings += [
        *_header(rulebook),
        *_numbers(rulebook),
        *_sentences(rulebook),
        *find_beyond_bounds(rulebook),
        *find_twice(rulebook),
        *find_in_evidence(rulebook),
        *find_in_doors(rulebook),
        *find_in_measures(rulebook),
        *find_in_risk_states(rulebook),
        *find_in_test_classes(rulebook),
        *find_in_ceilings(rulebook),
        *find_bare(rulebook),
        *(
            finding
            for before in against
            for finding in (*find_loosened(rulebook, before), *find_narrowed(rulebook, before))
        ),
    ]
    if rulebook.has_gate and not any(finding.blocks for finding in findings):
        findings += _compiles(rulebook, emergency_classes)
    return sorted(findings, key=lambda finding: (finding.line or 0, finding.number))


def check_text(data: str | bytes) -> tuple[Rulebook | None, list[Finding]]:
    """Read and check a file in one step, with no refusal: what cannot be read becomes findings too.

    The `Rulebook` is None if the file could not be read; the rest is checked once that is mended.
    """
    try:
        rulebook = read_rulebook(data)
    except Refusal as refusal:
        return None, list(findings_of(refusal))
    return rulebook, check(rulebook)


def _of_file(code: str, zh: str, en: str, blocks: bool = True) -> Finding:
    return Finding(code, blocks, Said(zh, en))


def _emergency(rulebook: Rulebook, emergency_classes: Set[str]) -> Iterator[Finding]:
    """Classes that give emergency care, known from outside, which the rulebook does not mark or list."""
    if missing := missing_emergency(rulebook, emergency_classes):
        refusal = emergency_missing(rulebook, missing)
        yield Finding(refusal.code, True, refusal.said)
    for venue in rulebook.venue_classes:
        if venue.key in emergency_classes and not venue.emergency_care:
            yield _of_file(
                "rulebook.emergency_unmarked",
                f"场所类别 {venue.key} 提供急诊，却没有标明（emergency_care = true）。急诊场所不得拒绝任何人，请补上。",
                f"The class {venue.key} gives emergency care but is not marked so (emergency_care = true). A place "
                f"with emergency care refuses nobody; add the mark.",
            )


def _header(rulebook: Rulebook) -> Iterator[Finding]:
    if rulebook.has_gate and not rulebook.stale_after:
        refusal = no_stale_after(rulebook)
        yield Finding(refusal.code, True, refusal.said)
    if rulebook.encoding != "utf-8":
        yield _of_file(
            "rulebook.not_utf8",
            f"文件是 {rulebook.encoding.upper()} 编码，已按此读取。请另存为 UTF-8，以免别处读成乱码。",
            f"The file is in {rulebook.encoding.upper()} and was read as such. Save it as UTF-8, so that nobody else "
            f"reads it garbled.",
            blocks=False,
        )


def _numbers(rulebook: Rulebook) -> Iterator[Finding]:
    first: dict[str, Said] = {}
    for row in rulebook.rows:
        if row.number in first:
            yield found(
                row,
                "rulebook.number_twice",
                f"编号 {row.number} 用了两次，另一处是 {first[row.number].zh}。编号全文唯一，请给其中一条换一个编号。",
                f"the number {row.number} is used twice, also in {first[row.number].en}. A number is used once in a "
                f"rulebook; give one of them another.",
            )
        first.setdefault(row.number, where(row.section, "", row.line))


def _sentences(rulebook: Rulebook) -> Iterator[Finding]:
    for row in rulebook.rows:
        for field in fields(row):
            value = getattr(row, field.name)
            if isinstance(value, Said) and not (value.zh and value.en):
                missing = ("中文", "Chinese") if not value.zh else ("英文", "English")
                yield found(
                    row,
                    "rulebook.sentence_missing",
                    f"{field.name} 缺少{missing[0]}。两种语言都要写，请补上 {field.name}。",
                    f"{field.name} lacks its {missing[1]}. Both languages are needed; add it.",
                )
    named: list[tuple[str, Said]] = [(rulebook.id, rulebook.title), (rulebook.disease.key, rulebook.disease.name)]
    for group in (rulebook.venue_classes, rulebook.risk_states, rulebook.test_bands, rulebook.temperature_bands):
        named += [(one.key, one.name) for one in group]
    for key, said in named:
        if not (said.zh and said.en):
            yield _of_file(
                "rulebook.sentence_missing",
                f"{key} 的名称缺少一种语言，请补上。",
                f"The name of {key} lacks one language; add it.",
            )


def _compiles(rulebook: Rulebook, emergency_classes: Set[str]) -> Iterator[Finding]:
    """The last word: the compiler itself, over every period in which the door rows differ."""
    for moment in door_moments(rulebook):
        try:
            compile_doors(rulebook, at=moment, emergency_classes=emergency_classes)
        except Refusal as refusal:
            yield Finding(refusal.code, True, refusal.said)
            return
