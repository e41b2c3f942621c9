"""Result files as instruments export them: what comes of each, and what is wrong with those that came damaged."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import xlsxwriter

from fangxian.core.laboratory.plates import Control
from fangxian.core.laboratory.result_rows import Taken
from fangxian.core.refusal import Refusal
from fangxian.ops.procedures.read_results import read_results

MEASURED_AT = datetime(2022, 4, 12, 9, 30, tzinfo=UTC)
KNOWN = {f"FS{n:06}": Taken(MEASURED_AT - timedelta(hours=5)) for n in range(1, 4)}
WIDE = (
    ("孔位", "样本编号", "ORF1ab(FAM)", "N(VIC)", "内标(CY5)"),
    ("A1", "FS000001", "NoCt", "NoCt", "24.5"),
    ("B1", "FS000002", "31.2", "30.8", "25.1"),
    ("G12", "阴性对照", "", "", "26"),
    ("H12", "阳性对照", "28", "27.5", "27"),
)
LONG = (
    ("Well", "Sample Name", "Target Name", "CT"),
    *(
        (well, sample, target, ct)
        for well, sample, *cts in WIDE[1:]
        for target, ct in zip(("ORF1ab", "N", "IC"), cts, strict=True)
    ),
)


def text(rows, delimiter=","):
    return "".join(delimiter.join(row) + "\r\n" for row in rows)


def sheet(rows):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
    return target.getvalue()


def read(content, **more):
    return read_results(content, known=KNOWN, measured_at=MEASURED_AT, **more)


@pytest.mark.parametrize(
    "content",
    [
        text(WIDE).encode(),
        text(WIDE).encode("gb18030"),
        text(LONG, "\t").encode("utf-16"),
        sheet(WIDE),
        sheet(LONG),
        ("* Block Type = 96well\r\n* Chemistry = TAQMAN\r\n" * 20 + "\r\n[Results]\r\n" + text(LONG, "\t")).encode(),
    ],
    ids=["CSV", "GB18030", "tabs in UTF-16", "a sheet", "a long sheet", "behind forty lines of an instrument"],
)
def test_the_same_results_come_of_every_format(content):
    told = read(content)
    assert told.tubes == {
        "FS000001": {"ORF1ab": None, "N": None, "IC": 24.5},
        "FS000002": {"ORF1ab": 31.2, "N": 30.8, "IC": 25.1},
    }
    assert told.controls[""][Control.POSITIVE]["N"] == 27.5
    assert told.refused == []


def test_a_file_cut_in_the_middle_of_a_row_is_refused_with_the_line():
    with pytest.raises(Refusal) as refused:
        read(text(WIDE)[: text(WIDE).index("27.5")].encode())
    assert refused.value.code == "intake.last_row_short"
    assert "5" in refused.value.said.zh


def test_a_file_cut_in_the_middle_of_a_character_is_refused():
    content = text(WIDE).encode()
    with pytest.raises(Refusal) as refused:
        read(content[: content.index("阳".encode()) + 1])
    assert refused.value.code == "intake.cut_off"


def test_a_long_file_cut_after_a_row_takes_no_tube_of_which_a_channel_is_missing():
    told = read(text(LONG[:6]).encode())
    assert list(told.tubes) == ["FS000001"]
    assert [refusal.code for _, refusal in told.refused] == ["laboratory.channels_missing"]


def test_a_row_is_refused_by_the_number_a_spreadsheet_shows():
    told = read(text([*WIDE[:2], ("C1", "FS0000O3", "NoCt", "NoCt", "22"), *WIDE[2:]]).encode())
    assert [(row, refusal.code) for row, refusal in told.refused] == [(3, "laboratory.tube_misread")]


def test_a_file_without_curves_is_refused_and_so_is_one_without_samples():
    with pytest.raises(Refusal) as refused:
        read(text([("样本编号", "孔位"), ("FS000001", "A1")]).encode())
    assert refused.value.code == "laboratory.no_curves"
    with pytest.raises(Refusal) as refused:
        read(text([("孔位", "ORF1ab"), ("A1", "30")]).encode())
    assert refused.value.code == "intake.field_unmapped"


def test_heads_that_nobody_knows_are_read_as_somebody_mapped_them():
    rows = [("编码", "甲", "乙", "丙"), ("FS000001", "", "", "24.5")]
    mapping = {"编码": "sample", "甲": "ct_orf1ab", "乙": "ct_n", "丙": "ct_ic"}
    assert list(read(text(rows).encode(), mapping=mapping).tubes) == ["FS000001"]
