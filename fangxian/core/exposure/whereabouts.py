"""At which venue people were at a moment: what a meeting in a cell of the map does not say by itself."""

import numpy as np

from fangxian.core.exposure.case_stays import ragged
from fangxian.core.exposure.columns import UNKNOWN, Column
from fangxian.core.exposure.index import StayIndex

_SPAN = np.int64(1) << 33


def venues_at(index: StayIndex, person: Column, at_s: Column) -> Column:
    """The venue of each person's last stay that had begun by a moment. ((n,) numbers, (n,) seconds → (n,) int64)

    UNKNOWN where somebody had been nowhere by then. Whether the stay had ended the caller knows.
    """
    rows = index.rows_of(person)
    people = np.unique(rows[rows >= 0])
    found = np.full(len(person), UNKNOWN, np.int64)
    if not len(people):
        return found
    at, of = ragged(index.begins_of_person[people], index.begins_of_person[people + 1])
    stays = np.asarray(index.rows_of_person[at], np.int64)
    begins = index.begins_s[stays].astype(np.int64)
    base = int(min(begins.min(), at_s.min()))
    order = np.argsort(people[of] * _SPAN + begins - base, kind="stable")
    keys = (people[of] * _SPAN + begins - base)[order]
    last = np.searchsorted(keys, rows * _SPAN + at_s - base, side="right") - 1
    theirs = (last >= 0) & (rows >= 0)
    theirs[theirs] = people[of][order][last[theirs]] == rows[theirs]
    found[theirs] = index.places[index.place_of(stays[order[last[theirs]]])]
    return found
