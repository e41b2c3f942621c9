"""Everybody's stays in blocks, and which of them each case stay may meet: what `loops_beside` passes.

`blocks` are those of `index.Blocks`: everybody's stays, sixteen to a block, in each block a column after the other, so
that a processor does sixteen of them in a step and reads one stretch of memory. Moments are counted from the first of
all.
"""

from typing import Any

import numpy as np

from fangxian.core.compiled import compiled

EMPTY = -1
# As in `loops_beside`, where they are read: the rows of a block, its columns and its size; the columns of case stays.
LANES = 16
WHO, BEGIN, SURE_END, LIKELY_END, POSSIBLE_END, BLOCK = 0, 16, 32, 48, 64, 80
PERSON, BEGINS, SURELY, LIKELY_TO, POSSIBLY_TO, FROM, TO, PLACE = 0, 1, 2, 3, 4, 5, 6, 7
MOST = 2**31 - 1  # what a column can hold


@compiled
def first_blocks(begins_of_place: Any) -> Any:
    """The first block of each place, where each has blocks of its own, and how many there are."""
    firsts = np.zeros(begins_of_place.size, np.int64)
    for place in range(begins_of_place.size - 1):
        n = begins_of_place[place + 1] - begins_of_place[place]
        firsts[place + 1] = firsts[place] + (n + LANES - 1) // LANES
    return firsts


@compiled
def into_blocks(begins_of_place: Any, firsts: Any, index: Any, since: Any, begins: Any, blocks: Any) -> Any:
    """Everybody's stays into blocks; how many of one person begin together. Rows that fill a place's last block up
    meet nobody."""
    person, begins_s, sure_s, likely_s, possible_s = index
    most, alike = 1, 1
    for place in range(begins_of_place.size - 1):
        row, end = begins_of_place[place], begins_of_place[place + 1]
        for block in range(firsts[place], firsts[place + 1]):
            begins[block] = begins_s[row] - since
            for at in range(block * BLOCK, block * BLOCK + LANES):
                if row == end:
                    blocks[at + WHO], blocks[at + BEGIN] = EMPTY, MOST
                    blocks[at + SURE_END], blocks[at + LIKELY_END], blocks[at + POSSIBLE_END] = 0, 0, 0
                    continue
                begin = begins_s[row] - since
                same = row > begins_of_place[place] and begins_s[row - 1] == begins_s[row]
                same = same and person[row - 1] == person[row]  # they come by person where they begin at once
                alike = alike + 1 if same else 1
                most = max(most, alike)
                blocks[at + WHO], blocks[at + BEGIN], blocks[at + SURE_END] = person[row], begin, begin + sure_s[row]
                blocks[at + LIKELY_END], blocks[at + POSSIBLE_END] = begin + likely_s[row], begin + possible_s[row]
                row += 1
    return most


@compiled
def _first_block(begins: Any, low: Any, high: Any, moment: Any) -> Any:
    """The first of these blocks that begins at a moment or later."""
    left = high - low
    while left > 0:
        half = left >> 1
        before = begins[low + half] < moment
        low = low + half + 1 if before else low
        left = left - half - 1 if before else half
    return low


@compiled
def blocks_beside(firsts: Any, begins: Any, longest_at: Any, stays: Any, since: Any) -> Any:
    """Each case stay with the blocks, from and to before, in which rows of others may overlap it: (n, 8) int32."""
    place, person, begin, sure, likely, possible, _ = stays
    found, after = np.empty((place.size, 8), np.int32), np.int64(0)
    for one in range(place.size):
        low, high, at = firsts[place[one]], firsts[place[one] + 1], found[one]
        moment, far = begin[one] - longest_at[place[one]] + 1 - since, 1
        after = after if one > 0 and place[one] == place[one - 1] else low  # at a place they come by begin
        while after + far < high and begins[after + far] < moment:
            far <<= 1
        after = _first_block(begins, after + far // 2, min(after + far, high), moment)
        at[PERSON], at[BEGINS], at[SURELY] = person[one], begin[one] - since, sure[one] - since
        at[LIKELY_TO], at[POSSIBLY_TO], at[PLACE] = likely[one] - since, possible[one] - since, place[one] + 1
        far, until = 1, possible[one] - since
        while after + far < high and begins[after + far] < until:  # few blocks: from where it begins, not by halving
            far <<= 1
        at[FROM], at[TO] = max(after - 1, low), _first_block(begins, after + far // 2, min(after + far, high), until)
    return found
