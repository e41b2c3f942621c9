"""The official divisions of a county: townships, villages and communities, and how they change.

A division is known by its statistical code, never by its name: two villages of one county may bear
the same name. Codes nest: county 6 digits, township 9, village or community 12; a grid cell is the
unit's code and 3 digits more. An `area_path` is any of these, as text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from fangxian.core.divisions_file import Row, read_rows, shortened
from fangxian.core.refusal import Refusal

CODE_LENGTHS = {"county": 6, "township": 9, "village": 12, "community": 12}
PARENT_LENGTHS = {"township": 6, "village": 9, "community": 9}
GRID_LENGTH = 15
COLUMNS = ("code", "name", "kind", "parent_code")
VILLAGE_LIST_COLUMNS = ("code", "name", "streetCode", "areaCode")


def short_name(name: str) -> str:
    """The Chinese name of a village or community without the word for its committee: 南卫村, 冯村, 东街社区, 东街."""
    for ending, left in _COMMITTEES:
        if name.endswith(ending):
            stem = name.removesuffix(ending)
            return stem if left and stem.endswith(left) else stem + left
    return name


_COMMITTEES = (("社区居民委员会", "社区"), ("村民委员会", "村"), ("村委会", "村"), ("居委会", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """One official division. `setting` is "urban", "rural" or "" where nothing is said."""

    code: str
    name_zh: str
    name_en: str
    kind: str
    parent_code: str
    setting: str

    @property
    def short_zh(self) -> str:
        """The name without the word for its committee: 南卫村, 冯村, 东街社区, 东街."""
        return short_name(self.name_zh)

    @property
    def short_en(self) -> str:
        """The English name without the word for its kind: Nanwei, Dongjie; the Chinese one where there is none."""
        for ending in (" Residents' Committee", " Village Committee", " Village", " Community"):
            if self.name_en.endswith(ending):
                return self.name_en.removesuffix(ending)
        return self.name_en or self.short_zh


@dataclass(frozen=True, slots=True, kw_only=True)
class Divisions:
    """One edition of a county's divisions, every code once and every parent present.

    encoding : how the file was written, "utf-8" or "gb18030", so that the person can be told
    rows : by code: the county, then each township followed by its units
    """

    edition: str
    encoding: str
    county: Division
    rows: tuple[Division, ...]
    by_code: Mapping[str, Division] = field(repr=False)

    @property
    def townships(self) -> tuple[Division, ...]:
        return tuple(d for d in self.rows if d.kind == "township")

    @property
    def units(self) -> tuple[Division, ...]:
        """Villages and communities: the units with a committee."""
        return tuple(d for d in self.rows if len(d.code) == CODE_LENGTHS["village"])

    @property
    def as_read(self) -> dict[str, str]:
        """What tells a person whether the file was read rightly: edition, encoding, and the county's name in it."""
        return {"edition": self.edition, "encoding": self.encoding.upper(), "county": self.county.name_zh}

    def units_of(self, township_code: str) -> tuple[Division, ...]:
        return tuple(d for d in self.units if d.parent_code == township_code)

    def names_of(self, area_path: str) -> tuple[str, ...]:
        """Names from the county down to the division that `area_path` lies in; grid cells have none."""
        lengths = sorted(set(CODE_LENGTHS.values()))
        found = (self.by_code.get(area_path[:n]) for n in lengths if n <= len(area_path))
        return tuple(d.name_zh for d in found if d)


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What one edition has that another has not. `changed` pairs old and new of one code."""

    added: tuple[Division, ...]
    removed: tuple[Division, ...]
    changed: tuple[tuple[Division, Division], ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def read_divisions(data: bytes, *, edition: str) -> Divisions:
    """The divisions in a CSV file with the columns code, name, kind and parent_code.

    Columns name_en and setting may be missing; others are ignored. UTF-8, with or without a byte
    order mark, and GB18030 are told apart by decoding strictly.

    Raises
    ------
    Refusal
        `divisions.*`; names the line and the value, and what would have been right.
    """
    encoding, rows = read_rows(data, COLUMNS)
    divisions = [
        Division(
            code=row["code"],
            name_zh=row["name"],
            name_en=row.get("name_en", ""),
            kind=row["kind"],
            parent_code=row["parent_code"],
            setting=row.get("setting", ""),
        )
        for row in rows
    ]
    return _checked(edition, encoding, divisions, [row.line for row in rows])


def read_village_list(data: bytes, *, edition: str, county: Division, township_names: Mapping[str, str]) -> Divisions:
    """The divisions in a list of villages as the statistics bureau's pages give it.

    Such a list has the columns code, name, streetCode and areaCode and no row for a township; the
    townships are those its villages name. Rows of other counties are left out. Whether a unit is a
    community follows from its number, as the bureau's rules for codes say: 001 to 199 are
    residents' committees, 200 to 399 villagers' committees.

    Raises
    ------
    Refusal
        `divisions.*`; also if a township has no name in `township_names`.
    """
    encoding, rows = read_rows(data, VILLAGE_LIST_COLUMNS)
    ours = [row for row in rows if row["areaCode"] == county.code]
    township_lines = {row["streetCode"]: row.line for row in reversed(ours)}
    for code, line in township_lines.items():
        if code not in township_names:
            raise _township_missing(line, code, "")
    listed = [(_township(code, township_names[code], county), n) for code, n in township_lines.items()]
    listed += [(_unit_of_list(row), row.line) for row in ours]
    return _checked(edition, encoding, [county, *(d for d, _ in listed)], [0, *(n for _, n in listed)])


def differences(old: Divisions, new: Divisions) -> Differences:
    """What changed from one edition to another; a code whose name or kind changed counts as changed."""
    return Differences(
        added=tuple(d for d in new.rows if d.code not in old.by_code),
        removed=tuple(d for d in old.rows if d.code not in new.by_code),
        changed=tuple(
            (d, after)
            for d in old.rows
            if (after := new.by_code.get(d.code)) and (d.name_zh, d.kind) != (after.name_zh, after.kind)
        ),
    )


def _township(code: str, name: str, county: Division) -> Division:
    return Division(code=code, name_zh=name, name_en="", kind="township", parent_code=county.code, setting="")


def _unit_of_list(row: Row) -> Division:
    is_community = row["code"][9:].isdigit() and int(row["code"][9:]) < 200
    return Division(
        code=row["code"],
        name_zh=row["name"],
        name_en="",
        kind="community" if is_community else "village",
        parent_code=row["streetCode"],
        setting="urban" if is_community else "rural",
    )


def _checked(edition: str, encoding: str, rows: list[Division], lines: list[int]) -> Divisions:
    """The divisions, if they hold together. `lines` are the rows' lines in the file."""
    by_code: dict[str, Division] = {}
    line_of: dict[str, int] = {}
    for row, line in zip(rows, lines, strict=True):
        _check_row(row, line)
        if row.code in by_code:
            raise _code_twice(row, line, by_code[row.code], line_of[row.code])
        by_code[row.code], line_of[row.code] = row, line
    _check_parents(by_code, line_of)
    ordered = tuple(sorted(rows, key=lambda d: d.code))
    return Divisions(
        edition=edition,
        encoding=encoding,
        county=_only_county(ordered),
        rows=ordered,
        by_code=MappingProxyType(by_code),
    )


