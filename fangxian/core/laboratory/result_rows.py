"""What an instrument writes (仪器导出的结果), row by row, to the curves of each tube and of the controls.

The file's bytes, encoding and head are read before (`ops.intake`), so that rows come here as named text: a row a well
and channel, or a row a well with a column for each channel. Nothing is guessed: a row that cannot be told for sure is
refused with its number, and its tube with it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Final

from fangxian.core.refusal import Refusal

from .file_plates import plates_of_rows
from .judging import KIT, Cycles, Kit
from .plates import Control
from .row_refusals import ct_unreadable, incomplete, nameless, no_channel, no_such_tube, not_sampled_yet, two_values

MOST_CYCLES: Final = 50
NO_CURVE: Final = frozenset({
    "", "-", "--", "/", "0", "0.0", "0.00", "n/a", "na", "nan", "noct", "no ct", "undet", "undet.", "undetermined",
    "neg", "无", "无ct", "未检出", "未检测到",
})  # fmt: skip
CHANNELS: Final[Mapping[str, str]] = {
    "orf": "ORF1ab", "orf1": "ORF1ab", "orf1ab": "ORF1ab", "o": "ORF1ab", "fam": "ORF1ab", "rdrp": "ORF1ab",
    "n": "N", "n基因": "N", "ngene": "N", "vic": "N", "hex": "N",
    "e基因": "E", "egene": "E", "s基因": "S", "sgene": "S",
    "ic": "IC", "内标": "IC", "内参": "IC", "rnasep": "IC", "rnp": "IC", "rp": "IC",
    "cy5": "IC", "rox": "IC", "internalcontrol": "IC",
}  # fmt: skip
CONTROLS: Final[Mapping[str, Control]] = {
    "nc": Control.NEGATIVE, "ntc": Control.NEGATIVE, "阴性对照": Control.NEGATIVE, "阴性质控": Control.NEGATIVE,
    "阴控": Control.NEGATIVE, "negativecontrol": Control.NEGATIVE, "blank": Control.NEGATIVE,
    "pc": Control.POSITIVE, "ptc": Control.POSITIVE, "阳性对照": Control.POSITIVE, "阳性质控": Control.POSITIVE,
    "阳控": Control.POSITIVE, "positivecontrol": Control.POSITIVE,
}  # fmt: skip
COUNTED: Final = re.compile(r"[-_]?\d$")  # NC1, NC-2; more digits make a barcode
LOOKS_LIKE: Final = str.maketrans("OoIlQ", "00110")


@dataclass(frozen=True, slots=True)
class Taken:
    """What is known of a tube when a result of it comes.

    Attributes
    ----------
    sampled_at : when it was sealed; None where that has not come in yet
    """

    sampled_at: datetime | None


@dataclass(slots=True)
class Curves:
    """What a file says.

    Attributes
    ----------
    tubes : cycles by channel, every channel of the kit
    plates : the plate of each tube, as the file or the laboratory names it; "" where the file is of one
    controls : by plate, of each control as tubes
    refused : (row number, why), of a tube the row in which it was first named
    """

    tubes: dict[str, Cycles] = field(default_factory=dict)
    plates: dict[str, str] = field(default_factory=dict)
    controls: dict[str, dict[Control, Cycles]] = field(default_factory=dict)
    refused: list[tuple[int, Refusal]] = field(default_factory=list)


@dataclass(slots=True)
class _Seen:
    row_number: int
    sample: str
    plate: str
    cycles: dict[str, float | None] = field(default_factory=dict)
    refusals: list[tuple[int, Refusal]] = field(default_factory=list)


def curves(
    rows: Iterable[tuple[int, Mapping[str, str]]],
    *,
    known: Mapping[str, Taken],
    measured_at: datetime,
    laid: Mapping[str, str] = MappingProxyType({}),
    kit: Kit = KIT,
) -> Curves:
    """The curves of every tube, and of every control of each plate, of a file.

    Parameters
    ----------
    rows : (row number, fields): `sample` and either `channel` and `ct`, or a field `ct_<channel>` for each channel;
        with `plate` and `well` where the file has them
    known : tubes the laboratory has received, by barcode
    laid : on which plate the laboratory laid them, see `file_plates`
    measured_at : when the run ended, aware

    Raises
    ------
    Nothing: what cannot be taken is in `refused`, each with its row; a tube of which one row is refused is not taken.
    """
    every = list(rows)
    plates = plates_of_rows([row for _, row in every], laid, is_control=lambda it: _control(it, known) is not None)
    seen: dict[tuple[str | int, ...], _Seen] = {}
    for (row_number, row), plate in zip(every, plates, strict=True):
        sample = row.get("sample", "").strip()
        of_control = (plate, row.get("well", "").strip()) if _control(sample, known) is not None else ()
        for read in _cells(row, kit):
            one = seen.setdefault((sample, *of_control), _Seen(row_number, sample, plate))
            try:
                channel, ct = read()
                if of_control:
                    one = _fresh(seen, (sample, *of_control), channel, _Seen(row_number, sample, plate))
                _put(one, sample, channel, ct, row_number=row_number)
            except Refusal as refusal:
                one.refusals.append((row_number, refusal))
    told = Curves()
    for one in seen.values():
        _take(told, one, known, measured_at, kit)
    told.refused.sort(key=lambda refused: refused[0])
    return told


def channel_of(text: str, kit: Kit = KIT) -> str:
    """The kit's channel that a word in a file means.

    Refuses
    -------
    laboratory.no_channel
    """
    plain = "".join(text.split()).replace("-", "").casefold()
    channel = next((each for each in kit.channels if each.casefold() == plain), CHANNELS.get(plain, ""))
    if channel not in kit.channels:
        raise no_channel(text, kit.channels)
    return channel


def ct_of(text: str) -> float | None:
    """The cycle of a curve, None where none rose.

    Refuses
    -------
    laboratory.ct_unreadable
    """
    plain = text.strip().casefold()
    if plain in NO_CURVE:
        return None
    try:
        ct = float(plain.replace(",", "."))
    except ValueError:
        raise ct_unreadable(text, MOST_CYCLES) from None
    if not 0 < ct <= MOST_CYCLES:  # also of what is no number at all, as "nan" would be
        raise ct_unreadable(text, MOST_CYCLES)
    return ct


def control_of(sample: str) -> Control | None:
    """The control that a sample's name means; of several, as NC1 and NC2, the same. None: a tube."""
    return CONTROLS.get(COUNTED.sub("", "".join(sample.split()).casefold()))


