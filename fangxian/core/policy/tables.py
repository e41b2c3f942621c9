"""Door tables: what a rulebook compiles to, and their bytes, which gate, phone and replay share."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, NamedTuple

from fangxian.core.policy.vocabulary import Outcome
from fangxian.core.refusal import Refusal, Said

FORMAT = "fangxian-door-tables-1"
N_FIXED_INPUTS = 8


class DoorReason(NamedTuple):
    """One thing a door may say. Its index in `DoorTables.reasons` is its bit."""

    rule: str
    input: str  # "" for a cross-term
    outcome: Outcome
    ease: int
    reason: Said
    advice: Said


class Together(NamedTuple):
    """A cross-term: the reasons it adds and lifts when it holds, as masks."""

    rule: str
    adds: int
    lifts: int


class ColourSentence(NamedTuple):
    """What a colour rule says. A safety word names it by its place: reason n is `colour_reasons[n - 1]`."""

    rule: str
    reason: Said
    advice: Said


def union(masks: Iterable[int]) -> int:
    whole = 0
    for mask in masks:
        whole |= mask
    return whole


@dataclass(frozen=True, slots=True)
class DoorTables:
    """Everything a door decision looks up: plain numbers, tuples and sentences.

    `rows[venue_class][input][value]` is a mask: bits below `len(reasons)` are reasons; bit
    `len(reasons) + k` says that this value bars the k-th cross-term. `inputs` are in the order of the
    rows. In force over `[begins_s, until_s)`, seconds since 1970. `digest` is the SHA-256 of the bytes.
    """

    rulebook: str
    version: int
    rulebook_digest: str
    begins_s: int
    until_s: int
    stale_after_s: int
    test_bounds_min: tuple[int, ...]
    temperature_bounds_tenths: tuple[int, ...]
    venue_classes: tuple[str, ...]
    emergency_care: tuple[bool, ...]
    inputs: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[tuple[int, ...], ...], ...]
    reasons: tuple[DoorReason, ...]
    together: tuple[Together, ...]
    exemptions: tuple[str, ...]
    exemption_lifts: tuple[int, ...]
    colour_reasons: tuple[ColourSentence, ...]
    # Made from the above by `finished`, so that a decision does no arithmetic of its own.
    reason_mask: int = 0
    together_mask: int = 0
    n_also: int = 0
    keeps: tuple[int, ...] = ()  # by a person's exemption bits: the reasons that remain
    digest: str = ""

    def finished(self) -> "DoorTables":
        """The same tables with the derived fields filled in."""
        reason_mask = (1 << len(self.reasons)) - 1
        keeps = tuple(
            reason_mask & ~union(lift for bit, lift in enumerate(self.exemption_lifts) if held >> bit & 1)
            for held in range(1 << len(self.exemption_lifts))
        )
        tables = replace(
            self,
            reason_mask=reason_mask,
            together_mask=((1 << len(self.together)) - 1) << len(self.reasons),
            n_also=len(self.inputs) - N_FIXED_INPUTS,
            keeps=keeps,
        )
        return replace(tables, digest=hashlib.sha256(tables.to_bytes()).hexdigest())

    def outcome_of(self, mask: int) -> Outcome:
        """The outcome of a mask of reasons: that of its lowest bit."""
        return self.reasons[(mask & -mask).bit_length() - 1].outcome if mask else Outcome.ADMIT

    def venue_class(self, key: str) -> int:
        """The index of a venue class; 0 (`unlisted`) for one this rulebook does not know."""
        return self.venue_classes.index(key) if key in self.venue_classes else 0

    def exempt(self, keys: Iterable[str]) -> int:
        """The exemption bits of a person; keys this rulebook does not know exempt from nothing."""
        return union(1 << self.exemptions.index(key) for key in keys if key in self.exemptions)

    def colour_reason(self, rule: str) -> int:
        """The number by which a safety word names a colour rule; 0 for none or one of another rulebook."""
        return next((n for n, said in enumerate(self.colour_reasons, 1) if said.rule == rule), 0)

    def in_force(self, at: datetime) -> bool:
        return self.begins_s <= at.timestamp() < self.until_s

    def to_bytes(self) -> bytes:
        """Canonical JSON (sorted keys, no spaces, UTF-8). Masks are lower-case hexadecimal strings,
        since a phone's numbers end at 53 bits."""
        return json.dumps(_plain(self), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "DoorTables":
        """Tables read again. (bytes in a snapshot → `DoorTables` in a gate)

        Raises
        ------
        Refusal
            `tables.unreadable` if the bytes are damaged, of another format, or would let a door with
            emergency care refuse.
        """
        try:
            tables = _tables(json.loads(data))
        except (ValueError, KeyError, TypeError, IndexError) as wrong:
            raise _unreadable(repr(wrong)) from wrong
        if wrong_with := _wrong_with(tables):
            raise _unreadable(wrong_with)
        return tables


def _unreadable(what: str) -> Refusal:
    return Refusal(
        "tables.unreadable",
        zh="门岗规则表不能使用：{what}。应为本程序编译的 {format}。请保留旧表，重新取一份快照。",
        en="These door tables cannot be used: {what}. They must be {format} as compiled by this program. Keep "
        "the old ones and fetch the snapshot again.",
        what=what,
        format=FORMAT,
    )


_DERIVED = ("reason_mask", "together_mask", "n_also", "keeps", "digest")


def _plain(tables: DoorTables) -> dict[str, Any]:
    plain: dict[str, Any] = {f.name: getattr(tables, f.name) for f in fields(tables) if f.name not in _DERIVED}
    plain["format"] = FORMAT
    plain["rows"] = [[[f"{mask:x}" for mask in row] for row in venue] for venue in tables.rows]
    plain["reasons"] = [
        r._asdict() | {"outcome": r.outcome.word, "reason": _two(r.reason), "advice": _two(r.advice)}
        for r in tables.reasons
    ]
    plain["together"] = [{"rule": t.rule, "adds": f"{t.adds:x}", "lifts": f"{t.lifts:x}"} for t in tables.together]
    plain["colour_reasons"] = [
        {"rule": c.rule, "reason": _two(c.reason), "advice": _two(c.advice)} for c in tables.colour_reasons
    ]
    plain["exemption_lifts"] = [f"{mask:x}" for mask in tables.exemption_lifts]
    return plain


def _two(said: Said) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}


