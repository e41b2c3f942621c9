"""Reading a file of divisions: what is accepted, and the sentence for everything that is not."""

import pytest

from fangxian.core.divisions import differences, read_divisions
from fangxian.core.refusal import Refusal

HEAD = "code,name,kind,parent_code"
COUNTY = "990001,甲县,county,9900"
TOWNSHIP = "990001100,乙镇,township,990001"
VILLAGE = "990001100200,丙村委会,village,990001100"
WHOLE = "\n".join((HEAD, COUNTY, TOWNSHIP, VILLAGE)) + "\n"


def read(text: str, encoding: str = "utf-8"):
    return read_divisions(text.encode(encoding), edition="2021")


def refusal(data: bytes) -> Refusal:
    with pytest.raises(Refusal) as raised:
        read_divisions(data, edition="2021")
    return raised.value


@pytest.mark.parametrize(("encoding", "told"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030")])
def test_utf8_with_and_without_mark_and_gb18030_say_the_same(encoding, told):
    divisions = read(WHOLE, encoding)
    assert divisions.rows == read(WHOLE).rows
    assert divisions.encoding == told
    assert divisions.as_read == {"edition": "2021", "encoding": told.upper(), "county": "甲县"}


def test_rows_may_stand_in_any_order_and_come_back_ordered_by_code():
    divisions = read("\n".join((HEAD, VILLAGE, TOWNSHIP, COUNTY)))
    assert [d.code for d in divisions.rows] == ["990001", "990001100", "990001100200"]


def test_a_missing_last_newline_and_empty_lines_do_not_matter():
    assert read(WHOLE.rstrip("\n")).rows == read(WHOLE.replace("\n", "\n\n")).rows


def test_columns_may_stand_in_any_order_and_others_are_ignored():
    text = "\n".join(",".join((f[3], f[1], "x", f[0], f[2])) for line in WHOLE.splitlines() if (f := line.split(",")))
    text = text.replace("parent_code,name,x,", "parent_code,name,remark,")
    assert read(text).rows == read(WHOLE).rows


def test_a_code_twice_names_both_rows():
    found = refusal((WHOLE + "990001100200,丁村委会,village,990001100\n").encode())
    assert found.code == "divisions.code_twice"
    assert (found.facts["first_line"], found.facts["line"]) == (4, 5)
    assert "丙村委会" in found.said.zh
    assert "丁村委会" in found.said.zh


def test_a_village_whose_township_is_missing_is_named():
    found = refusal("\n".join((HEAD, COUNTY, VILLAGE)).encode())
    assert found.code == "divisions.township_missing"
    assert "丙村委会" in found.said.zh
    assert "990001100" in found.said.en


def test_a_code_that_does_not_nest_says_what_would():
    found = refusal(WHOLE.replace("990001100200,丙", "990001101200,丙").encode())
    assert found.code == "divisions.does_not_nest"
    assert found.facts["expected"] == "990001101"


@pytest.mark.parametrize("wrong", ["99000110020", "9.90001E+11", "９９０００１１００２００"])
def test_a_code_of_wrong_length_or_of_other_characters_is_refused(wrong):
    found = refusal(WHOLE.replace("990001100200,丙", f"{wrong},丙").encode())
    assert found.code == "divisions.wrong_length"
    assert found.facts["length"] == 12


@pytest.mark.parametrize("data", [b"", b" \n\n", HEAD.encode()])
def test_an_empty_file_is_refused(data):
    assert refusal(data).code == "divisions.empty"


def test_missing_columns_are_named_beside_what_is_expected():
    found = refusal(WHOLE.replace("parent_code", "above").replace("kind", "sort").encode())
    assert found.code == "divisions.missing_columns"
    assert found.facts["missing"] == "kind, parent_code"


def test_a_file_cut_within_a_row_is_refused():
    found = refusal((WHOLE + "990001100201,丁村").encode())
    assert found.code == "divisions.cut_off"
    assert found.facts["line"] == 5


def test_a_file_cut_within_a_character_is_not_taken_for_gb18030():
    assert refusal((WHOLE + "990001100201,丁").encode()[:-1]).code == "divisions.cut_off_in_a_character"


def test_a_file_cut_within_a_character_says_in_which_line_and_after_how_many_bytes():
    data = (WHOLE + "990001100201,丁").encode()[:-1]
    assert refusal(data).facts == {"line": 5, "n_bytes": len(data)}


def test_a_file_in_neither_encoding_is_refused():
    assert refusal(WHOLE.encode("utf-16")).code == "divisions.undecodable"


def test_a_byte_in_neither_encoding_is_refused_by_its_line_and_place():
    found = refusal(WHOLE.encode("gb18030").replace("丙村".encode("gb18030"), "丙村".encode("gb18030") + b"\xff"))
    assert found.code == "divisions.undecodable"
    assert found.facts == {"line": 4, "position": len("990001100200,") + 5, "value": "FF"}


def of_two_encodings(*encodings: str, newline: str = "\n") -> bytes:
    """The file, each line in its own encoding."""
    lines = zip(WHOLE.splitlines(), encodings, strict=True)
    return b"".join((line + newline).encode(encoding) for line, encoding in lines)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("encodings", "utf8_line", "other_line"),
    [
        (("ascii", "utf-8", "gb18030", "utf-8"), 2, 3),
        (("ascii", "gb18030", "gb18030", "utf-8"), 4, 2),
        (("utf-8-sig", "gb18030", "gb18030", "gb18030"), 1, 2),
    ],
)
def test_a_file_of_two_encodings_is_refused_by_one_line_of_each(encodings, utf8_line, other_line, newline):
    found = refusal(of_two_encodings(*encodings, newline=newline))
    assert found.code == "divisions.mixed_encodings"
    assert found.facts == {"utf8_line": utf8_line, "other_line": other_line}
    assert str(other_line) in found.said.zh


def test_a_damaged_byte_in_a_file_of_utf8_does_not_make_it_gb18030():
    damaged = WHOLE.encode().replace("丙村".encode(), b"\xb1\xfb\xb4\xe5")
    assert damaged.decode("gb18030"), "as GB18030 it could be read to its end"
    assert refusal(damaged).facts == {"utf8_line": 2, "other_line": 4}


def test_names_in_gb18030_whose_bytes_pass_for_utf8_are_still_read():
    """通 is CD A8 in GB18030, which UTF-8 reads as a Greek or Cyrillic letter."""
    text = WHOLE.replace("甲县", "通").replace("丙村委会", "通通")
    assert "通".encode("gb18030").decode("utf-8")
    assert read(text, "gb18030").rows == read(text).rows


def test_an_unknown_kind_and_a_missing_name_are_refused():
    assert refusal(WHOLE.replace("village", "hamlet").encode()).code == "divisions.unknown_kind"
    assert refusal(WHOLE.replace("丙村委会", "").encode()).code == "divisions.no_name"


def test_a_file_of_two_counties_is_refused():
    assert refusal((WHOLE + "990002,戊县,county,9900\n").encode()).code == "divisions.not_one_county"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("南卫村委会", "南卫村"),
        ("冯村村委会", "冯村"),
        ("东街社区居民委员会", "东街社区"),
        ("东街居委会", "东街"),
        ("乙镇", "乙镇"),
    ],
)
def test_the_short_name_leaves_out_the_committee(name, short):
    kind = WHOLE.replace("丙村委会", name)
    assert read(kind).by_code["990001100200"].short_zh == short


