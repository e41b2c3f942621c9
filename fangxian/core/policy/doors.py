"""From a rulebook to door tables, and from two words and a door to an answer.

Every reason a door may give is one bit. Bits are numbered worst outcome first and, within an outcome,
by how easily the person can change it: so the lowest bit of a mask is the closest reason, its outcome
is the door's outcome, and the other bits in order are the reasons under it. Each input contributes
one mask; masks are ORed. A declared cross-term has a bit above the reasons that is set by every value
that does *not* meet its condition: clear after the OR, the cross-term holds.
"""

from bisect import bisect_right
from collections.abc import Iterator, Set
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from fangxian.core.policy.door_layout import (
    covered_venues,
    door_values,
    missing_emergency,
    venue_class_keys,
    with_emergency,
)
from fangxian.core.policy.rulebook import (
    DoorRule,
    Row,
    Rulebook,
    TogetherRule,
)
from fangxian.core.policy.tables import N_FIXED_INPUTS, ColourSentence, DoorReason, DoorTables, Together, union
from fangxian.core.policy.vocabulary import EMERGENCY_CLASSES, Outcome
from fangxian.core.refusal import Refusal

MOST_REASONS = 62  # reasons and cross-terms; masks then fit a signed 64-bit array in replays
MOST_EXEMPTIONS = 8  # as many as a safety word has flags; 256 combinations are looked up


class DoorInputs(NamedTuple):
    """What a gate knows at a door, as small numbers (see `vocabulary`); −1 is "not known" where it says so.

    venue_class : index in `DoorTables.venue_classes`; 0 is a class the rulebook does not list
    test_age_min : whole minutes since the last negative test, or −1
    temperature_tenths : tenths of a degree Celsius, or −1 if not taken
    knowledge_age_s : seconds since the gate's knowledge was complete, or −1
    exempt : bit n is set if the n-th exemption of the rulebook holds for the person
    also : values of the rulebook's own further inputs, in their order
    """

    venue_class: int
    colour: int
    travel: int
    test_age_min: int
    temperature_tenths: int
    permit: int
    presence: int
    venue_status: int
    knowledge_age_s: int
    exempt: int = 0
    also: tuple[int, ...] = ()


class DoorDecision(NamedTuple):
    """A door's answer: `mask` holds it all; the rest is looked up when asked for."""

    tables: DoorTables
    mask: int

    @property
    def outcome(self) -> Outcome:
        return self.tables.outcome_of(self.mask)

    @property
    def reasons(self) -> tuple[DoorReason, ...]:
        """The closest reason first, then the rest; empty if nothing is to be said."""
        return tuple(self.tables.reasons[bit] for bit in _bits(self.mask))

    @property
    def closest(self) -> DoorReason | None:
        return self.tables.reasons[(self.mask & -self.mask).bit_length() - 1] if self.mask else None

    @property
    def directed(self) -> bool:
        """Whether the person is admitted with a direction, as at a hospital."""
        return self.mask != 0 and self.outcome is Outcome.ADMIT


def find_door_mask(tables: DoorTables, inputs: DoorInputs) -> int:
    """The mask of reasons at a door; 0 if there is none. (two words and a door → mask)

    An impossible number (a colour of 7 or −1) raises IndexError: it is a bug of the caller, never a green.
    """
    return find_door_mask_of(tables, *inputs)


def find_door_mask_of(
    tables: DoorTables,
    venue_class: int,
    colour: int,
    travel: int,
    test_age_min: int,
    temperature_tenths: int,
    permit: int,
    presence: int,
    venue_status: int,
    knowledge_age_s: int,
    exempt: int = 0,
    also: tuple[int, ...] = (),
) -> int:
    """The same of the inputs one by one: a gate does not make them a thing first, which cost as much as looking up."""
    if venue_class | colour | travel | permit | presence | venue_status | exempt < 0:  # one is: its sign bit stays
        raise _negative(venue_class, colour, travel, permit, presence, venue_status, exempt)
    rows = tables.rows[venue_class]
    mask = (
        rows[0][colour]
        | rows[1][travel]
        | rows[2][bisect_right(tables.test_bounds_min, test_age_min) + 1 if test_age_min >= 0 else 0]
        | rows[3][bisect_right(tables.temperature_bounds_tenths, temperature_tenths) if temperature_tenths >= 0 else 0]
        | rows[4][permit]
        | rows[5][presence]
        | rows[6][venue_status]
        | rows[7][0 if knowledge_age_s < 0 else 1 if knowledge_age_s < tables.stale_after_s else 2]  # Freshness
    )
    if tables.n_also:
        for row, value in zip(rows[N_FIXED_INPUTS:], also, strict=True):
            if value < 0:
                raise _negative(value)
            mask |= row[value]
    met = ~mask & tables.together_mask
    mask &= tables.reason_mask
    if met:
        mask = _with_together(tables, mask, met)
    return mask & tables.keeps[exempt] if exempt else mask


