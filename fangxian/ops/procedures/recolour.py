"""Codes from evidence (赋码): of the people touched, of those due, of everybody.

1. the rulebook in force that has doors                                      measures
2. who they are on the register                                              people
3. all that is known of them                                                 movement
4. colour and travel, with the reason                                        core.policy
5. the two words, written over what they were computed from; gates are told  movement
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from fangxian.core.parameters import Parameter
from fangxian.core.policy.byte_document import document_hash
from fangxian.core.policy.byte_time import minute_of
from fangxian.core.policy.colours import ColourDecision, decide_colours
from fangxian.core.policy.evidence import Evidence
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.policy.travel import TravelDecision, decide_travel
from fangxian.core.policy.vocabulary import Colour, Travel
from fangxian.core.policy.words import LastResult, SafetyWord, pack_recent, pack_safety, recent_as_of
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.jobs.queries import unfinished
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.measures.queries import rulebooks_in_force, versions_in_force
from fangxian.ops.movement import queries as movement
from fangxian.ops.movement.actions.codes import begin_recolouring, end_recolouring, write_codes
from fangxian.ops.movement.wire import RENEWED_AHEAD, Known, NewCode, word_ends
from fangxian.ops.people.queries import Registered, document_numbers, everybody, n_in_use, registered
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.keys import Purpose

BY = "program:worker"
EVERYBODY = "procedures.recolour_everybody"
PAGE = 2000
AT_ONCE = 500
TOO_MANY = 5000  # due at once: everybody is computed in one job instead, and gates take a base
TRIES = 4
COLOURING = Said("计算健康码", "Health codes")
# Exemptions that the register itself proves; others take a paper.
INFANT, NO_PHONE = "infant", "no-phone"
INFANT_UNDER = Parameter(
    value=3, unit="years", low=1, high=6, meaning="Under which age somebody is an infant for the exemption `infant`",
    source="the exemption's own name in the county's rulebook (3岁以下婴幼儿)",
)  # fmt: skip


class Rules(NamedTuple):
    """A rulebook with what is asked of it for every single person."""

    rulebook: Rulebook
    digest: str
    colour_kinds: frozenset[str]
    travel_kinds: frozenset[str]
    reason_numbers: Mapping[str, int]  # rule → the number by which a safety word names it
    exemption_bits: Mapping[str, int]


def rules_of_codes(at: datetime) -> Rules | None:
    """The rulebook by which codes are computed: the first one in force that has doors. None: there are no codes."""
    read = (_rules(row.digest, row.text) for row in rulebooks_in_force(at))
    return next((rules for rules in read if rules.rulebook.has_gate), None)


@lru_cache(maxsize=8)
def _rules(digest: str, text: str) -> Rules:
    rulebook = read_rulebook(text)
    colour_kinds = {rule.evidence for rule in rulebook.colours}
    return Rules(
        rulebook=rulebook,
        digest=digest,
        colour_kinds=frozenset(colour_kinds.union(*(rule.ended_by for rule in rulebook.colours))),
        travel_kinds=frozenset(rule.evidence for rule in rulebook.travel),
        reason_numbers={rule.number: n for n, rule in enumerate(rulebook.colours, 1)},
        exemption_bits={row.key: 1 << n for n, row in enumerate(rulebook.exemptions)},
    )


def recolour(persons: Sequence[UUID], at: datetime, *, by: str) -> int:
    """Compute the codes of these people and tell gates; how many words changed.

    Without a rulebook in force nothing is computed: the words that are out lapse by themselves.
    """
    rules = rules_of_codes(at)
    if rules is None:
        return 0
    chunks = (registered(persons[start : start + AT_ONCE]) for start in range(0, len(persons), AT_ONCE))
    return sum(_recolour_page(rules, chunk, at, by) for chunk in chunks)


def _recolour_page(
    rules: Rules, people: Sequence[Registered], at: datetime, by: str, *, tells_gates: bool = True
) -> int:
    """A page of people. Whose evidence changes while it is computed is computed again, and told at once."""
    n_changed = 0
    for _ in range(TRIES):
        codes = _codes(rules, people, at, is_page=not tells_gates)
        n, again = write_codes(codes=codes, at=at, by=by, tells_gates=tells_gates)
        n_changed += n
        if not again:
            break
        people, tells_gates = registered(again), True
    return n_changed  # whoever is left was changed again and again, is due, and has the next turn


def _codes(rules: Rules, people: Sequence[Registered], at: datetime, *, is_page: bool) -> list[NewCode]:
    known = movement.what_is_known([one.person for one in people], are_all_between=is_page)
    colours = decide_colours(  # people by their place in the page
        rules.rulebook,
        {n: _of_kinds(one.evidence, rules.colour_kinds) for n, one in enumerate(known)},
        at=at,
        known_at=at,
        registered={n for n, one in enumerate(people) if one.is_known},
    )
    travels = decide_travel(
        rules.rulebook, {n: _of_kinds(one.evidence, rules.travel_kinds) for n, one in enumerate(known)}, at=at
    )
    documents, now = _documents(people, known), _Moment.of(at)
    return [
        _code(rules, now, *one)
        for one in zip(people, known, colours.values(), travels.values(), documents, strict=True)
    ]


class _Moment(NamedTuple):
    """The moment at which codes are computed, as the words count it."""

    at: datetime
    minute: int

    @classmethod
    def of(cls, at: datetime) -> "_Moment":
        return cls(at, minute_of(at))


def _of_kinds(evidence: Sequence[Evidence], kinds: frozenset[str]) -> Sequence[Evidence]:
    """Only what can matter: most people have an itinerary card and nothing that turns a colour."""
    return [piece for piece in evidence if piece.kind in kinds] if evidence else evidence


def _documents(people: Sequence[Registered], known: Sequence[Known]) -> list[int]:
    """The gate's hash of each person's document number; it is computed once, when the first code is."""
    hashes = [one.document for one in known]
    missing = {one.person: n for n, one in enumerate(people) if one.has_document and not hashes[n]}
    if missing:
        key = the_realm().keys.newest(Purpose.DOCUMENTS).secret
        for person, number in document_numbers(list(missing)).items():
            hashes[missing[person]] = document_hash(number, key)
    return hashes


def _code(
    rules: Rules, now: _Moment, person: Registered, known: Known, colour: ColourDecision, travel: TravelDecision,
    document: int,
) -> NewCode:  # fmt: skip
    reason = colour.reasons[0] if colour.reasons else None
    grows_up = _third_birthday(person.born_on, now.at, rules.rulebook)
    held = rules.exemption_bits.get(INFANT, 0) if grows_up else 0
    exemptions = held if person.has_phone else held | rules.exemption_bits.get(NO_PHONE, 0)
    latest, renewal = _word_ends(now.at, person.gate_number % 1440)
    ends = _first(colour.until_at, grows_up, rules.rulebook.until_at)
    number = rules.reason_numbers.get(reason.rule, 0) if reason else 0
    expires_min = _minute(min(latest, ends))
    safety = _safety(colour.colour, number, expires_min, exemptions, known.qr_generation, known.card_generation)
    return NewCode(
        person=person.person,
        version=known.version,
        gate_number=person.gate_number,
        colour=colour.colour,
        local=colour.local,
        rule=reason.rule if reason else "",
        evidence=reason.evidence if reason else "",
        begins_at=colour.begins_at,
        until_at=colour.until_at,
        then=colour.then,
        travel=travel.state,
        travel_until=travel.until_at,
        exemptions=exemptions,
        safety=safety,
        recent=_recent(now.minute, known.test, travel.state, travel.until_at),
        document=document,
        due_at=_first(ends, travel.until_at, renewal),
    )


def _first(one: datetime | None, other: datetime | None, last: datetime) -> datetime:
    """The earliest of the moments there are."""
    if one is not None and one < last:
        last = one
    return other if other is not None and other < last else last


_minute = lru_cache(maxsize=8192)(minute_of)  # of a hundred thousand moments some thousand are different


@lru_cache(maxsize=8192)
def _word_ends(at: datetime, number: int) -> tuple[datetime, datetime]:
    """When a word written now expires at the latest, and when it is to be renewed."""
    latest = word_ends(at, number)
    return latest, latest - timedelta(days=RENEWED_AHEAD.value)


@lru_cache(maxsize=8192)
def _safety(colour: Colour, reason: int, expires_min: int, exemptions: int, qr: int, card: int) -> int:
    """Most of a county's words are one of some thousand: green until one of the minutes of one day."""
    word = SafetyWord(
        colour=colour,
        reason=reason,
        expires_min=expires_min,
        exemptions=exemptions,
        qr_generation=qr,
        card_generation=card,
    )
    return pack_safety(word)


