"""One cell: its text, and what a spreadsheet may have done to it."""

import math
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from fangxian.core.identity import CHECK_WEIGHTS, check_character
from fangxian.core.refusal import Refusal

from .fields import Field, Form, plain

LONGEST_CELL = 4000  # characters: more is a file in a cell, and would be carried into every list and task
EXACT_BELOW = 1e15  # spreadsheets keep 15 significant digits
# What nobody sees, and what is no character and no database takes: controls and halves of pairs.
INVISIBLE = re.compile("[\ufeff\u200b-\u200f\u2060\u202a-\u202e\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
AS_TEXT = '="'  # ="00123": how systems that write CSV keep a spreadsheet from rounding a number
GUARDED = re.compile(r"'(?=[=+\-@＝＋－＠])")  # the mark that `returning` sets before what could be a formula
SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE]\+?\d+")
WHOLE_WITH_ZERO = re.compile(r"(\d+)\.0+")
ROUNDED = re.compile(r"\d{15}000")
DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
MOMENT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?"
)
AGE = re.compile(r"(\d{1,4})(?:\.\d+)?\s*(岁|周岁|个?月|月龄|周|天|日|years?|y|months?|m|weeks?|days?|d)?")
MONTHS_A_YEAR, OLDEST = 12, 130
READ_MOMENT = len("2022-04-19 08:00")
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
SERIAL = re.compile(r"\d{5}(\.\d+)?")  # four digits would be a year
SERIAL_DAY_0, LAST_SERIAL = date(1899, 12, 30), 73_050  # the end of 2099; the first of five digits is in 1927
NUMBERS = {Form.IDENTITY_NUMBER, Form.PHONE, Form.DIVISION}


def text_of(cell: object) -> str:
    """The text of a cell as it stands, without spaces around it and invisible characters in it."""
    if isinstance(cell, str):
        text = cell.strip()
        if text[:2] == AS_TEXT and text[-1] == '"' and len(text) > len(AS_TEXT):
            text = text[2:-1].strip()
        # None of those characters is printable, so most cells, Chinese ones too, need no look for them.
        return text if text.isprintable() else INVISIBLE.sub("", text).strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        whole = math.isfinite(cell) and cell == int(cell) and abs(cell) < EXACT_BELOW
        return str(int(cell)) if whole else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def texts_of(cells: Sequence[object]) -> list[str]:
    """The text of each of a row's cells; those of most rows need no step of their own."""
    try:
        joined = "".join(cells)
    except TypeError:  # numbers or days among them
        return [text_of(cell) for cell in cells]
    if joined.isprintable() and AS_TEXT not in joined:
        return [cell.strip() for cell in cells]
    return [text_of(cell) for cell in cells]


def read_cell(cell: object, field: Field) -> str:
    """The text of a cell of a field: dates as YYYY-MM-DD, numbers as their digits, leading zeros kept.

    A moment is a date, or one with its time as YYYY-MM-DD HH:MM; a choice is one of the field's words.

    Refuses
    -------
    intake.cell_too_long, intake.number_in_scientific, intake.number_rounded, intake.date_unreadable,
    intake.not_a_choice, intake.age_unreadable
    """
    text = text_of(cell)
    if not text:
        return ""
    if len(text) > LONGEST_CELL:
        raise _too_long(text, field)
    if text[0] == "'":
        text = GUARDED.sub("", text, count=1)
    if field.form in NUMBERS:
        return _number(text, field)
    return _FORMS[field.form](cell, text, field) if field.form in _FORMS else text


def _too_long(text: str, field: Field) -> Refusal:
    return Refusal(
        "intake.cell_too_long",
        zh="{field:zh}一格有 {n} 个字（“{found}…”），没有收。一格最多 {most} 个字；可能引号没有成对，几行连成了一格。"
        "请核对这一格。",
        en="The cell of {field:en} holds {n} characters (“{found}…”) and was not taken; {most} are the most. A "
        "quotation mark may lack its pair, so that rows ran into one cell: check it.",
        field=field,
        n=len(text),
        found=text[:20],
        most=LONGEST_CELL,
    )


