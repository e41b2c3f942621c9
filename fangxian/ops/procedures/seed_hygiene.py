"""The register of priority places of a demo county (演示数据：重点场所、环节).

1. some venues of each class, and the processes that belong to them    places, hygiene
2. when each kind of work was done there last, some of it too late      hygiene
3. results of the samples, but of the newest                            hygiene

Which venues a county puts on its register is its own decision; all of this is invented, the same for the same county.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, uuid5

from django.utils.timezone import localtime

from fangxian.core.policy.hygiene import KINDS
from fangxian.ops.hygiene.actions import list_places, record_rounds, report_result
from fangxian.ops.hygiene.checklist import checklist
from fangxian.ops.hygiene.due import HygieneRules, rules_of
from fangxian.ops.hygiene.queries import PriorityPlace
from fangxian.ops.hygiene.wire import NewPlace, NewRound, Remedy
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.places.queries import venues_in
from fangxian.ops.realm.current import the_realm

# Class of the register → class of the venues, and how many of them at most.
VENUES = {
    "market": ("market", 6),
    "cold-chain": ("market", 3),
    "pharmacy": ("pharmacy", 8),
    "fever-clinic": ("hospital", 1),
    "health-care": ("health-centre", 4),
    "quarantine-site": ("quarantine-site", 2),
    "school": ("school", 6),
    "care-home": ("care-home", 4),
    "courier-depot": ("courier-depot", 5),
    "station": ("station", 2),
    "hotel": ("hotel", 3),
}
PROCESSES = (
    ("cold-chain-unloading", "market", "冷链货物卸货口"),
    ("parcels", "courier-depot", "快件分拣"),
    ("medical-waste", "hospital", "医疗废物暂存"),
    ("sewage", "hospital", "污水处理站"),
    ("medical-waste", "quarantine-site", "隔离点垃圾收运"),
)
LISTED_D, LATE_EVERY, LABORATORY, N_RESULTS = 40, 7, "program:demo-laboratory", 6


def seed_hygiene(*, at: datetime, by: str) -> int:
    """Fill a demo's register; how many places. Where the county has none of the venues, none."""
    if not the_realm().is_synthetic:
        return 0
    places = list_places(places=list(_places(at)), by=by)
    rules = rules_of(rulebooks_by_disease(at).values(), at, at_risk_since=None)
    rounds = record_rounds(rounds=list(_rounds(places, rules, at)), by=by)
    old = [it for it in rounds if it.kind == "sampling" and it.done_at < at - timedelta(days=2)]
    for row in old[:N_RESULTS]:
        report_result(round=row.pk, n_positive=0, spots="", by=LABORATORY)
    return len(places)


def _places(at: datetime) -> Iterator[NewPlace]:
    since = at - timedelta(days=LISTED_D)
    wanted = {key for key, _ in VENUES.values()} | {key for _, key, _ in PROCESSES}
    by_class: dict[str, list] = {}
    rows = venues_in(the_realm().division_code).filter(venue_class__in=wanted)
    for venue in rows.order_by("area_path", "venue_number"):
        by_class.setdefault(venue.venue_class, []).append(venue)
    for of_class, (venue_class, n) in VENUES.items():
        for it in by_class.get(venue_class, [])[:n]:
            yield NewPlace(of_class=of_class, name=it.name, area_path=it.area_path, venue=it.pk, since=since)
    for of_class, venue_class, name in PROCESSES:
        for it in by_class.get(venue_class, [])[:1]:
            called = f"{it.name}{name}"
            yield NewPlace(of_class=of_class, name=called, area_path=it.area_path, venue=it.pk, since=since)


def _rounds(places: Sequence[PriorityPlace], rules: HygieneRules, at: datetime) -> Iterator[NewRound]:
    """The last of each kind at each place: of every seventh a day too late, of the others in time."""
    number = 0
    for place in places:
        for kind in KINDS:
            if (rule := rules.of.get((place.of_class, kind))) is None:
                continue
            number += 1
            days_ago = rule.n_days + 1 if number % LATE_EVERY == 0 else number % rule.n_days
            for n in range(rule.n_times):
                done_at = localtime(at) - timedelta(days=days_ago, minutes=10 * n + 5)
                yield _round(place, kind, n, done_at, number)


def _round(place: PriorityPlace, kind: str, n: int, done_at: datetime, number: int) -> NewRound:
    told = {
        "disinfection": {"agent": "chlorine", "concentration_mg_l": 500, "area_m2": 100 + 20 * (number % 10)},
        "sampling": {"n_samples": 5 + number % 6, "spots": "台面、门把手、下水口"},
        "inspection": _inspected(place, done_at, number),
    }[kind]
    key = uuid5(NAMESPACE_OID, f"{place.area_path} {place.of_class} {place.name} {kind} {n}")
    return NewRound(id=key, place=place.pk, kind=kind, done_at=done_at, **told)


def _inspected(place: PriorityPlace, done_at: datetime, number: int) -> dict:
    items = [it.key for it in checklist(place.of_class)] or ["masks"]
    wrong = items[-1] if number % 9 == 0 else ""
    answers = {item: "fault" if item == wrong else "ok" for item in items}
    remedies = {wrong: Remedy(what="补齐并留记录", by_on=done_at.date() + timedelta(days=10))} if wrong else {}
    return {"answers": answers, "remedies": remedies}
