"""The last signs of a document or a phone, by which somebody before one is found among those on record.

Six are few enough to type with cold hands, and in a county few share them: who of those it is, a person looks and says.
"""

from typing import Final

from fangxian.ops.realm.sealed import index_of

TAIL: Final = 6
FIELD: Final = "tail"


def tail_of(number: str) -> str:
    """The last six signs of a normalised number; empty for one that is hardly longer than they."""
    return number[-TAIL:].upper() if len(number) > TAIL else ""


def index_of_tail(number: str) -> bytes | None:
    """What a row is found by whose number ends so; None for a number that has no such end."""
    return index_of(FIELD, tail_of(number))


def index_of_typed(signs: str) -> bytes | None:
    """The same of six signs as they were typed; None for anything that is not six."""
    return index_of(FIELD, signs.upper()) if len(signs) == TAIL else None
