"""Contacts as lists show them: the rows with their case's number, team, place and ring; what is wrong and what is late.

What crosses rooms is asked once for a page: cases, tracing and places are each one query, however many rows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.cases.queries import numbers_of, open_cases_of
from fangxian.ops.contacts.counting import DayCount, Scheme, by_day, scheme
from fangxian.ops.contacts.listing import Faulty, Wanted, amiss, every_row, listed, n_listed, page_of
from fangxian.ops.contacts.queries import VIEW, changes_within, known_as, within
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.places.queries import places_at
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.tracing.queries import team_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What may be chosen and named on any page of contacts: the rulebooks in force, the teams that stand."""

    rulebooks: Mapping[str, Rulebook]
    teams: Sequence
    rings: Mapping[str, Said]

    def rings_of(self, disease: str) -> dict[str, Said]:
        """To what contacts of one disease may be confirmed."""
        book = self.rulebooks.get(disease)
        mine = {rule.ring for rule in book.contacts} if book else set()
        return {ring: name for ring, name in self.rings.items() if ring in mine}


def words_in_force(at: datetime) -> Words:
    """Two queries. `rings` are those of every rulebook in force: what a contact may be confirmed to."""
    books = rulebooks_by_disease(at)
    rings = {rule.ring: rule.name for book in books.values() for rule in book.contacts if rule.in_force(at)}
    return Words(rulebooks=books, teams=list(team_names()), rings=rings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What rows of contacts are named by: cases by id, places by path, rings by disease and key, teams by id, and
    by what name those are known through whom others are contacts.

    Attributes
    ----------
    own_cases : by resident and disease the case they have themselves, of those on whom nobody has decided yet
    """

    numbers: Mapping[UUID, str]
    places: Mapping[str, object]
    rulebooks: Mapping[str, Rulebook]
    teams: Mapping[UUID, object]
    through: Mapping[UUID, str]
    own_cases: Mapping[tuple[UUID, str], object]

    def ring(self, disease: str, ring: str) -> Said:
        """What the rulebook in force calls a ring; its key where none does."""
        book = self.rulebooks.get(disease)
        return next((rule.name for rule in book.contacts if rule.ring == ring) if book else iter(()), Said(ring, ring))

    def own_case(self, row) -> object | None:
        """The case whom a contact who waits for a decision is themselves by now; None for none."""
        return self.own_cases.get((row.person_id, row.disease)) if row.state == "proposed" else None

    def turns_codes(self, disease: str) -> bool:
        """Whether the disease's rulebook in force has codes and doors at all."""
        return disease in self.rulebooks and self.rulebooks[disease].has_gate

    def township(self, area_path: str) -> object | None:
        return self.places.get(area_path[:TOWNSHIP_DIGITS])

    def unit(self, area_path: str) -> object | None:
        return self.places.get(area_path[:VILLAGE_DIGITS])


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPage:
    """One page of the line list. `faulty`, `n_late` and `n_to_release` are of everything the reader may see."""

    rows: Sequence
    total: int
    faulty: Faulty
    n_late: int
    n_to_release: int
    around: Around


def n_wanted(account: Account, wanted: Wanted, *, at: datetime) -> int:
    """How many contacts a list holds; refuses accounts.not_yours where the account may see none anywhere."""
    require(account, VIEW)
    return n_listed(account, wanted, at=at)


def contact_page(
    account: Account,
    wanted: Wanted,
    *,
    at: datetime,
    sort: str,
    which: slice,
    total: int,
    words: Words,
    places: Mapping[str, object],
) -> ContactPage:
    """A page of the line list with all that it names. `places` are the county's townships and units, by path."""
    rows = page_of(account, wanted, at=at, sort=sort, which=which, total=total)
    found = amiss(account, at=at)
    return ContactPage(
        rows=rows,
        total=total,
        faulty=found.faulty,
        n_late=found.n_late,
        n_to_release=found.n_to_release,
        around=_named_by(rows, words, places),
    )


def around(rows: Iterable, *, at: datetime) -> Around:
    """What these rows are named by; six queries."""
    rows = list(rows)
    paths = {row.area_path[:digits] for row in rows for digits in (TOWNSHIP_DIGITS, VILLAGE_DIGITS, 15)}
    return _named_by(rows, words_in_force(at), places_at(paths))


def _named_by(rows: Sequence, words: Words, places: Mapping[str, object]) -> Around:
    vias = {row.via for row in rows if row.via}
    waiting = {row.person_id for row in rows if row.person_id and row.state == "proposed"}
    return Around(
        numbers=numbers_of({row.case_id for row in rows}),
        places=places,
        rulebooks=words.rulebooks,
        teams={team.pk: team for team in words.teams},
        through={pk: it.name for pk, it in known_as(vias).items()} if vias else {},
        own_cases=open_cases_of(waiting) if waiting else {},
    )


def every_contact(account: Account, wanted: Wanted, *, at: datetime, sort: str) -> Iterator[tuple[object, Around]]:
    """The whole filtered list, whole rows, some hundred in memory at a time."""
    require(account, VIEW)
    chunk: list = []
    for row in every_row(listed(account, wanted, at=at), sort=sort):
        chunk.append(row)
        if len(chunk) == 500:
            yield from _named(chunk, at)
            chunk = []
    yield from _named(chunk, at)


def _named(rows: Sequence, at: datetime) -> Iterator[tuple[object, Around]]:
    if rows:
        named = around(rows, at=at)
        yield from ((row, named) for row in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyFigures:
    """The scheme as it stands, and what each of the last days brought."""

    scheme: Scheme
    days: Sequence[DayCount]


def daily_figures(account: Account, *, midnight: datetime, n_days: int) -> DailyFigures:
    """The figures of the contacts an account may see; `midnight` ends the last day. Two queries."""
    return DailyFigures(
        scheme=scheme(within(account)),
        days=by_day(changes_within(account), midnight=midnight, n_days=n_days),
    )
