"""Codes from evidence (赋码): of the people touched, of those due, of everybody.

1. the rulebook in force that has doors                                      measures
2. who they are on the register                                              people
3. all that is known of them                                                 movement
4. colour and travel, with the reason                                        core.policy
5. the two words, written over what they were computed from; gates are told  movement
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction

from fangxian.core.parameters import Parameter
from fangxian.core.policy.byte_document import document_hash
from fangxian.core.policy.byte_time import DAY_MIN, minute_of
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
from fangxian.ops.movement.actions.evidence import make_due
from fangxian.ops.movement.actions.leaving import make_left_due
from fangxian.ops.movement.wire import RENEWED_AHEAD, Known, NewCode, turn_of, word_ends
from fangxian.ops.people.queries import Registered, document_numbers, everybody, n_in_use, registered
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.keys import Purpose

BY = "program:worker"
EVERYBODY = "procedures.recolour_everybody"
PAGE = 1000  # in two transactions; larger pages cost as much, and others have their turn between two pages
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
    pages = [persons[start : start + PAGE] for start in range(0, len(persons), PAGE)]
    if len(pages) > 2 and connection.vendor == "postgresql" and not connection.in_atomic_block:
        return _recolour_by_two(rules, pages, at, by)
    return sum(_recolour_page(rules, registered(page), at, by) for page in pages)


def _recolour_by_two(rules: Rules, pages: Sequence[Sequence[UUID]], at: datetime, by: str) -> int:
    """While the database writes one page, the next is computed. Nobody is on two pages, so neither waits for the other.

    SQLite has one who writes at a time, who is in this process: there nothing is won.
    """

    def every_other(first: int) -> int:
        try:
            return sum(_recolour_page(rules, registered(page), at, by) for page in pages[first::2])
        finally:
            connection.close()

    connection.close()  # whoever holds one while waiting for two more could wait for ever, once many do
    with ThreadPoolExecutor(2) as two:
        return sum(two.map(every_other, range(2)))


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
    else:
        with transaction.atomic():
            make_due(persons=again, at=at)  # they were changed again and again, and have the next turn
    return n_changed


def _codes(rules: Rules, people: Sequence[Registered], at: datetime, *, is_page: bool) -> list[NewCode]:
    known = movement.what_is_known([one.person for one in people], are_all_between=is_page)
    of_whom = [(one.said, person.is_known) for person, one in zip(people, known.people, strict=True)]
    verdicts, now = _verdicts(rules, known.said, set(of_whom), at), _Moment.of(at, rules.rulebook)
    documents = _documents(people, known.people)
    return [
        _code(rules, now, person, one, verdicts[whom], document)
        for person, one, whom, document in zip(people, known.people, of_whom, documents, strict=True)
    ]


class _Moment(NamedTuple):
    """The moment at which codes are computed; whoever was born before `infants_from` is no infant at it."""

    at: datetime
    day_begins_min: int
    infants_from: date

    @classmethod
    def of(cls, at: datetime, rulebook: Rulebook) -> "_Moment":
        minute, here = minute_of(at), at.astimezone(rulebook.utc_offset)
        return cls(at, minute - minute % DAY_MIN, date(here.year - int(INFANT_UNDER.value), 1, 1))


class _Verdict(NamedTuple):
    """What the rules make of what is said of a person, whoever it is. `place`: of the piece that decides."""

    colour: ColourDecision
    rule: str
    reason: int
    place: int | None
    ends_at: datetime
    travel: Travel
    travel_until: datetime | None
    travelled: int


def _verdicts(
    rules: Rules, said: Sequence[Sequence[Evidence]], of_whom: Collection[tuple[int, bool]], at: datetime
) -> dict[tuple[int, bool], _Verdict]:
    """Most people have an itinerary card and nothing else, thousands have the same: each is decided once.

    Parameters
    ----------
    of_whom : each number in `said`, with whether the register knows the person
    """
    of_colour = [_of_kinds(pieces, rules.colour_kinds) for pieces in said]
    registered = {one for one in of_whom if one[1]}
    colours = decide_colours(
        rules.rulebook, {one: of_colour[one[0]] for one in of_whom}, at=at, known_at=at, registered=registered
    )
    travels = decide_travel(rules.rulebook, dict(enumerate(said)), at=at)
    minute = minute_of(at)
    return {one: _verdict(rules, minute, colours[one], travels[one[0]]) for one in of_whom}


def _verdict(rules: Rules, minute: int, colour: ColourDecision, travel: TravelDecision) -> _Verdict:
    reason, ends_at = colour.reasons[0] if colour.reasons else None, rules.rulebook.until_at
    return _Verdict(
        colour,
        reason.rule if reason else "",
        rules.reason_numbers.get(reason.rule, 0) if reason else 0,
        int(reason.evidence) if reason else None,
        min(colour.until_at, ends_at) if colour.until_at else ends_at,
        travel.state,
        travel.until_at,
        _travelled(minute, travel.state, minute_of(travel.until_at) if travel.until_at else 0),
    )


def _of_kinds(evidence: Sequence[Evidence], kinds: frozenset[str]) -> Sequence[Evidence]:
    """Only what can matter: most people have an itinerary card and nothing that turns a colour."""
    return [piece for piece in evidence if piece.kind in kinds]


def _documents(people: Sequence[Registered], known: Sequence[Known]) -> list[int]:
    """The gate's hash of each person's document number; it is computed once, when the first code is."""
    hashes = [one.document for one in known]
    missing = {one.person: n for n, one in enumerate(people) if one.has_document and not hashes[n]}
    if missing:
        key = the_realm().keys.current(Purpose.DOCUMENTS).secret
        for person, number in document_numbers(list(missing)).items():
            hashes[missing[person]] = document_hash(number, key)
    return hashes


def _code(rules: Rules, now: _Moment, person: Registered, known: Known, verdict: _Verdict, document: int) -> NewCode:
    colour, rule, reason, place, ends, travel, travel_until, travelled = verdict
    latest, latest_min, renewal = _word_ends(now.at, turn_of(person.person))
    exemptions = 0 if person.has_phone else rules.exemption_bits.get(NO_PHONE, 0)
    if person.born_on >= now.infants_from and (grows_up := _third_birthday(person.born_on, now.at, rules.rulebook)):
        exemptions |= rules.exemption_bits.get(INFANT, 0)
        ends = min(ends, grows_up)
    expires_min, due = (latest_min, renewal) if latest <= ends else (_minute(ends), min(ends, renewal))
    if travel_until is not None and travel_until < due:
        due = travel_until
    return NewCode(  # in the order of its fields: naming them takes longer than all the rest
        person.person,
        known.version,
        person.gate_number,
        colour.colour,
        colour.local,
        rule,
        "" if place is None else known.pieces[place],
        colour.begins_at,
        colour.until_at,
        colour.then,
        travel,
        travel_until,
        exemptions,
        _safety(colour.colour, reason, expires_min, exemptions, known.qr_generation, known.card_generation),
        _tested(now.day_begins_min, *known.test) | travelled if known.test else travelled,
        document,
        due,
    )


_minute = lru_cache(maxsize=8192)(minute_of)  # of a hundred thousand moments some thousand are different


@lru_cache(maxsize=8192)
def _word_ends(at: datetime, turn: int) -> tuple[datetime, int, datetime]:
    """When a word written now expires at the latest, in which minute that is, and when it is to be renewed."""
    latest = word_ends(at, turn)
    return latest, minute_of(latest), latest - timedelta(days=RENEWED_AHEAD.value)


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


# The parts of a recent word lie side by side in it: each is packed alone, and the word is all of them. What is
# said of tests is the same at every minute of the day on which it is written.


def _tested(day_begins_min: int, sampled_min: int, resulted_min: int, result: LastResult) -> int:
    return _sampled(day_begins_min, sampled_min) | _resulted(day_begins_min, resulted_min, result)


@lru_cache(maxsize=8192)
def _sampled(day_begins_min: int, sampled_min: int) -> int:
    return pack_recent(recent_as_of(day_begins_min, sampled_min=sampled_min))


@lru_cache(maxsize=8192)
def _resulted(day_begins_min: int, resulted_min: int, result: LastResult) -> int:
    return pack_recent(recent_as_of(day_begins_min, resulted_min=resulted_min, result=result))


@lru_cache(maxsize=8192)
def _travelled(at_min: int, travel: Travel, expires_min: int) -> int:
    return pack_recent(recent_as_of(at_min, travel=travel, travel_expires_min=expires_min))


def _third_birthday(born_on: date, at: datetime, rulebook: Rulebook) -> datetime | None:
    """When an infant stops being one; None for whoever is none at `at`."""
    year = born_on.year + int(INFANT_UNDER.value)
    leap = born_on.month == 2 and born_on.day == 29
    birthday = date(year, 3, 1) if leap and year % 4 else born_on.replace(year=year)
    moment = datetime.combine(birthday, time(), rulebook.utc_offset)
    return moment if at < moment else None


def recolour_due() -> None:
    """Compute the codes that are due: a pulse of the worker. Very many at once, or a new rulebook, become a job."""
    at = county_now()
    make_left_due(at=at)
    if _is_asked_for_everybody(at):
        return
    if persons := movement.due(at, limit=TOO_MANY + 1):
        if len(persons) > TOO_MANY:
            _ask_for_everybody("due")
        else:
            recolour(persons[:PAGE], at, by=BY)


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
