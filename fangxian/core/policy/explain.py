"""Why a colour or a door's answer is what it is: which evidence, which rule, until when, whom to ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Final

from fangxian.core.policy.colours import ColourDecision, ColourReason
from fangxian.core.policy.doors import DoorDecision
from fangxian.core.policy.evidence import SET_ASIDE, Evidence
from fangxian.core.policy.rulebook import Row, Rulebook
from fangxian.core.policy.vocabulary import Colour, Outcome
from fangxian.core.refusal import Said

NO_NAMES: Final[Mapping[str, Said]] = {}
COLOUR_NAMES = {
    Colour.GREEN: Said("绿码", "green"),
    Colour.YELLOW: Said("黄码", "yellow"),
    Colour.RED: Said("红码", "red"),
    Colour.UNKNOWN: Said("状态不明", "unknown"),
}

OUTCOME_NAMES = {
    Outcome.ADMIT: Said("请进", "Please come in"),
    Outcome.VERIFY: Said("请核验", "Please let us check"),
    Outcome.REFUSE: Said("暂不能进入", "Not possible for now"),
}

_DIRECTED = Said("请进，由工作人员引导", "Please come in; staff will show you the way")


@dataclass(frozen=True, slots=True)
class Because:
    """One reason: its sentence, the rule's number and paper, and the evidence with its time.

    `basis` names evidence, issuer and until when; both its languages are "" where none applies (doors).
    """

    rule: str
    reason: Said
    paper: Said
    basis: Said


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a person is told, the answer first. `because` has the closest reason first."""

    answer: Said
    because: tuple[Because, ...]
    advice: Said
    ask: Said
    not_counted: tuple[Said, ...] = ()

    def text(self, language: str) -> str:
        """The explanation as a few plain lines in one language."""
        lines = [self.answer.in_language(language)]
        english = language.lower().startswith("en")
        for one in self.because:
            reason, paper = one.reason.in_language(language), one.paper.in_language(language)
            lines.append(f"{reason} ({paper})" if english else f"{reason}（{paper}）")
            if basis := one.basis.in_language(language):
                lines.append(basis)
        lines.append(("What to do: " if english else "现在：") + self.advice.in_language(language))
        if ask := self.ask.in_language(language):
            lines.append(("Whom to ask: " if english else "有疑问请找：") + ask)
        return "\n".join(line for line in lines if line)


def explain_colour(
    rulebook: Rulebook,
    decision: ColourDecision,
    evidence: Sequence[Evidence],
    *,
    at: datetime,
    issuers: Mapping[str, Said] = NO_NAMES,
) -> Explanation:
    """Why a person has this colour. (colour decision → words for the person)

    Parameters
    ----------
    decision : what `decide_colours` gave for this person under the same rulebook
    evidence : the same pieces of evidence
    at : aware datetime of the decision
    issuers : what issuers and units that evidence names are called; one that is not in it as evidence has it
    """
    pieces = {piece.id: piece for piece in evidence}
    not_counted = tuple(_not_counted(pieces[id_], why, rulebook) for id_, why in decision.set_aside if id_ in pieces)
    answer = _colour_answer(rulebook, decision)
    if not decision.reasons:
        reason, advice = _without_reason(decision, at, rulebook.utc_offset)
        return Explanation(
            answer, (Because("", reason, _paper(rulebook, None), _NOTHING),), advice, rulebook.ask, not_counted
        )
    because = tuple(_because(rulebook, reason, pieces[reason.evidence], issuers) for reason in decision.reasons)
    first = decision.reasons[0]
    row = rulebook.row(first.rule)
    advice = (row.advice if row is not None else None) or _NOTHING
    ask = _named(first.issuer, issuers) if first.pushed else rulebook.ask
    return Explanation(answer, because, advice, ask, not_counted)


_NOTHING = Said("", "")


def _named(name: str, issuers: Mapping[str, Said]) -> Said:
    return issuers.get(name) or Said(name, name)


def _colour_answer(rulebook: Rulebook, decision: ColourDecision) -> Said:
    name = COLOUR_NAMES[decision.colour]
    zh, en = f"健康码：{name.zh}。", f"Health code: {name.en}."
    if decision.until_at is not None and decision.then is not None:
        when = moment_said(decision.until_at, rulebook.utc_offset)
        then = COLOUR_NAMES[decision.then]
        zh += f"{when.zh}起为{then.zh}。"
        en += f" From {when.en} it will be {then.en}."
    return Said(zh, en)