@lru_cache(maxsize=8192)
def _recent(
    minute: int, test: tuple[datetime, datetime, LastResult] | None, travel: Travel, travel_until: datetime | None
) -> int:
    sampled_at, resulted_at, result = test or (None, None, LastResult.NONE)
    word = recent_as_of(
        minute,
        sampled_min=_minute(sampled_at) if sampled_at else 0,
        resulted_min=_minute(resulted_at) if resulted_at else 0,
        result=result,
        travel=travel,
        travel_expires_min=_minute(travel_until) if travel_until else 0,
    )
    return pack_recent(word)


def _third_birthday(born_on: date, at: datetime, rulebook: Rulebook) -> datetime | None:
    """When an infant stops being one; None for whoever is none at `at`."""
    year = born_on.year + int(INFANT_UNDER.value)
    if year < at.year:  # nearly everybody
        return None
    leap = born_on.month == 2 and born_on.day == 29
    birthday = date(year, 3, 1) if leap and year % 4 else born_on.replace(year=year)
    moment = datetime.combine(birthday, time(), rulebook.utc_offset)
    return moment if at < moment else None


def recolour_due() -> None:
    """Compute the codes that are due: a pulse of the worker. Very many at once, or a new rulebook, become a job."""
    at = county_now()
    if _is_asked_for_everybody(at):
        return
    if persons := movement.due(at, limit=TOO_MANY + 1):
        if len(persons) > TOO_MANY:
            _ask_for_everybody("due")
        else:
            recolour(persons[:AT_ONCE], at, by=BY)


