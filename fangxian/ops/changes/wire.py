"""What a reader gets of a change, and how it proves that it has missed none."""

from collections.abc import Iterable, Mapping
from typing import Protocol


class Numbered(Protocol):
    number: int
    key: str
    payload: object


def as_delta(change: Numbered) -> dict[str, object]:
    """One change for the wire."""
    return {"number": change.number, "key": change.key, "payload": change.payload}


def first_missing(after: int, deltas: Iterable[Mapping]) -> int | None:
    """The number a reader at `after` should have been given next but was not; None when nothing is missing.

    A reader that gets a number here throws the batch away and asks again from `after`. A delta it already
    has (a repeat) counts as missing too: what it was sent does not follow on what it knows.
    """
    expected = after + 1
    for delta in deltas:
        if delta["number"] != expected:
            return expected
        expected += 1
    return None