def _negative(*inputs: int) -> IndexError:
    """Python counts negative indexes from the end: −1 would read as the last class or a located presence."""
    return IndexError(f"a door input is negative: {inputs}")


def _with_together(tables: DoorTables, mask: int, met: int) -> int:
    lifted = 0
    for bit in _bits(met):
        together = tables.together[bit - len(tables.reasons)]
        mask |= together.adds
        lifted |= together.lifts
    return mask & ~lifted


def decide_door(tables: DoorTables, inputs: DoorInputs) -> DoorDecision:
    """The answer of a door to one person. (two words, venue, presence → decision)

    About 1.5 µs; no reason is built until `reasons` or `closest` is read.
    """
    return DoorDecision(tables, find_door_mask(tables, inputs))


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def door_moments(rulebook: Rulebook) -> tuple[datetime, ...]:
    """The moments from which a rulebook's door tables differ: compile once for each."""
    rows: tuple[Row, ...] = (*rulebook.doors, *rulebook.together, *rulebook.exemptions)
    edges = {rulebook.begins_at, *(row.begins_at for row in rows), *(row.until_at for row in rows)}
    return tuple(sorted(edge for edge in edges if rulebook.in_force(edge)))


def compile_doors(
    rulebook: Rulebook, at: datetime | None = None, *, emergency_classes: Set[str] = EMERGENCY_CLASSES
) -> DoorTables:
    """The door tables of a rulebook. (`Rulebook` → columns that gate, phone and replay look up)

    Parameters
    ----------
    at : aware datetime, or None for the rulebook's beginning
        Rows with a narrower period make several tables of one rulebook, each in force between two of
        `door_moments`; this chooses the one in force at `at`.
    emergency_classes : keys of the classes that give emergency care, also where the rulebook does not say so

    Raises
    ------
    Refusal
        `rulebook.no_gate` if it has no doors; `rulebook.hospital_refuses` if a class with emergency care
        has a cell that could refuse; `rulebook.emergency_missing` if such a class is left out;
        `rulebook.too_many_reasons`; `rulebook.no_stale_after`.
    """
    _none_missing(rulebook, emergency_classes)
    rulebook = with_emergency(rulebook, emergency_classes)
    _may_compile(rulebook)
    stale_after = rulebook.stale_after
    assert stale_after is not None
    rulebook = _as_of(rulebook, rulebook.begins_at if at is None else at)
    spoken = sorted(_speaking(rulebook), key=lambda row: (-_outcome(row), -row.ease, row.number))
    bit_of = {row.number: 1 << bit for bit, row in enumerate(spoken)}
    values = door_values(rulebook)
    classes = venue_class_keys(rulebook)
    emergency = {v.key for v in rulebook.venue_classes if v.emergency_care}
    return DoorTables(
        rulebook=rulebook.id,
        version=rulebook.version,
        rulebook_digest=rulebook.digest,
        begins_s=int(rulebook.begins_at.timestamp()),
        until_s=int(rulebook.until_at.timestamp()),
        stale_after_s=int(stale_after / timedelta(seconds=1)),
        test_bounds_min=tuple(int(band.up_to / timedelta(minutes=1)) for band in rulebook.test_bands),
        temperature_bounds_tenths=tuple(round(band.from_c * 10) for band in rulebook.temperature_bands),
        venue_classes=classes,
        emergency_care=tuple(key in emergency for key in classes),
        inputs=tuple(values),
        values=tuple(values.values()),
        rows=_rows(rulebook, bit_of),
        reasons=tuple(_reason(row) for row in spoken),
        together=tuple(
            Together(row.number, bit_of.get(row.number, 0), union(bit_of.get(n, 0) for n in row.lifts))
            for row in rulebook.together
        ),
        exemptions=tuple(row.key for row in rulebook.exemptions),
        exemption_lifts=tuple(union(bit_of.get(n, 0) for n in row.lifts) for row in rulebook.exemptions),
        colour_reasons=tuple(
            ColourSentence(row.number, row.reason, row.advice or row.reason) for row in rulebook.colours
        ),
    ).finished()


def _as_of(rulebook: Rulebook, at: datetime) -> Rulebook:
    """The rulebook with the door rows in force at `at`, for the time in which they do not change."""
    edges = (*door_moments(rulebook), rulebook.until_at)
    exemptions = tuple(row if row.in_force(at) else replace(row, lifts=()) for row in rulebook.exemptions)
    return replace(
        rulebook,
        begins_at=max((edge for edge in edges if edge <= at), default=rulebook.begins_at),
        until_at=min((edge for edge in edges if edge > at), default=rulebook.until_at),
        doors=tuple(row for row in rulebook.doors if row.in_force(at)),
        together=tuple(row for row in rulebook.together if row.in_force(at)),
        exemptions=exemptions,  # all of them: their order is the meaning of a person's exemption bits
    )


def _speaking(rulebook: Rulebook) -> Iterator[DoorRule | TogetherRule]:
    yield from rulebook.doors
    yield from (row for row in rulebook.together if row.outcome is not None)


