"""What is known of invented people on a demo's mornings (演示数据): tests, itinerary cards, at first some contacts.

1. last test of most people, the older the rarer                       movement
2. the itinerary card of whoever has a phone, asked for this morning   movement
3. on the first: contacts, arrivals, fevers, unclear records           movement
4. everybody's code, by the rulebook in force                          recolour

Every number here is an assumption of the demo and says nothing of the county.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from fangxian.core.policy.vocabulary import Presence
from fangxian.core.policy.words import LastResult
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.movement.actions.evidence import record_evidence, record_tests
from fangxian.ops.movement.wire import NewEvidence, NewTest
from fangxian.ops.people.queries import Registered, everybody_in_order
from fangxian.ops.realm.current import the_realm

from .recolour import PAGE, colour_everybody, rules_of_codes

Step = Callable[[Said, int, int], None]
PiecesOf = Callable[[Sequence[Registered], str, Random], Iterator[NewEvidence]]
CARD = "itinerary-card"
KNOWN = Said("录入检测和行程（虚构）", "Tests and itineraries (invented)")
CODES = Said("计算健康码", "Health codes")
SEED = 20220419
TESTED_FRACTION = 0.93
# Of those tested: within 24 h, 48 h, 72 h, a week, three weeks.
TEST_AGES_H = ((0.34, 6, 24), (0.27, 24, 48), (0.18, 48, 72), (0.14, 72, 168), (0.07, 168, 500))
CARD_FRACTION = 0.985
STAR_FRACTION = 0.004
LABORATORY = "县人民医院检验科（演示）"
# How many in 100,000 have what, from how many days ago: kind, source, attributes, days.
MATTERS = (
    (14, "close-contact", "investigator", {"last_exposure_on": None}, (1, 9)),
    (22, "secondary-contact", "investigator", {"last_exposure_on": None}, (1, 5)),
    (12, "entrant", "cdc", {"entered_on": None}, (2, 10)),
    (70, "co-present", "investigator", {"last_exposure_on": None}, (1, 10)),
    (150, "arrival", "grid-worker", {"measure": "home", "arrived_on": None}, (1, 11)),
    (60, "pool-hold", "laboratory", {"result": "grey"}, (0, 1)),
    (25, "fever", "checkpoint", {}, (0, 1)),
    (1450, "pushed-colour", "pushed-list", {"colour": "unreadable"}, (1, 6)),
)
ISSUERS = {
    "investigator": "县流调队（演示）",
    "cdc": "县疾控中心（演示）",
    "grid-worker": "网格员（演示）",
    "laboratory": LABORATORY,
    "checkpoint": "卡口（演示）",
    "pushed-list": "省推送名单（演示）",
}
OTHER_DIVISION = "990000"


def seed_evidence(*, at: datetime, by: str, step: Step) -> dict[str, int]:
    """Give invented people tests, itineraries and codes as of `at`; how many of what. Repeated, it makes them newer.

    Refuses
    -------
    movement.live_people
    """
    return _seed(lambda page, disease, rng: _first_morning(page, at, disease, rng), at, by, step)


def seed_morning(*, at: datetime, by: str, step: Step) -> dict[str, int]:
    """What a later morning brings them all: newer tests, and the itinerary cards of the day that `at` is in.

    Refuses
    -------
    movement.live_people
    """
    return _seed(lambda page, disease, rng: _cards(page, at, disease, rng), at, by, step)


def _seed(pieces_of: PiecesOf, at: datetime, by: str, step: Step) -> dict[str, int]:
    _refuse_live_realm()
    rules, rng = rules_of_codes(at), Random(SEED)
    disease = rules.rulebook.disease.key if rules else ""
    kinds = {kind.kind for kind in rules.rulebook.evidence} if rules else set()
    counts = {"n_tests": 0, "n_evidence": 0}
    for page in everybody_in_order(page=PAGE):
        tests = list(_tests(page, at, rng))
        pieces = [piece for piece in pieces_of(page, disease, rng) if piece.kind in kinds]
        record_tests(tests=tests, by=by)
        record_evidence(pieces=pieces, by=by)
        counts["n_tests"] += len(tests)
        counts["n_evidence"] += len(pieces)
        step(KNOWN, counts["n_tests"], counts["n_tests"])
    if rules is None:  # diseases of which no code tells, such as norovirus, have none to compute
        return counts
    return counts | colour_everybody(at, by=by, step=lambda done, total: step(CODES, done, total))


def _refuse_live_realm() -> None:
    if not the_realm().is_synthetic:
        raise Refusal(
            "movement.live_people",
            zh="这是真实运行的数据域，不能给居民编造检测和证据，没有录入。演示数据只能放进演示或演练数据域。",
            en="This realm is live, and nothing may be invented about its people; nothing was recorded. Demo data is "
            "for demo and drill realms.",
        )


def _tests(people: Sequence[Registered], at: datetime, rng: Random) -> Iterator[NewTest]:
    shares = [share for share, _, _ in TEST_AGES_H]
    session = at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
    for person in people:
        if rng.random() < TESTED_FRACTION:
            _, youngest, oldest = rng.choices(TEST_AGES_H, shares)[0]
            # Sampling goes by sessions: a whole queue has one quarter of an hour.
            sampled_at = session - timedelta(minutes=15 * rng.randrange(4 * youngest, 4 * oldest))
            resulted_at = min(session, sampled_at + timedelta(minutes=15 * rng.randrange(12, 40)))
            yield NewTest(
                person=person.person,
                sampled_at=sampled_at,
                resulted_at=resulted_at,
                result=LastResult.NEGATIVE,
                source=LABORATORY,
            )


def _first_morning(people: Sequence[Registered], at: datetime, disease: str, rng: Random) -> Iterator[NewEvidence]:
    for person in people:
        yield from _cards([person], at, disease, rng)
        yield from _matter(person.person, at, disease, rng)


def _cards(people: Sequence[Registered], at: datetime, disease: str, rng: Random) -> Iterator[NewEvidence]:
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    morning_min = max(1, int((at - midnight) / timedelta(minutes=1)))
    for person in people:
        if person.has_phone and rng.random() < CARD_FRACTION:
            result = {"result": "star" if rng.random() < STAR_FRACTION else "clear"}
            # One draw whatever the hour, so that what the others get does not hang on the minute of this morning.
            from_at = midnight + timedelta(minutes=int(rng.random() * morning_min))
            yield _piece(person.person, disease, CARD, "declaration", from_at, result)


def _matter(person: UUID, at: datetime, disease: str, rng: Random) -> Iterator[NewEvidence]:
    """At most one of MATTERS."""
    drawn = rng.random() * 100_000
    for n, kind, source, attributes, (youngest, oldest) in MATTERS:
        if drawn < n:
            ago = timedelta(hours=rng.randrange(24 * youngest + 1, 24 * oldest + 1))
            known = {name: (at - ago).date() if value is None else value for name, value in attributes.items()}
            yield _piece(person, disease, kind, source, at - ago, known)
            return
        drawn -= n


def _piece(person: UUID, disease: str, kind: str, source: str, from_at: datetime, attributes: dict) -> NewEvidence:
    return NewEvidence(
        person=person,
        kind=kind,
        disease=disease,
        from_at=from_at,
        source=source,
        issuer=ISSUERS.get(source, "本人申报（演示）"),
        attributes=attributes,
        presence=Presence.STAFFED if kind == "co-present" else None,
        division=OTHER_DIVISION if source == "pushed-list" else "",
    )
