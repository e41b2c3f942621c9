"""Invented people to practise with (练习): as the county's posts.toml tells them. What is right says the table."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fangxian.core.policy.vocabulary import Colour, Travel
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.realm.current import county_data

from .checklist import FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """Somebody invented, as they stand before a keeper. `test_hours` is None where there is no test."""

    key: str
    said: Said
    colour: Colour
    travel: Travel
    test_hours: int | None
    temperature_tenths: int
    vehicle: str = "foot"
    to_hospital: bool = False


def invented_people() -> tuple[Invented, ...]:
    """Those of the county; nobody where it tells of none.

    Refuses
    -------
    posts.practice_wrong
    """
    path = county_data() / FILE
    return _read(path, path.stat().st_mtime_ns) if path.exists() else ()


@lru_cache(maxsize=4)
def _read(path: Path, _changed_ns: int) -> tuple[Invented, ...]:
    return read_invented(path.read_bytes())


def read_invented(data: bytes) -> tuple[Invented, ...]:
    """The invented people in a posts.toml. (file bytes → people)"""
    try:
        return tuple(_invented(it) for it in tomllib.loads(data.decode("utf-8")).get("practice", []))
    except (UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refusal(
            "posts.practice_wrong",
            zh="读不懂县里的练习人物 {file}：{reason}。每人应有 key、zh、en、colour、travel、temperature；请改正。",
            en="The county's people to practise with, {file}, cannot be read: {reason}. Each should have key, zh, en, "
            "colour, travel and temperature: mend it.",
            file=FILE,
            reason=str(error)[:120],
        ) from None


def _invented(told: dict) -> Invented:
    return Invented(
        key=told["key"],
        said=Said(told["zh"], told["en"]),
        colour=Colour[told["colour"].upper()],
        travel=Travel[told["travel"].upper()],
        test_hours=told.get("test_hours"),
        temperature_tenths=round(told["temperature"] * 10),
        vehicle=told.get("vehicle", "foot"),
        to_hospital=told.get("to_hospital", False),
    )
