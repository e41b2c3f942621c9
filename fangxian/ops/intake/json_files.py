"""JSON: a list of objects, or one object a line."""

import json
from collections.abc import Iterator

from fangxian.core.refusal import Refusal

from .cells import text_of


def json_records(text: str) -> Iterator[tuple[int, list[str]]]:
    """A head (row 0) made of every name, in order of appearance, then each object with its number from 1.

    Refuses
    -------
    intake.json_broken, intake.json_not_objects, intake.json_name_twice, intake.json_nested
    """
    objects = list(_objects(text))
    names = list(dict.fromkeys(name for _, thing in objects for name in thing))
    if names:
        yield 0, names
    for row_number, thing in objects:
        cells = [_text(thing.get(name), name, row_number) for name in names]
        if any(cells):
            yield row_number, cells


def _objects(text: str) -> Iterator[tuple[int, dict]]:
    if text.lstrip().startswith("["):
        things = enumerate(_parsed(text, 0), start=1)
    else:
        lines = enumerate(text.split("\n"), start=1)
        things = ((number, _parsed(line, number)) for number, line in lines if line.strip())
    for number, thing in things:
        if not isinstance(thing, dict):
            raise Refusal(
                "intake.json_not_objects",
                zh="第{row_number}项不是对象。JSON 文件应为对象的列表，或每行一个对象。请改正后上传。",
                en="Item {row_number} is no object. A JSON file should be a list of objects, or one object a line. "
                "Correct it and upload it again.",
                row_number=number,
            )
        yield number, thing


def _parsed(text: str, line: int) -> object:
    """Numbers stay the text they were: a float would round an identity number."""
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_without_repeats)
    except (json.JSONDecodeError, RecursionError) as error:
        at_line, column = (error.lineno, error.colno) if isinstance(error, json.JSONDecodeError) else (1, 1)
        raise Refusal(
            "intake.json_broken",
            zh="JSON 在第{line}行第{column}个字符处读不下去，文件可能被截断。应为完整的对象列表，或每行一个对象。"
            "请重新导出后上传。",
            en="The JSON cannot be read on from line {line}, character {column}: the file may be cut off. It should "
            "be a whole list of objects, or one object a line. Export it again and upload that.",
            line=max(line, 1) + at_line - 1,
            column=column,
        ) from None


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    thing = dict(pairs)
    if len(thing) < len(pairs):
        names = [name for name, _ in pairs]
        raise Refusal(
            "intake.json_name_twice",
            zh="一个对象里“{name}”出现了两次，不知道以哪个为准。每个名称应只出现一次。请改正后上传。",
            en="An object has “{name}” twice, so it is unclear which one holds. Each name should stand once. Correct "
            "it and upload it again.",
            name=text_of(next(name for name in names if names.count(name) > 1)),
        )
    return thing


def _text(value: object, name: str, row_number: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    raise Refusal(
        "intake.json_nested",
        zh="第{row_number}项的“{name}”里还有列表或对象。每一项应是一个文字、数字或空值。请展开后上传。",
        en="“{name}” of item {row_number} holds a list or an object. Each should be a text, a number or nothing. "
        "Flatten it and upload it again.",
        name=text_of(name),
        row_number=row_number,
    )
