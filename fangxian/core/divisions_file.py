"""From the bytes of a CSV file to rows of named fields, with sentences for what can be wrong."""

import csv
import io
import unicodedata
from collections.abc import Sequence

from fangxian.core.refusal import Refusal

LONGEST_SHOWN = 80  # characters of a file's own text that a sentence repeats


class Row(dict[str, str]):
    """Named fields of one row, stripped of spaces, and the line on which it stands (from 1)."""

    def __init__(self, fields: dict[str, str], line: int) -> None:
        super().__init__(fields)
        self.line = line


def read_rows(data: bytes, columns: Sequence[str]) -> tuple[str, list[Row]]:
    """The encoding ("utf-8" or "gb18030") and the rows of a CSV file with a head.

    Raises
    ------
    Refusal
        `divisions.empty`, `.cut_off`, `.cut_off_in_a_character`, `.undecodable`, `.mixed_encodings`,
        `.missing_columns`, `.unseen_character`.
    """
    if not data.strip():
        raise _empty()
    encoding, text = _decoded(data)
    reader = csv.reader(io.StringIO(text, newline=""))
    head = [name.strip() for name in next(reader)]
    missing = [name for name in columns if name not in head]
    if missing:
        raise Refusal(
            "divisions.missing_columns",
            zh="文件缺少列：{missing}。第一行应有 {expected}，现在是 {found}。请补上列名后重新导入。",
            en="The file lacks the columns {missing}. The first line should have {expected}; it has "
            "{found}. Add them and import again.",
            missing=", ".join(missing),
            expected=", ".join(columns),
            found=shortened(", ".join(head)),
        )
    rows = [_row(head, fields, reader.line_num, columns) for fields in reader if any(f.strip() for f in fields)]
    if not rows:
        raise _empty()
    return encoding, rows


def shortened(text: str) -> str:
    """A file's own text as a sentence repeats it: a cell of a damaged file may be as long as the file."""
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def _row(head: list[str], fields: list[str], line: int, columns: Sequence[str]) -> Row:
    if len(fields) != len(head):
        raise Refusal(
            "divisions.cut_off",
            zh="第{line}行有{found}个字段，列名有{expected}个。文件可能被截断，或多了、少了逗号。"
            "请重新下载或导出完整的文件后再导入。",
            en="Line {line} has {found} fields where the head has {expected}. The file may be cut off, or "
            "a comma is missing or too many. Fetch or export the whole file and import again.",
            line=line,
            found=len(fields),
            expected=len(head),
        )
    row = Row({name: value.strip() for name, value in zip(head, fields, strict=True)}, line)
    for name, value in row.items():
        _check_signs(name, value, line, "" if name in columns else "\t\r\n")
    return row


def _check_signs(column: str, value: str, line: int, allowed: str) -> None:
    """No character that nobody sees and a database may not take, such as NUL."""
    unseen = next((c for c in value if unicodedata.category(c) == "Cc" and c not in allowed), None)
    if unseen is not None:
        raise Refusal(
            "divisions.unseen_character",
            zh="第{line}行的 {column} 里有看不见的字符 {sign}：“{found}”。区划的代码和名称只能有看得见的字。"
            "文件可能损坏了。请删去该字符或重新导出后再导入。",
            en="Line {line} has the unseen character {sign} in {column}: “{found}”. Codes and names hold only what can "
            "be seen. The file may be damaged. Remove the character or export the file anew, and import again.",
            line=line,
            column=shortened(column),
            sign=f"U+{ord(unseen):04X}",
            found=shortened("".join("·" if unicodedata.category(c) == "Cc" else c for c in value)),
        )


def _decoded(data: bytes) -> tuple[str, str]:
    try:
        return "utf-8", data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A file cut in the middle of its last character is still UTF-8; read as GB18030 it would
        # come out as other, plausible characters.
        if error.reason == "unexpected end of data" and error.start >= len(data) - 3 > 0:
            raise _cut_off_in_a_character(data, error.start) from None
    _check_one_encoding(data)
    return "gb18030", data.decode("gb18030")


def _check_one_encoding(data: bytes) -> None:
    """Every line of a file that is not UTF-8 is GB18030, and none of them Chinese in UTF-8.

    Lines are looked at one by one since GB18030 takes nearly any pair of bytes: a file put together of both
    encodings would be read whole, and come out as other, plausible characters.
    """
    utf8_line = other_line = 0
    for number, line in enumerate(data.splitlines(), start=1):  # neither encoding has \r or \n within a character
        if not line.isascii():
            if _is_surely_utf8(line):
                utf8_line = utf8_line or number
            else:
                _check_is_gb18030(line, number)
                other_line = other_line or number
    if utf8_line and other_line:
        raise _mixed_encodings(utf8_line, other_line)


def _is_surely_utf8(line: bytes) -> bool:
    """Whether a line has Chinese in UTF-8, or its mark. A Greek or Arabic letter may be two bytes of GB18030."""
    try:
        return any("\u3400" <= sign <= "\u9fff" or sign == "\ufeff" for sign in line.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _check_is_gb18030(line: bytes, number: int) -> None:
    try:
        line.decode("gb18030")
    except UnicodeDecodeError as error:
        raise Refusal(
            "divisions.undecodable",
            zh="第{line}行的第{position}个字节（0x{value}）既不是 UTF-8 也不是 GB18030。文件应为这两种编码之一的 CSV。"
            "请在表格软件中另存为“CSV UTF-8”后重新导入。",
            en="Byte {position} of line {line} (0x{value}) is neither UTF-8 nor GB18030. The file should be CSV in one "
            "of the two. Save it as “CSV UTF-8” in the spreadsheet and import again.",
            line=number,
            position=error.start + 1,
            value=f"{line[error.start]:02X}",
        ) from None


def _mixed_encodings(utf8_line: int, other_line: int) -> Refusal:
    return Refusal(
        "divisions.mixed_encodings",
        zh="第{utf8_line}行是 UTF-8，第{other_line}行却不是：文件由两种编码拼成，或有一行损坏了。应当只用一种编码。"
        "请用文本编辑器看哪一行是乱码，改正后整个另存为“CSV UTF-8”，再重新导入。",
        en="Line {utf8_line} is in UTF-8 and line {other_line} is not: the file was put together of two encodings, or "
        "a line is damaged. All of it should be in one. See in a text editor which line is garbled, correct it, save "
        "the whole as “CSV UTF-8” and import again.",
        utf8_line=utf8_line,
        other_line=other_line,
    )


def _cut_off_in_a_character(data: bytes, position: int) -> Refusal:
    return Refusal(
        "divisions.cut_off_in_a_character",
        zh="文件在最后一行（第{line}行）断在一个汉字中间，共{n_bytes}个字节。文件没有传完。请重新下载或复制完整的文件后再导入。",
        en="The file ends in its last line ({line}) in the middle of a character, after {n_bytes} bytes. It did not "
        "arrive whole. Fetch or copy the whole file and import again.",
        line=len(data[: position + 1].splitlines()),
        n_bytes=len(data),
    )


def _empty() -> Refusal:
    return Refusal(
        "divisions.empty",
        zh="文件里没有任何区划。应有一行列名，其下每行一个区划。请检查是否选错了文件。",
        en="The file has no divisions. It should have a head and one division a line. "
        "See whether another file was meant.",
    )
