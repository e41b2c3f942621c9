"""Plate maps (布板): which tube stands in which well, and where the controls always stand.

Wells are filled down the columns, as a pipette of eight moves. The controls stand in the last two wells whatever a
plate holds, so that a plate turned round is seen: its controls would be somebody's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final

from fangxian.core.refusal import Refusal


class Control(StrEnum):
    """A well that holds nobody."""

    NEGATIVE = "negative_control"
    POSITIVE = "positive_control"


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of plate.

    Attributes
    ----------
    rows, columns : how many; rows are letters from A, columns numbers from 1
    """

    rows: int
    columns: int

    @property
    def n_wells(self) -> int:
        return self.rows * self.columns

    @property
    def wells(self) -> tuple[str, ...]:
        """Names in the order in which they are filled: A1, B1, …, A2."""
        return tuple(f"{chr(65 + row)}{column}" for column in range(1, self.columns + 1) for row in range(self.rows))

    @property
    def controls(self) -> dict[str, Control]:
        """The negative control before the positive one: what is opened last cannot have dripped into others."""
        *_, negative, positive = self.wells
        return {negative: Control.NEGATIVE, positive: Control.POSITIVE}

    @property
    def for_tubes(self) -> tuple[str, ...]:
        return self.wells[: self.n_wells - len(self.controls)]


LAYOUTS: Final[Mapping[int, Layout]] = {96: Layout(8, 12), 32: Layout(4, 8)}


@dataclass(frozen=True)
class Plate:
    """One plate.

    Attributes
    ----------
    tubes : barcodes in the order in which they are put in; wells after the last stay empty
    """

    layout: Layout
    tubes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if len(self.tubes) > len(self.layout.for_tubes):
            raise Refusal(
                "laboratory.plate_full",
                zh="这块{n_wells}孔板要放 {n_tubes} 管，放不下。除去两个质控孔最多放 {most} 管。"
                "请把其余的管放到另一块板。",
                en="{n_tubes} tubes were put on a plate of {n_wells} wells. Beside its two controls it holds at most "
                "{most}. Put the others on another plate.",
                n_tubes=len(self.tubes),
                n_wells=self.layout.n_wells,
                most=len(self.layout.for_tubes),
            )
        if twice := next((tube for tube in self.tubes if self.tubes.count(tube) > 1), None):
            raise Refusal(
                "laboratory.tube_twice_on_plate",
                zh="试管“{tube}”在一块板上放了两次。每管只占一个孔。请取下一处，再布板。",
                en="The tube “{tube}” stands twice on one plate. Each takes one well. Take one away and lay the plate "
                "out again.",
                tube=twice,
            )

    @cached_property
    def tube_of(self) -> dict[str, str]:
        """The tube in each well that has one."""
        return dict(zip(self.layout.for_tubes, self.tubes, strict=False))

    @cached_property
    def well_of(self) -> dict[str, str]:
        return {tube: well for well, tube in self.tube_of.items()}

    def worklist(self) -> Iterator[tuple[str, str]]:
        """(well, tube or control) of every well that is used, in the order in which they are filled."""
        yield from self.tube_of.items()
        yield from ((well, str(control)) for well, control in self.layout.controls.items())

    def grid(self) -> list[list[str]]:
        """What stands where, row by row; "" for an empty well."""
        used = dict(self.worklist())
        letters = [chr(65 + row) for row in range(self.layout.rows)]
        columns = range(1, self.layout.columns + 1)
        return [[used.get(f"{letter}{column}", "") for column in columns] for letter in letters]


def plates_of(tubes: Sequence[str], *, wells: Sequence[int] = (96, 32)) -> list[Plate]:
    """So many plates that every tube stands on one, in the order in which they came.

    Full plates of the largest kind, and for the rest the smallest that holds it: a run takes as long half empty.

    Parameters
    ----------
    wells : kinds of plates that there are, of `LAYOUTS`

    Raises
    ------
    ValueError
        No kind of plate.
    """
    if not wells:
        raise ValueError("no kind of plate: give 96, 32 or both")
    layouts = sorted((LAYOUTS[n] for n in set(wells)), key=lambda it: it.n_wells)
    largest, plates, at = layouts[-1], [], 0
    while at < len(tubes):
        left = len(tubes) - at
        layout = next((it for it in layouts if len(it.for_tubes) >= left), largest)
        until = at + len(layout.for_tubes)
        plates.append(Plate(layout, tuple(tubes[at:until])))
        at = until
    return plates
