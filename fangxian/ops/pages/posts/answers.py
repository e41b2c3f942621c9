"""What the officer's page says to each who was registered: one word, the closest reason, what to do now."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.pages.words import masked

RANK = {"refuse": 0, "unknown": 1, "verify": 2, "admit": 3}
REGISTERED = Said("已登记。", "Registered.")
GO_ON = Said("请通行，路上小心。", "Please go on, and take care.")
HELD_BACK = Said("请带到临时观察处，按流程一步步办。", "Lead them to the waiting area and go through the steps.")
TO_HOSPITAL = Said(
    "就医的车不拦：请让车先走，我们打电话告诉医院。",
    "A vehicle on the way to a doctor is not held: let it go on, and call the hospital.",
)
DECLARE = Said("请他申报来返行程，网格员会联系。", "Have them declare their arrival; the grid worker will call.")
NO_RULES = Said(
    "现在没有生效的门岗规则：只测温、登记，不拦人。",
    "No door rules are in force: take the temperature and register; stop nobody.",
)
UNREADABLE = Said("码不能用，已按证件登记。", "The code does not count; registered by the document.")
UNKNOWN_PERSON = Said(
    "不在本县登记名单里：核对证件，写清电话。", "On no register of this county: check the document, note the phone."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One person's answer. `number` is their place in the form."""

    number: int
    name: str
    outcome: str
    reason: Said
    do: Said
    more: Sequence[Said]
    emergency_href: str
    declare_href: str


def answers_of(passed: Sequence) -> list[Answer]:
    """The answers, the strictest first: a vehicle goes on when the last of them may."""
    found = [_answer(it) for it in passed]
    return sorted(found, key=lambda it: (RANK[it.outcome], it.number))


def _answer(it) -> Answer:
    if it.kept.refusal is not None:
        return _plain(it, "unknown", it.kept.refusal.said, Said("请改正后再登记。", "Mend it and register again."))
    said = it.at_post
    lines = [reason.reason for reason in said.reasons]
    if it.exit_refused is not None:
        lines.insert(0, it.exit_refused.said)
    lines += it.mismatches
    if not said.has_rules:
        lines.append(NO_RULES)
    if it.shown.refusal is not None:
        lines += [it.shown.refusal.said, UNREADABLE]
    elif it.shown.person is None:
        lines.append(UNKNOWN_PERSON)
    if it.declares:
        lines.append(DECLARE)
    return _plain(it, said.outcome.word, lines[0] if lines else REGISTERED, _to_do(it), more=lines[1:])


def _to_do(it) -> Said:
    said = it.at_post
    if it.emergency is not None:
        return TO_HOSPITAL if said.outcome.word == "admit" else HELD_BACK
    return said.reasons[0].advice if said.reasons else GO_ON


def _plain(it, outcome: str, reason: Said, do: Said, more: Sequence[Said] = ()) -> Answer:
    person = it.shown.person
    declare = f"{reverse('arrivals-new')}?passing={it.kept.passing}" if it.declares and it.kept.passing else ""
    return Answer(
        number=it.kept.number,
        name=masked(person.name, "name") if person else "",
        outcome=outcome,
        reason=reason,
        do=do,
        more=list(dict.fromkeys(more)),
        emergency_href=reverse("post-emergency", args=[it.emergency]) if it.emergency else "",
        declare_href=declare,
    )