def _outcome(row: DoorRule | TogetherRule) -> Outcome:
    return Outcome.ADMIT if row.outcome is None else row.outcome


def _reason(row: DoorRule | TogetherRule) -> DoorReason:
    input_ = row.input if isinstance(row, DoorRule) else ""
    return DoorReason(row.number, input_, _outcome(row), row.ease, row.reason, row.advice or row.reason)


def _rows(rulebook: Rulebook, bit_of: dict[str, int]) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """One mask for each venue class, input and value: its reasons, and the cross-terms it bars."""
    values = door_values(rulebook)
    first = next(iter(values))
    spoken: tuple[DoorRule | TogetherRule, ...] = (*rulebook.doors, *rulebook.together)
    covered = {row.number: covered_venues(rulebook, row) for row in spoken}

    def cell(venue: str, name: str, value: str) -> int:
        reasons = union(
            bit_of[rule.number]
            for rule in rulebook.doors
            if rule.input == name and value in rule.values and venue in covered[rule.number]
        )
        bars = union(
            1 << (len(bit_of) + k)
            for k, row in enumerate(rulebook.together)
            if (name == first and venue not in covered[row.number]) or value not in row.when.get(name, (value,))
        )
        return reasons | bars

    return tuple(
        tuple(tuple(cell(venue, name, value) for value in of_input) for name, of_input in values.items())
        for venue in venue_class_keys(rulebook)
    )


def _may_compile(rulebook: Rulebook) -> None:
    if not rulebook.has_gate:
        raise Refusal(
            "rulebook.no_gate",
            zh="规则 {rulebook} 没有门岗规则，无需编译。没有门岗的病种不设扫码。",
            en="Rulebook {rulebook} has no door rules, so there is nothing to compile: this disease has no gate.",
            rulebook=rulebook.id,
        )
    if rulebook.stale_after is None:
        raise no_stale_after(rulebook)
    n_bits = sum(1 for _ in _speaking(rulebook)) + len(rulebook.together)
    if n_bits > MOST_REASONS or len(rulebook.exemptions) > MOST_EXEMPTIONS:
        raise Refusal(
            "rulebook.too_many_reasons",
            zh="门岗规则与联合条件共 {n}（上限 {most}），豁免 {exempt} 类（上限 {most_exempt}）。"
            "请合并说法相同的规则。",
            en="Door rules and cross-terms take {n} places (at most {most}), exemptions {exempt} (at most "
            "{most_exempt}). Join rules that say the same.",
            n=n_bits, most=MOST_REASONS, exempt=len(rulebook.exemptions), most_exempt=MOST_EXEMPTIONS,
        )  # fmt: skip
    refusing = [f"{number} ({venue})" for venue, number in hospital_refusals(rulebook)]
    if refusing:
        raise Refusal(
            "rulebook.hospital_refuses",
            zh="提供急诊的场所不得拒绝任何人，但这些规则可能拒绝：{rules}。请改为 route（引导）或排除这些场所。",
            en="A place with emergency care refuses nobody, but these rules could: {rules}. Make them route, or "
            "leave the venue class out.",
            rules=", ".join(refusing),
        )


def _none_missing(rulebook: Rulebook, emergency_classes: Set[str]) -> None:
    if missing := missing_emergency(rulebook, emergency_classes):
        raise emergency_missing(rulebook, missing)


def emergency_missing(rulebook: Rulebook, missing: tuple[str, ...]) -> Refusal:
    """The refusal of a rulebook with doors that leaves out classes with emergency care."""
    return Refusal(
        "rulebook.emergency_missing",
        zh="规则 {rulebook} 有门岗，却没有列出提供急诊的场所类别：{missing}。这些门口会按未列出的场所处理，"
        "可能拒绝病人。请在 [[venue_classes]] 补上，并写 emergency_care = true。",
        en="Rulebook {rulebook} has doors but leaves out classes that give emergency care: {missing}. Their doors "
        "would be treated as unlisted and could refuse the sick. Add them to [[venue_classes]] with "
        "emergency_care = true.",
        rulebook=rulebook.id,
        missing=", ".join(missing),
    )


def no_stale_after(rulebook: Rulebook) -> Refusal:
    """The refusal of a rulebook with doors that never grow stale."""
    return Refusal(
        "rulebook.no_stale_after",
        zh="规则 {rulebook} 有门岗却没有写 stale_after：断网的门岗会一直放行旧绿码。"
        '请写明多久算过期，例如 stale_after = "2 h"。',
        en="Rulebook {rulebook} has doors but no stale_after: a door without network would go on admitting old "
        'greens. Say when its knowledge is stale, such as stale_after = "2 h".',
        rulebook=rulebook.id,
    )


def hospital_refusals(rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    """(venue class, rule number) of each row by which a door with emergency care could refuse."""
    emergency = {v.key for v in rulebook.venue_classes if v.emergency_care}
    for row in _speaking(rulebook):
        for venue in covered_venues(rulebook, row):
            if venue in emergency and row.outcome is Outcome.REFUSE:
                yield venue, row.number
