"""327 pupils with badges that saw who faced whom, and what some of them said when asked: SocioPatterns, Thiers 2013.

Mastrandrea et al. 2015 (PLOS ONE 10:e0136497). The data lie beside the repository and are not part of it.
"""

import csv
import gzip
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from fangxian.core.exposure.columns import EVER, Cases, Context, Memberships, Ring, Venues, Visits
from fangxian.core.exposure.disease import Rules
from fangxian.core.exposure.index import StayIndex, index_visits
from fangxian.core.exposure.search import find_exposed
from fangxian.core.exposure.ties import Near
from fangxian.core.policy.vocabulary import Presence

STEP_S: Final = 20  # what a badge saw, it saw for so long
ASKED_DAY: Final = 3  # the diaries are of the fourth day, Thursday 5 December 2013
BINS: Final = ((0, 60), (60, 300), (300, 900), (900, 3600), (3600, EVER))
RULES: Final = Rules(first_day=0, curve=np.ones(30))


class Pupils(NamedTuple):
    """at, one, other: (n,) int64, a row for each 20 s in which two faced one another; class_of: pupil → class;
    named: whom each pupil who was asked named."""

    at: np.ndarray
    one: np.ndarray
    other: np.ndarray
    class_of: dict[int, str]
    named: dict[int, set[int]]


def read(folder: Path) -> Pupils:
    rows = _rows(folder / "HighSchool2013_proximity_net.csv.gz")
    at, one, other = np.array([row[:3] for row in rows], dtype=np.int64).T
    text = (folder / "HighSchool2013_metadata.txt").read_text("utf-8")
    class_of = {int(row[0]): row[1] for row in (line.split() for line in text.splitlines()) if row}
    named: dict[int, set[int]] = {}
    for asked, told, _ in _rows(folder / "HighSchool2013_contactdiaries_network.csv.gz"):
        named.setdefault(int(asked), set()).add(int(told))
    return Pupils(at, one, other, class_of, named)


def _rows(path: Path) -> list[list[str]]:
    with gzip.open(path, "rt", newline="") as file:
        return list(csv.reader(file, delimiter=" "))


def indexed(pupils: Pupils) -> StayIndex:
    """Each pair has a place of its own, where both are scanned each time their badges saw one another."""
    low, high = np.minimum(pupils.one, pupils.other), np.maximum(pupils.one, pupils.other)
    place = low * 10_000 + high
    numbers = np.unique(place)
    stay = np.full(len(numbers), STEP_S)
    venues = Venues(
        number=numbers, shortest_s=stay, usual_s=stay, longest_s=stay, air=np.ones(len(numbers)), cell=stay * 0 - 1
    )
    twice = np.concatenate([place, place])
    shown = np.full(len(twice), int(Presence.STAFFED), np.int8)
    people, moments = np.concatenate([low, high]), np.concatenate([pupils.at, pupils.at])
    return index_visits(Visits.of(people, twice, moments, shown), venues)


def everybody(pupils: Pupils) -> Cases:
    """Every pupil as a case, for all the days."""
    people = np.unique(np.concatenate([pupils.one, pupils.other]))
    begins = np.full(len(people), int(pupils.at.min()))
    return Cases(person=people, begins_s=begins, near_begins_s=begins, ends_s=begins + 30 * 86_400, onset_s=begins)


class Recall(NamedTuple):
    """Of true contacts as long as this in the day: how many there were, and how many were found in which way."""

    from_s: int
    until_s: int
    n: int
    n_interview: int
    n_scans: int
    n_both: int


def recall_by_duration(pupils: Pupils) -> tuple[list[Recall], int, int, int]:
    """Whom the pupils who were asked really faced on that day, and who of them is found by asking, by class, by both.

    By scans a pupil is known to be in a class; the search proposes the class. With it: how many an interview, the class
    and both name for an average pupil who was asked.
    """
    midnight = int(pupils.at.min()) // 86_400 * 86_400 + ASKED_DAY * 86_400
    today = np.flatnonzero((pupils.at >= midnight) & (pupils.at < midnight + 86_400))
    seconds: dict[tuple[int, int], int] = {}
    for a, b in zip(pupils.one[today].tolist(), pupils.other[today].tolist(), strict=True):
        for pair in ((a, b), (b, a)):
            seconds[pair] = seconds.get(pair, 0) + STEP_S
    there = {pupil for pair in seconds for pupil in pair}
    asked = sorted(there & set(pupils.named))
    by_class = {pupil: proposed_by_class(pupils, pupil, midnight) for pupil in asked}
    found = []
    for low, high in BINS:
        pairs = [pair for pair, s in seconds.items() if low < s <= high and pair[0] in by_class]
        told = [b in pupils.named[a] for a, b in pairs]
        scanned = [b in by_class[a] for a, b in pairs]
        both = [t or s for t, s in zip(told, scanned, strict=True)]
        found.append(Recall(low, high, len(pairs), sum(told), sum(scanned), sum(both)))
    sizes = [(len(pupils.named[p]), len(by_class[p]), len(pupils.named[p] | by_class[p])) for p in asked]
    means = np.mean(sizes, axis=0).round().astype(int).tolist()
    return found, means[0], means[1], means[2]


def proposed_by_class(pupils: Pupils, pupil: int, midnight: int) -> set[int]:
    """The close contacts that the search proposes of a pupil whose class is known."""
    names = sorted(set(pupils.class_of.values()))
    people = np.array(list(pupils.class_of), dtype=np.int64)
    groups = np.array([names.index(name) for name in pupils.class_of.values()])
    begins, nothing = np.array([midnight]), np.zeros(0, np.int64)
    case = Cases(
        person=np.array([pupil]), begins_s=begins, near_begins_s=begins, ends_s=begins + 86_400, onset_s=begins
    )
    index = index_visits(Visits.of(nothing, nothing, nothing, nothing), Venues.empty())
    near = Near(memberships=Memberships.always(people, groups, Context.CLASS))
    found = find_exposed(index, case, rules=RULES, near=near)
    return set(found.person[found.ring == Ring.CLOSE].tolist())
