"""From the bytes of a rulebook file to its TOML tables, with the line each row stands on."""

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from fangxian.core.policy.findings import Finding, refusal_of
from fangxian.core.refusal import Said

_HEADER = re.compile(r"^\s*\[\[\s*([A-Za-z0-9_.-]+)\s*\]\]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # no text has them; tabs and line ends it has
_NESTED = re.compile(r"[^\[{0-9.]")  # all but what may be without end
_WHERE = re.compile(r"\(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True)
class FileText:
    """`row_lines[section][n]` is the line of the n-th `[[section]]`, counted from 1."""

    tables: dict[str, Any]
    row_lines: dict[str, list[int]]
    text: str
    encoding: str
    n_lines: int


def _refuse(code: str, zh: str, en: str, line: int | None = None) -> Exception:
    return refusal_of(code, [Finding(code, True, Said(zh, en), line=line)])


def decoded(data: str | bytes) -> tuple[str, str]:
    """The text and the encoding it was in: UTF-8, or GB18030 as older office machines still save.

    Raises
    ------
    Refusal
        `rulebook.not_text` if it is neither, or UTF-8 with damaged bytes (names the line).
    """
    if isinstance(data, str):
        return data.removeprefix("\ufeff"), "utf-8"
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as wrong:
        good = data[: wrong.start].decode("utf-8")
        line = good.count("\n") + 1
        if wrong.end >= len(data) and wrong.reason == "unexpected end of data":
            raise _cut_short(good) from wrong
    n_damaged = data.decode("utf-8", "replace").count("\ufffd")
    n_sound = sum(1 for letter in data.decode("utf-8", "ignore") if ord(letter) > 127)
    if n_damaged > n_sound:
        try:
            return data.decode("gb18030"), "gb18030"
        except UnicodeDecodeError:
            pass
    raise _refuse(
        "rulebook.not_text",
        f"第 {line} 行有不属于 UTF-8 的字节，也不是 GB18030 文本。规则文件应为 UTF-8 文本。"
        f"请用编辑器另存为 UTF-8，或重新取得原文件。",
        f"Line {line} has bytes that are not UTF-8, and the file is not GB18030 text either. A rulebook is a "
        f"text file in UTF-8. Save it again as UTF-8, or fetch the original.",
        line,
    )


def _not_text(text: str, position: int) -> Exception:
    line = text.count("\n", 0, position) + 1
    byte = f"0x{ord(text[position]):02X}"
    return _refuse(
        "rulebook.not_text",
        f"第 {line} 行有控制字节 {byte}，这不是文本文件，或文件已损坏。规则文件应为 UTF-8 文本。请重新取得原文件。",
        f"Line {line} has the control byte {byte}: this is not a text file, or it is damaged. A rulebook is a text "
        f"file in UTF-8. Fetch the original.",
        line,
    )


def _cut_short(text: str) -> Exception:
    last = text.count("\n") + 1
    return _refuse(
        "rulebook.cut_short",
        f"文件在第 {last} 行中途结束，很可能没有传完整。完整的文件以一条完整的规则结尾。请重新取得整个文件。",
        f"The file ends in the middle of line {last}: it was probably cut off. A whole file ends after a whole "
        f"rule. Fetch the complete file again.",
        last,
    )


def open_text(data: str | bytes) -> FileText:
    """Tables and row lines of a file. (bytes → `FileText`, which `reading.read_rulebook` turns to a `Rulebook`.)

    Raises
    ------
    Refusal
        `rulebook.not_text`, `rulebook.cut_short`, `rulebook.not_toml`; each names the line.
    """
    text, encoding = decoded(data)
    if found := _CONTROL.search(text):
        raise _not_text(text, found.start())
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise _toml_wrong(text, str(wrong)) from wrong
    except (RecursionError, ValueError) as wrong:  # brackets without end, or a number of thousands of digits
        raise _toml_wrong(text, f"more than can be read (at line {_fullest(text)}, column 1)") from wrong
    lines: dict[str, list[int]] = {}
    for n, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            lines.setdefault(header[1], []).append(n)
    return FileText(tables, lines, text, encoding, len(text.rstrip("\n").split("\n")))


def _fullest(text: str) -> int:
    """The line with the most brackets and digits."""
    lines = text.split("\n")
    return 1 + max(range(len(lines)), key=lambda n: len(_NESTED.sub("", lines[n])))


def _toml_wrong(text: str, said: str) -> Exception:
    n_lines = text.rstrip("\n").count("\n") + 1
    found = _WHERE.search(said)
    line = int(found[1]) if found else n_lines
    shown = text.split("\n")[line - 1].strip()[:60]
    is_half_a_head = line >= n_lines and shown.startswith("[") and not shown.endswith("]")
    if ("overwrite" in said or "declare" in said) and not is_half_a_head:
        return _refuse(
            "rulebook.field_twice",
            f"第 {line} 行 {shown!r} 把同一条中的一个字段又写了一遍。每个字段写一次；若是新的一条，请先写它的 [[…]]。",
            f"Line {line}, {shown!r}, gives a field of its row a second time. A field is given once; a new row "
            f"begins with its [[…]].",
            line,
        )
    if not found or line >= n_lines:
        return _cut_short(text.rstrip("\n"))
    return _refuse(
        "rulebook.not_toml",
        f"第 {line} 行不符合 TOML 写法：{shown!r}（{said}）。每行应为“字段 = 值”，文字加英文引号。请改正这一行。",
        f"Line {line} is not TOML: {shown!r} ({said}). Each line is “field = value”, text in straight quotes. "
        f"Mend this line.",
        line,
    )
