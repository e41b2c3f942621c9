"""From rows that were brought together to one finding a person. Part of the procedure compare_sources."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

from fangxian.core.matching.addresses import Gazetteer
from fangxian.core.matching.clusters import Verdict
from fangxian.core.matching.matching import Matching, match
from fangxian.core.matching.outcomes import Outcome, Role, conflicts_of, outcome_of
from fangxian.core.matching.rows import Row, read_row
from fangxian.ops.comparisons.queries import decided_pairs
from fangxian.ops.comparisons.wire import NewDoubt, NewFinding, NewRow, SourceCounts, Written, whos_of
from fangxian.ops.places.queries import current_divisions
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.ids import new_ids

from .compare_reading import SourceRead

UNIT_DIGITS = 12
# Where a person lives is told by whoever asked them or by themselves; departments have where they are registered.
TELLS_AREA = (Role.GRID, Role.DECLARED)


@dataclass(slots=True)
class Laid:
    """All rows of all sources laid side by side.

    rows, roles, sources, whos : of every row; `position` is the place of its way of being written among `ways`
    """

    rows: list[Written]
    roles: list[Role]
    sources: list[UUID]
    whos: list[bytes]
    position: list[int]
    ways: list[Row]


def lay_out(read: Sequence[SourceRead], on: date) -> Laid:
    """Every way of being written once, as it is compared."""
    divisions = {it.area_path: it.name_zh for it in current_divisions()}
    read_address = lru_cache(maxsize=131_072)(Gazetteer(divisions).read)
    demo = the_realm().is_synthetic
    laid = Laid([], [], [], [], [], [])
    seen: dict[tuple[object, ...], int] = {}
    for source in read:
        for written in source.rows:
            way = read_row(
                name=written.name, number=written.number, phone=written.phone, address=written.address,
                born_on=written.born_on, born_year=written.born_year, sex=written.sex, on=on, demo=demo,
                read_address=read_address,
            )  # fmt: skip
            apart = () if way.tells_apart else (source.source, written.row_number)
            at = seen.setdefault((*written.identity, *apart), len(laid.ways))
            if at == len(laid.ways):
                laid.ways.append(way)
            laid.rows.append(written), laid.roles.append(Role(source.role)), laid.sources.append(source.source)
            laid.position.append(at)
    laid.whos = whos_of(laid.rows)
    return laid


def match_laid(laid: Laid, step) -> Matching:
    """Who is who among them, by what was decided before and by likelihood."""
    at: dict[bytes, list[int]] = defaultdict(list)
    for who, position in zip(laid.whos, laid.position, strict=True):
        if position not in at[who]:
            at[who].append(position)
    decided = {
        _in_order(one, other): Verdict(verdict)
        for first, second, verdict in decided_pairs(at)
        for one in at[first]
        for other in at[second]
        if one != other
    }
    return match(laid.ways, decided=decided, step=step)


def _in_order(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


@dataclass(slots=True)
class Found:
    """What is to be kept of a run: people with their rows, and pairs for a person to decide."""

    findings: list[NewFinding]
    rows: dict[UUID, list[NewRow]]
    rows_of_nobody: list[NewRow]
    doubts: list[NewDoubt]
    n_people: dict[UUID, int]


def find_all(laid: Laid, matching: Matching, area_path: str) -> Found:
    """One finding for each person whom a source other than the register has."""
    asked = frozenset(laid.roles)
    of_person: dict[int, list[int]] = defaultdict(list)
    person_of_way = matching.people.person.tolist()
    for row, position in enumerate(laid.position):
        of_person[person_of_way[position]].append(row)
    ids = iter(new_ids(len(laid.rows) + len(of_person)))
    found = Found([], {}, [], [], Counter())
    finding_of: dict[int, NewFinding] = {}
    for person, rows in of_person.items():
        for source in {laid.sources[row] for row in rows}:
            found.n_people[source] += 1
        likelihood = matching.people.likelihood.get(person, 1.0)
        finding = _finding(next(ids), laid, rows, asked, likelihood, area_path)
        if finding is not None:
            finding_of[person] = finding
            found.findings.append(finding)
            found.rows[finding.id] = [_kept(next(ids), laid, row, finding.id) for row in rows]
    _add_doubts(found, laid, matching, finding_of, of_person, ids)
    return found


def _finding(
    finding: UUID, laid: Laid, rows: Sequence[int], asked: frozenset[Role], likelihood: float, area_path: str
) -> NewFinding | None:
    written, roles = [laid.rows[row] for row in rows], [laid.roles[row] for row in rows]
    conflicts = conflicts_of(_facts(laid, rows))
    outcome = outcome_of(roles, asked, conflicts=bool(conflicts))
    if outcome is None:
        return None
    registered = next((it for it, role in zip(written, roles, strict=True) if role is Role.REGISTER), None)
    person = registered.person if registered else next((it.person for it in written if it.person), None)
    names = Counter(it.name for it in written if it.name)
    return NewFinding(
        id=finding,
        outcome=str(outcome),
        roles=",".join(role for role in Role if role in roles),
        conflicts=",".join(conflicts) if outcome is not Outcome.NOT_FOUND else "",
        area_path=registered.area_path if registered else _area(laid, rows) or area_path,
        person=person,
        name=registered.name if registered else names.most_common(1)[0][0] if names else "",
        likelihood_per_mille=min(round(likelihood * 1000), 1000),
        n_rows=sum(it.n_times for it, role in zip(written, roles, strict=True) if role is not Role.REGISTER),
    )


def _facts(laid: Laid, rows: Sequence[int]) -> Mapping[str, list[object]]:
    """What the sources but the register say of one person, where they may conflict."""
    facts: dict[str, list[object]] = {name: [] for name in ("arrived_on", "origin", "area_path", "number")}
    for row in rows:
        written, way = laid.rows[row], laid.ways[laid.position[row]]
        if laid.roles[row] is Role.REGISTER:
            continue
        if written.arrived_on:
            facts["arrived_on"].append(written.arrived_on)
        if written.origin:
            facts["origin"].append(written.origin)
        if way.is_residents and way.is_sound:
            facts["number"].append(way.number)
        if laid.roles[row] in TELLS_AREA and (area := _unit(laid, row)):
            facts["area_path"].append(area)
    return facts


def _unit(laid: Laid, row: int) -> str:
    """The village or community a row names, by its source or in its address; "" where it may be one of several."""
    written, address = laid.rows[row], laid.ways[laid.position[row]].address
    if written.area_path:
        return written.area_path[:UNIT_DIGITS]
    return next(iter(address.units)) if len(address.units) == 1 else ""


def _area(laid: Laid, rows: Sequence[int]) -> str:
    """Where somebody is who is not matched to the register: as the grid says, else themselves, else a list."""
    rank = {Role.GRID: 0, Role.DECLARED: 1, Role.PUSHED: 2}
    for row in sorted(rows, key=lambda row: rank.get(laid.roles[row], 3)):
        if laid.rows[row].area_path:
            return laid.rows[row].area_path
        address = laid.ways[laid.position[row]].address
        for areas in (address.units, address.townships):
            if len(areas) == 1:
                return next(iter(areas))
    return ""


def _kept(key: UUID, laid: Laid, row: int, finding: UUID | None) -> NewRow:
    return NewRow(id=key, source=laid.sources[row], finding=finding, who=laid.whos[row], written=laid.rows[row])


def _add_doubts(
    found: Found,
    laid: Laid,
    matching: Matching,
    finding_of: Mapping[int, NewFinding],
    of_person: Mapping[int, Sequence[int]],
    ids: Iterator[UUID],
) -> None:
    """Each doubtful pair, where a source but the register has one of the two; rows of nobody found are kept for it."""
    of_way: dict[int, NewRow] = {}
    person_of_way = matching.people.person
    kept_of_row = {
        row: kept
        for person, finding in finding_of.items()
        for row, kept in zip(of_person[person], found.rows[finding.id], strict=True)
    }
    row_of_way = {position: row for row, position in reversed(list(enumerate(laid.position)))}
    for doubt in matching.people.doubts:
        findings = [finding_of.get(int(person_of_way[way])) for way in (doubt.one, doubt.other)]
        if not any(findings):
            continue
        for way in (doubt.one, doubt.other):
            row = row_of_way[way]
            if way not in of_way:
                of_way[way] = kept_of_row.get(row) or _kept(next(ids), laid, row, None)
                if row not in kept_of_row:
                    found.rows_of_nobody.append(of_way[way])
        found.doubts.append(
            NewDoubt(
                one=of_way[doubt.one].id,
                other=of_way[doubt.other].id,
                area_path=next(it.area_path for it in findings if it),
                likelihood_per_mille=round(doubt.likelihood * 1000),
                why=str(doubt.why),
                levels=matching.pairs.levels_of(doubt.pair),
            )
        )


def counts_of(read: Sequence[SourceRead], n_people: Mapping[UUID, int]) -> list[SourceCounts]:
    """What came of each source."""
    return [
        SourceCounts(
            source=it.source,
            n_rows=it.n_rows,
            n_different=len(it.rows),
            n_people=n_people.get(it.source, 0),
            n_refused=len(it.refused),
        )
        for it in read
    ]
