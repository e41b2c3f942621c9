"""From evidence to colour: a total function, for a set of people at once.

Each piece of evidence that counts gives spans of colour, one after another; releasing evidence cuts
them. At any moment the worst span decides. No span: green, if the person is registered and the
evidence is fresh, and unknown otherwise. Evidence that cannot be understood (a status nobody declared)
turns no colour, and for as long as it would hold the person is not green but unknown.
"""

from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeVar

from fangxian.core.policy.evidence import Evidence, why_not_understood, why_set_aside
from fangxian.core.policy.rulebook import ColourRule, EvidenceKind, Rulebook
from fangxian.core.policy.vocabulary import COLOUR_SEVERITY, Colour
from fangxian.core.refusal import Refusal

Person = TypeVar("Person", bound=Hashable)


class ColourReason(NamedTuple):
    """One rule and one piece of evidence that ask for a colour now, over `[begins_at, until_at)`."""

    rule: str
    evidence: str
    colour: Colour
    begins_at: datetime
    until_at: datetime | None
    issuer: str
    pushed: bool
    division: str


class ColourDecision(NamedTuple):
    """A person's colour at a moment, and why.

    `colour` is what doors see, pushed colours included; `local` is what this county's own evidence
    gives. `reasons` are worst first, so `reasons[0]` decides; without one the colour is green or
    unknown for want of evidence. `begins_at` is when `colour` last changed by evidence, `until_at` when
    it will next change, to `then`, under the rules in force if nothing new is learned; None: not by
    itself.
    `set_aside` lists evidence that does not count now, with a key of `evidence.SET_ASIDE`.
    """

    colour: Colour
    local: Colour
    reasons: tuple[ColourReason, ...]
    begins_at: datetime | None
    until_at: datetime | None
    then: Colour | None
    registered: bool
    stale: bool
    set_aside: tuple[tuple[str, str], ...]

    @property
    def pushed(self) -> tuple[ColourReason, ...]:
        """What other jurisdictions say, each with its issuer and division."""
        return tuple(reason for reason in self.reasons if reason.pushed)


class _Span(NamedTuple):
    begins_at: datetime
    until_at: datetime | None
    severity: int
    colour: Colour
    rule: ColourRule | None  # None: not understood, so nothing is known
    evidence: Evidence


class _Plan(NamedTuple):
    """What of a rulebook matters for colours at one moment, by kind of evidence."""

    rulebook: Rulebook
    kinds: dict[str, EvidenceKind]
    rules: dict[str, tuple[ColourRule, ...]]
    releasing: frozenset[str]


def decide_colours(
    rulebook: Rulebook,
    evidence_by_person: Mapping[Person, Sequence[Evidence]],
    *,
    at: datetime,
    known_at: datetime,
    registered: Container[Person],
) -> dict[Person, ColourDecision]:
    """The colour of each person at `at`, with its reasons. (evidence → colour)

    Parameters
    ----------
    rulebook : one that `check` passed
    evidence_by_person : any hashable person key → that person's evidence, in any order
    at : aware datetime, within the rulebook's period
    known_at : aware datetime at which this evidence was complete
        Older than the rulebook's `stale_after`, or in the future of `at`: nobody is green.
    registered : the people the county knows; the others are unknown unless evidence turns them

    Returns
    -------
    dict with the same keys. About 3 s for 100,000 people with 2–3 pieces of evidence each.

    Raises
    ------
    Refusal
        `rulebook.not_in_force` if `at` is outside the rulebook's period.
    """
    plan = _plan(rulebook, at)
    stale = is_stale(rulebook, at, known_at)
    plain = {known: _without_evidence(known, stale) for known in (True, False)}
    return {
        person: _decide(plan, evidence, at, person in registered, stale) if evidence else plain[person in registered]
        for person, evidence in evidence_by_person.items()
    }


def is_stale(rulebook: Rulebook, at: datetime, known_at: datetime) -> bool:
    """Whether knowledge of `known_at` is too old for a green at `at`; a future one is not trusted either."""
    limit = rulebook.stale_after
    return known_at > at or (limit is not None and at - known_at >= limit)


