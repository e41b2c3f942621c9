"""Checks of evidence kinds, colour rules and travel rules."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations

from fangxian.core.policy.findings import Finding, found
from fangxian.core.policy.kinds import did_you_mean
from fangxian.core.policy.rulebook import ColourRule, EvidenceKind, Row, Rulebook, TravelRule

SCAN_SOURCES = ("scan", "archive")  # evidence from these is somebody's scan


def find_in_evidence(rulebook: Rulebook) -> Iterator[Finding]:
    """Findings about evidence, colours and travel. (`Rulebook` → findings)"""
    kinds = {kind.kind: kind for kind in rulebook.evidence}
    for kind in rulebook.evidence:
        yield from _kind(rulebook, kind)
    for colour_rule in rulebook.colours:
        yield from _refers(colour_rule, kinds)
        yield from _way_back(colour_rule, kinds)
    for travel_rule in rulebook.travel:
        yield from _refers(travel_rule, kinds)
        if travel_rule.lasts <= timedelta(0):
            yield _never(travel_rule, "时长为 0", "its length is zero")
    yield from _overlaps(rulebook)


def unknown(row: Row, field: str, word: str, known: tuple[str, ...]) -> Finding:
    """A finding that a word of a row is declared nowhere."""
    mend = did_you_mean(word, known)
    return found(
        row,
        "rulebook.unknown_word",
        f"{field} 写的是 {word}，本规则没有声明。{mend.zh}",
        f"{field} says {word}, which this rulebook does not declare. {mend.en}",
    )


def _never(row: Row, zh: str, en: str) -> Finding:
    return found(
        row,
        "rulebook.never_applies",
        f"{zh}，永远不会起作用。请改正或删去。",
        f"{en}, so it can never apply. Mend or remove it.",
    )


def _kind(rulebook: Rulebook, kind: EvidenceKind) -> Iterator[Finding]:
    if kind.needs_ruling and kind.longest is None:
        yield found(
            kind,
            "rulebook.ruling_without_end",
            '需要裁定的证据没有写 longest：裁定必须自动失效。请写最长有效期，如 longest = "7 d"。',
            'evidence by ruling has no longest: a ruling must lapse by itself. Say how long, such as longest = "7 d".',
        )
    if any(source in SCAN_SOURCES for source in kind.sources) and not kind.presence:
        yield found(
            kind,
            "rulebook.scan_without_presence",
            '证据来自扫码却不要求到场佐证：转发的场所码照片也能转码。请写 presence = ["staffed", "rotating"]。',
            "it comes from scans but asks for no proof of presence: a forwarded picture of a poster could turn codes. "
            'Add presence = ["staffed", "rotating"].',
        )
    used = {rule.evidence for rule in rulebook.colours} | {rule.evidence for rule in rulebook.travel}
    used |= {word for rule in rulebook.colours for word in rule.ended_by}
    used |= {ring.evidence for ring in rulebook.contacts}
    if kind.kind not in used:
        yield found(
            kind,
            "rulebook.evidence_unused",
            f"没有规则用到证据 {kind.kind}。不收集用不到的信息，请删去或补上规则。",
            f"no rule uses the evidence {kind.kind}. What is not used should not be collected: remove it or add the "
            f"rule.",
            blocks=False,
        )


def _refers(rule: ColourRule | TravelRule, kinds: dict[str, EvidenceKind]) -> Iterator[Finding]:
    """Words of a rule that no evidence kind declares."""
    kind = kinds.get(rule.evidence)
    if kind is None:
        yield unknown(rule, "evidence", rule.evidence, tuple(kinds))
        return
    for name, values in rule.when.items():
        if name not in kind.attributes:
            yield unknown(rule, "when", name, tuple(kind.attributes))
            continue
        for value in values:
            if value not in kind.attributes[name]:
                yield unknown(rule, f"when.{name}", value, kind.attributes[name])
    if not isinstance(rule, ColourRule):
        return
    dates = tuple(name for name, values in kind.attributes.items() if not values)
    if rule.anchor != "from" and rule.anchor not in dates:
        yield unknown(rule, "anchor", rule.anchor, ("from", *dates))
    for word in rule.ended_by:
        if word not in kinds:
            yield unknown(rule, "ended_by", word, tuple(kinds))


def _way_back(rule: ColourRule, kinds: dict[str, EvidenceKind]) -> Iterator[Finding]:
    """A colour must end: after its phases, by releasing evidence, or with the evidence itself."""
    open_ended = [n for n, phase in enumerate(rule.phases) if phase.lasts is None]
    if open_ended and open_ended[0] < len(rule.phases) - 1:
        yield _never(
            rule,
            f"第 {open_ended[0] + 1} 阶段没有写时长，其后的阶段",
            f"phase {open_ended[0] + 1} has no length and phases follow it",
        )
    if any(phase.lasts is not None and phase.lasts <= timedelta(0) for phase in rule.phases):
        yield _never(rule, "有一个阶段时长为 0", "a phase has the length zero")
    kind = kinds.get(rule.evidence)
    releasable = any(word in kinds and word != rule.evidence for word in rule.ended_by)
    if open_ended and not releasable and kind is not None and kind.longest is None:
        yield found(
            rule,
            "rulebook.no_way_back",
            f"转{rule.phases[-1].colour.word}后没有回到绿码的路：既无时长，也无解除证据。请写 lasts 或 ended_by。",
            f"there is no way back to green from {rule.phases[-1].colour.word}: it has no length and nothing ends it. "
            f"Give lasts or ended_by.",
        )


def _overlaps(rulebook: Rulebook) -> Iterator[Finding]:
    groups: tuple[tuple[ColourRule | TravelRule, ...], ...] = (rulebook.colours, rulebook.travel)
    for rules in groups:
        for one, other in combinations(rules, 2):
            if one.evidence == other.evidence and same_time(one, other) and _compatible(one, other):
                yield overlap(one, other, _outcome(one) == _outcome(other))


def _outcome(rule: ColourRule | TravelRule) -> object:
    if isinstance(rule, TravelRule):
        return rule.state, rule.lasts
    return rule.phases, rule.anchor, rule.ended_by


def _compatible(one: ColourRule | TravelRule, other: ColourRule | TravelRule) -> bool:
    return all(set(values) & set(other.when.get(name, values)) for name, values in one.when.items())


def same_time(one: Row, other: Row) -> bool:
    return one.begins_at < other.until_at and other.begins_at < one.until_at


def overlap(one: Row, other: Row, agree: bool, answers: tuple[str, str] = ("", "")) -> Finding:
    """Two rules for one case: they block publishing if they answer differently. `answers` are what each says."""
    zh = f"{other.number}（第 {other.line} 行）" if other.line else f"{other.number} "
    en = f"{other.number} (line {other.line})" if other.line else other.number
    if agree:
        return found(
            one,
            "rulebook.overlap",
            f"与 {zh}对同一情形说同样的话。请删去一条。",
            f"it says the same of the same case as {en}. Remove one of them.",
            blocks=False,
        )
    each_zh = f"（{answers[0]}；{answers[1]}）" if answers[0] != answers[1] else ""
    each_en = f" ({answers[0]}; {answers[1]})" if answers[0] != answers[1] else ""
    return found(
        one,
        "rulebook.contradiction",
        f"与 {zh}对同一情形给出不同结果{each_zh}。请删去一条，或改其中一条的条件，使一种情形只有一个答案。",
        f"it answers the same case differently from {en}{each_en}. Remove one, or change the conditions of one, "
        f"so that each case has one answer.",
    )
