"""Every sentence with which the program says no, read from its source without running it.

Three ways of writing one are known: `Refusal("room.what", zh=..., en=..., ...)` and helpers called alike;
a table `{"room.what": Said(zh, en)}`; and a finding about one row of a file, whose two sentences follow one
another, `at_row("room.what", ..., zh, en)`. Findings of one code may say it of different things.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

CODE = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z0-9_]*)+")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff」』”）][,;:!?]")
FACT = re.compile(r"\{([A-Za-z_][^{}]*)\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True, order=True)
class Sentence:
    """One refusal's two sentences, and where they stand."""

    code: str
    zh: str
    en: str
    file: str
    line: int
    is_finding: bool = False


def sentences(source: str, file: str) -> Iterator[Sentence]:
    """The refusals of one file, in its order."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from _from_call(node, file)
        if isinstance(node, ast.Dict):
            yield from _from_table(node, file)


def _from_call(call: ast.Call, file: str) -> Iterator[Sentence]:
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    code = _text(call.args[0]) if call.args else _text(keywords.get("code"))
    if not code or not CODE.fullmatch(code):
        return
    zh, en = _text(keywords.get("zh")), _text(keywords.get("en"))
    if (zh is None or en is None) and (said := _said(call.args[-1])):
        zh, en = said
    is_finding = zh is None or en is None
    if is_finding:
        zh, en = next(filter(_are_a_pair, pairwise(map(_text, call.args[1:]))), (None, None))
    if zh is not None and en is not None:
        yield Sentence(code, zh, en, file, call.lineno, is_finding)


def _from_table(table: ast.Dict, file: str) -> Iterator[Sentence]:
    for key, value in zip(table.keys, table.values, strict=True):
        code = _text(key)
        if code and CODE.fullmatch(code) and (said := _said(value)):
            yield Sentence(code, *said, file, key.lineno)


def _are_a_pair(texts: tuple[str | None, str | None]) -> bool:
    return bool(texts[0] and texts[1] and CHINESE.search(texts[0]))


def _said(node: ast.expr) -> tuple[str, str] | None:
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Said") and len(node.args) == 2:
        zh, en = map(_text, node.args)
        if zh is not None and en is not None:
            return zh, en
    return None


def _text(node: ast.expr | None) -> str | None:
    """A literal string; in an f-string each hole as `{expression}`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            part.value if isinstance(part, ast.Constant) else "{" + ast.unparse(part.value) + "}"
            for part in node.values
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _text(node.left), _text(node.right)
        return None if left is None or right is None else left + right
    return None


def faults(found: list[Sentence] | tuple[Sentence, ...]) -> list[str]:
    """Sentences that do not keep the house's manners, each with its place."""
    first: dict[str, Sentence] = {}
    wrong = []
    for sentence in found:
        place = f"{sentence.file}:{sentence.line} {sentence.code}"
        if not CHINESE.search(FACT.sub("", sentence.zh)) and FACT.sub("", sentence.zh).strip():
            wrong.append(f"{place}: the Chinese sentence is not Chinese")
        if _facts(sentence.zh) != _facts(sentence.en):
            odd = sorted(_facts(sentence.zh) ^ _facts(sentence.en))
            wrong.append(f"{place}: a fact stands in one language only: {', '.join(odd)}")
        if HALF_WIDTH.search(sentence.zh):
            wrong.append(f"{place}: Chinese is punctuated with ，；：！？ and not with their narrow cousins")
        other = first.setdefault(sentence.code, sentence)
        is_other = (other.zh, other.en) != (sentence.zh, sentence.en)
        if is_other and not (sentence.is_finding and other.is_finding):
            wrong.append(f"{place} says something else than {other.file}:{other.line}: one code, one meaning")
    return wrong


def _facts(sentence: str) -> set[str]:
    """The facts a sentence names; `problems_zh` and `problems_en` are one fact in two languages."""
    return {re.sub(r"(_|\.)(zh|en)\b", "", fact.split("!")[0].split(":")[0]) for fact in FACT.findall(sentence)}


@cache
def all_sentences(root: Path) -> tuple[Sentence, ...]:
    """Of all our sources, which are read once."""
    found: list[Sentence] = []
    for path in sorted((root / "fangxian").rglob("*.py")):
        found += sentences(path.read_text("utf-8"), str(path.relative_to(root)))
    return tuple(sorted(found))