def _plan(rulebook: Rulebook, at: datetime) -> _Plan:
    if not rulebook.in_force(at):
        raise Refusal(
            "rulebook.not_in_force",
            zh="规则 {rulebook} 的有效期是 {begins} 至 {until}（不含），{at} 不在其中。请选用当时有效的规则。",
            en="Rulebook {rulebook} is in force from {begins} until {until}, not at {at}. Choose the one in force "
            "then.",
            rulebook=f"{rulebook.id} v{rulebook.version}",
            begins=rulebook.begins_at.isoformat(),
            until=rulebook.until_at.isoformat(),
            at=at.isoformat(),
        )
    in_force = [rule for rule in rulebook.colours if rule.in_force(at)]
    kinds = {kind.kind: kind for kind in rulebook.evidence if kind.in_force(at)}
    rules = {name: tuple(r for r in in_force if r.evidence == name) for name in kinds}
    return _Plan(rulebook, kinds, rules, frozenset(word for rule in in_force for word in rule.ended_by))


def _without_evidence(registered: bool, stale: bool) -> ColourDecision:
    colour = Colour.GREEN if registered and not stale else Colour.UNKNOWN
    return ColourDecision(colour, colour, (), None, None, None, registered, stale, ())


def _decide(plan: _Plan, pieces: Sequence[Evidence], at: datetime, registered: bool, stale: bool) -> ColourDecision:
    baseline = _without_evidence(registered, stale)
    counting, strange, aside = [], [], []
    for piece in pieces:
        kind = plan.kinds.get(piece.kind)
        why = why_set_aside(piece, kind, plan.rulebook.disease.key)
        if not why and kind is not None:
            if not (why := why_not_understood(piece, kind, plan.rules[piece.kind])):
                counting.append(piece)
                continue
            strange.append(piece)
        aside.append((piece.id, why))
    spans = _spans(plan, counting, strange)
    aside += _idle(plan, counting, spans, at)
    if not spans:
        return baseline._replace(set_aside=tuple(sorted(aside))) if aside else baseline
    now = sorted((s for s in spans if _covers(s, at)), key=_reason_order)
    local = [s for s in now if not plan.kinds[s.evidence.kind].pushed]
    begins_at, until_at, then = _changes(spans, at, baseline.colour)
    return ColourDecision(
        now[0].colour if now else baseline.colour,
        local[0].colour if local else baseline.colour,
        tuple(_reason(plan, span, span.rule) for span in now if span.rule is not None),
        begins_at,
        until_at,
        then,
        registered,
        stale,
        tuple(sorted(aside)),
    )


def _spans(plan: _Plan, counting: list[Evidence], strange: list[Evidence]) -> list[_Span]:
    releases = [piece for piece in counting if piece.kind in plan.releasing]
    spans: list[_Span] = []
    for piece in counting:
        for rule in plan.rules[piece.kind]:
            if _matches(rule, piece):
                whole = _phases(plan, rule, piece)
                spans += _cut(whole, rule.ended_by, piece, plan, releases) if releases and rule.ended_by else whole
    for piece in strange:
        if rules := plan.rules[piece.kind]:  # kinds that no colour looks at cannot darken one
            ended_by = {word for rule in rules for word in rule.ended_by}
            spans += _cut([_unknown_for(plan, piece)], ended_by, piece, plan, releases)
    return spans


def _unknown_for(plan: _Plan, piece: Evidence) -> _Span:
    until = ends_at(piece, plan.kinds[piece.kind])
    return _Span(piece.from_at, until, COLOUR_SEVERITY[Colour.UNKNOWN], Colour.UNKNOWN, None, piece)


def _matches(rule: ColourRule, piece: Evidence) -> bool:
    return all(piece.attributes.get(name) in values for name, values in rule.when.items())


def _phases(plan: _Plan, rule: ColourRule, piece: Evidence) -> list[_Span]:
    """The rule's phases for one piece of evidence, within the time the evidence itself has.

    Evidence without the date its rule is anchored on is counted from when it begins: never dropped.
    """
    anchor = piece.attributes.get(rule.anchor)
    begins_at = plan.rulebook.midnight_ending(anchor) if isinstance(anchor, date) else piece.from_at
    limit = ends_at(piece, plan.kinds[piece.kind])
    spans: list[_Span] = []
    since = piece.from_at
    for phase in rule.phases:
        ends = begins_at + phase.lasts if phase.lasts is not None else None
        until = _earlier(ends, limit)
        if until is None or since < until:
            spans.append(_Span(since, until, COLOUR_SEVERITY[phase.colour], phase.colour, rule, piece))
        if ends is None:
            break
        begins_at = ends
        since = max(since, ends)
    return spans