def _without_reason(decision: ColourDecision, at: datetime, offset: timezone) -> tuple[Said, Said]:
    """The sentence and advice of a colour that no evidence stands behind."""
    if decision.colour is Colour.GREEN:
        return (
            Said("没有任何证据要求转码。", "No evidence asks for another colour."),
            Said("正常出行，做好防护。", "Go about as usual, with care."),
        )
    if not decision.registered:
        return (
            Said(
                "本县还没有您的登记信息，所以不知道您的状态。",
                "The county has no record of you, so your state is not known.",
            ),
            Said(
                "请登记，或请值守人员、网格员代为登记。",
                "Please register, or ask the keeper or a grid worker to do it.",
            ),
        )
    if not decision.stale:
        return (
            Said(
                "有一条关于您的记录写错或不全，无法判断，所以状态不明，不能当作绿码。",
                "A record about you is wrong or incomplete and cannot be judged, so your state is not known; it is "
                "not green.",
            ),
            Said(
                "请值守人员或网格员联系提供记录的单位更正；更正后自动恢复。",
                "Ask the keeper or a grid worker to have it corrected by whoever gave it; it mends itself then.",
            ),
        )
    now = moment_said(at, offset)
    return (
        Said(
            f"信息没有及时更新，{now.zh} 的状态不明，不能当作绿码。",
            f"Knowledge is out of date, so the state at {now.en} is not known; it is not green.",
        ),
        Said(
            "请出示身份证件登记；更新后自动恢复。",
            "Show an identity document and register; it mends itself after the update.",
        ),
    )


def _because(rulebook: Rulebook, reason: ColourReason, piece: Evidence, issuers: Mapping[str, Said]) -> Because:
    row = rulebook.row(reason.rule)
    begins = moment_said(reason.begins_at, rulebook.utc_offset)
    issuer = _named(reason.issuer, issuers)
    zh, en = (
        f"依据：证据 {piece.id}，{issuer.zh}，自 {begins.zh}",
        f"Evidence {piece.id} from {issuer.en}, since {begins.en}",
    )
    if reason.until_at is not None:
        until = moment_said(reason.until_at, rulebook.utc_offset)
        zh, en = f"{zh}至 {until.zh}", f"{en} until {until.en}"
    else:
        zh, en = f"{zh}起，直到解除", f"{en}, until it is released"
    if reason.pushed:
        zh, en = f"{zh}；由外地推送（{reason.division}）", f"{en}; pushed by another jurisdiction ({reason.division})"
    if piece.ruling is not None:
        ruling = piece.ruling
        first, second = _named(ruling.first_unit, issuers), _named(ruling.second_unit, issuers)
        zh = f"{zh}；由{first.zh}、{second.zh}两人裁定，依据：{ruling.basis}"
        en = f"{en}; ruled by two people of {first.en} and {second.en} on the basis: {ruling.basis}"
    said = row.reason if row is not None else _NOTHING
    return Because(reason.rule, said, _paper(rulebook, row), Said(f"{zh}。", f"{en}."))


def _not_counted(piece: Evidence, why: str, rulebook: Rulebook) -> Said:
    named = next((kind.name for kind in rulebook.evidence if kind.kind == piece.kind), Said(piece.kind, piece.kind))
    because = SET_ASIDE[why]
    return Said(
        f"证据 {piece.id}（{named.zh}）不计：{because.zh}。",
        f"Evidence {piece.id} ({named.en}) does not count: {because.en}.",
    )


def _paper(rulebook: Rulebook, row: Row | None) -> Said:
    """The rule's number, issuer and document."""
    if row is None:
        return Said(
            f"{rulebook.title.zh}，第 {rulebook.version} 版", f"{rulebook.title.en}, version {rulebook.version}"
        )
    document = row.document
    return Said(
        f"规则 {row.number}，{document.issuer.zh}《{document.title.zh}》",
        f"rule {row.number}, {document.issuer.en}, “{document.title.en}”",
    )


def explain_door(rulebook: Rulebook, decision: DoorDecision, *, known_at: datetime | None = None) -> Explanation:
    """Why a door answered as it did. (door decision → words for the person)

    Parameters
    ----------
    rulebook : the one the decision's tables were compiled from
    known_at : aware datetime at which the door's knowledge was complete; told where that is the reason
    """
    answer = _DIRECTED if decision.directed else OUTCOME_NAMES[decision.outcome]
    closest = decision.closest
    if closest is None:
        return Explanation(answer, (), Said("祝一切顺利。", "All is well."), _NOTHING)
    because = []
    for reason in decision.reasons:
        basis = _NOTHING
        if reason.input == "freshness" and known_at is not None:
            when = moment_said(known_at, rulebook.utc_offset)
            basis = Said(f"门岗最近一次更新：{when.zh}。", f"The door last knew everything at {when.en}.")
        because.append(Because(reason.rule, reason.reason, _paper(rulebook, rulebook.row(reason.rule)), basis))
    return Explanation(answer, tuple(because), closest.advice, rulebook.ask)


_WEEKDAYS = (
    Said("周一", "Mon"),
    Said("周二", "Tue"),
    Said("周三", "Wed"),
    Said("周四", "Thu"),
    Said("周五", "Fri"),
    Said("周六", "Sat"),
    Said("周日", "Sun"),
)


def moment_said(moment: datetime, offset: timezone) -> Said:
    """A moment on the county's clock: 2022-04-28 00:00（周四） / 2022-04-28 00:00 (Thu)."""
    local = moment.astimezone(offset)
    weekday = _WEEKDAYS[local.weekday()]
    written = local.strftime("%Y-%m-%d %H:%M")
    return Said(f"{written}（{weekday.zh}）", f"{written} ({weekday.en})")