def _is_asked_for_everybody(at: datetime) -> bool:
    """Whether the codes were computed under another rulebook than the one in force; then a job is asked for."""
    last = movement.last_recolouring()
    if last is None or any(digest == last.digest for _, _, digest in versions_in_force(at)):
        return False
    rules = rules_of_codes(at)
    if rules is None:
        return True
    _ask_for_everybody(rules.digest)
    return True


def _ask_for_everybody(why: str) -> None:
    if not unfinished().filter(kind=EVERYBODY).exists():
        last = movement.last_recolouring()
        enqueue(kind=EVERYBODY, by=BY, unique_key=f"{why[:40]}:{last.pk if last else 0}")


def recolour_missing(*, at: datetime, by: str) -> None:
    """Compute the codes of people on the register who have none: a chore, for whoever was registered without one."""
    missing = movement.without_code()
    for first in range(0, len(missing), PAGE):
        recolour(missing[first : first + PAGE], at, by=by)


def recolour_everybody(job: RunningJob) -> dict[str, int]:
    """The job: safe to repeat, since what is computed twice is the same."""
    return colour_everybody(county_now(), by=job.owner, step=lambda done, total: job.step(done, total, COLOURING))


def colour_everybody(at: datetime, *, by: str, step: Callable[[int, int], None]) -> dict[str, int]:
    """Compute everybody's code, a page at a time in short transactions, and have gates take a whole base at the end.

    Refuses
    -------
    movement.no_rulebook
    """
    rules = rules_of_codes(at)
    if rules is None:
        raise Refusal(
            "movement.no_rulebook",
            zh="现在没有带门岗的规则手册有效，没有计算健康码。没有规则就没有健康码；需要时请先发布规则手册。",
            en="No rulebook with door rules is in force, so no health codes were computed. Without rules there are no "
            "codes: publish a rulebook first if they are needed.",
        )
    book = f"{rules.rulebook.id} v{rules.rulebook.version}"
    number = begin_recolouring(rulebook=book, digest=rules.digest, at=at, by=by)
    n_persons, n_done, n_changed = n_in_use(), 0, 0
    for page in everybody(page=PAGE):
        n_changed += _recolour_page(rules, page, at, by, tells_gates=False)
        n_done += len(page)
        step(min(n_done, n_persons), n_persons)
    end_recolouring(recolouring=number, n_persons=n_done, n_changed=n_changed, by=by)
    return {"n_persons": n_done, "n_changed": n_changed}
