"""What a post should have and do (标准化检查单): the county's own list, as data in its posts.toml."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.realm.current import county_data

FILE = "posts.toml"
STRENGTHS = ("stated", "found", "recalled", "inferred", "guess")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the checklist. `strength` says how well it is known that a post should."""

    key: str
    said: Said
    source: str
    strength: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The items of one part of a post."""

    said: Said
    items: tuple[Item, ...]


def checklist() -> tuple[Group, ...]:
    """The county's checklist; empty where it has none.

    Refuses
    -------
    posts.checklist_wrong
    """
    path = county_data() / FILE
    return _read(path, path.stat().st_mtime_ns) if path.exists() else ()


def items() -> dict[str, Item]:
    return {item.key: item for group in checklist() for item in group.items}


@lru_cache(maxsize=4)
def _read(path: Path, _changed_ns: int) -> tuple[Group, ...]:
    return read_checklist(path.read_bytes())


def read_checklist(data: bytes) -> tuple[Group, ...]:
    """The checklist in a posts.toml. (file bytes → groups of items)"""
    try:
        told = tomllib.loads(data.decode("utf-8"))["checklist"]
        groups = tuple(Group(said=_said(it), items=tuple(_item(one) for one in it["items"])) for it in told)
        keys = [item.key for group in groups for item in group.items]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"twice: {sorted(twice)[0]}")
        return groups
    except (UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refusal(
            "posts.checklist_wrong",
            zh="读不懂县里的检查单 {file}：{reason}。应是 [[checklist]] 分组，每项有 "
            "key、zh、en、source、strength；请改正。",
            en="The county's checklist {file} cannot be read: {reason}. It should be groups [[checklist]], each item "
            "with key, zh, en, source and strength: mend it.",
            file=FILE,
            reason=str(error)[:120],
        ) from None


def _item(told: dict) -> Item:
    if told["strength"] not in STRENGTHS:
        raise ValueError(f"strength of {told['key']}: {told['strength']}")
    return Item(key=told["key"], said=_said(told), source=told["source"], strength=told["strength"])


def _said(told: dict) -> Said:
    return Said(told["zh"], told["en"])
