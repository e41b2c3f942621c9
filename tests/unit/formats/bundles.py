"""A door bundle of the test county, and the door tables that lines about doors are made with."""

from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from random import Random

from fangxian.core.policy import byte_bundle, byte_filter
from fangxian.core.policy.byte_snapshot_rows import VenueRow
from fangxian.core.policy.doors import compile_doors
from fangxian.core.policy.handles import handle_of
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.tables import ColourSentence, DoorReason, DoorTables, Together
from fangxian.core.policy.vocabulary import Outcome
from fangxian.core.refusal import Said
from tests.unit.formats.county import DIVISION, SIGNER_ID, Keys

RULEBOOK = Path(__file__).parents[3] / "counties/fushan/rulebooks/covid19-2022-04.toml"
NOON_AT = datetime(2022, 4, 19, 12, 0, tzinfo=timezone(timedelta(hours=8)))
VENUE = VenueRow(9_042_117, "school", 1, (0, 3), "141027100201")
REVOKED_NUMBERS = range(1_000_000, 1_000_200)


@cache
def covid_tables() -> DoorTables:
    return compile_doors(read_rulebook(RULEBOOK.read_text("utf-8")))


@cache
def wild_tables() -> DoorTables:
    """Tables no rulebook has: as many reasons as there may be, cross-terms that cross, eight exemptions, a further
    input. Whoever reads them right by luck with a plain rulebook does not with these."""
    rng = Random(4)
    widths = (4, 3, 5, 4, 4, 4, 4, 3, 3)
    n_reasons, n_together = 58, 4
    outcomes = [Outcome.REFUSE] * 20 + [Outcome.VERIFY] * 20 + [Outcome.ADMIT] * 18

    def mask() -> int:
        some = sum(1 << rng.randrange(n_reasons) for _ in range(rng.randrange(3)))
        bars = sum(1 << n_reasons + k for k in range(n_together) if rng.random() < 0.05)
        return some | bars

    return DoorTables(
        rulebook="wild", version=1, rulebook_digest="", begins_s=0, until_s=2**31, stale_after_s=3600,
        test_bounds_min=(1440, 2880, 4320), temperature_bounds_tenths=(350, 373, 391),
        venue_classes=("unlisted", "mall", "hospital"), emergency_care=(False, False, True),
        inputs=(*covid_tables().inputs, "also"),
        values=tuple(tuple(str(n) for n in range(width)) for width in widths),
        rows=tuple(tuple(tuple(mask() for _ in range(width)) for width in widths) for _ in range(3)),
        reasons=tuple(
            DoorReason(f"W-{n}", "" if n % 5 else "colour", outcome, 1, Said(f"甲{n}。", f"{n}."), Said("乙。", "B."))
            for n, outcome in enumerate(outcomes)
        ),
        together=tuple(Together(f"X-{k}", 1 << rng.randrange(58), 1 << rng.randrange(58)) for k in range(n_together)),
        exemptions=tuple(f"e{n}" for n in range(8)),
        exemption_lifts=tuple(1 << rng.randrange(58) for _ in range(8)),
        colour_reasons=(ColourSentence("C-1", Said("丙。", "C."), Said("丙。", "C.")),),
    ).finished()  # fmt: skip


def revoked_handles(keys: Keys) -> list[int]:
    return [handle_of(number, 1, keys.day) for number in REVOKED_NUMBERS]


def to_sign(keys: Keys, **changed: object) -> bytes:
    fields: dict = {
        "realm": "test-realm",
        "division": DIVISION,
        "number": 1041,
        "signer_id": SIGNER_ID,
        "made_at": NOON_AT,
        "known_at": NOON_AT - timedelta(seconds=12),
        "lasts_s": 43_200,
        "rate": 1.0,
        "device": 5,
        "door": 0,
        "venues": [VENUE],
        "verifiers": {SIGNER_ID: keys.public.public_bytes_raw()},
        "tests_count_from": "sampled",
        "tables": [covid_tables().to_bytes()],
        "revoked": byte_filter.pack_filter(revoked_handles(keys)),
    }
    return byte_bundle.bundle_to_sign(**fields | changed)


def bundle(keys: Keys, **changed: object) -> bytes:
    signed = to_sign(keys, **changed)
    return signed + keys.sign(signed)