def _cells(row: Mapping[str, str], kit: Kit) -> list[Callable[[], tuple[str, float | None]]]:
    """How each curve of a row is read, (channel, cycles): one of a long row, as many as there are of a wide one."""

    def long() -> tuple[str, float | None]:
        return channel_of(row["channel"], kit), ct_of(row.get("ct", ""))

    def wide(channel: str) -> tuple[str, float | None]:
        return channel, ct_of(row[f"ct_{channel.lower()}"])

    if row.get("channel"):
        return [long]
    return [partial(wide, channel) for channel in kit.channels if f"ct_{channel.lower()}" in row]


def _control(sample: str, known: Mapping[str, Taken]) -> Control | None:
    return None if sample in known else control_of(sample)


def _fresh(seen: dict[tuple[str | int, ...], _Seen], key: tuple[str | int, ...], channel: str, new: _Seen) -> _Seen:
    """Of several wells of one control that have one name the first without this channel: each is a well of its own."""
    nth = 0
    while channel in seen.setdefault((*key, nth) if nth else key, new).cycles:
        nth += 1
    return seen[(*key, nth) if nth else key]


def _put(one: _Seen, sample: str, channel: str, ct: float | None, *, row_number: int) -> None:
    if not sample and ct is not None:
        raise nameless()
    if channel in one.cycles and one.cycles[channel] != ct:
        raise two_values(channel, one.cycles[channel], ct, one.row_number)
    one.cycles[channel] = ct


def _take(told: Curves, one: _Seen, known: Mapping[str, Taken], measured_at: datetime, kit: Kit) -> None:
    sample, control = one.sample, _control(one.sample, known)
    refusals = [*one.refusals, *((one.row_number, why) for why in _whys(sample, one, known, measured_at, kit))]
    if refusals:
        told.refused += refusals
    elif not sample:
        return  # wells that were left empty
    elif control is None:
        told.tubes[sample], told.plates[sample] = one.cycles, one.plate
    else:
        own = told.controls.setdefault(one.plate, {})
        own[control] = _worse(control, one.cycles, own.get(control))


def _whys(sample: str, one: _Seen, known: Mapping[str, Taken], measured_at: datetime, kit: Kit) -> Iterator[Refusal]:
    if not sample:
        return
    if not one.refusals and (missing := [each for each in kit.channels if each not in one.cycles]):
        yield incomplete(sample, missing)
    if sample in known:
        if (at := known[sample].sampled_at) is None or at > measured_at:
            yield not_sampled_yet(sample, at, measured_at)
    elif control_of(sample) is None:
        yield no_such_tube(sample, _alike(sample, known))


def _worse(control: Control, cycles: Cycles, other: Cycles | None) -> Cycles:
    """Of several wells of one control the value that speaks against the plate: the earliest of a negative one."""
    if other is None:
        return cycles
    inf = float("inf")
    pick = min if control is Control.NEGATIVE else max
    picked = {
        channel: pick(inf if ct is None else ct, inf if (twin := other[channel]) is None else twin)
        for channel, ct in cycles.items()
    }
    return {channel: None if ct == inf else ct for channel, ct in picked.items()}


def _alike(sample: str, known: Mapping[str, Taken]) -> str:
    """The one tube that is meant if a letter O stands for a zero, an I for a one, or spaces slipped in; "" if none.

    It is told, never taken: two tubes may differ by just that.
    """
    plain = "".join(sample.split()).translate(LOOKS_LIKE)
    alike = [tube for tube in known if tube.translate(LOOKS_LIKE) == plain]
    return alike[0] if len(alike) == 1 else ""
