"""The rulebook in force as an official reads it: every rule, the matrix read off the tables, a door to try."""

import html as markup
import re
from datetime import timedelta
from pathlib import Path

import pytest

from fangxian.core.policy.doors import compile_doors
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.measures.models import PublishedRulebook
from fangxian.ops.pages.rulebook.changes import change_entries
from fangxian.ops.pages.rulebook.doors import door_sheet
from fangxian.ops.pages.rulebook.sheet import colour_lines
from fangxian.ops.pages.rulebook.words import input_values, span_said
from fangxian.ops.realm.current import county_now

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FOLDER = Path(__file__).resolve().parents[2] / "counties" / "fushan" / "rulebooks"
COVID = FOLDER / "covid19-2022-04.toml"
PAGE = "/rulebooks/covid19-2022-04"


@pytest.fixture(scope="module")
def covid():
    return read_rulebook(COVID.read_bytes())


@pytest.fixture
def reader(client):
    """Somebody who may read rulebooks, in a county whose shipped rulebooks are in force."""
    found_rulebooks(texts=[path.read_bytes() for path in sorted(FOLDER.glob("*.toml"))], by="program:test")
    unit = Unit.objects.create(name_zh="县指挥部", name_en="Headquarters", kind="headquarters", area_path="141027")
    account = Account.objects.create(username="commander-1", display_name="甲", unit=unit, unit_since=county_now())
    Appointment.objects.create(account=account, role="commander", area_path="141027", begins_at=county_now())
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(answer) -> str:
    return markup.unescape(re.sub(r"<[^>]*>", "", answer.content.decode())).replace("\u2009", "")


def test_every_rule_stands_on_the_page_under_its_number_in_both_languages(reader, covid):
    for language, pick in (("zh-hans", lambda said: said.zh), ("en", lambda said: said.en)):
        reader.cookies["fangxian_language"] = language
        page = reader.get(PAGE)
        html, text = page.content.decode(), text_of(page)
        assert [row.number for row in covid.rows if f'id="{row.number}"' not in html] == []
        assert [row.number for row in covid.rows if pick(row.reason) not in text] == []
        assert [row.number for row in covid.rows if row.source not in text] == []


def test_every_link_to_a_rule_has_its_rule(reader):
    html = reader.get(PAGE).content.decode()
    links = set(re.findall(r'href="#([^"]+)"', html))
    assert links - set(re.findall(r'id="([^"]+)"', html)) == set()


def test_no_two_things_on_the_page_have_one_name(reader):
    names = re.findall(r' id="([^"]+)"', reader.get(PAGE).content.decode())
    assert len(names) == len(set(names))


def test_what_releases_a_code_and_gives_one_of_its_own_leads_to_that_rule(covid):
    then = {line.row.number: line.then for line in colour_lines(covid)}
    assert then["C-01"] == then["C-02"] == ("C-03",)
    assert {number: rules for number, rules in then.items() if rules} == {"C-01": ("C-03",), "C-02": ("C-03",)}


@pytest.mark.parametrize("book", ["measles", "norovirus"])
def test_a_disease_without_gate_and_colours_says_so_in_words(reader, book):
    text = text_of(reader.get(f"/rulebooks/{book}"))
    assert "这个病种不用健康码" in text
    assert "这个病种不设门岗、不扫码" in text
    assert "到门口试一试" not in text


def test_the_matrix_is_what_a_gate_looks_up_for_each_class_input_and_value(covid):
    tables = compile_doors(covid)
    sheet = door_sheet(covid, tables)
    names = input_values(covid)
    shown = {
        (venue.zh, input_.zh, rule)
        for row in sheet.rows
        for venue in row.venues
        for input_, cell in row.cells
        for mark in cell
        for rule in mark.rules
    }
    classes = {one.key: one.name.zh for one in covid.venue_classes} | {"unlisted": "规则没有列出的场所"}
    alike = {one.name.zh for one in sheet.everywhere}
    headings = {"colour": "健康码", "travel": "行程", "test_age": "核酸", "temperature": "体温", "permit": "通行证"}
    headings |= {"presence": "怎么扫的", "venue_status": "场所码", "freshness": "门岗信息"}
    wanted = {
        (classes[venue], headings[name], reason.rule)
        for v, venue in enumerate(tables.venue_classes)
        for i, name in enumerate(tables.inputs)
        for mask in tables.rows[v][i]
        for bit, reason in enumerate(tables.reasons)
        if mask >> bit & 1 and headings[name] not in alike
    }
    assert shown == wanted
    assert all(names[name] for name in tables.inputs)


