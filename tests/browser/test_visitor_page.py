"""Somebody who passes through, with their own phone."""

from fangxian.core.identity import check_character
from tests.browser.looks import faults_of_every_look


def number(sequence: int) -> str:
    body = f"99902719850203{sequence:03d}"
    return body + check_character(body)


def test_a_visitor_registers_declares_and_turns_green(page_in_turn, language):
    page = page_in_turn()
    page.goto("/visitor")
    assert faults_of_every_look(page) == []
    told = {"name": "杜甫", "phone": "15400000077", "from_place": "临汾", "to_place": "长治"}
    told["number"] = number(100 + (language == "en"))
    for field, text in told.items():
        page.locator(f"#id_{field}").fill(text)
    page.locator("main form button").click()
    page.wait_for_url("**/visitor/*")
    page.locator(".code-band.of-unknown").wait_for()
    assert faults_of_every_look(page) == []
    page.locator("#id_text").fill("临汾市尧都区，4 月 1 日起")
    page.locator("#id_is_true").check()
    page.locator("main form button").click()
    page.locator(".code-band.of-green").wait_for()
