"""The county's own outlines: a file comes, whose each outline is gets settled, it takes effect whole or not at all."""

import json
from copy import deepcopy

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.places.models import GridDrawing, GridOutline
from fangxian.ops.places.outlines import drawing_with, outlines_now, unsettled
from fangxian.ops.places.queries import grid_cells_in_order
from fangxian.ops.procedures.draw_grids import (
    apply_outlines,
    as_geojson,
    bring_drawing,
    changes_by,
    settle_whose,
    state_now,
)
from tests.integration.grid_hand import BY_NUMBER, collection, feature, ring, two_cells
from tests.integration.two_townships import BESIDE, CELL, OTHER_CELL, account_of, build, shown, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


@pytest.fixture
def dispatcher(county):
    return account_of(county, "dispatcher")


def bring(by, content, datum="wgs84"):
    return bring_drawing(content=content, file_name="grids.geojson", datum=datum, by=by)


def applied(by, content):
    row = bring(by, content).row
    return apply_outlines(drawing=row.pk, seen=state_now(), by=by)


def refusal_of(deed, *args, **told):
    with pytest.raises(Refusal) as refused:
        deed(*args, **told)
    return refused.value.code


def test_a_file_changes_nothing_until_it_is_applied(dispatcher):
    bring(dispatcher, two_cells())
    assert outlines_now("141027") == {}


def test_an_applied_file_gives_each_of_its_cells_an_outline(dispatcher):
    applied(dispatcher, two_cells())
    assert {path: it.rings for path, it in outlines_now("141027").items()} == {CELL: [[ring(0)]], BESIDE: [[ring(1)]]}


def test_applying_leaves_one_line_in_the_audit_trail(dispatcher):
    applied(dispatcher, two_cells())
    assert AuditLine.objects.filter(action="places.drawing_applied").count() == 1


def test_a_cell_that_a_later_file_does_not_have_keeps_its_outline(dispatcher):
    applied(dispatcher, two_cells())
    applied(dispatcher, collection(feature(0, **{BY_NUMBER: OTHER_CELL}, geometry=moved(3))))
    assert set(outlines_now("141027")) == {CELL, BESIDE, OTHER_CELL}


def moved(nth):
    return {"type": "Polygon", "coordinates": [ring(nth)]}


def test_what_an_outline_was_before_is_kept_with_its_time(dispatcher):
    applied(dispatcher, two_cells())
    applied(dispatcher, collection(feature(4, **{BY_NUMBER: CELL})))
    versions = GridOutline.objects.filter(grid_cell__area_path=CELL).order_by("begins_at", "ends_at")
    assert sorted(it.ends_at is None for it in versions) == [False, True]


def test_an_earlier_file_applied_again_brings_its_outlines_back(dispatcher):
    applied(dispatcher, two_cells())
    applied(dispatcher, collection(feature(4, **{BY_NUMBER: CELL})))
    applied(dispatcher, two_cells())
    assert outlines_now("141027")[CELL].rings == [[ring(0)]]


def test_the_same_file_again_is_the_one_that_is_there(dispatcher):
    first, again = bring(dispatcher, two_cells()), bring(dispatcher, two_cells())
    assert (again.row.pk, again.is_repeat) == (first.row.pk, True)


def test_a_file_applied_twice_changes_nothing_the_second_time(dispatcher):
    applied(dispatcher, two_cells())
    again = applied(dispatcher, two_cells())
    assert (again.n_new, again.n_changed, again.n_same) == (0, 0, 2)
    assert GridOutline.objects.count() == 2


def test_our_own_export_brought_in_again_changes_nothing(dispatcher):
    applied(dispatcher, two_cells())
    exported = as_geojson(list(grid_cells_in_order()))
    assert {it.kind for it in changes_by(bring(dispatcher, exported).row)} == {"same", "kept"}


def test_the_export_has_every_cell_and_no_geometry_of_one_that_nobody_has_drawn(dispatcher):
    applied(dispatcher, two_cells())
    told = {it["id"]: it["geometry"] for it in json.loads(as_geojson(list(grid_cells_in_order())))["features"]}
    assert told[CELL]["type"] == "MultiPolygon"
    assert told[OTHER_CELL] is None


def test_a_file_in_gb18030_is_read(dispatcher):
    content = collection(feature(0, 网格名称="乔家网格")).decode().encode("gb18030")
    assert [it["area_path"] for it in bring(dispatcher, content).row.outlines] == [OTHER_CELL]


@pytest.mark.parametrize(
    ("told", "whose"),
    [
        ({BY_NUMBER: CELL}, CELL),
        ({"grid": float(CELL)}, CELL),
        ({"name": "东街第 １ 网格"}, CELL),
        ({"NAME": "Dongjie Grid 2"}, BESIDE),
        ({BY_NUMBER: CELL, "name": "东街第2网格"}, ""),
        ({BY_NUMBER: "141027999999001", "name": "东街第2网格"}, ""),
        ({"name": "没有这个网格"}, ""),
        ({}, ""),
    ],
    ids=[
        "number",
        "spreadsheet",
        "wide digit",
        "English",
        "contradiction",
        "unknown number",
        "unknown name",
        "nothing",
    ],
)
def test_an_outline_is_of_the_cell_that_its_number_or_its_name_leads_to_without_doubt(dispatcher, told, whose):
    assert bring(dispatcher, collection(feature(0, **told))).row.outlines[0]["area_path"] == whose


