"""For all bodies that a gate can be sent: one answer to /scan, and to /scans as many results as there are scans."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.gate import gate_files as county
from tests.unit.gate.doors import Doors
from tests.unit.gate.gate_files import GREEN, GateFiles

FIELDS = ["id", "venue", "scanned_at", "code", "document", "presence", "direction", "sent_at", "temperature_c",
          "companions", "decided", "outcome", "at", "scans", "battery", ""]  # fmt: skip
MOMENTS = ["0001-01-01T00:00:00+00:00", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "2022-02-30T12:00:00Z",
           "2022-04-19T12:00:00+08:00", "2022-04-19T12:00:00"]  # fmt: skip
WORDS = ["", " ", "FXP1", "FXC1", "FXV1", "8K2-4M0-1HZ", "in", "out", "admit", "staffed", "\x00", "\u2028", "0" * 32,
         "浮山" * 300, county.NUMBER_OF_RED]  # fmt: skip
# As others write them, so that no library of ours mends them first.
ODD = ["1e400", "-1e400", "1e-400", "9" * 30, "9" * 5000, "-0", "0.1e1", "36.6", "20", "50.0000001", '"\\u0000"',
       '"\\ud800"', '"\\udfff\\ud800"', "[" * 40 + "]" * 40, '{"a":' * 40 + "1" + "}" * 40]  # fmt: skip
BROKEN = [
    "NaN",
    "Infinity",
    "-Infinity",
    "",
    "nul",
    "{",
    "]",
    '"',
    "01",
    "1.",
    "[1,]",
    '{"id"}',
    "\x01",
    "[" * 5000,
    "'a'",
]

words = st.one_of(st.text(max_size=20), st.sampled_from(WORDS + MOMENTS)).map(json.dumps)
plain = st.one_of(st.sampled_from(["null", "true", "false", *ODD]), words, st.integers().map(str))


def written(values):
    """Arrays and objects of such values; an object may say a name twice."""
    names = st.sampled_from(FIELDS) | st.text(max_size=5)
    pairs = st.tuples(names.map(json.dumps), values).map(":".join)
    return st.one_of(
        st.lists(values, max_size=7).map(lambda texts: f"[{','.join(texts)}]"),
        st.lists(pairs, max_size=6).map(lambda texts: f"{{{','.join(texts)}}}"),
    )


values = st.recursive(plain, written, max_leaves=12)


@pytest.fixture(scope="module")
def doors(tmp_path_factory):
    return Doors(GateFiles(tmp_path_factory.mktemp("gate") / "realm").write_all())


@st.composite
def scans(draw, good):
    """A scan of which some fields are something else, stand twice, or are missing."""
    pairs = [(name, json.dumps(value)) for name, value in good.items()]
    for name in draw(st.lists(st.sampled_from(FIELDS), max_size=3)):
        pairs.insert(draw(st.integers(0, len(pairs))), (name, draw(values)))
    for _ in range(draw(st.integers(0, 2))):
        pairs.pop(draw(st.integers(0, len(pairs) - 1)))
    return "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in pairs) + "}"


def good_scan(files):
    at = county.NOON_AT.isoformat()
    return files.scan(
        GREEN, temperature_c=36.5, direction="in", sent_at=at, decided={"outcome": "admit", "at": at},
        companions=[{"code": files.card(county.YELLOW)}],
    )  # fmt: skip


def is_told(status, told):
    """One answer, or one refusal in both languages; never a bug."""
    if status == 200:
        return "outcome" in told
    return {"refusal", "zh", "en"} == set(told) and told["zh"] and told["en"] and told["refusal"] != "gate.fault"


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_body_of_a_scan_gets_one_answer(doors, data):
    good = good_scan(doors.files)
    text = data.draw(st.one_of(scans(good), values, st.sampled_from(BROKEN)))
    ((status, told),) = doors.answers_to(text.encode("utf-8", "surrogatepass"))
    assert is_told(status, told), told


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200))
def test_every_string_of_bytes_gets_one_answer(doors, body):
    for address in ("scan", "scans"):
        ((status, told),) = doors.answers_to(body, address=address)
        assert status == 400
        assert is_told(status, told), told


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_batch_gets_as_many_results_as_it_has_scans_and_the_good_ones_are_answered(doors, data):
    good = [good_scan(doors.files) for _ in range(3)]
    texts = data.draw(st.lists(st.one_of(scans(good[0]), values), max_size=30))
    places = sorted(data.draw(st.lists(st.integers(0, len(texts)), min_size=3, max_size=3)))
    for n_before, (place, scan) in enumerate(zip(places, good, strict=True)):
        texts.insert(place + n_before, json.dumps(scan))
    body = f'{{"scans":[{",".join(texts)}]}}'
    ((status, told),) = doors.answers_to(body.encode(), address="scans")
    assert status == 200
    assert len(told["results"]) == len(texts)
    assert all(is_told(400 if "refusal" in result else 200, result) for result in told["results"]), told
    assert {scan["id"] for scan in good} <= {result.get("id") for result in told["results"]}


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(text=st.one_of(values, st.sampled_from(BROKEN), values.map(lambda text: f'{{"scans":{text}}}')))
def test_every_body_of_a_batch_gets_one_answer(doors, text):
    ((status, told),) = doors.answers_to(text.encode("utf-8", "surrogatepass"), address="scans")
    assert (status == 200 and "results" in told) or is_told(status, told), told