def _tables(plain: dict[str, Any]) -> DoorTables:
    if plain.pop("format") != FORMAT:
        raise ValueError("format")
    plain["rows"] = tuple(tuple(tuple(int(m, 16) for m in row) for row in venue) for venue in plain["rows"])
    plain["reasons"] = tuple(
        DoorReason(
            r["rule"], r["input"], Outcome[r["outcome"].upper()], r["ease"], Said(**r["reason"]), Said(**r["advice"])
        )
        for r in plain["reasons"]
    )
    plain["together"] = tuple(Together(t["rule"], int(t["adds"], 16), int(t["lifts"], 16)) for t in plain["together"])
    plain["exemption_lifts"] = tuple(int(m, 16) for m in plain["exemption_lifts"])
    plain["colour_reasons"] = tuple(
        ColourSentence(c["rule"], Said(**c["reason"]), Said(**c["advice"])) for c in plain["colour_reasons"]
    )
    plain["values"] = tuple(tuple(values) for values in plain["values"])
    for name, value in plain.items():
        plain[name] = tuple(value) if isinstance(value, list) else value
    return DoorTables(**plain).finished()


def _wrong_with(tables: DoorTables) -> str:
    """What makes tables unfit for use, or ""."""
    widths = tuple(len(values) for values in tables.values)
    if len(tables.rows) != len(tables.venue_classes) or len(tables.emergency_care) != len(tables.venue_classes):
        return "rows"
    if len(tables.inputs) != len(widths) or tables.n_also < 0:
        return "inputs"
    if any(tuple(len(row) for row in venue) != widths for venue in tables.rows):
        return "columns"
    for venue, care, rows in zip(tables.venue_classes, tables.emergency_care, tables.rows, strict=True):
        if care and refuses(tables, rows):
            return f"{venue} could refuse"
    return ""


def refuses(tables: DoorTables, rows: tuple[tuple[int, ...], ...]) -> bool:
    """Whether any cell of a venue class, or a cross-term it does not bar, could refuse."""
    refusing = union(1 << bit for bit, r in enumerate(tables.reasons) if r.outcome is Outcome.REFUSE)
    could = union(mask for row in rows for mask in row)
    barred = 0
    for row in rows:  # a cross-term that every value of one input bars can never hold here
        always = row[0]
        for mask in row:
            always &= mask
        barred |= always
    for k, together in enumerate(tables.together):
        if not barred >> (len(tables.reasons) + k) & 1:
            could |= together.adds
    return bool(could & refusing)
