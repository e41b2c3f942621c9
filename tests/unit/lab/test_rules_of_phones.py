"""A phone at a sampling table reads barcodes and slips by the same rule, and says the same sentences.

Changed rules are written anew with FANGXIAN_WRITE_VECTORS=1; web/tests/core/barcode.test.ts holds the phone to them.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.lab import refusals
from fangxian.ops.lab.barcodes import barcode_of, plain_number, token_of
from fangxian.ops.situation.field_tables import digest_of

ROOT = Path(__file__).parents[3]
VECTORS = ROOT / "spec/vectors/barcodes.jsonl"
SENTENCES = ROOT / "web/src/core/tableSentences.json"
SITE = UUID("12345678-1234-4234-8234-123456789012")
BARCODES = (
    "10010001", "  10010001 ", "x1001", "Ｘ１００１", "A-10-01", "1001 0001", "1O010001", "10O1", "O1001", "100I0L1",
    "OLI1", "BOX1", "BOIL7", "BOIL", "OIL", "COOL-LOT", "L0T", "A1OB", "1OIL2", "abc", "ABCD", "", "   ", "\u3000",
    "1" * 24, "1" * 25, "10.01", "管10010001", "1001\u20090001", "1001\x1d0001", "1001\ufeff", "１００１Ｏ１",
    "https://example.org/1", "no barcode at all", "1001 O001", "10—01", "ß1001", "1001\t", "-001",
)  # fmt: skip
TOKENS = (
    "0123456789", "01234567891", "J7QZ40ABCD", "00000000000", "0000000000", "OOOOOOOOOO", "0000O00000", "1000000000",
    "100000000G", "10000-0000G", " 10000-0000g ", "IOOOOOOOOG", "１００００００００Ｇ", "UUUUUUUUUU", "", "10010001",
    "ZZZZZZZZZV", "ABCDEFGHJ1", "7H3K9M2PQ4",
)  # fmt: skip
NUMBERS = ("999027198003010018", " 999027 19800301 001x", "９９９Ｘ", "e1234567", "", "\u3000", "99P　1")


def lines() -> Iterator[dict[str, object]]:
    yield from (answer("barcode", text, barcode_of) for text in BARCODES)
    yield from (answer("token", text, token_of) for text in TOKENS + checked())
    yield from (answer("number", text, plain_number) for text in NUMBERS)
    yield from ({"op": "digest", "site": str(SITE), "text": it, "expect": digest_of(SITE, it)} for it in NUMBERS)


def checked() -> tuple[str, ...]:
    """For three bodies the one token of each that is right, and a wrong one."""
    signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    found = []
    for body in ("123456789", "ZYXWVTSRQ", "A0A0A0A0A"):
        good = next(body + it for it in signs if token_of(body + it))
        found += [good, good[:-1] + ("0" if good[-1] != "0" else "1"), body[1] + body[0] + good[2:]]
    return tuple(found)


def answer(op: str, text: str, read: Callable[[str], str]) -> dict[str, object]:
    try:
        return {"op": op, "text": text, "expect": read(text)}
    except Refusal as refusal:
        return {"op": op, "text": text, "refusal": refusal.code, "facts": refusal.facts}


def sentences() -> dict[str, dict[str, str]]:
    """What the phone says itself in the server's words, with the places of their facts."""
    size: int = "{size}"  # type: ignore[assignment]
    found = [
        refusals.tube_is_full("{tube}", size),
        refusals.tube_is_sealed("{tube}"),
        refusals.pool_of_pool("{tube}"),
        refusals.barcode_is_other("{found}"),
        refusals.no_box(),
        refusals.no_tube(),
        refusals.words_missing(),
        refusals.nobody_named(),
    ]
    told = {it.code: {"zh": it.said.zh, "en": it.said.en} for it in found}
    for text in ("", "9O9", "!"):
        with pytest.raises(Refusal) as refused:
            barcode_of(text)
        it = refused.value
        told[it.code] = {"zh": placed(it, it.said.zh), "en": placed(it, it.said.en)}
    return dict(sorted(told.items()))


def placed(refusal: Refusal, said: str) -> str:
    for name, value in refusal.facts.items():
        said = said.replace(str(value), "{" + name + "}")
    return said


def hold(path: Path, text: str) -> None:
    if os.environ.get("FANGXIAN_WRITE_VECTORS") == "1":
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, f"{path.relative_to(ROOT)} differs from what the program makes"


def test_the_committed_lines_are_how_the_program_reads():
    hold(VECTORS, "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines()))


def test_the_phone_says_the_same_sentences():
    hold(SENTENCES, json.dumps(sentences(), ensure_ascii=False, indent=2) + "\n")
