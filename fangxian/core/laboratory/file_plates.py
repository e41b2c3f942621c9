"""Which rows of an instrument's file are of one plate (同一块板), so that each is judged by its own controls alone.

What is said for sure comes first:

1. the file's own column for it
2. its wells: one that comes again with another sample is another plate's
3. where the laboratory laid the tubes; a control is of the plate whose tubes it stands among
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, groupby
from typing import Final

Row = Mapping[str, str]
WELL: Final = re.compile(r"([A-P])0?(\d{1,2})")


def plates_of_rows(
    rows: Sequence[Row], laid: Mapping[str, str], *, is_control: Callable[[str], bool]
) -> tuple[str, ...]:
    """The plate of each row, by a name that the file or the laboratory gives it; "" throughout where there is but one.

    Parameters
    ----------
    rows : fields `sample`, and where the file has them `plate`, `well` and `channel`
    laid : the plate on which the laboratory laid a tube, by its barcode; tubes that it laid on none are left out
    is_control : whether a sample's name means a control
    """
    told = [row.get("plate", "").strip() for row in rows]
    found = list(accumulate(told, _or_last)) if any(told) else _by_wells(rows, is_control)
    if len(set(found)) < 2:
        found = _by_laying([_sample(row) for row in rows], laid, is_control)
    return tuple(found) if len(set(found)) > 1 else ("",) * len(found)


def _or_last(last: str, own: str) -> str:
    return own or last


def _sample(row: Row) -> str:
    return row.get("sample", "").strip()


# ---- by wells ----


def _by_wells(rows: Sequence[Row], is_control: Callable[[str], bool]) -> list[str]:
    """A stretch of rows ends where a well comes again with another sample, or a control's with the same channel."""
    samples: dict[str, str] = {}
    read: set[tuple[str, str]] = set()
    nth, stretches = 0, []
    for row in rows:
        sample, well = _sample(row), _plain(row.get("well", ""))
        if sample and well:
            curve = well, row.get("channel", "").strip().casefold()
            is_read_before = is_control(sample) and curve in read
            if samples.get(well, sample) != sample or is_read_before:
                nth, samples, read = nth + 1, {}, set()
            samples[well] = sample
            read.add(curve)
        stretches.append(nth)
    home = _of_one_plate(rows, stretches, is_control)
    return [str(home[it] + 1) for it in stretches]


def _plain(well: str) -> str:
    """A1 of A01 and a1; what is no well is as it stands."""
    text = well.strip().upper()
    found = WELL.fullmatch(text)
    return f"{found[1]}{int(found[2])}" if found else text


def _of_one_plate(rows: Sequence[Row], stretches: Sequence[int], is_control: Callable[[str], bool]) -> dict[int, int]:
    """The first stretch of each one's plate: a file may tell channel by channel, each plate of it in turn."""
    curves: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for row, nth in zip(rows, stretches, strict=True):
        if (sample := _sample(row)) and not is_control(sample):
            curves[nth].add((sample, row.get("channel", "").strip().casefold()))
    home: dict[int, int] = {}
    held: dict[int, set[tuple[str, str]]] = {}
    first: dict[str, int] = {}
    for nth in dict.fromkeys(stretches):
        own = curves[nth]
        before = {first[sample] for sample, _ in own if sample in first}
        plate = min((it for it in before if held[it].isdisjoint(own)), default=nth)
        home[nth] = plate
        held[plate] = held.get(plate, set()) | own
        for sample, _ in own:
            first.setdefault(sample, plate)
    return home


# ---- by where the laboratory laid them ----


def _by_laying(samples: Sequence[str], laid: Mapping[str, str], is_control: Callable[[str], bool]) -> list[str]:
    """A control between two plates is of the one before, as controls stand last; of a file that begins with one, of the
    one behind it. Tubes that were laid nowhere, among others, are of the plate of these; between controls of their own
    they are a plate of their own, so that no plate is judged by another's controls.
    """
    own = _with_unplaced(samples, ["" if is_control(it) else laid.get(it, "") for it in samples], is_control)
    if len({it for it in own if it}) < 2:
        return [""] * len(own)
    before = list(accumulate(own, _or_last))
    behind = list(accumulate(reversed(own), _or_last))[::-1]
    is_first = next((is_control(it) for it in samples if it), False)
    near, far = (behind, before) if is_first else (before, behind)
    return [plate or one or other for plate, one, other in zip(own, near, far, strict=True)]


def _with_unplaced(samples: Sequence[str], own: Sequence[str], is_control: Callable[[str], bool]) -> list[str]:
    """Stretches between controls in which no tube was laid get a name, unless the same plate goes on behind them."""
    if not any(own):
        return list(own)
    found, named, seen, before = list(own), dict[str, str](), set[str](), ""
    rows = (k for k, it in enumerate(samples) if it)
    for of_controls, group in groupby(rows, key=lambda k: is_control(samples[k])):
        stretch = list(group)
        if of_controls:
            continue
        if not any(own[k] for k in stretch):
            behind = next((k for k in range(stretch[-1], len(own)) if own[k]), None)
            goes_on = behind is not None and own[behind] == before and samples[behind] not in seen
            first = samples[stretch[0]]  # when it comes again, for the next channel, it is what it was
            name = named.setdefault(first, "" if goes_on else f"?{first}")
            for k in stretch:
                found[k] = name
        before = next((own[k] for k in reversed(stretch) if own[k]), before)
        seen |= {samples[k] for k in stretch}
    return found