def _check_row(row: Division, line: int) -> None:
    if row.kind not in CODE_LENGTHS:
        raise Refusal(
            "divisions.unknown_kind",
            zh="第{line}行的 kind 是“{kind}”。应为 county、township、village 或 community。请改正后重新导入。",
            en="Line {line} has kind “{kind}”. It should be county, township, village or community. "
            "Correct it and import again.",
            line=line,
            kind=shortened(row.kind),
        )
    length = CODE_LENGTHS[row.kind]
    if not (row.code.isascii() and row.code.isdigit() and len(row.code) == length):
        raise Refusal(
            "divisions.wrong_length",
            zh="第{line}行的代码“{found}”有{n}个字符。{kind} 的代码应为{length}位数字。"
            "请检查是否被表格软件改成了科学计数或截断，改正后重新导入。",
            en="Line {line} has the code “{found}” of {n} characters. A {kind} has {length} digits. "
            "See whether a spreadsheet rewrote or cut it, correct it and import again.",
            line=line,
            found=shortened(row.code),
            n=len(row.code),
            kind=row.kind,
            length=length,
        )
    if not row.name_zh:
        raise Refusal(
            "divisions.no_name",
            zh="第{line}行（代码 {found}）没有名称。每个区划都应有名称。请补上后重新导入。",
            en="Line {line} (code {found}) has no name. Every division has one. Add it and import again.",
            line=line,
            found=row.code,
        )


def _code_twice(row: Division, line: int, first: Division, first_line: int) -> Refusal:
    return Refusal(
        "divisions.code_twice",
        zh="代码 {found} 出现了两次：第{first_line}行“{first}”和第{line}行“{second}”。"
        "一个代码只能属于一个区划。请删去或改正其中一行后重新导入。",
        en="The code {found} stands twice: line {first_line} “{first}” and line {line} “{second}”. "
        "One code belongs to one division. Remove or correct one of the lines and import again.",
        found=row.code,
        first_line=first_line,
        first=shortened(first.name_zh),
        line=line,
        second=shortened(row.name_zh),
    )


def _township_missing(line: int, township_code: str, name: str) -> Refusal:
    return Refusal(
        "divisions.township_missing",
        zh="第{line}行“{name}”属于 {parent}，但没有代码为 {parent} 的上级区划。"
        "上级区划也应列在文件中。请补上该乡镇一行，或改正上级代码后重新导入。",
        en="Line {line} “{name}” belongs to {parent}, but there is no division with the code {parent}. "
        "The division above must be listed too. Add its row or correct the parent code and import again.",
        line=line,
        name=shortened(name),
        parent=shortened(township_code),
    )


def _check_parents(by_code: Mapping[str, Division], line_of: Mapping[str, int]) -> None:
    for row in by_code.values():
        if row.kind == "county":
            continue
        line = line_of[row.code]
        nests = row.code.startswith(row.parent_code) and len(row.parent_code) == PARENT_LENGTHS[row.kind]
        if not nests:
            raise Refusal(
                "divisions.does_not_nest",
                zh="第{line}行“{name}”的代码是 {found}，上级代码是“{parent}”。"
                "代码应以上级的{length}位代码开头，即 {expected}。请核对两个代码后重新导入。",
                en="Line {line} “{name}” has the code {found} and the parent code “{parent}”. A code begins "
                "with its parent's {length} digits, here {expected}. Check both and import again.",
                line=line,
                name=shortened(row.name_zh),
                found=row.code,
                parent=shortened(row.parent_code),
                length=PARENT_LENGTHS[row.kind],
                expected=row.code[: PARENT_LENGTHS[row.kind]],
            )
        if row.parent_code not in by_code:
            raise _township_missing(line, row.parent_code, row.name_zh)


def _only_county(rows: Iterable[Division]) -> Division:
    counties = [d for d in rows if d.kind == "county"]
    if len(counties) != 1:
        raise Refusal(
            "divisions.not_one_county",
            zh="文件中有{n}个县级区划。应当正好有一个。请只导入本县的区划。",
            en="The file has {n} counties. It should have exactly one. Import this county's divisions only.",
            n=len(counties),
        )
    return counties[0]