def test_no_hospital_row_of_the_matrix_stops_anybody(covid):
    rows = [row for row in door_sheet(covid, compile_doors(covid)).rows if row.emergency_care]
    assert rows
    assert {mark.outcome for row in rows for _, cell in row.cells for mark in cell} <= {"directed", "admit"}


def test_a_door_answers_with_its_reasons_the_closest_first(reader):
    query = "?venue=school&colour=yellow&travel=clear&test_h=90&temperature_c=36.5&permit=valid&presence=staffed"
    page = reader.get(f"{PAGE}{query}&venue_status=open&known_min=5").content.decode()
    answer = page[page.index('id="try"') : page.index('id="arrivals"')]
    assert "止步" in answer
    assert answer.index("D-02</a>") < answer.index("D-24</a>")


def test_a_hospital_guides_a_red_code_in(reader):
    query = "?venue=hospital&colour=red&travel=clear&test_h=20&temperature_c=36.5&permit=valid&presence=staffed"
    page = reader.get(f"{PAGE}{query}&venue_status=open&known_min=5").content.decode()
    answer = page[page.index('id="try"') : page.index('id="arrivals"')]
    assert "admits" in answer
    assert "D-07</a>" in answer


def test_a_hospital_that_only_the_county_knows_as_one_turns_nobody_away(reader, monkeypatch, tmp_path):
    """Published before the county named it: the page's door is compiled with the county's classes all the same."""
    text = COVID.read_text("utf-8").replace('"hospital"', '"people-s-hospital"')
    text = text.replace('en = "people-s-hospital" }\nemergency_care = true', 'en = "hospital" }')
    PublishedRulebook.objects.filter(book="covid19-2022-04").update(text=text)
    (tmp_path / "fushan").mkdir()
    (tmp_path / "fushan" / "county.toml").write_text(
        '[county]\nname_zh = "浮山县"\nname_en = "Fushan County"\n'
        '[rulebooks]\nemergency_classes = ["people-s-hospital", "health-centre"]\n',
        "utf-8",
    )
    monkeypatch.setenv("FANGXIAN_COUNTIES", str(tmp_path))
    query = "?venue=people-s-hospital&colour=red&travel=risk&temperature_c=39&permit=none&presence=staffed"
    page = reader.get(f"{PAGE}{query}&venue_status=open&known_min=5").content.decode()
    answer = page[page.index('id="try"') : page.index('id="arrivals"')]
    assert "止步" not in answer
    assert "医院提供急诊，却没有标明。" in text_of(reader.get(PAGE))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("test_h=ninety", "请填 0 到 9999 的整数"),
        ("temperature_c=365", "请填 30 到 45 之间的度数"),
        ("known_min=-1", "请填 0 到 99999 的整数"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field_and_kept(reader, query, sentence):
    page = reader.get(f"{PAGE}?venue=shop&colour=green&{query}")
    assert sentence.replace(" ", "") in text_of(page).replace(" ", "")
    assert f'value="{query.partition("=")[2]}"' in page.content.decode()


def test_what_is_left_empty_is_not_known_and_never_green(reader):
    page = reader.get(
        f"{PAGE}?venue=highway-post&colour=green&travel=clear&presence=staffed&venue_status=open&permit=valid"
    )
    answer = text_of(page)
    assert "没有48小时内核酸阴性证明。" in answer
    assert "还没有测体温。" in answer
    assert "门岗信息已过期" in answer


def test_a_version_that_is_not_in_force_says_so_and_leads_to_the_one_that_is(reader):
    newer = COVID.read_text("utf-8").replace("\nversion = 1\n", "\nversion = 2\n", 1)
    _publish(newer, version=2, begins_in_days=30)
    assert "第1版" in text_of(reader.get(PAGE))
    page = reader.get(f"{PAGE}?version=2")
    assert "尚未生效" in text_of(page)
    assert "看现行的第1版" in text_of(page)


def test_what_a_version_changed_is_told_rule_by_rule(reader):
    newer = COVID.read_text("utf-8").replace("\nversion = 1\n", "\nversion = 2\n", 1)
    newer = newer.replace('keep = "30 d"\ncounted_from = "scanned"', 'keep = "14 d"\ncounted_from = "scanned"')
    _publish(newer, version=2, begins_in_days=30)
    for language, before, after in (("zh-hans", "30天", "14天"), ("en", "30 days", "14 days")):
        reader.cookies["fangxian_language"] = language
        page = reader.get(f"{PAGE}/changes").content.decode()
        assert f"<del>{before}</del>" in page.replace("\u2009", "")
        assert f"<ins>{after}</ins>" in page.replace("\u2009", "")


def test_a_first_version_has_nothing_to_be_compared_with(reader):
    assert "没有可比的上一版" in text_of(reader.get(f"{PAGE}/changes"))


def test_every_field_of_every_rule_can_be_said_when_it_changes(covid):
    """Compared with an empty rulebook's rows renumbered, no value is left as the program writes it."""
    text = COVID.read_text("utf-8").replace("\nversion = 1\n", "\nversion = 2\n", 1)
    other = read_rulebook(re.sub(r'"(\d+) d"', lambda found: f'"{int(found[1]) + 1} d"', text))
    entries = change_entries(covid, other)
    said = [value for entry in entries for line in entry.fields for value in (line.name, line.before, line.after)]
    assert len(entries) > 20
    assert [one for one in said if re.search(r"timedelta|<|object at|Said\(|datetime", one.zh + one.en)] == []


def test_what_the_county_is_to_settle_is_said_in_the_words_of_the_page(reader):
    for language, plain in (
        ("zh-hans", "请在各条写明法律依据，或注明出自上级哪份文件。"),
        ("en", "Give each its basis, or"),
    ):
        reader.cookies["fangxian_language"] = language
        text = text_of(reader.get(PAGE))
        assert plain in text
        assert re.findall(r"\[[a-z_]+\]|\((?:clause|document)\)|（(?:clause|document)）", text) == []


@pytest.mark.parametrize(
    "address", ["/rulebooks/nothing", f"{PAGE}?version=9", f"{PAGE}/changes?to=9", "/rulebooks/x/print"]
)
def test_what_was_never_published_is_not_there(reader, address):
    assert reader.get(address).status_code == 404


def test_the_paper_carries_issuer_number_digest_and_every_rule(reader, covid):
    text = text_of(reader.get(f"{PAGE}/print"))
    row = PublishedRulebook.objects.get(book="covid19-2022-04")
    assert covid.document.number in text
    assert row.digest in text
    assert [rule.number for rule in covid.rows if rule.number not in text] == []


def test_a_rulebook_takes_few_queries_however_long_it_is(reader, django_assert_max_num_queries):
    reader.get(PAGE)
    with django_assert_max_num_queries(7):
        reader.get(PAGE)


@pytest.mark.parametrize(
    ("span", "days", "zh", "en"),
    [
        (timedelta(minutes=30), False, "30 分钟", "30 minutes"),
        (timedelta(hours=48), False, "48 小时", "48 hours"),
        (timedelta(hours=1), False, "1 小时", "1 hour"),
        (timedelta(days=14), False, "14 天", "14 days"),
        (timedelta(days=1), True, "1 天", "1 day"),
        (timedelta(0), True, "0 天", "0 days"),
    ],
)
def test_a_length_is_said_as_people_say_it(span, days, zh, en):
    assert span_said(span, days=days) == Said(zh, en)


def _publish(text: str, *, version: int, begins_in_days: int) -> None:
    rulebook = read_rulebook(text)
    PublishedRulebook.objects.create(
        book=rulebook.id,
        version=version,
        disease=rulebook.disease.key,
        title_zh=rulebook.title.zh,
        title_en=rulebook.title.en,
        text=text,
        digest=rulebook.digest,
        effective_from=county_now() + timedelta(days=begins_in_days),
        effective_until=rulebook.until_at,
        published_at=county_now(),
        published_by="program:test",
    )
