"""A rulebook file is read whole or refused with the row, the line and the mend."""

import hashlib
import json
import tomllib
from datetime import date, datetime
from pathlib import Path

import jsonschema
import pytest

from fangxian.core.policy.checking import check, check_text
from fangxian.core.policy.reading import findings_of, read_rulebook
from fangxian.core.policy.schema import rulebook_schema
from fangxian.core.refusal import Refusal

SCHEMA = Path(__file__).resolve().parents[3] / "spec" / "schemas" / "rulebook.schema.json"


def plain(value):
    """TOML as JSON: moments as text."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date | datetime) else value


def refused(data):
    with pytest.raises(Refusal) as caught:
        read_rulebook(data)
    return caught.value


def test_every_shipped_rulebook_is_read_with_nothing_to_mend(shipped):
    assert [finding.said.en for finding in check(read_rulebook(shipped)) if finding.blocks] == []


def test_all_that_is_noted_of_the_shipped_is_what_the_county_has_not_based_on_anything(covid):
    """Leaving, screening rounds, tests required of trades: no source names the law they rest on, none has a ceiling."""
    noted = [(finding.code, finding.section) for finding in check(covid)]
    sections = ("departures", "measures", "test_classes")
    assert noted == [("rulebook.restriction_without_basis", section) for section in sections]


def test_every_shipped_rulebook_fits_the_schema(shipped):
    jsonschema.validate(plain(tomllib.loads(shipped.decode())), json.loads(SCHEMA.read_text("utf-8")))


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(rulebook_schema())


def test_text_and_bytes_give_the_same_rulebook(covid_text):
    assert read_rulebook(covid_text) == read_rulebook(covid_text.encode())


def test_line_ends_and_a_byte_order_mark_change_nothing(covid_text):
    windows = b"\xef\xbb\xbf" + covid_text.replace("\n", "\r\n").encode()
    assert read_rulebook(windows).digest == hashlib.sha256(covid_text.encode()).hexdigest()


def test_a_file_cut_anywhere_is_refused_and_names_a_line(shipped):
    """At 60 places, inside words, sentences, rows and between rows."""
    for n in range(1, 60):
        refusal = refused(shipped[: len(shipped) * n // 60])
        assert findings_of(refusal)
        assert any(finding.code in ("rulebook.cut_short", "rulebook.field_missing") for finding in findings_of(refusal))


def test_a_file_cut_in_half_says_that_it_was_cut_and_where(covid_text):
    half = covid_text.encode()[: len(covid_text.encode()) // 2]
    refusal = refused(half)
    assert refusal.code == "rulebook.cut_short"
    assert str(half.decode("utf-8", "ignore").count("\n") + 1) in refusal.said.en
    assert "cut off" in refusal.said.en
    assert "没有传完整" in refusal.said.zh


def test_an_empty_file_is_refused_with_what_it_lacks():
    assert "title is missing" in refused("").said.en


@pytest.mark.parametrize("value", ["[" * 20_000, "{a=" * 20_000, "9" * 20_000], ids=["lists", "tables", "digits"])
def test_what_nests_or_counts_without_end_is_refused_with_its_line(covid_text, value):
    refusal = refused(covid_text.replace("format = 1", f"format = {value}", 1))
    line = covid_text[: covid_text.index("format = 1")].count("\n") + 1
    assert (refusal.code, f"Line {line} " in refusal.said.en) == ("rulebook.not_toml", True)


@pytest.mark.parametrize(
    ("was", "now"),
    [('id = "covid19-2022-04"', f'id = "{"x" * 41}"'), ("from = 2022-04-01T", "from = 0001-01-01T")],
    ids=["a key no room keeps", "the year 1"],
)
def test_what_could_not_be_kept_once_it_is_approved_is_refused_before(covid_text, was, now):
    assert was in covid_text
    assert refused(covid_text.replace(was, now, 1)).code == "rulebook.rows_wrong"


def test_what_is_about_the_whole_file_names_no_row_before_its_colon(covid_text):
    said = refused(covid_text.replace("n_rules = 1", "n_rules = 2 # ")).said
    assert [it for told in (said.zh, said.en) for it in told.splitlines() if it[0] in "：:"] == []


def test_an_office_machine_s_gb18030_is_read_and_asked_to_be_saved_again(covid_text, beside_the_shipped):
    rulebook, findings = check_text(covid_text.encode("gb18030"))
    assert rulebook.title == read_rulebook(covid_text).title
    found = [(finding.code, finding.blocks) for finding in beside_the_shipped(findings)]
    assert found == [("rulebook.not_utf8", False)]


def test_a_damaged_utf8_file_is_not_taken_for_gb18030(covid_text):
    data = bytearray(covid_text.encode())
    damaged = data.index("浮山县".encode())
    data[damaged] = 0xFF
    refusal = refused(bytes(data))
    assert refusal.code == "rulebook.not_text"
    line = covid_text[: covid_text.index("浮山县")].count("\n") + 1
    assert f"Line {line}" in refusal.said.en


@pytest.mark.parametrize("data", [bytes(4096), b"\x01\x02\x03", "key = 1".encode("utf-16"), "\0"])
def test_what_is_not_text_is_called_so_and_not_cut_off(data):
    refusal = refused(data)
    assert refusal.code == "rulebook.not_text"
    assert "不是文本" in refusal.said.zh or "不属于 UTF-8" in refusal.said.zh
    assert "cut off" not in refusal.said.en


def test_a_file_whose_end_was_never_written_to_the_disk_names_the_line_where_that_begins(covid_text):
    refusal = refused(covid_text.encode() + bytes(40))
    assert refusal.code == "rulebook.not_text"
    assert f"Line {covid_text.count(chr(10)) + 1} has the control byte 0x00" in refusal.said.en


def test_a_line_that_is_not_toml_is_named(written):
    refusal = refused(written(('number = "C-04"', 'number = C-04"')))
    assert refusal.code == "rulebook.not_toml"
    assert "C-04" in refusal.said.en


def test_wrong_fields_are_all_said_at_once_each_with_its_row(written):
    refusal = refused(
        written(
            ('number = "C-04"\nevidence = "close-contact"', 'number = "C-04"\nevidense = "close-contact"'),
            ('colour = "red", lasts = "14 d"', 'colour = "rde", lasts = "14 days"'),
            ('outcome = "refuse"\nease = 1', 'outcome = "refuse"\nease = 11'),
        )
    )
    said = refusal.said.en
    assert "there is no field evidense. Did you mean “evidence”?" in said
    assert "[colours], rule C-04 (line" in said
    assert "Did you mean “red”?" in said
    assert "a whole number from 1 to 9" in said
    assert all(finding.line for finding in findings_of(refusal))


def test_the_line_of_a_finding_is_the_line_of_its_row(written):
    text = written(('number = "C-04"\nevidence = "close-contact"', 'number = "C-04"\nevidense = "close-contact"'))
    (finding, *_) = findings_of(refused(text))
    assert text.split("\n")[finding.line - 1] == "[[colours]]"
    assert text.split("\n")[finding.line] == 'number = "C-04"'


def test_an_unknown_section_and_an_unknown_document_are_named(written):
    assert "Did you mean “colours”?" in refused(written(("[[colours]]", "[[colors]]"))).said.en
    said = refused(written(('document = "protocol-8"', 'document = "protocol-9"'))).said.en
    assert "Did you mean “protocol-8”?" in said


def test_a_field_given_twice_in_one_row_is_named(written):
    refusal = refused(written(('number = "C-04"', 'number = "C-04"\nnumber = "C-44"')))
    assert refusal.code == "rulebook.field_twice"
    assert "C-44" in refusal.said.en


def test_a_moment_without_its_offset_is_refused(written):
    said = refused(written(("from = 2022-04-01T00:00:00+08:00", "from = 2022-04-01T00:00:00"))).said.en
    assert "a moment with its offset" in said


def test_one_rule_too_many_says_what_to_write(written):
    assert "set n_rules to 143" in refused(written(("n_rules = 143", "n_rules = 146"))).said.en.lower()
    assert "Set n_rules to 143" in refused(written(("n_rules = 143", "n_rules = 3"))).said.en
