"""Reading pages as somebody who sees them, and the county's clock while a round is played."""

from datetime import UTC, datetime, timedelta

import pytest

from fangxian.cli.playing.pace import Clock
from fangxian.cli.playing.player import Kept
from fangxian.cli.playing.reading import Form, facts_of, next_page, table_of

PAGE = """<!doctype html><html><body>
<div class="notice"><p>Done<br>well</div>
<dl class="facts"><div><dt>missing</dt><dd>1,204</dd></div><div><dt>received</dt><dd>7</dd></div></dl>
<table><caption>Others</caption><thead><tr><th>Tube</th></tr></thead><tbody><tr><td>9</td></tr></tbody></table>
<table><caption>Tubes</caption><thead><tr><td class="tick"></td><th>Tube</th><th>State</th></tr></thead><tbody>
<tr><td class="tick"><input type="checkbox" name="t"></td>
<th><a href="/t/1">1001</a></th><td><span>sealed</span></td></tr>
</tbody></table>
<a rel="next" href="?page=2">Next</a>
<form><input name="q"></form>
<form><input type="hidden" name="csrfmiddlewaretoken" value="x"><input name="name" value="A &amp; B">
<select name="size"><option value="5">5</option><option value="10" selected>10</option></select>
<textarea name="why">because</textarea><input type="checkbox" name="again" checked>
<button name="do" value="go">Go</button>
</form></body></html>"""


def test_a_table_is_found_by_its_caption_and_its_cells_by_their_headings():
    [row] = table_of(PAGE, "Tubes")
    assert (row.cells, row.hrefs) == ({"Tube": "1001", "State": "sealed"}, ["/t/1"])


def test_a_page_without_the_table_has_no_rows():
    assert table_of(PAGE, "Boxes") == []


def test_a_form_is_found_by_its_fields_and_holds_what_is_filled_in():
    form = Form.of(PAGE, size="", name="")
    assert dict(form.fields) == {
        "csrfmiddlewaretoken": "x", "name": "A & B", "size": "10", "why": "because", "again": "on",
    }  # fmt: skip
    assert form.choices == {"size": {"5": "5", "10": "10"}}


def test_a_form_that_is_not_there_is_said_so():
    with pytest.raises(LookupError, match="instrument"):
        Form.of(PAGE, instrument="")


def test_facts_and_the_next_page_are_read():
    assert facts_of(PAGE) == {"missing": "1,204", "received": "7"}
    assert next_page(PAGE) == "?page=2"


# ---- the clock ----

EIGHT = datetime(2022, 4, 20, 0, 0, tzinfo=UTC)


class Stepping:
    """A county clock that stands where it is put."""

    def __init__(self, at):
        self.at, self.told = at, []

    def now(self):
        return self.at

    def set(self, at, rate):
        self.told.append((at, rate))
        self.at = max(self.at, at)


@pytest.fixture
def pace():
    return Stepping(EIGHT)


@pytest.fixture
def clock(pace):
    clock = Clock(pace, speed=600, watch=lambda at, rate: None)
    clock.begin(EIGHT)
    return clock


def test_the_clock_is_never_set_back(pace, clock):
    clock.begin(EIGHT - timedelta(hours=3))
    pace.at += timedelta(hours=1)
    clock.until(EIGHT)
    clock.end()
    moments = [at for at, _ in pace.told]
    assert moments == sorted(moments)


def test_whoever_watches_sees_county_time_while_the_county_is_behind(pace):
    seen = []
    clock = Clock(pace, speed=600, watch=lambda at, rate: seen.append(at))
    clock.begin(EIGHT)
    pace.at += timedelta(minutes=5)
    clock.until(EIGHT + timedelta(minutes=1))
    assert seen == [EIGHT + timedelta(minutes=5)]


def test_county_time_waits_for_whoever_is_far_behind_and_runs_again_when_they_are_not(pace, clock):
    pace.at += timedelta(minutes=30)
    clock.until(EIGHT)
    clock.until(EIGHT + timedelta(minutes=20))
    clock.until(EIGHT + timedelta(minutes=30))
    assert [rate for _, rate in pace.told] == [600, 20, 600]
    assert clock.n_slowed == 1


# ---- what is kept ----


def test_a_run_that_goes_on_finds_what_was_kept_and_another_round_does_not(tmp_path):
    path = tmp_path / "live" / "scenario.json"
    Kept.of(path, {"seed": 1}).keep(n_done=7)
    assert Kept.of(path, {"seed": 1}).told["n_done"] == 7
    assert "n_done" not in Kept.of(path, {"seed": 2}).told


def test_a_round_that_came_to_its_end_is_not_gone_on_with(tmp_path):
    path = tmp_path / "scenario.json"
    Kept.of(path, {"seed": 1}).keep(n_done=7, is_over=True)
    assert Kept.of(path, {"seed": 1}).told == {"seed": 1}


def test_a_kept_file_that_is_cut_is_as_none(tmp_path):
    path = tmp_path / "scenario.json"
    path.write_text('{"seed": 1, "n_do')
    assert Kept.of(path, {"seed": 1}).told == {"seed": 1}
