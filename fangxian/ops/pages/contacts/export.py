"""The contact line list as a file with the columns districts use (密接名单), written while it is read.

Both writers take rows one by one and give bytes as soon as there are some, so a list may be of any length.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from django.utils.timezone import localtime

from fangxian.core.policy.occupations import OCCUPATIONS
from fangxian.ops.contacts.quality import rules_broken
from fangxian.ops.contacts.wire import Who, who_of
from fangxian.ops.contacts.words import BELONGS, FOUND_BY, HOME_REASONS, MODES, ORIGINS, RELATIONS, STATES, said_of
from fangxian.ops.intake.returning import guarded
from fangxian.ops.pages.county.words import SEXES, place_name
from fangxian.ops.pages.words import in_words, said
from fangxian.ops.situation.ages import age_on
from fangxian.ops.situation.contact_lists import Around

AT_ONCE_BYTES = 64 * 1024
Named = tuple[object, Around]
Cell = Callable[[object, Who, Around, datetime], object]


def _yes(value: bool | None) -> str:
    return "" if value is None else said("是", "yes") if value else said("否", "no")


def _place(place: object | None) -> str:
    return in_words(place_name(place)) if place else ""


def _in(words) -> Callable[[str], str]:
    return lambda key: in_words(said_of(words, key)) if key else ""


def _occupation(key: str) -> str:
    return in_words(OCCUPATIONS[key].name) if key in OCCUPATIONS else key


COLUMNS: tuple[tuple[str, str, Cell], ...] = (
    ("编号", "ID", lambda it, who, near, at: it.pk),
    ("镇街", "Township", lambda it, who, near, at: _place(near.township(it.area_path))),
    ("村社区", "Village", lambda it, who, near, at: _place(near.unit(it.area_path))),
    ("姓名", "Name", lambda it, who, near, at: who.name),
    ("国籍", "Nationality", lambda it, who, near, at: who.nationality),
    ("性别", "Sex", lambda it, who, near, at: _in(SEXES)(who.sex)),
    ("年龄", "Age", lambda it, who, near, at: age_on(who.born_on, localtime(at).date()) if who.born_on else ""),
    ("证件号", "Document number", lambda it, who, near, at: who.document_number),
    ("联系方式", "Phone", lambda it, who, near, at: who.phone),
    ("目前所处位置", "Where now", lambda it, who, near, at: it.file.whereabouts),
    ("现住址", "Address", lambda it, who, near, at: who.address),
    ("职业", "Occupation", lambda it, who, near, at: _occupation(it.occupation)),
    ("工作单位", "Workplace", lambda it, who, near, at: who.workplace),
    ("发现途径", "Found by", lambda it, who, near, at: _in(FOUND_BY)(it.found_by)),
    ("来源", "Origin", lambda it, who, near, at: _in(ORIGINS)(it.origin)),
    ("是否核心密接", "Core contact", lambda it, who, near, at: _yes(it.is_core)),
    ("是否排除", "Rejected", lambda it, who, near, at: _yes(it.state == "rejected")),
    ("关联病例", "Case", lambda it, who, near, at: near.numbers.get(it.case_id, "")),
    ("是否境外输入病例", "Case imported", lambda it, who, near, at: _yes(it.file.is_case_imported)),
    ("关联密接", "Via contact", lambda it, who, near, at: it.via or ""),
    ("关联密接姓名", "Via contact's name", lambda it, who, near, at: near.through.get(it.via, "")),
    ("密接类型", "Ring", lambda it, who, near, at: in_words(near.ring(it.disease, it.ring))),
    ("与患者关系", "Relation", lambda it, who, near, at: _in(RELATIONS)(it.relation)),
    ("接触分钟", "Minutes", lambda it, who, near, at: it.minutes or ""),
    ("最后接触日期", "Last contact", lambda it, who, near, at: it.last_exposure_on),
    ("应解除观察日期", "Last day of observation", lambda it, who, near, at: it.release_on or ""),
    ("关联重点场所", "Key place", lambda it, who, near, at: it.file.key_place),
    ("状态（转归）", "State", lambda it, who, near, at: _in(STATES)(it.state)),
    ("是否追踪到", "Traced", lambda it, who, near, at: _yes(it.is_traced)),
    ("审核时间", "Decided", lambda it, who, near, at: _time(it.decided_at)),
    ("录入时间", "Entered", lambda it, who, near, at: _time(it.proposed_at)),
    ("入住日期", "Checked in", lambda it, who, near, at: it.checked_in_on or ""),
    ("场所名称", "Site", lambda it, who, near, at: it.site),
    ("医学观察方式", "Observed", lambda it, who, near, at: _in(MODES)(it.mode)),
    ("居家隔离原因", "Why at home", lambda it, who, near, at: _in(HOME_REASONS)(it.home_reason)),
    ("创建单位", "Entered by", lambda it, who, near, at: it.entered_by),
    ("归属", "Belongs to", lambda it, who, near, at: _in(BELONGS)(it.belongs)),
    ("转出目的地", "Destination", lambda it, who, near, at: it.destination),
    (
        "质控",
        "Quality",
        lambda it, who, near, at: said("；", "; ").join(in_words(r.said) for r in rules_broken(it.faults)),
    ),
)


def _time(moment: datetime | None) -> str:
    return f"{localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def lines(rows: Iterable[Named], at: datetime) -> Iterator[list[str]]:
    """The heading, then each contact; every cell text that no spreadsheet runs as a formula."""
    yield [said(zh, en) for zh, en, _ in COLUMNS]
    for it, near in rows:
        who = who_of(it, it.file)
        yield [guarded(str(read(it, who, near, at))) for _, _, read in COLUMNS]


def as_csv(rows: Iterable[Named], at: datetime) -> Iterator[bytes]:
    """UTF-8 with byte order mark, which spreadsheets need to read it as UTF-8."""
    text = io.StringIO(newline="")
    text.write("\ufeff")
    writer = csv.writer(text, lineterminator="\r\n")
    for line in lines(rows, at):
        writer.writerow(line)
        if text.tell() > AT_ONCE_BYTES:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


class _Outflow(io.RawIOBase):
    """What a zip is written to: it is taken away as it comes, so there is no way back in it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def taken(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


def _entry(name: str) -> zipfile.ZipInfo:
    """A part of the book, made small: a `ZipInfo` left alone is stored as it is."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def as_xlsx(rows: Iterable[Named], at: datetime) -> Iterator[bytes]:
    """A workbook whose every cell is text, so that an identity number stays whole. Sent while it is written."""
    outflow = _Outflow()
    with zipfile.ZipFile(outflow, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, content in PARTS.items():
            book.writestr(_entry(name), content)
        with book.open(_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            sheet.write(SHEET_BEGINS)
            for number, line in enumerate(lines(rows, at), start=1):
                sheet.write(_row(number, line))
                if number % 200 == 0 and (part := outflow.taken()):
                    yield part
            sheet.write(SHEET_ENDS)
    yield outflow.taken()


def _row(number: int, line: Iterable[str]) -> bytes:
    cells = "".join(
        f'<c t="inlineStr"><is><t xml:space="preserve">{escape(_legal(cell))}</t></is></c>' for cell in line
    )
    return f'<row r="{number}">{cells}</row>'.encode()


def _legal(text: str) -> str:
    """Text without the control characters that XML does not allow."""
    return text if text.isprintable() else "".join(it if it.isprintable() or it in "\t\n" else " " for it in text)


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET_BEGINS = (
    f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
).encode()
SHEET_ENDS = b"</sheetData></worksheet>"
PARTS = {
    "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELS}"><sheets>'
    '<sheet name="接触者 contacts" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
