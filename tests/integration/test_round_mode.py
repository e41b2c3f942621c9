"""How many may share a tube where a round is, by the risk areas of the county that it reaches into."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from fangxian.ops.lab.wire import NewSite
from fangxian.ops.procedures.run_rounds import begin, prepare, put_up_site, take_people
from fangxian.ops.realm.current import county_now
from fangxian.ops.risk_areas.models import ListedAs, RiskArea, RiskSpan
from fangxian.ops.situation.round_mode import mode_in_county, mode_of_round
from tests.integration.list_hand import in_force

from .two_townships import OTHER_TOWN, TOWN, UNIT, account_of, build

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(scope="module")
def of_this_file(rows_of_this_file):
    county = build()
    in_force("covid19-2022-04")
    listed = ListedAs.objects.create(province="山西省", city="临汾市", county="浮山县", division_code="141027")
    area = RiskArea.objects.create(listed_as=listed, place="东街", within=UNIT)
    RiskSpan.objects.create(area=area, level="medium", begins_at=county_now() - timedelta(days=1))
    return county, account_of(county, "dispatcher", "141027")


@pytest.fixture
def dispatcher(of_this_file, db):
    return of_this_file[1]


def prepared(by, area, size, disease="covid-19", groups=()):
    at, areas = county_now(), [area] if area else []
    return prepare(
        name="一轮", disease=disease, pool_size=size, areas=areas, groups=groups, begins_at=at,
        ends_at=at + timedelta(hours=9), by=by,
    )  # fmt: skip


def largest(by, *args, **told):
    return mode_of_round(prepared(by, *args, **told), county_now()).largest


@pytest.mark.parametrize("area", ["141027", TOWN, f"{UNIT}001"])
def test_five_may_share_a_tube_where_a_medium_risk_area_is(dispatcher, area):
    assert largest(dispatcher, area, 10) == 5


def test_a_round_of_a_school_is_by_the_risk_where_its_pupils_live(of_this_file, dispatcher):
    row = prepared(dispatcher, "", 10, groups=[f"school:{of_this_file[0].school.pk}"])
    take_people(round=row.pk, by=dispatcher)
    assert mode_of_round(row, county_now()).largest == 5


def test_twenty_may_where_none_is(dispatcher):
    assert largest(dispatcher, OTHER_TOWN, 20) == 20


def test_what_the_rulebook_of_a_disease_does_not_count_limits_nothing(dispatcher):
    assert largest(dispatcher, TOWN, 20, disease="norovirus") == 20


def test_a_risk_area_that_ended_limits_nothing(dispatcher):
    RiskSpan.objects.update(ends_at=county_now())
    assert mode_in_county(county_now()).largest == 20


@pytest.mark.parametrize(("size", "is_said"), [(10, True), (5, False)])
def test_the_round_says_that_more_share_a_tube_than_the_risk_allows(dispatcher, size, is_said):
    client = Client(headers={"accept-language": "en"})
    client.force_login(dispatcher, backend=BACKEND)
    page = client.get(reverse("round", args=[prepared(dispatcher, TOWN, size).pk])).content.decode()
    assert ("there is a medium-risk area in it, so 5:1 at most" in page) == is_said


def test_while_a_round_of_a_school_runs_its_page_and_its_plan_say_that_the_risk_has_risen(of_this_file, dispatcher):
    row = prepared(dispatcher, "", 10, groups=[f"school:{of_this_file[0].school.pk}"])
    take_people(round=row.pk, by=dispatcher)
    put_up_site(round=row.pk, site=NewSite(name="校医室", area_path=UNIT, n_tables=1), by=dispatcher)
    RiskSpan.objects.update(begins_at=county_now() + timedelta(hours=1))
    begin(round=row.pk, by=dispatcher)
    RiskSpan.objects.update(begins_at=county_now())
    client = Client(headers={"accept-language": "en"})
    client.force_login(dispatcher, backend=BACKEND)
    for page in ("round", "round-live-plan"):
        assert "so 5:1 at most (G-02)" in client.get(reverse(page, args=[row.pk])).content.decode()


def test_the_plan_says_beside_the_lever_what_the_risk_allows(dispatcher):
    client = Client(headers={"accept-language": "en"})
    client.force_login(dispatcher, backend=BACKEND)
    page = client.get(reverse("round-plan"))
    assert "there is a medium-risk area in it, so 5:1 at most" in page.content.decode()
    assert not page.context["form"]["may_pool_20"].value()
