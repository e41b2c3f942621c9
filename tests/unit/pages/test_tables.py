"""Tables and their places in longer lists."""

import re

import pytest
from django.http import QueryDict
from django.template import engines
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.refusal import Said
from fangxian.ops.pages.tables import Column, Paging, Table

NAME = Column("name", Said("村", "Village"), sort="name")
PEOPLE = Column("n", Said("居民", "Residents"), kind="number", sort="-n", total=1204)


class Request:
    def __init__(self, query: str) -> None:
        self.GET = QueryDict(query)


def rendered(table: Table, language: str = "en") -> str:
    with override(language):
        return engines["django"].from_string("{% load look %}{% table table %}").render({"table": table})


@given(st.integers(0, 2000), st.integers(1, 100), st.integers(1, 100))
def test_pages_cover_the_list_once_and_in_order(total, size, page):
    pages = [Paging(total=total, page=n, size=size) for n in range(1, Paging.pages_of(total, size) + 1)]
    rows = [row for p in pages for row in range(total)[p.slice]]
    assert rows == list(range(total))


@pytest.mark.parametrize(("asked", "page"), [("3", 3), ("0", 1), ("99", 4), ("x", 1), ("", 1), ("9" * 40, 1), ("²", 1)])
def test_a_page_that_is_none_of_the_list_is_the_nearest(asked, page):
    assert Paging.of(Request(f"page={asked}"), total=184, size=50).page == page


def test_other_fields_of_the_address_are_kept_from_page_to_page():
    paging = Paging.of(Request("kind=a&kind=b&page=2"), total=184, size=50)
    assert (paging.previous, paging.next) == ("?kind=a&kind=b&page=1", "?kind=a&kind=b&page=3")


def test_the_ends_and_the_neighbours_are_offered_with_gaps_between():
    assert [page for page, _ in Paging(total=1000, page=10, size=50).shown] == [1, 0, 9, 10, 11, 0, 20]


def test_a_page_of_nothing_counts_from_zero():
    paging = Paging(total=0)
    assert (paging.first, paging.last, paging.n_pages) == (0, 0, 1)


def test_a_heading_asks_for_its_own_order_and_then_for_the_other():
    table = Table(caption=Said("村", "Villages"), columns=(NAME, PEOPLE), rows=[], sorted_by="-n")
    headings = [(h["href"], h["order"]) for h in map(table.heading, table.columns)]
    assert headings == [("?sort=name", ""), ("?sort=n", "descending")]


def test_a_column_of_an_unknown_kind_is_refused_by_name():
    with pytest.raises(ValueError, match="column n: kind 'figure'"):
        Column("n", Said("数", "n"), kind="figure")


def test_the_first_cell_of_a_row_carries_its_link():
    rows = [{"name": "东村", "n": 1204}]
    html = rendered(Table(caption=Said("村", "Villages"), columns=(NAME, PEOPLE), rows=rows, href=lambda r: "/x"))
    assert re.search(r'<th scope="row"><a class="row" href="/x">东村\s*</a></th>', html)


def test_unknown_is_a_dash_for_the_eye_and_words_for_the_ear_and_zero_is_zero():
    rows = [{"name": "东村", "n": None}, {"name": "西村", "n": 0}]
    html = rendered(Table(caption=Said("村", "Villages"), columns=(NAME, PEOPLE), rows=rows))
    assert 'aria-hidden="true">—</span><span class="only-heard">not known</span>' in html
    assert re.search(r'<td class="is-number">0\s*</td>', html)


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "合计"), ("en", "Total")])
def test_totals_stand_under_their_columns(language, word):
    rows = [{"name": "东村", "n": 1204}]
    html = rendered(Table(caption=Said("村", "Villages"), columns=(NAME, PEOPLE), rows=rows), language)
    assert word in html.partition("<tfoot>")[2]


def test_no_rows_are_a_sentence_and_a_next_step_and_no_empty_table():
    table = Table(
        caption=Said("村", "Villages"),
        columns=(NAME,),
        rows=[],
        empty=Said("还没有村。", "There are no villages yet."),
        empty_next=Said("导入", "Import them"),
        empty_href="/import",
    )
    html = rendered(table)
    assert "There are no villages yet." in html
    assert '<a href="/import">Import them</a>' in html
    assert "<table" not in html


def test_a_cell_that_is_markup_is_shown_not_obeyed():
    html = rendered(Table(caption=Said("村", "Villages"), columns=(NAME,), rows=[{"name": "<b>x</b>"}]))
    assert "&lt;b&gt;x&lt;/b&gt;" in html
