"""What an instrument wrote becomes curves, or is refused with its row."""

from datetime import UTC, datetime, timedelta

import pytest

from fangxian.core.laboratory.plates import Control
from fangxian.core.laboratory.result_rows import Taken, channel_of, control_of, ct_of, curves
from fangxian.core.refusal import Refusal

MEASURED_AT = datetime(2022, 4, 12, 9, 30, tzinfo=UTC)
KNOWN = {
    "T100": Taken(MEASURED_AT - timedelta(hours=6)),
    "T101": Taken(MEASURED_AT + timedelta(minutes=1)),
    "T102": Taken(None),
}


def long(sample, row=2, **cts):
    given = {"ORF1ab": "NoCt", "N": "NoCt", "IC": "24.1"} | cts
    return [
        (row + k, {"sample": sample, "channel": channel, "ct": ct}) for k, (channel, ct) in enumerate(given.items())
    ]


def read(*rows):
    return curves([each for group in rows for each in group], known=KNOWN, measured_at=MEASURED_AT)


def codes(told):
    return [(row, refusal.code) for row, refusal in told.refused]


def test_a_row_a_channel_makes_one_tube():
    assert read(long("T100")).tubes == {"T100": {"ORF1ab": None, "N": None, "IC": 24.1}}


def test_a_row_a_well_with_a_column_a_channel_makes_the_same():
    wide = [(2, {"sample": "T100", "ct_orf1ab": "", "ct_n": "Undetermined", "ct_ic": "24,1"})]
    assert read(wide).tubes == read(long("T100")).tubes


def test_of_two_wells_of_a_control_the_worse_counts():
    told = read(long("NC1", ORF1ab="33"), long("NC2"), long("PC1", ORF1ab="28", N="28"), long("PC2", ORF1ab="28"))
    assert told.controls[""][Control.NEGATIVE]["ORF1ab"] == 33
    assert told.controls[""][Control.POSITIVE] == {"ORF1ab": 28, "N": None, "IC": 24.1}


def test_a_tube_of_which_a_channel_is_missing_is_refused_for_the_file_may_be_cut():
    assert codes(read(long("T100")[:2])) == [(2, "laboratory.channels_missing")]


@pytest.mark.parametrize(
    ("sample", "code"),
    [
        ("T999", "laboratory.unknown_tube"),
        ("T1O0", "laboratory.tube_misread"),
        ("T1 00", "laboratory.tube_misread"),
        ("T101", "laboratory.result_before_sample"),
        ("T102", "laboratory.sampling_awaited"),
    ],
)
def test_a_tube_that_cannot_be_is_refused_with_its_row(sample, code):
    told = read(long("T100"), long(sample, row=9))
    assert codes(told) == [(9, code)]
    assert list(told.tubes) == ["T100"]


def test_the_tube_that_was_meant_is_named_and_not_taken():
    told = read(long("T1O0"))
    assert told.refused[0][1].facts["alike"] == "T100"
    assert not told.tubes


def test_one_barcode_in_two_wells_that_differ_is_refused_and_gives_no_result():
    told = read(long("T100"), long("T100", row=20, N="35"))
    assert codes(told) == [(21, "laboratory.two_values")]
    assert not told.tubes


def test_the_same_rows_again_are_harmless():
    assert read(long("T100"), long("T100", row=20)).tubes == read(long("T100")).tubes


def test_wells_left_empty_are_passed_over_and_a_curve_without_a_name_is_not():
    assert not read(long("", IC="")).refused
    assert codes(read(long("", IC="", N="30"))) == [(3, "laboratory.nameless_curve")]


@pytest.mark.parametrize(("text", "ct"), [("", None), ("Undetermined", None), ("未检出", None), ("38.25", 38.25)])
def test_a_ct_is_a_number_or_no_curve(text, ct):
    assert ct_of(text) == ct


@pytest.mark.parametrize("text", ["inf", "-3", "51", "阳性", "1e400"])
def test_a_ct_that_is_none_is_refused(text):
    with pytest.raises(Refusal) as refused:
        ct_of(text)
    assert refused.value.code == "laboratory.ct_unreadable"


@pytest.mark.parametrize(
    ("text", "channel"), [("FAM", "ORF1ab"), ("N gene", "N"), ("内标", "IC"), ("orf1ab", "ORF1ab")]
)
def test_channels_are_known_by_what_instruments_call_them(text, channel):
    assert channel_of(text) == channel


def test_a_channel_of_another_kit_is_refused():
    with pytest.raises(Refusal) as refused:
        channel_of("E")
    assert refused.value.code == "laboratory.no_channel"


def test_a_barcode_that_begins_like_a_control_is_a_tube():
    assert control_of("NC2") is Control.NEGATIVE
    assert control_of("PC220411") is None