def ends_at(piece: Evidence, kind: EvidenceKind) -> datetime | None:
    """When a piece of evidence ends by itself: its own end or its kind's longest time, the earlier."""
    return _earlier(piece.until_at, piece.from_at + kind.longest if kind.longest is not None else None)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def _cut(
    spans: list[_Span], ended_by: Container[str], piece: Evidence, plan: _Plan, releases: list[Evidence]
) -> list[_Span]:
    """The spans without the times at which releasing evidence holds."""
    for release in releases:
        if release.kind in ended_by and _releases(release, piece, plan.kinds[piece.kind].pushed):
            until = ends_at(release, plan.kinds[release.kind])
            spans = [part for span in spans for part in _without(span, release.from_at, until)]
    return spans


def _releases(release: Evidence, piece: Evidence, pushed: bool) -> bool:
    """Whether a release speaks of this piece. What another place pushed, only that place takes back."""
    if release.from_at < piece.from_at or release.about not in (None, piece.id) or release.id == piece.id:
        return False
    same_issuer = release.about == piece.id or release.issuer == piece.issuer
    return not pushed or (release.division.strip() == piece.division.strip() and same_issuer)


def _without(span: _Span, begins_at: datetime, until_at: datetime | None) -> Iterable[_Span]:
    if span.begins_at < begins_at:
        yield span._replace(until_at=_earlier(span.until_at, begins_at))
    if until_at is not None and (span.until_at is None or until_at < span.until_at):
        yield span._replace(begins_at=max(span.begins_at, until_at))


def _covers(span: _Span, at: datetime) -> bool:
    return span.begins_at <= at and (span.until_at is None or at < span.until_at)


_FOR_EVER = timedelta(days=36_500)


def _reason_order(span: _Span) -> tuple[int, timedelta, str, str]:
    """Worst colour first, then the one that lasts longest, then by rule and evidence."""
    lasts = _FOR_EVER if span.until_at is None else span.until_at - span.begins_at
    return -span.severity, -lasts, span.rule.number if span.rule else "", span.evidence.id


def _reason(plan: _Plan, span: _Span, rule: ColourRule) -> ColourReason:
    pushed = plan.kinds[span.evidence.kind].pushed
    issuer, division = span.evidence.issuer, span.evidence.division
    return ColourReason(
        rule.number, span.evidence.id, span.colour, span.begins_at, span.until_at, issuer, pushed, division
    )


def _changes(
    spans: list[_Span], at: datetime, baseline: Colour
) -> tuple[datetime | None, datetime | None, Colour | None]:
    """When the colour last became what it is, when it will next be another, and which."""
    moments = sorted({m for s in spans for m in (s.begins_at, s.until_at) if m is not None})
    now = _colour_at(spans, at, baseline)
    begins_at = None
    for moment in moments:
        if moment > at:
            if (then := _colour_at(spans, moment, baseline)) != now:
                return begins_at, moment, then
        elif _colour_at(spans, moment, baseline) != now:
            begins_at = None
        elif begins_at is None:
            begins_at = moment
    return begins_at, None, None


def _colour_at(spans: list[_Span], moment: datetime, baseline: Colour) -> Colour:
    worst, colour = COLOUR_SEVERITY[baseline], baseline
    for span in spans:
        if span.severity > worst and _covers(span, moment):
            worst, colour = span.severity, span.colour
    return colour


def _idle(plan: _Plan, counting: list[Evidence], spans: list[_Span], at: datetime) -> list[tuple[str, str]]:
    """Evidence that would count but asks for nothing at `at`, and why."""
    active = {s.evidence.id for s in spans if _covers(s, at)}
    idle = []
    for piece in counting:
        if piece.id in active or piece.kind in plan.releasing:
            continue
        if piece.from_at > at:
            idle.append((piece.id, "not_yet"))
        elif not any(_matches(rule, piece) for rule in plan.rules[piece.kind]):
            idle.append((piece.id, "no_rule"))
        else:
            whole = [s for r in plan.rules[piece.kind] if _matches(r, piece) for s in _phases(plan, r, piece)]
            idle.append((piece.id, "ended" if any(_covers(s, at) for s in whole) else "over"))
    return idle
