"""The lines of spec/vectors/edge_door.jsonl: thousands of people at doors without network, drawn by a seed.

A line of tables, a line that names the fields, then a list for each case: short and exact rather than pretty.
"""

from collections.abc import Iterator
from random import Random

from fangxian.core.policy import byte_short_word, edge_door
from fangxian.core.policy.edge_door import Doubt, EdgeAges, EdgePlace
from fangxian.core.policy.tables import DoorTables
from fangxian.core.policy.vocabulary import Colour, Travel
from fangxian.core.policy.words import LastResult
from fangxian.gate.sentences import DoorSentences
from tests.unit.formats.bundles import covid_tables, wild_tables
from tests.unit.formats.county import NOON
from tests.unit.formats.word_lines import Line

N_EACH = 2000
FIELDS = [
    "venue_class", "status", "presence", "short", "bundle_s", "code_s", "from_min", "at_min", "counts_from_sample",
    "temperature_tenths", "doubts", "is_out", "outcome", "mask", "doubt",
]  # fmt: skip
DOUBTS = tuple(Doubt)


def edge_lines() -> Iterator[Line]:
    for seed, tables in enumerate((covid_tables(), wild_tables())):
        rng = Random(seed)
        yield {"what": "tables", "name": tables.rulebook, "bytes": tables.to_bytes().decode()}
        rows = [case(tables, rng) for _ in range(N_EACH)]
        yield {"what": "cases", "fields": FIELDS, "rows": rows}
        sentences, masks = DoorSentences(tables), sorted({int(row[-2], 16) for row in rows})
        yield {
            "what": "because",
            "expect": [
                [f"{mask:x}", sentences.because(mask, 0).decode()] for mask in masks[:: max(1, len(masks) // 60)]
            ],
        }


def case(tables: DoorTables, rng: Random) -> list[object]:
    """One person at one door. Edges are drawn more often than chance would: bounds, none, past and unknown."""
    from_min = NOON + rng.randrange(2000)
    at_min = from_min + rng.choice((0, 1, 4, 59, 60, 61, 1439))
    short = byte_short_word.pack_short(_short(rng))
    doubts = [n for n in range(len(DOUBTS)) if rng.random() < 0.06]
    stale = tables.stale_after_s
    place = EdgePlace(rng.randrange(len(tables.venue_classes)), rng.randrange(4), rng.randrange(4))
    ages = EdgeAges(*(rng.choice((0, 60, stale - 1, stale, stale + 1, 90_000)) for _ in range(2)))
    if rng.random() < 0.05:
        ages = ages._replace(bundle_s=-1)
    bounds = (
        *tables.temperature_bounds_tenths,
        *(bound - 1 for bound in tables.temperature_bounds_tenths),
        -1,
        -1,
        365,
    )
    is_out, counts, tenths = rng.random() < 0.04, rng.random() < 0.7, rng.choice(bounds)
    found = edge_door.answer_at_edge(
        tables, place, byte_short_word.unpack_short(short), ages, from_min=from_min, at_min=at_min,
        counts_from_sample=counts, temperature_tenths=tenths, doubts=[DOUBTS[n] for n in doubts], is_out=is_out,
    )  # fmt: skip
    doubt = -1 if found.doubt is None else DOUBTS.index(found.doubt)
    shown = [*place, short, *ages, from_min, at_min, int(counts), tenths, sum(1 << n for n in doubts), int(is_out)]
    return [*shown, int(found.outcome), f"{found.mask:x}", doubt]


def _short(rng: Random) -> byte_short_word.ShortWord:
    result = rng.choice((LastResult.NEGATIVE,) * 4 + tuple(LastResult))
    hours = (1, 2, 23, 24, 25, 47, 48, 49, 71, 72, 73, 511)
    return byte_short_word.ShortWord(
        colour=rng.choice((Colour.GREEN,) * 4 + tuple(Colour)),
        travel=rng.choice((Travel.CLEAR,) * 3 + tuple(Travel)),
        result=result,
        sampled_hours_back=rng.choice((0, *hours)),
        resulted_hours_back=rng.choice(hours) if result else 0,
        exemptions=rng.choice((0, 0, 0, 1, 2, 4, rng.randrange(256))),
    )