def test_differences_tell_added_removed_and_renamed_apart():
    later = read(WHOLE.replace("乙镇", "新镇").replace("990001100200,丙", "990001100201,丁"))
    found = differences(read(WHOLE), later)
    assert [d.code for d in found.added] == ["990001100201"]
    assert [d.code for d in found.removed] == ["990001100200"]
    assert [(a.name_zh, b.name_zh) for a, b in found.changed] == [("乙镇", "新镇")]
    assert not differences(later, later)


def test_names_lead_from_the_county_down_to_the_area():
    assert read(WHOLE).names_of("990001100200003") == ("甲县", "乙镇", "丙村委会")


@pytest.mark.parametrize("unseen", ["\0", "\x07", "\x1b"])
def test_a_character_nobody_sees_is_refused_by_line_column_and_number(unseen):
    found = refusal(WHOLE.replace("丙村", f"丙{unseen}村").encode())
    assert found.code == "divisions.unseen_character"
    assert (found.facts["line"], found.facts["column"]) == (4, "name")
    assert f"U+{ord(unseen):04X}" in found.said.zh
    assert unseen not in found.said.en


@pytest.mark.parametrize(
    "text",
    [
        WHOLE.replace("990001100200", "9" * 10_000),
        WHOLE.replace("village", "v" * 10_000),
        WHOLE.replace("丙村委会", "丙" * 10_000).replace("990001100\n", "990001\n"),
        WHOLE.replace("code,", "c" * 10_000 + ","),
    ],
)
def test_a_sentence_does_not_repeat_a_whole_damaged_cell(text):
    assert len(refusal(text.encode()).said.en) < 800
