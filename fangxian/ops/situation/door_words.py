"""What the door rules in force say, by the rule's number: a bare number means nothing to whoever reads a table."""

from datetime import datetime
from functools import lru_cache

from fangxian.core.policy.reading import read_rulebook
from fangxian.core.refusal import Said
from fangxian.ops.measures.queries import rulebooks_in_force

NO_SENTENCE = Said("依据的规则本机不认识", "by a rule that is not known here")


def door_sentences(at: datetime) -> dict[str, Said]:
    return {number: reason for row in rulebooks_in_force(at) for number, reason in _door_sentences(row.text)}


@lru_cache(maxsize=16)
def _door_sentences(text: str) -> tuple[tuple[str, Said], ...]:
    """Published text never changes."""
    rulebook = read_rulebook(text)
    return tuple((row.number, row.reason) for row in (*rulebook.doors, *rulebook.together))
