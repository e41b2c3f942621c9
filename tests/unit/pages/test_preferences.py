"""The two switches, and pages with nothing but them."""

import pytest


@pytest.mark.parametrize(
    ("address", "field", "choice", "cookie"),
    [("/language", "language", "en", "fangxian_language"), ("/theme", "theme", "dark", "fangxian_theme")],
)
def test_a_choice_is_kept_in_a_cookie_and_leads_back(client, address, field, choice, cookie):
    answer = client.post(address, {field: choice, "next": "/design?swap=1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/design?swap=1")
    assert answer.cookies[cookie].value == choice


@pytest.mark.parametrize("to", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "\\\\x"])
def test_a_switch_leads_nowhere_else(client, to):
    assert client.post("/theme", {"theme": "dark", "next": to}).headers["Location"] == "/"


def test_a_choice_that_is_none_changes_nothing(client):
    assert not client.post("/theme", {"theme": "<script>"}).cookies


def test_a_switch_is_pressed_not_followed(client):
    assert client.get("/theme?theme=dark").status_code == 405


@pytest.mark.parametrize(("language", "lang"), [("zh-hans", "zh-Hans"), ("en", "en")])
def test_the_page_says_its_language_and_its_theme(client, language, lang):
    client.cookies["fangxian_language"] = language
    client.cookies["fangxian_theme"] = "dark"
    assert f'<html lang="{lang}" data-theme="dark">' in client.get("/design").content.decode()


def test_a_theme_nobody_designed_is_the_devices(client):
    client.cookies["fangxian_theme"] = '"><script>'
    assert 'data-theme="auto"' in client.get("/design").content.decode()


def test_no_page_carries_a_script_or_a_style_of_its_own(client):
    for address in ("/design", "/design/wall", "/design/public", "/design/answer/admit", "/nowhere"):
        html = client.get(address).content.decode()
        assert ' style="' not in html
        assert "<style" not in html
        assert html.count("<script") == html.count('<script type="module" src="/static/')
        assert " onclick=" not in html


def test_the_design_page_is_there_both_ways_round(client):
    assert client.get("/design?swap=1").status_code == client.get("/design").status_code == 200


def test_a_page_that_is_not_there_says_so_in_both_languages(client):
    for language, sentence in (("zh-hans", "没有这一页"), ("en", "There is no such page")):
        client.cookies["fangxian_language"] = language
        answer = client.get("/nowhere")
        assert answer.status_code == 404
        assert sentence in answer.content.decode()
