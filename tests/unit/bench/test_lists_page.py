"""The table of the long lists' pages: of each narrowing one row, with the slowest of its orders."""

from bench.lists import page
from bench.lists.measured import Measured, Took


def measured(of="state=open", sort="-weight", cpu=(0.05, 0.06, 0.07)):
    took = tuple(Took(it, 2 * it) for it in cpu)
    return Measured(reader="county", path="/contacts", of=of, sort=sort, total=1234, took=took, busy=1.0)


def test_a_narrowing_has_one_row_with_the_slowest_of_its_orders_at_each_place():
    lists = [measured(cpu=(0.05, 0.09, 0.07)), measured(sort="area", cpu=(0.06, 0.06, 0.06))]
    found = page.table("sqlite", "contacts", lists)
    assert found.rows == [
        ("county", "/contacts", "state=open", "1,234", "60 (120)", "90 (180)", "70 (140)", "-weight"),
    ]  # fmt: skip


def test_the_notes_say_how_many_pages_took_too_long():
    found = page.table("postgres", "cases", [measured(cpu=(0.05, 0.151, 0.07))])
    assert found.notes[1] == "over 150 ms of processor: 1; by the clock: 1"


def test_the_notes_name_the_longest():
    found = page.table("sqlite", "readers", [measured(), measured(of="mode=home", cpu=(0.1, 0.2, 0.3))])
    assert "300 ms of processor (600 by the clock): county, /contacts, mode=home" in found.notes[0]


def test_a_line_over_what_is_allowed_is_marked():
    assert page.line(measured(cpu=(0.05, 0.151, 0.07))).endswith(" ×")


def test_what_was_measured_comes_back_from_its_file_as_it_was():
    from dataclasses import asdict

    from bench.bench_lists import _read

    assert _read(asdict(measured())) == measured()
