"""How many may share a tube where a round is, by the risk areas of the county that it reaches into."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from fangxian.core.refusal import Refusal
from fangxian.ops.lab.queries import rounds
from fangxian.ops.procedures.round_mode import mode_in_county
from fangxian.ops.procedures.run_rounds import prepare
from fangxian.ops.realm.current import county_now
from fangxian.ops.risk_areas.models import ListedAs, RiskArea, RiskSpan
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


@pytest.mark.parametrize("area", ["141027", TOWN, f"{UNIT}001"])
def test_ten_to_a_tube_are_refused_where_a_medium_risk_area_is(dispatcher, area):
    with pytest.raises(Refusal) as refused:
        prepared(dispatcher, area, 10)
    assert (refused.value.code, refused.value.facts["most"]) == ("lab.pool_above_risk", 5)


def test_five_to_a_tube_are_allowed_there(dispatcher):
    assert prepared(dispatcher, TOWN, 5).pool_size == 5


def test_a_round_of_a_school_is_by_the_risk_where_its_pupils_live(of_this_file, dispatcher):
    groups = [f"school:{of_this_file[0].school.pk}"]
    with pytest.raises(Refusal) as refused:
        prepared(dispatcher, "", 10, groups=groups)
    assert (refused.value.code, rounds().exists()) == ("lab.pool_above_risk", False)
    assert prepared(dispatcher, "", 5, groups=groups).pool_size == 5


def test_twenty_are_allowed_where_none_is(dispatcher):
    assert prepared(dispatcher, OTHER_TOWN, 20).pool_size == 20


def test_what_the_rulebook_of_a_disease_does_not_count_limits_nothing(dispatcher):
    assert prepared(dispatcher, TOWN, 20, disease="norovirus").pool_size == 20


def test_a_risk_area_that_ended_limits_nothing(dispatcher):
    RiskSpan.objects.update(ends_at=county_now())
    assert mode_in_county(county_now()).largest == 20


def test_the_plan_says_beside_the_lever_what_the_risk_allows(dispatcher):
    client = Client(headers={"accept-language": "en"})
    client.force_login(dispatcher, backend=BACKEND)
    page = client.get(reverse("round-plan"))
    assert "there is a medium-risk area in it, so 5:1 at most" in page.content.decode()
    assert not page.context["form"]["may_pool_20"].value()
