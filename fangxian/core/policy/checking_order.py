"""Checks that a door is never milder to what is worse: a red is not let in where an unknown is looked at.

Nor to what somebody only says of themselves: a phone that claims to be near is met as one that claims nothing.
"""

from collections.abc import Iterator
from typing import NamedTuple

from fangxian.core.policy.door_layout import covered_venues, door_values, venue_class_keys
from fangxian.core.policy.doors import door_moments
from fangxian.core.policy.findings import Finding
from fangxian.core.policy.rulebook import DoorRule, Rulebook
from fangxian.core.policy.vocabulary import BEST_TO_WORST, Outcome, Presence
from fangxian.core.refusal import Said

_PRESENCE, _CLAIMED = "presence", Presence.LOCATED.word
_SILENCE = -1  # no rule speaks: admitted without a word, which is milder than an admission with a direction


class _Milder(NamedTuple):
    """At a class of venue the worse value is answered more mildly than the other one."""

    input: str
    worse: str
    its_answer: int
    other: str
    other_answer: int


def find_milder(rulebook: Rulebook) -> Iterator[Finding]:
    """Where a door is milder to a worse value. (`Rulebook` → findings)

    Of each input a class of venue checks: a value that is plainly worse than the best is answered at
    least as strictly as not knowing it, and no value is answered more mildly than a better one. Where
    there is emergency care a direction is as much as can be asked. Cross-terms and exemptions that lift
    a rule are the stated exceptions; they are judged by `checking_lifts`.
    """
    venues_of: dict[_Milder, list[str]] = {}
    for name, known in _best_to_worst(rulebook).items():
        for venue, milder in _in_input(rulebook, name, known):
            venues = venues_of.setdefault(milder, [])
            if venue not in venues:
                venues.append(venue)
    yield from (_finding(milder, venues) for milder, venues in venues_of.items())


def _best_to_worst(rulebook: Rulebook) -> dict[str, tuple[str, ...]]:
    """The known values of each input that has an order; of `presence`, which has none, the one that is but a claim."""
    values = door_values(rulebook)
    measured = {name: values[name][1:] for name in ("test_age", "temperature")}
    own = {own.key: own.values[1:] for own in rulebook.door_inputs}
    return BEST_TO_WORST | measured | {_PRESENCE: (_CLAIMED,)} | own


def _in_input(rulebook: Rulebook, name: str, known: tuple[str, ...]) -> Iterator[tuple[str, _Milder]]:
    rules = [rule for rule in rulebook.doors if rule.input == name]
    not_known = door_values(rulebook)[name][0]
    emergency = {v.key for v in rulebook.venue_classes if v.emergency_care}
    covered = {rule.number: covered_venues(rulebook, rule) for rule in rules}
    for venue in venue_class_keys(rulebook):
        spoken = [rule for rule in rules if venue in covered[rule.number]]
        most = Outcome.ADMIT if venue in emergency else Outcome.REFUSE
        for moment in door_moments(rulebook) if spoken else ():
            now = [rule for rule in spoken if rule.in_force(moment)]
            answers = {value: _answer(now, value) for value in (not_known, *known)}
            for worse, other in _pairs(name, known, not_known, answers):
                if answers[worse] < min(answers[other], most):
                    yield venue, _Milder(name, worse, answers[worse], other, answers[other])


def _answer(rules: list[DoorRule], value: str) -> int:
    return max((int(rule.outcome) for rule in rules if value in rule.values), default=_SILENCE)


def _pairs(name: str, known: tuple[str, ...], not_known: str, answers: dict[str, int]) -> Iterator[tuple[str, str]]:
    """(worse value, value that must not be answered more strictly)."""
    if name in BEST_TO_WORST:
        plainly_worse = known[1:]
    elif name in ("test_age", "temperature", _PRESENCE) or len(known) > 1:
        plainly_worse = known[-1:]  # of several grades a county decides which are good enough, but not all are
    else:
        plainly_worse = ()
    yield from ((value, not_known) for value in plainly_worse)
    # Somebody may be too cold as well as too hot: temperatures grow worse from the mildest answer on.
    best = min(range(len(known)), key=lambda n: answers[known[n]], default=0) if name == "temperature" else 0
    yield from ((known[n + 1], known[n]) for n in range(best, len(known) - 1))


def _word(answer: int) -> Said:
    if answer == _SILENCE:
        return Said("不声不响地放行", "let in without a word")
    names = {Outcome.ADMIT: "route", Outcome.VERIFY: "verify", Outcome.REFUSE: "refuse"}
    return Said(names[Outcome(answer)], names[Outcome(answer)])


def _finding(milder: _Milder, venues: list[str]) -> Finding:
    name, worse, its_answer, other, other_answer = milder
    if name == _PRESENCE:
        return _claim_finding(venues)
    shown = ", ".join(venues[:6]) + (" …" if len(venues) > 6 else "")
    its, others = _word(its_answer), _word(other_answer)
    return Finding(
        "rulebook.worse_admitted",
        True,
        Said(
            f"{shown}：{name} = {worse} 是“{its.zh}”，而 {name} = {other} 是“{others.zh}”。更差的不能更宽："
            f"请为 {name} = {worse} 写一条至少同样严的规则。",
            f"{shown}: {name} = {worse} is {its.en}, while {name} = {other} is {others.en}. What is worse must not be "
            f"met more mildly: give {name} = {worse} a rule at least as strict.",
        ),
        "doors",
    )


def _claim_finding(venues: list[str]) -> Finding:
    shown = ", ".join(venues[:6]) + (" …" if len(venues) > 6 else "")
    return Finding(
        "rulebook.claim_admitted",
        True,
        Said(
            f"{shown}：presence = none 要查，presence = located 却更宽。located 是手机自己说的，一行程序就能写出来。"
            'presence 的规则写了 "none" 的，请把 "located" 也写上。',
            f"{shown}: presence = none is looked at, and presence = located more mildly. A phone says that of itself, "
            'and so does a line of any program. Where a rule on presence names "none", name "located" too.',
        ),
        "doors",
    )
