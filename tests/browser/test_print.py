"""What is printed: lists of many columns lie on their side, and no form is printed with its empty fields."""

import re

from playwright.sync_api import expect

from tests.browser.signing_in import signed_in

SIZE = re.compile(rb"/MediaBox \[0 0 (\d+)[\d.]* (\d+)")


def is_on_its_side(pdf: bytes) -> list[bool]:
    """Of each page."""
    return [int(width) > int(height) for width, height in SIZE.findall(pdf)]


def test_a_list_of_many_columns_lies_on_its_side_and_others_stand(page_at):
    page = signed_in(page_at(1366), "tracing_lead")
    page.goto("/tracing")
    expect(page.locator("#teams thead th")).to_have_count(9)
    assert set(is_on_its_side(page.pdf(prefer_css_page_size=True))) == {True}
    page.goto("/handover")
    assert set(is_on_its_side(page.pdf(prefer_css_page_size=True))) == {False}


def test_no_form_is_printed(page_at):
    page = signed_in(page_at(1366), "tracing_lead")
    page.goto("/tracing/roster")
    expect(page.locator("#set form")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("#set")).to_be_hidden()
    expect(page.locator("#shifts table")).to_be_visible()
