"""Somebody who passes through, with their own phone."""

import pytest

from fangxian.core.identity import check_character


def number(sequence: int) -> str:
    body = f"99902719850203{sequence:03d}"
    return body + check_character(body)


@pytest.mark.parametrize("width", [360, 1366])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_visitor_registers_declares_and_turns_green(page_at, axe, language, width):
    page = page_at(width, language)
    page.goto("/visitor")
    assert axe(page) == []
    told = {"name": "杜甫", "phone": "15400000077", "from_place": "临汾", "to_place": "长治"}
    told["number"] = number(100 + 2 * width % 800 + (language == "en"))
    for field, text in told.items():
        page.locator(f"#id_{field}").fill(text)
    page.locator("main form button").click()
    page.wait_for_url("**/visitor/*")
    page.locator(".code-band.of-unknown").wait_for()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#id_text").fill("临汾市尧都区，4 月 1 日起")
    page.locator("#id_is_true").check()
    page.locator("main form button").click()
    page.locator(".code-band.of-green").wait_for()
