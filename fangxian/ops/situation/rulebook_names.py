"""What the rulebooks in force call measures and venue classes, so that no page invents words of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from fangxian.core.policy.reading import read_rulebook
from fangxian.core.refusal import Said
from fangxian.ops.measures.queries import rulebooks_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class RulebookNames:
    """Names by key; measures by disease and key. What no rulebook in force names is not in it."""

    measures: Mapping[tuple[str, str], Said]
    venue_classes: Mapping[str, Said]


def rulebook_names(at: datetime) -> RulebookNames:
    """The names of the rulebooks in force at a moment. One query; a text is read once a process."""
    measures: dict[tuple[str, str], Said] = {}
    venue_classes: dict[str, Said] = {}
    for row in rulebooks_in_force(at):
        of_measures, of_classes = _names(row.text)
        measures |= {(row.disease, key): name for key, name in of_measures}
        venue_classes |= dict(of_classes)
    return RulebookNames(measures=measures, venue_classes=venue_classes)


@lru_cache(maxsize=16)
def _names(text: str) -> tuple[tuple[tuple[str, Said], ...], tuple[tuple[str, Said], ...]]:
    """Published text never changes."""
    rulebook = read_rulebook(text)
    return (
        tuple((measure.key, measure.name) for measure in rulebook.measures),
        tuple((venue_class.key, venue_class.name) for venue_class in rulebook.venue_classes),
    )
