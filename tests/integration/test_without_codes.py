"""A county of measles and norovirus alone: no page that everybody opens speaks of codes, doors or scans."""

import pytest
from django.urls import reverse

from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.without_codes import diseases_now

from .case_hand import RULEBOOKS, report, staffed
from .people_with_codes import BY
from .two_townships import account_of, build, shown, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]
OF_CODES = {
    "zh-hans": ("健康码", "红码", "黄码", "绿码", "转码", "门岗", "场所码", "扫码", "我的码", "颜色"),
    "en": ("code", "Code", "scan", "Scan", "gate", "colour"),
}


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    county = build()
    found_rulebooks(texts=[(RULEBOOKS / f"{name}.toml").read_bytes() for name in ("measles", "norovirus")], by=BY)
    return county


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


def words_of_codes(client, address, language):
    client.cookies["fangxian_language"] = language
    page = client.get(address)
    assert page.status_code == 200
    text = shown(page).partition('<main id="main"')[2].partition("</main>")[0]
    return [word for word in OF_CODES[language] if word in text]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("role", "name"), [("commander", "situation"), ("commander", "venues")])
def test_the_counts_of_headquarters_speak_of_no_code(client, county, role, name, language):
    sign_in(client, county, role)
    assert words_of_codes(client, reverse(name), language) == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_residents_own_page_speaks_of_no_code_and_lets_them_declare(client, county, language):
    account = account_of(county, "resident", area_path="")
    Person.objects.filter(pk=county.head.pk).update(account=account)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    assert words_of_codes(client, reverse("my-code"), language) == []
    assert reverse("my-arrivals") in shown(client.get(reverse("my-code")))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_name_in_the_rail_or_the_bottom_bar_is_of_a_code(client, county, language):
    account = account_of(county, "resident", area_path="")
    Person.objects.filter(pk=county.head.pk).update(account=account)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["fangxian_language"] = language
    for page in (reverse("my-rides"), reverse("my-results"), reverse("person", args=[county.head.pk])):
        assert {"zh-hans": "我的码", "en": "My code"}[language] not in shown(client.get(page))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_a_merge_and_an_itinerary_say_is_of_no_code(client, county, language):
    case = report(county.head, staffed(county).laboratory, disease="measles", specimen="serum").case
    sign_in(client, county, "investigator")
    assert words_of_codes(client, reverse("case-timeline", args=[case]), language) == []
    sign_in(client, county, "grid_worker")
    assert words_of_codes(client, reverse("person-merge", args=[county.head.pk]), language) == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_lists_of_passengers_speak_of_no_code(client, county, language):
    sign_in(client, county, "tracing_lead")
    assert words_of_codes(client, reverse("ride-lists"), language) == []


def test_headquarters_sees_cases_and_contacts_by_disease(client, county):
    report(county.head, staffed(county).laboratory, disease="measles", specimen="serum")
    counted = {row.name.en: row.n_cases for row in diseases_now("141027", at=county_now())}
    assert counted == {"measles": 1, "norovirus gastroenteritis": 0}


def test_the_wall_without_codes_is_fetched_anew_and_says_so(client, county):
    sign_in(client, county, "commander")
    assert client.get(reverse("situation-wall")).headers["Refresh"] == "60"
