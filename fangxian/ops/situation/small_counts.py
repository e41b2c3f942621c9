"""Small counts of people are not told. What counts as small, and how it is withheld, stands here and nowhere else."""

from collections.abc import Sequence

SMALL_COUNT = 5  # persons; fewer than these could be known by name to whoever lives there
FEW, SOME, UNTOLD = "<5", "≥5", "—"

Told = int | str


def told(n: int) -> Told:
    """The count, or that it is few. Nobody is nobody: zero is told."""
    return FEW if 0 < n < SMALL_COUNT else n


def told_together(counts: Sequence[int]) -> tuple[list[Told], Told]:
    """Counts, and their sum.

    A single count withheld could be reckoned from the sum and the others; so the least of those are withheld
    too, as `SOME`, until every small one may still have been anything from 1 to 4. Where there are not enough of
    them, the sum is withheld.
    """
    n_small, total = sum(0 < n < SMALL_COUNT for n in counts), sum(counts)
    withheld = {nth for nth, n in enumerate(counts) if 0 < n < SMALL_COUNT}
    larger = sorted((n, nth) for nth, n in enumerate(counts) if n >= SMALL_COUNT)

    def is_hidden() -> bool:
        return not n_small or _is_hidden(sum(counts[it] for it in withheld), n_small, len(withheld) - n_small)

    while larger and not is_hidden():
        withheld.add(larger.pop(0)[1])
    parts = [n if nth not in withheld else FEW if n < SMALL_COUNT else SOME for nth, n in enumerate(counts)]
    return parts, told(total) if is_hidden() or total < SMALL_COUNT else SOME


def told_in_known_total(counts: Sequence[int]) -> list[Told]:
    """Counts whose sum everybody knows: where the larger ones cannot hide a small one, none of them is told.

    `FEW` may be nobody then.
    """
    parts, total = told_together(counts)
    if isinstance(total, int):
        return parts
    if sum(counts) == (SMALL_COUNT - 1) * len(counts):
        return [UNTOLD] * len(counts)  # "few" of each would add up to the sum in one way only
    return [FEW if n < SMALL_COUNT else SOME for n in counts]


def hide_sum(parts: Sequence[Told]) -> list[Told]:
    """The parts of a sum that is withheld: if all are told, the least is withheld too, or it could be added up."""
    if any(isinstance(part, str) for part in parts):
        return list(parts)
    least = min((part for part in parts if part), default=0)
    if not least:
        return [FEW] * len(parts)
    nth = parts.index(least)
    return [*parts[:nth], SOME, *parts[nth + 1 :]]


def _is_hidden(total: int, n_small: int, n_larger: int) -> bool:
    """Whether `total` leaves each of the small ones (of 1 to 4) free, beside larger ones of 5 or more."""
    others = n_small - 1
    most_left, least_left = total - 1, total - (SMALL_COUNT - 1)
    if n_larger:
        return least_left >= others + SMALL_COUNT * n_larger
    return least_left >= others and most_left <= (SMALL_COUNT - 1) * others
