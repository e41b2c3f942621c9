"""A phone takes along what is due at priority places, and what is done there without a network is recorded once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from fangxian.ops.hygiene.actions import list_places
from fangxian.ops.hygiene.models import HygieneFault, PriorityPlace, Round
from fangxian.ops.hygiene.wire import NewPlace
from fangxian.ops.pages.hygiene.words import AGENTS as OFFERED
from fangxian.ops.procedures.field_hygiene import AGENTS
from fangxian.ops.procedures.keep_hygiene import report_samples, strike
from fangxian.ops.procedures.watch_hygiene import watch_hygiene
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.models import Task
from tests.integration.list_hand import BY, in_force
from tests.integration.two_townships import CELL, account_of, build, venue

from .test_field import ask, enrolled, outcomes, record, send

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    """A market of the first grid on the register since long ago, and a courier depot of the other township."""
    made = build()
    in_force("covid19-2022-04")
    here, far = venue(made.cells[0], 3, "东街市场", "market"), venue(made.cells[2], 4, "乔家快递", "courier-depot")
    made.market, made.depot = list_places(
        places=[
            NewPlace(of_class=it.venue_class, name=it.name, area_path=it.area_path, venue=it.pk) for it in (here, far)
        ],
        by=BY,
    )
    PriorityPlace.objects.update(listed_at=county_now() - 60 * DAY)
    return made


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def phone(county):
    return enrolled(account_of(county, "grid_worker", CELL))


def hygiene(phone) -> dict:
    answer = ask("field-bundle", phone.secret)
    assert answer.status_code == 200, answer.content
    return answer.json()["hygiene"]


def disinfected(place, **told):
    amounts = {"agent": "chlorine", "concentration_mg_l": 500, "area_m2": 200}
    return {"place": str(place.pk), "kind": "disinfection", "done_by": "", "note": "", **amounts, **told}


def inspected(place, **told):
    looked = {"answers": {"masks": "ok", "venue-code": "fault"}, "remedies": {"venue-code": ["换新海报", 2]}}
    return {"place": str(place.pk), "kind": "inspection", "done_by": "", "note": "", **looked, **told}


def sampled(place, **told):
    swabs = {"n_samples": 5, "spots": "案板、秤"}
    return {"place": str(place.pk), "kind": "sampling", "done_by": "", "note": "", **swabs, **told}


def test_the_phone_takes_along_what_is_late_or_due_today_in_its_own_grid_with_what_to_look_at(county, phone):
    told = hygiene(phone)
    [place] = told["places"]
    assert (told["n"], place["id"], place["name"], place["is"]) == (1, str(county.market.pk), "东街市场", "market")
    assert {(it["kind"], it["late"]) for it in place["due"]} == {("disinfection", True), ("sampling", True)}
    assert {"masks", "venue-code"} <= set(told["lists"]["market"]) <= {it["key"] for it in told["items"]}


def test_what_a_positive_sample_asks_for_comes_at_once_and_first(county, phone):
    said = [record(1, disinfected(county.market), "hygiene"), record(2, sampled(county.market), "hygiene")]
    send(phone, *said)  # all routine work is done
    assert hygiene(phone)["places"] == []
    taken = Round.objects.get(kind="sampling")
    township = account_of(county, "township_approver")
    report_samples(place=county.market, round=taken.pk, n_positive=1, spots="案板", by=township)
    [place] = hygiene(phone)["places"]
    assert [(it["kind"], it["late"]) for it in place["due"]] == [("disinfection", False), ("sampling", False)]
    assert "阳性" in place["due"][0]["often"]["zh"]


def test_what_was_used_the_last_time_is_proposed_again(county, phone):
    send(phone, record(1, disinfected(county.market, concentration_mg_l=1000), "hygiene"))
    [place] = hygiene(phone)["places"]
    assert place["used"] == ["chlorine", 1000, 200]
    assert [it["kind"] for it in place["due"]] == ["sampling"], "what was done is not due"


def test_whoever_records_nothing_at_such_places_takes_none_of_them(county):
    assert hygiene(enrolled(account_of(county, "door_keeper", venue=county.market.venue_id))) is None


def test_what_was_done_is_on_record_once_however_often_it_is_sent_and_ends_its_task(county, phone):
    watch_hygiene(at=county_now(), by=BY)
    open_before = set(Task.objects.filter(closed_at__isnull=True).values_list("kind", flat=True))
    said = [
        record(1, disinfected(county.market), "hygiene"),
        record(2, sampled(county.market), "hygiene"),
        record(3, inspected(county.market), "hygiene"),
    ]
    assert [it[1] for it in outcomes(send(phone, *said))] == ["taken"] * 3
    assert [it[1] for it in outcomes(send(phone, *said))] == ["repeat"] * 3
    assert sorted(Round.objects.values_list("kind", flat=True)) == ["disinfection", "inspection", "sampling"]
    assert [(it.item, it.remedy) for it in HygieneFault.objects.all()] == [("venue-code", "换新海报")]
    here = Task.objects.filter(about=f"hygiene:{county.market.pk}")
    closed = here.filter(state="done").values_list("kind", flat=True)
    assert set(closed) == {"hygiene.disinfection", "hygiene.sampling"} <= open_before


def test_two_phones_at_one_place_overwrite_nothing(county, phone):
    other = enrolled(account_of(county, "grid_worker", CELL))
    for it, mg_l in ((phone, 500), (other, 1000)):
        said = record(1, disinfected(county.market, concentration_mg_l=mg_l), "hygiene")
        assert outcomes(send(it, said)) == [(1, "taken", "")]
    assert Round.objects.filter(place=county.market).count() == 2


@pytest.mark.parametrize("told", [disinfected, sampled, inspected])
def test_one_thing_done_and_told_by_two_phones_is_one(county, phone, told):
    other = enrolled(account_of(county, "grid_worker", CELL))
    assert outcomes(send(phone, record(1, told(county.market), "hygiene"))) == [(1, "taken", "")]
    assert outcomes(send(other, record(1, told(county.market), "hygiene"))) == [(1, "repeat", "")]
    assert Round.objects.filter(place=county.market).count() == 1


def test_the_same_done_again_hours_later_is_done_again(county, phone):
    before = (county_now() - timedelta(hours=3)).isoformat()
    said = [record(1, disinfected(county.market), "hygiene", recorded_at=before),
            record(2, disinfected(county.market), "hygiene")]  # fmt: skip
    assert [it[1] for it in outcomes(send(phone, *said))] == ["taken", "taken"]
    assert Round.objects.filter(place=county.market).count() == 2


def test_a_place_struck_off_meanwhile_and_one_of_another_grid_are_refused_and_hold_up_nothing(county, phone):
    gone = list_places(places=[NewPlace(of_class="sewage", name="污水池", area_path=CELL)], by=BY)[0]
    strike(place=gone, because="不再使用", by=account_of(county, "township_approver"))
    told = send(
        phone,
        record(1, disinfected(gone), "hygiene"),
        record(2, disinfected(county.depot), "hygiene"),
        record(3, disinfected(county.market), "hygiene"),
    )
    refused = "hygiene.place.not_found"
    assert outcomes(told) == [(1, "refused", refused), (2, "refused", refused), (3, "taken", "")]


def test_what_was_done_before_a_place_was_struck_off_is_taken_when_it_is_told_later(county, phone):
    before = (county_now() - timedelta(hours=1)).isoformat()
    strike(place=county.market, because="已迁走", by=account_of(county, "township_approver"))
    said = [record(1, disinfected(county.market), "hygiene", recorded_at=before),
            record(2, inspected(county.market), "hygiene", recorded_at=before),
            record(3, disinfected(county.market), "hygiene")]  # fmt: skip
    refused = (3, "refused", "hygiene.place.not_found")
    assert outcomes(send(phone, *said)) == [(1, "taken", ""), (2, "taken", ""), refused]
    assert not Task.objects.filter(closed_at__isnull=True, about=f"hygiene:{county.market.pk}").exists()


@pytest.mark.parametrize(("body", "why"), [
    ({"place": "x"}, "field.body_wrong"),
    ({"place": str(uuid4())}, "hygiene.place.not_found"),
    ({"kind": "painting"}, "field.body_wrong"),
    ({"agent": "herbs"}, "field.body_wrong"),
    ({"concentration_mg_l": "500"}, "field.body_wrong"),
    ({"concentration_mg_l": None}, "hygiene.nothing_told"),
    ({"area_m2": 0}, "hygiene.nothing_told"),
    ({"area_m2": 999_999_999}, "hygiene.impossible_amount"),
    ({"kind": "sampling", "n_samples": 3, "spots": ""}, "field.body_wrong"),
    ({"kind": "inspection"}, "field.body_wrong"),
    ({"kind": "inspection", "answers": {"masks": "maybe"}}, "field.body_wrong"),
    ({"kind": "inspection", "answers": {"masks": "fault"}}, "hygiene.remedy_missing"),
    ({"kind": "inspection", "answers": {"masks": "fault"}, "remedies": {"masks": ["", 3]}}, "field.body_wrong"),
    ({"kind": "inspection", "answers": {"masks": "fault"}, "remedies": {"masks": ["戴好", -1]}}, "field.body_wrong"),
    ({"kind": "inspection", "answers": {"masks": "ok"}, "remedies": {"masks": ["戴好", 1]}}, "field.body_wrong"),
])  # fmt: skip
def test_what_cannot_be_is_refused_by_name(county, phone, body, why):
    assert outcomes(send(phone, record(1, {**disinfected(county.market), **body}, "hygiene"))) == [(1, "refused", why)]
    assert not Round.objects.exists()


def test_the_phone_offers_the_agents_that_the_countys_form_does():
    assert set(AGENTS) == set(OFFERED)


def test_a_phone_asks_no_more_questions_however_many_places_are_due(county, phone, django_assert_max_num_queries):
    listed = [NewPlace(of_class="sewage", name=f"污水池{n}", area_path=CELL) for n in range(20)]
    PriorityPlace.objects.filter(pk__in=[it.pk for it in list_places(places=listed, by=BY)]).update(
        listed_at=county_now() - 60 * DAY
    )
    with django_assert_max_num_queries(50):
        ask("field-bundle", phone.secret)


def test_a_task_that_is_done_on_a_page_of_its_own_names_it_and_what_another_is_about_can_be_seen(county, phone):
    watch_hygiene(at=county_now(), by=BY)
    Task.objects.filter(about=f"hygiene:{county.market.pk}", kind="hygiene.sampling").update(kind="venues.silent")
    tasks = {it["kind"]: it for it in ask("field-bundle", phone.secret).json()["tasks"]}
    assert tasks["venues.silent"]["do"] == "/venues/silent"
    assert tasks["hygiene.disinfection"]["see"] == f"/hygiene/{county.market.pk}"