def test_what_is_not_settled_keeps_the_file_from_being_applied(dispatcher):
    row = bring(dispatcher, collection(feature(0, name="?"))).row
    assert refusal_of(apply_outlines, drawing=row.pk, seen=state_now(), by=dispatcher) == "places.outlines_unsettled"


def test_once_a_person_has_settled_whose_it_is_it_applies(dispatcher):
    row = bring(dispatcher, collection(feature(0, name="?"), feature(1, name="a pond"))).row
    settle_whose(drawing=row.pk, nth=1, area_path=CELL, by=dispatcher)
    settle_whose(drawing=row.pk, nth=2, area_path="", by=dispatcher)
    apply_outlines(drawing=row.pk, seen=state_now(), by=dispatcher)
    assert set(outlines_now("141027")) == {CELL}


def test_two_outlines_of_a_file_are_not_settled_to_be_of_one_cell(dispatcher):
    row = bring(dispatcher, collection(feature(0, **{BY_NUMBER: CELL}), feature(1, name="?"))).row
    deed = {"drawing": row.pk, "nth": 2, "area_path": CELL, "by": dispatcher}
    assert refusal_of(settle_whose, **deed) == "places.outline_cell_taken"
    assert len(unsettled(drawing_with(row.pk))) == 1


def test_outlines_that_changed_meanwhile_have_to_be_looked_at_again(dispatcher):
    seen, row = state_now(), bring(dispatcher, two_cells()).row
    applied(dispatcher, collection(feature(4, **{BY_NUMBER: OTHER_CELL})))
    assert refusal_of(apply_outlines, drawing=row.pk, seen=seen, by=dispatcher) == "places.outlines_changed"


def test_an_outline_may_not_cover_one_that_stays(dispatcher):
    applied(dispatcher, two_cells())
    row = bring(dispatcher, collection(feature(0, **{BY_NUMBER: OTHER_CELL}))).row
    assert refusal_of(apply_outlines, drawing=row.pk, seen=state_now(), by=dispatcher) == "outlines.overlapping"
    assert set(outlines_now("141027")) == {CELL, BESIDE}


def test_shifted_coordinates_are_refused(dispatcher):
    assert refusal_of(bring, dispatcher, two_cells(), datum="gcj02") == "outlines.shifted"


def test_a_township_brings_no_outlines(county):
    assert refusal_of(bring, account_of(county, "township_approver"), two_cells()) == "accounts.not_yours"


# The pages.


def upload(client, content, datum="wgs84"):
    told = {"file": SimpleUploadedFile("grids.geojson", content), "datum": datum}
    return client.post(reverse("grid-outlines"), told)


def test_a_file_is_brought_looked_at_and_applied(client, county):
    asking = sign_in(client, county, "dispatcher")
    page = asking.get(upload(asking, two_cells()).url)
    assert "新画" in shown(page)
    row = GridDrawing.objects.get()
    answer = asking.post(reverse("grid-apply", args=[row.pk]), {"seen": state_now()}, follow=True)
    assert "已启用" in shown(answer)
    assert "本县自己的" in shown(asking.get(reverse("grids")))


def test_an_outline_is_settled_on_the_page_by_number(client, county):
    asking = sign_in(client, county, "dispatcher")
    asking.get(upload(asking, collection(feature(0, name="?"))).url)
    row = GridDrawing.objects.get()
    asking.post(reverse("grid-settle", args=[row.pk]), {"nth": "1", "cell": f"{CELL} 东街第1网格", "do": "cell"})
    assert unsettled(drawing_with(row.pk)) == []


@pytest.mark.parametrize("cell", ["", "nowhere", "141027100001999"])
def test_what_is_no_cell_is_said_beside_the_field_and_nothing_is_lost(client, county, cell):
    asking = sign_in(client, county, "dispatcher")
    asking.get(upload(asking, collection(feature(0, name="?"))).url)
    row = GridDrawing.objects.get()
    answer = asking.post(reverse("grid-settle", args=[row.pk]), {"nth": "1", "cell": cell, "do": "cell"})
    assert answer.status_code == 400
    assert "没有编号为" in shown(answer)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04not json", "没有收下"),
        (two_cells()[:-30], "断了"),
        (b" " * (21 * 2**20), "超过上限"),
        (collection(feature(0, geometry={"type": "Point", "coordinates": [111.85, 35.97]})), "不是面"),
        (collection(feature(0, geometry={"type": "Polygon", "coordinates": [ring(0)[:-1]]})), "没有闭合"),
        (collection(feature(0, **{BY_NUMBER: CELL}), feature(1, **{BY_NUMBER: CELL})), "同一个网格"),
    ],
    ids=["a zip file", "cut", "21 MiB", "a point", "unclosed", "two for one"],
)
def test_a_file_that_is_not_taken_is_explained_beside_the_field(client, county, content, said):
    answer = upload(sign_in(client, county, "dispatcher"), content)
    assert answer.status_code == 400
    assert said in shown(answer)
    assert not GridDrawing.objects.exists()


def test_the_page_of_a_file_asks_the_database_a_score_of_times(client, county, django_assert_max_num_queries):
    asking = sign_in(client, county, "dispatcher")
    address = upload(asking, collection(feature(0, name="?"), feature(1, **{BY_NUMBER: CELL}))).url
    asking.get(address)
    with django_assert_max_num_queries(20):
        asking.get(address)


def test_a_grid_worker_takes_out_the_own_cell_alone(client, county):
    told = json.loads(sign_in(client, county, "grid_worker").get(reverse("grids-geojson")).content)
    assert [it["id"] for it in told["features"]] == [CELL]
