"""What an inspection of a priority place looks at (检查单): the county's own list, as data in its hygiene.toml."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fangxian.core.policy.hygiene import CLASSES
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.realm.current import county_data

FILE = "hygiene.toml"
STRENGTHS = ("stated", "found", "recalled", "inferred", "guess")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to look at, at places of `classes` (empty: all). `strength` says how well it is known."""

    key: str
    said: Said
    classes: tuple[str, ...]
    source: str
    strength: str


def checklist(of_class: str) -> tuple[Item, ...]:
    """The items for places of a class; empty where the county has no list.

    Refuses
    -------
    hygiene.checklist_wrong
    """
    return tuple(it for it in all_items().values() if not it.classes or of_class in it.classes)


def all_items() -> dict[str, Item]:
    path = county_data() / FILE
    return _read(path, path.stat().st_mtime_ns) if path.exists() else {}


@lru_cache(maxsize=4)
def _read(path: Path, _changed_ns: int) -> dict[str, Item]:
    return read_checklist(path.read_bytes())


def read_checklist(data: bytes) -> dict[str, Item]:
    """The items of a hygiene.toml by key. (file bytes → items)"""
    try:
        told = [_item(it) for it in tomllib.loads(data.decode("utf-8"))["items"]]
        items = {it.key: it for it in told}
        if len(items) < len(told):
            raise ValueError("a key stands twice")
        return items
    except (UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refusal(
            "hygiene.checklist_wrong",
            zh="读不懂县里的检查单 {file}：{reason}。应是若干 [[items]]，每项有 key、zh、en、"
            "source、strength；请改正。",
            en="The county's checklist {file} cannot be read: {reason}. It should be [[items]], each with key, zh, en, "
            "source and strength: mend it.",
            file=FILE,
            reason=str(error)[:120],
        ) from None


def _item(told: dict) -> Item:
    classes = tuple(told.get("classes", ()))
    if told["strength"] not in STRENGTHS or set(classes) - CLASSES.keys():
        raise ValueError(f"strength or classes of {told['key']}")
    said = Said(told["zh"], told["en"])
    return Item(key=told["key"], said=said, classes=classes, source=told["source"], strength=told["strength"])
