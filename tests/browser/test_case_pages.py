"""The investigator's desk, a report card, and the questionnaire that saves each answer as it is typed."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from fangxian.core.identity import check_character
from tests.browser.looks import NARROW, WIDE, faults_of_every_look
from tests.browser.signing_in import signed_in

NAMED = {"zh": "报出", "en": "File it"}
numbers = iter(range(1, 999, 2))  # odd: men's


@pytest.fixture
def investigator(page_at) -> Callable[..., Page]:
    return lambda width=WIDE, language="zh", **context: signed_in(page_at(width, language, **context), "investigator")


def document() -> str:
    body = f"99902719800301{next(numbers):03d}"
    return body + check_character(body)


def report(page: Page, language: str = "zh") -> str:
    """Fill in and file a card as a person does; the address of its case."""
    page.goto("/cases/report")
    now = page.locator("time").first.get_attribute("datetime")
    at = datetime.fromisoformat(now)
    page.fill("#id_name", "试病人")
    page.fill("#id_document_number", document())
    page.select_option("#id_sex", "male")
    page.fill("#id_born_on", "1980-03-01")
    page.fill("#id_address", "东街12号")
    page.select_option("#id_occupation", "farmer")
    page.select_option("#id_disease", "covid-19")
    page.select_option("#id_case_kind", "confirmed")
    page.fill("#id_onset_on", f"{at - timedelta(days=2):%Y-%m-%d}")
    page.fill("#id_diagnosed_at", f"{at - timedelta(hours=1):%Y-%m-%dT%H:%M}")
    page.fill("#id_doctor", "试医生")
    page.get_by_role("button", name=NAMED[language], exact=True).click()
    page.wait_for_url(re.compile("/cases/reports/"))
    return page.get_by_role("link", name=re.compile("打开病例|Open the case")).get_attribute("href")


def saved(page: Page, question: str):
    return page.locator(f"[data-question='{question}'] [data-part=saved]")


def test_a_card_is_filed_and_its_case_waits_on_the_desk(investigator, language):
    page = investigator(NARROW if language == "zh" else WIDE, language)
    case = report(page, language)
    assert faults_of_every_look(page) == []
    page.goto("/cases")
    expect(page.locator(f"a[href='{case}']")).to_have_count(1)
    assert faults_of_every_look(page) == []
    page.goto(case)
    assert faults_of_every_look(page) == []


def test_what_is_wrong_in_a_card_is_said_beside_it(investigator):
    page = investigator(NARROW)
    page.goto("/cases/report")
    page.fill("#id_document_number", "12345")
    page.get_by_role("button", name="报出", exact=True).click()
    expect(page.locator("#id_document_number_fault")).to_contain_text("18")
    expect(page.locator("#id_document_number")).to_have_value("12345")
    assert faults_of_every_look(page) == []


def test_an_answer_saves_itself_and_is_there_on_another_phone(investigator, language):
    page = investigator(NARROW if language == "zh" else WIDE, language)
    address = report(page, language) + "/interview"
    page.goto(address)
    page.fill("[name='basic.living_with']", "4")
    expect(saved(page, "basic.living_with")).to_have_text(re.compile("已存|saved"))
    page.check("[name='onset.symptoms_present'][value=yes]")
    expect(page.locator("[data-question='onset.first_symptom_at']")).to_be_visible()
    expect(saved(page, "onset.symptoms_present")).to_have_text(re.compile("已存|saved"))
    assert faults_of_every_look(page) == []
    other = investigator(NARROW, language)
    other.goto(address)
    expect(other.locator("[name='basic.living_with']")).to_have_value("4")
    expect(other.locator("[data-question='onset.first_symptom_at']")).to_be_visible()


def test_of_two_who_write_at_once_the_later_sees_both_and_chooses(investigator):
    one = investigator()
    address = report(one) + "/interview"
    other = investigator(NARROW)
    for page in (one, other):
        page.goto(address)
    one.fill("[name='basic.ethnicity']", "汉族")
    expect(saved(one, "basic.ethnicity")).to_have_text(re.compile("已存"))
    other.fill("[name='basic.ethnicity']", "回族")
    expect(saved(other, "basic.ethnicity")).to_contain_text("汉族")
    assert faults_of_every_look(other) == []
    posted = []
    other.on("request", lambda request: posted.append(request) if request.method == "POST" else None)
    other.get_by_role("button", name="用我填的").click()
    expect(saved(other, "basic.ethnicity")).to_have_text(re.compile("已存"))
    assert len(posted) == 1, "to leave the field for a button is not to answer anew"
    one.reload()
    expect(one.locator("[name='basic.ethnicity']")).to_have_value("回族")


def test_what_could_not_be_sent_is_sent_when_the_network_is_back(investigator):
    page = investigator(NARROW)
    address = report(page) + "/interview"
    page.goto(address)
    page.context.set_offline(True)
    page.fill("[name='basic.ethnicity']", "汉族")
    expect(page.locator("[data-part=state]")).to_contain_text("还没有存上")
    page.context.set_offline(False)
    expect(saved(page, "basic.ethnicity")).to_have_text(re.compile("已存"))
    page.reload()
    expect(page.locator("[name='basic.ethnicity']")).to_have_value("汉族")


def test_without_scripts_a_section_has_its_button(investigator):
    page = investigator(WIDE)
    address = report(page) + "/interview"
    plain = investigator(NARROW, java_script_enabled=False)
    plain.goto(address)
    plain.fill("[name='basic.ethnicity']", "汉族")
    plain.get_by_role("button", name="保存这一部分").first.click()
    expect(plain.locator("[name='basic.ethnicity']")).to_have_value("汉族")


def test_a_stay_is_on_the_timeline_and_in_the_story(investigator, language):
    page = investigator(WIDE if language == "zh" else NARROW, language)
    case = report(page, language)
    page.goto(case)
    at = datetime.fromisoformat(page.locator(".opening time").first.get_attribute("datetime"))
    page.goto(f"{case}/interview")
    begins = at - timedelta(hours=30)
    page.fill("#entry_begins_at", f"{begins:%Y-%m-%dT%H:%M}")
    page.fill("#entry_ends_at", f"{begins + timedelta(hours=2):%Y-%m-%dT%H:%M}")
    page.fill("#entry_place", "东街小吃店")
    page.locator("#entry button[value=entry]").click()
    expect(page.locator("#itinerary .timeline")).to_contain_text("东街小吃店")
    for name in ("timeline", "story"):
        page.goto(f"{case}/{name}")
        expect(page.locator("main")).to_contain_text("东街小吃店")
        assert faults_of_every_look(page) == []
    # Three weeks of six places a day still are one page.
    page.evaluate(
        """() => {
          const place = document.querySelector(".story-days li > span:not(.soft)"), day = place.parentElement
          for (let n = 0; n < 5; n++) day.append(place.cloneNode(true))
          for (let n = 0; n < 20; n++) day.after(day.cloneNode(true))
        }"""
    )
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1


def test_whom_the_patient_names_is_put_on_record_and_waits_for_a_decision(investigator, language):
    page = investigator(NARROW if language == "zh" else WIDE, language)
    page.goto(report(page, language))
    page.get_by_role("link", name=re.compile("登记接触者|Put a contact on record")).click()
    at = datetime.fromisoformat(page.locator("time").first.get_attribute("datetime"))
    page.fill("#id_name", "试邻居")
    page.fill("#id_last_exposure_at", f"{at - timedelta(hours=20):%Y-%m-%dT%H:%M}")
    page.fill("#id_words", "同桌打牌")
    send = page.get_by_role("button", name=re.compile("^(登记|Put on record)$"))
    send.click()
    expect(page.locator("#id_phone_fault")).to_contain_text(re.compile("才能再认出|known again"))
    expect(page.locator("#id_words")).to_have_value("同桌打牌")
    assert faults_of_every_look(page) == []
    page.fill("#id_phone", "15400007777")
    send.click()
    page.wait_for_url(re.compile("/contacts/.*done=named"))
    assert faults_of_every_look(page) == []