def _number(text: str, field: Field) -> str:
    if SCIENTIFIC.fullmatch(text):
        raise Refusal(
            "intake.number_in_scientific",
            zh="{field:zh}“{found}”已被表格软件变成科学计数，后几位已经丢失。应为原来的完整号码。"
            "请把该列设为“文本”格式，从原系统重新填入。",
            en="The {field:en} “{found}” was turned into scientific notation by a spreadsheet, and its last digits are "
            "lost. It should be the whole number. Format the column as text and fill it in again from the source.",
            field=field,
            found=text,
        )
    if whole := WHOLE_WITH_ZERO.fullmatch(text):
        text = whole.group(1)
    if field.form is Form.IDENTITY_NUMBER and ROUNDED.fullmatch(text) and not _has_right_check(text):
        raise Refusal(
            "intake.number_rounded",
            zh="{field:zh}“{found}”最后三位是 000，校验位也不符，是被表格软件舍入过的。应为原来的完整号码。"
            "请把该列设为“文本”格式，从原系统重新填入。",
            en="The {field:en} “{found}” ends in 000 and its check character is wrong: a spreadsheet has rounded it. "
            "It should be the whole number. Format the column as text and fill it in again from the source.",
            field=field,
            found=text,
        )
    return text


def _has_right_check(number: str) -> bool:
    body = number[: len(CHECK_WEIGHTS)]
    return body.isascii() and check_character(body) == number[-1]


def _date(cell: object, text: str, field: Field) -> str:
    if isinstance(cell, date):  # a datetime is one too
        return f"{cell:%Y-%m-%d}" if cell.year >= 1000 else f"{cell.year:04}-{cell.month:02}-{cell.day:02}"
    if match := DATE.fullmatch(text) or COMPACT_DATE.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            raise _unreadable(text, field) from None
    if SERIAL.fullmatch(text) and 10_000 <= float(text) <= LAST_SERIAL:
        return (SERIAL_DAY_0 + timedelta(days=int(float(text)))).isoformat()
    raise _unreadable(text, field)


def _moment(cell: object, text: str, field: Field) -> str:
    if _is_read(text):
        return text
    match = MOMENT.fullmatch(text)
    if match is None or match.group(4) is None:
        return _date(cell, text, field)
    year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
    try:
        at = datetime(year, month, day, hour, minute)  # noqa: DTZ001  the list's own hours
    except ValueError:
        raise _unreadable(text, field) from None
    return f"{at:%Y-%m-%d %H:%M}" if year >= 1000 else f"{year:04}-{at:%m-%d %H:%M}"


def _is_read(text: str) -> bool:
    """Whether a moment stands as it is written here: a long list has tens of thousands of them."""
    try:
        return len(text) == READ_MOMENT and datetime.fromisoformat(text).isoformat(" ", "minutes") == text
    except ValueError:
        return False


def _age(cell: object, text: str, field: Field) -> str:
    """Whole years; of a child that is given in months, weeks or days the years it makes."""
    match = AGE.fullmatch(text.casefold())
    if match:
        number, unit = int(match.group(1)), match.group(2) or ""
        if unit.startswith(("个", "月", "m")):
            number //= MONTHS_A_YEAR
        elif unit.startswith(("周", "天", "日", "w", "d")) and unit != "周岁":
            number = 0
        if number <= OLDEST:
            return str(number)
    raise Refusal(
        "intake.age_unreadable",
        zh="{field:zh}“{found}”看不懂。应写周岁的数字，如 35；不满一岁可写 11个月。请改正该格。",
        en="The {field:en} “{found}” cannot be read. It should be whole years, such as 35, or an infant’s months, as "
        "in 11 months. Correct this cell.",
        field=field,
        found=text,
    )


def _choice(cell: object, text: str, field: Field) -> str:
    if word := field.by_text.get(text) or field.by_spelling.get(plain(text)):
        field.by_text[text] = word
        return word
    raise Refusal(
        "intake.not_a_choice",
        zh="{field:zh}“{found}”不在可填的里面。可以填：{choices_zh}。请改正该格。",
        en="The {field:en} “{found}” is none of its words. It can be {choices_en}. Correct this cell.",
        field=field,
        found=text,
        choices_zh="、".join(spellings[0] for _, spellings in field.choices),
        choices_en=", ".join(word for word, _ in field.choices),
    )


def _unreadable(text: str, field: Field) -> Refusal:
    return Refusal(
        "intake.date_unreadable",
        zh="{field:zh}“{found}”不是能确定的日期。应写成年-月-日，如 1990-01-31。请改正该格。",
        en="The {field:en} “{found}” is no date that can be told for sure. It should be year-month-day, such as "
        "1990-01-31. Correct this cell.",
        field=field,
        found=text,
    )


_FORMS = {Form.DATE: _date, Form.MOMENT: _moment, Form.AGE: _age, Form.CHOICE: _choice}
