"""Bounds that no rulebook may move: rulings by two, pushes kept apart, limits in time, levels that are one's own."""

from collections.abc import Iterator
from datetime import timedelta

from fangxian.core.parameters import Parameter
from fangxian.core.policy.findings import Finding, found
from fangxian.core.policy.rulebook import EvidenceKind, Rulebook
from fangxian.core.policy.vocabulary import Level
from fangxian.core.refusal import Said

RULING_SOURCE = "ruling"  # two people of two units decided
PUSHED_SOURCE = "pushed-list"  # another jurisdiction's list

LONGEST_RULING_D = Parameter(
    value=14,
    unit="days",
    low=1,
    high=30,
    meaning="The longest that a rulebook may let a ruling by two people stand before it lapses by itself",
    source="a guess: one incubation of COVID-19 (protocol, 8th edition: 14 days); a longer need needs a new ruling",
)
STALEST_H = Parameter(
    value=24,
    unit="hours",
    low=1,
    high=72,
    meaning="The largest stale_after of a rulebook: how old a door's knowledge may ever be and still show green",
    source="a guess: a door without network gets the day's list by hand once a day",
)
LONGEST_KEPT_D = Parameter(
    value=1095,
    unit="days",
    low=180,
    high=3650,
    meaning="The longest that a rulebook may have any record about people kept",
    source="Personal Information Protection Law (个人信息保护法) arts. 19 and 47: no longer than the purpose needs, "
    "erased unasked when it is reached; the law names no number. Three years is a guess: the longest time that law "
    "names at all (art. 56, reports of an impact assessment)",
)
LONGEST_WHEREABOUTS_KEPT_D = Parameter(
    value=90,
    unit="days",
    low=28,
    high=180,
    meaning="The longest that a rulebook may have scans and checkpoint records kept, which tell where everybody was",
    source="Personal Information Protection Law arts. 19 and 28: whereabouts are sensitive, and kept for the shortest "
    "time the purpose needs. 90 days is a guess: three times the 30 days that shipped rulebooks say, and more than two "
    "look-backs of 14 days with the weeks in which a tree of cases is drawn",
)
WHEREABOUTS = ("scan", "checkpoint-record")  # what `retention` calls the records that tell where people were

# Digits of the division code of whoever issues at a level; the nation's is "0".
_DIGITS = {Level.NATIONAL: 0, Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6}


def find_beyond_bounds(rulebook: Rulebook) -> Iterator[Finding]:
    """What a rulebook may never say, whoever publishes it. (`Rulebook` → findings)"""
    for kind in rulebook.evidence:
        yield from _kind(kind)
    yield from _stale_after(rulebook)
    yield from _levels(rulebook)
    yield from _kept(rulebook)


def _kind(kind: EvidenceKind) -> Iterator[Finding]:
    if RULING_SOURCE in kind.sources and not kind.needs_ruling:
        yield found(
            kind,
            "rulebook.ruling_by_nobody",
            "来源是 ruling（裁定）却没有写 needs_ruling = true：一个人就能转码。请补上。",
            "its source is a ruling, but needs_ruling = true is not written: one person could turn codes. Add it.",
        )
    if PUSHED_SOURCE in kind.sources and not kind.pushed:
        yield found(
            kind,
            "rulebook.push_unmarked",
            f"来源有 {PUSHED_SOURCE}（外地推送）却没有写 pushed = true：外地的说法会算作本县的。请补上，或去掉来源。",
            f"its sources include {PUSHED_SOURCE}, but pushed = true is not written: what others say would count as "
            f"the county's own. Add it, or leave out that source.",
        )
    longest = timedelta(days=LONGEST_RULING_D.value)
    if kind.needs_ruling and kind.longest is not None and kind.longest > longest:
        yield found(
            kind,
            "rulebook.ruling_too_long",
            f"裁定最长 {kind.longest.days} 天，上限是 {longest.days} 天。请缩短 longest；到期仍有必要的，重新裁定。",
            f"a ruling may stand {kind.longest.days} days; the most is {longest.days}. Shorten longest; what is needed "
            f"beyond it is ruled anew.",
        )


def _stale_after(rulebook: Rulebook) -> Iterator[Finding]:
    stalest = timedelta(hours=STALEST_H.value)
    if rulebook.stale_after is not None and rulebook.stale_after > stalest:
        hours = rulebook.stale_after / timedelta(hours=1)
        yield Finding(
            "rulebook.stale_too_late",
            True,
            Said(
                f"stale_after 是 {hours:g} 小时，上限是 {STALEST_H.value:g} 小时：断网的门岗会一直放行旧绿码。请缩短。",
                f"stale_after is {hours:g} hours; the most is {STALEST_H.value:g}: a door without network would go on "
                f"admitting old greens. Shorten it.",
            ),
        )


def _levels(rulebook: Rulebook) -> Iterator[Finding]:
    """A document whose level is not that of its division: a county's paper that calls itself national."""
    for document in (rulebook.document, *rulebook.documents):
        n_digits = 0 if document.division == "0" else len(document.division)
        if n_digits != _DIGITS[document.level] or not (document.division.isascii() and document.division.isdigit()):
            level = document.level.name.lower()
            yield Finding(
                "rulebook.level_not_its_own",
                True,
                Said(
                    f"《{document.title.zh}》写 level = {level}，division = {document.division}。国家写 0，省2位、"
                    f"市4位、县6位数字。一份文件只能有发文单位自己的级别，请改正其中一项。",
                    f"“{document.title.en}” says level = {level} and division = {document.division}. The nation has "
                    f"0, a province 2 digits, a city 4, a county 6. A document has the level of its issuer: mend one.",
                ),
            )


def _kept(rulebook: Rulebook) -> Iterator[Finding]:
    for row in rulebook.retention:
        longest = LONGEST_WHEREABOUTS_KEPT_D if row.what in WHEREABOUTS else LONGEST_KEPT_D
        if row.keep > timedelta(days=longest.value):
            days = row.keep / timedelta(days=1)
            yield found(
                row,
                "rulebook.kept_too_long",
                f"保存 {days:g} 天（keep），这类资料最长 {longest.value:g} 天。个人信息的保存期限应为实现目的所必要的"
                f"最短时间（个人信息保护法第十九条）。请缩短；个别案件确需更久的，按该案另行归档。",
                f"it keeps records for {days:g} days (keep); the most for these is {longest.value:g}. What is known "
                f"about people is kept for the shortest time its purpose needs (Personal Information Protection Law "
                f"art. 19). Shorten it; what a single case needs for longer is filed with that case.",
            )
