"""The county's own spreadsheets, from the upload to the filled one: whose rows, what is on record, what is not."""

import io
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.arrivals.queries import Arrival
from fangxian.ops.audit.models import AuditLine, ViewLog
from fangxian.ops.hygiene.actions import list_places
from fangxian.ops.hygiene.wire import NewPlace
from fangxian.ops.procedures.fill_sheet import (
    Wanted,
    asked_for,
    columns_proposed,
    confirm_sheet,
    fill_sheet,
    keep_sheet,
    keep_sheet_version,
    withdraw_sheet,
)
from fangxian.ops.procedures.seed_sheets import FORMS, drawn, seed_sheets
from fangxian.ops.realm.current import county_now
from fangxian.ops.sheets.layout import find_layout
from fangxian.ops.sheets.layout import propose as proposed
from fangxian.ops.sheets.package import open_package
from fangxian.ops.sheets.queries import Fill, Template, TemplateVersion, templates
from fangxian.ops.sheets.wire import ColumnMeaning, read_layout
from fangxian.ops.situation.sheet_sources import SOURCES
from fangxian.ops.tasks.actions import open_tasks
from fangxian.ops.tasks.wire import NewTask
from tests.integration.case_room_hand import a_case
from tests.integration.contact_hand import new as new_contact
from tests.integration.contact_hand import propose
from tests.integration.list_hand import in_force
from tests.integration.sheet_hand import cells, form
from tests.integration.two_townships import (
    CELL,
    OTHER_CELL,
    OTHER_TOWN,
    TOWN,
    UNIT,
    account_of,
    build,
    shown,
    sign_in,
    venue,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    found = build()
    for person, area in ((found.head, CELL), (found.stranger, OTHER_CELL)):
        arrived(person, area)
    return found


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


def arrived(person, area):
    at = county_now()
    return Arrival.objects.create(
        person=person, area_path=area, state="landed", declared_as="grid_worker", arrives_at=at, landed_at=at,
        digest=uuid4().bytes, declared_at=at, declared_by="program:test", decided_at=at,
    )  # fmt: skip


def today():
    return localtime(county_now()).date()


def kept(county, content=None, name="返乡人员台账", source="arrivals", **columns):
    """A form with its columns as proposed, but for those named by their letter."""
    by = account_of(county, "dispatcher")
    row = keep_sheet(content=content or form(), name=name, source=SOURCES[source], by=by).row
    confirm(row, by, **columns)
    return row.template


def confirm(row, by, **columns):
    layout = read_layout(row.layout)
    told = columns_proposed(row, layout, SOURCES[row.template.source])
    for letter, meaning in columns.items():
        told[ord(letter) - 65] = meaning
    rows = {"head_last": layout.head_last, "body_last": layout.body_last}
    return confirm_sheet(version=row.pk, source=SOURCES[row.template.source], columns=told, **rows, by=by)


def taken(county, template, role="dispatcher", area="141027", n_days=1):
    by = account_of(county, role)
    wanted = Wanted(area_path=area, last_on=today(), n_days=n_days)
    return cells(
        b"".join(fill_sheet(template=template.pk, source=SOURCES[template.source], wanted=wanted, by=by).pieces)
    )


def names(rows):
    return [row[1] for row in rows[4:] if isinstance(row[0], float)]


def refusal_of(do, *told, **asked):
    with pytest.raises(Refusal) as refused:
        do(*told, **asked)
    return refused.value.code


def test_a_county_form_comes_back_with_the_county_s_arrivals(county):
    rows = taken(county, kept(county))
    assert names(rows) == [county.head.name, county.stranger.name]
    assert rows[1][0] == "填报单位：浮山县"
    assert rows[4][5] == today()


def test_an_identity_number_comes_whole(county):
    assert taken(county, kept(county), area=TOWN)[4][2] == county.head.document_number


def test_a_township_s_sheet_holds_its_own_people_only(county):
    template = kept(county)
    assert names(taken(county, template, role="township_approver", area=TOWN)) == [county.head.name]


def test_a_sheet_of_somebody_else_s_area_is_refused_and_nothing_is_on_record(county):
    template = kept(county)
    assert refusal_of(taken, county, template, role="township_approver", area=OTHER_TOWN) == "accounts.not_yours"
    assert not Fill.objects.exists()


def test_whoever_may_not_see_records_gets_masked_names_and_no_numbers(county):
    row = taken(county, kept(county), role="checkpoint_officer", area=TOWN)[4]
    assert (row[1][0], row[1][1:].strip("*"), row[2]) == (county.head.name[0], "", "")


def test_a_filled_sheet_is_on_record_before_it_leaves_and_its_rows_once_it_has(county):
    template, by = kept(county), account_of(county, "dispatcher")
    wanted = Wanted(area_path="141027", last_on=today(), n_days=1)
    pieces = fill_sheet(template=template.pk, source=SOURCES[template.source], wanted=wanted, by=by).pieces
    assert Fill.objects.get().n_rows is None
    assert AuditLine.objects.filter(action="sheets.filled").count() == 1
    b"".join(pieces)
    assert Fill.objects.get().n_rows == 2


def test_each_person_of_a_sheet_is_noted_as_looked_at(county):
    taken(county, kept(county))
    assert ViewLog.objects.filter(why="sheets.taken_out").count() == 2


def test_a_text_that_is_always_the_same_stands_in_every_row(county):
    rows = taken(county, kept(county, D=ColumnMeaning(text="是"), E=ColumnMeaning(field="origin")))
    assert [row[3] for row in rows[4:6]] == ["是", "是"]


def test_what_a_head_means_is_remembered_for_the_next_form_of_the_source(county):
    kept(county, D=ColumnMeaning(field="measure"))
    row = keep_sheet(
        content=form(rows=9), name="另一张", source=SOURCES["arrivals"], by=account_of(county, "dispatcher")
    ).row
    assert columns_proposed(row, read_layout(row.layout), SOURCES["arrivals"])[3].field == "measure"


def test_what_stood_in_the_form_for_show_is_gone_once_its_columns_are_confirmed(county):
    content = form(example="测试某")
    template = kept(county, content)
    assert TemplateVersion.objects.get(template=template).file != ""
    assert "测试某" not in str(taken(county, template, area=OTHER_TOWN))


def test_the_same_form_again_is_harmless(county):
    kept(county)
    by = account_of(county, "dispatcher")
    assert keep_sheet(content=form(), name="返乡人员台账", source=SOURCES["arrivals"], by=by).is_repeat
    assert (Template.objects.count(), TemplateVersion.objects.count()) == (1, 1)


def test_another_form_under_a_name_that_is_taken_is_refused(county):
    kept(county)
    by = account_of(county, "dispatcher")
    other = {"content": form(rows=9), "name": "返乡人员台账", "source": SOURCES["arrivals"], "by": by}
    assert refusal_of(keep_sheet, **other) == "sheets.name_taken"


def test_until_a_new_version_is_confirmed_the_one_before_is_filled_in(county):
    template, by = kept(county), account_of(county, "dispatcher")
    newer = keep_sheet_version(template=template.pk, content=form(rows=1), source=SOURCES["arrivals"], by=by).row
    assert taken(county, template)[9][0] == "合计"
    confirm(newer, by)
    assert taken(county, template)[6][0] == "合计"


def test_a_form_whose_columns_nobody_confirmed_is_not_filled_in(county):
    by = account_of(county, "dispatcher")
    row = keep_sheet(content=form(), name="新表", source=SOURCES["arrivals"], by=by).row
    assert refusal_of(taken, county, row.template) == "sheets.not_confirmed"


def test_a_withdrawn_form_is_not_filled_in_and_its_name_is_free(county):
    template, by = kept(county), account_of(county, "dispatcher")
    withdraw_sheet(template=template.pk, why="上级换了新表", by=by)
    assert refusal_of(taken, county, template) == "sheets.withdrawn"
    assert kept(county).pk != template.pk


def test_only_whoever_keeps_forms_may_bring_one(county):
    by = account_of(county, "township_approver")
    asked = {"content": form(), "name": "x", "source": SOURCES["arrivals"], "by": by}
    assert refusal_of(keep_sheet, **asked) == "accounts.not_yours"


def test_a_form_with_its_townships_printed_keeps_their_order(county):
    content = drawn(FORMS[0])
    row = keep_sheet(content=content, name="日报", source=SOURCES["area_day"], by=account_of(county, "dispatcher")).row
    confirm(row, account_of(county, "dispatcher"))
    layout = {**row.layout, "order": ["响水河", "天坛镇"]}
    TemplateVersion.objects.filter(pk=row.pk).update(layout=layout)
    assert names(taken(county, row.template)) == ["响水河镇", "天坛镇"]


def test_a_grid_worker_may_have_the_day_of_the_village_around_the_grid(county):
    row = keep_sheet(
        content=drawn(FORMS[0]), name="日报", source=SOURCES["area_day"], by=account_of(county, "dispatcher")
    ).row
    confirm(row, account_of(county, "dispatcher"))
    assert names(taken(county, row.template, role="grid_worker", area=UNIT)) == ["东街第1网格"]


@pytest.mark.parametrize("key", SOURCES)
def test_every_source_can_be_read_in_every_column(county, key):
    role = "tracing_lead" if SOURCES[key].permission == "cases.view" else "dispatcher"
    fields = [it.name for it in SOURCES[key].fields]
    told = {chr(65 + n): ColumnMeaning(field=name) for n, name in enumerate(fields[:6])}
    assert taken(county, kept(county, name=key, source=key, **told), role=role, n_days=7)[0][0] == "返乡人员台账"


def test_the_demo_has_three_forms_ready_to_be_filled_in(county):
    seed_sheets(by="program:test")
    seed_sheets(by="program:test")
    assert templates().count() == TemplateVersion.objects.filter(confirmed_at__isnull=False).count() == 3


@pytest.mark.parametrize("drawn_form", FORMS, ids=[it.source for it in FORMS])
def test_the_demo_s_columns_are_those_that_would_be_proposed(drawn_form):
    source = SOURCES[drawn_form.source]
    layout = find_layout(open_package(drawn(drawn_form)), drawn_form.name, [source.by_header])
    assert tuple(proposed(layout.heads, source.by_header, {})) == drawn_form.fields


def upload(client, content, name="台账"):
    file = io.BytesIO(content)
    file.name = "表.xlsx"
    return client.post(reverse("sheets"), {"name": name, "source": "arrivals", "file": file})


def test_a_form_is_brought_checked_and_taken_out_on_the_pages(client, county):
    asking = sign_in(client, county, "dispatcher")
    to_columns = upload(asking, form())["Location"]
    page = shown(asking.get(to_columns))
    assert county.head.name not in page
    told = {"head_last": 4, "body_last": 9, "column_2": "name", "text_4": "是", "do": "confirm"}
    answer = asking.post(to_columns, told)
    template = Template.objects.get()
    assert answer["Location"].startswith(reverse("sheet", args=[template.pk]))
    assert "返乡日期" in shown(asking.get(answer["Location"]))  # stays empty, and is said
    asked = {"area": "141027", "on": today().isoformat(), "days": "1"}
    file = asking.post(reverse("sheet-fill", args=[template.pk]), asked)
    assert cells(b"".join(file.streaming_content))[4][1:4] == [county.head.name, "", "是"]


def test_what_is_no_form_is_said_beside_the_file_and_nothing_is_kept(client, county):
    answer = upload(sign_in(client, county, "dispatcher"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert answer.status_code == 400
    assert ".xls" in shown(answer)
    assert not Template.objects.exists()


@pytest.mark.parametrize("asked", [{"area": "999"}, {"on": "no day"}, {"days": "900"}, {}])
def test_what_cannot_be_filled_in_is_said_and_nothing_is_on_record(client, county, asked):
    template = kept(county)
    told = {"area": "141027", "on": "2022-04-08", "days": "1", **asked} if asked else {}
    answer = sign_in(client, county, "dispatcher").post(reverse("sheet-fill", args=[template.pk]), told)
    assert answer.status_code == 400
    assert not Fill.objects.exists()


def test_a_day_to_come_is_today(client, county):
    template = kept(county)
    told = {"area": "141027", "on": (today() + timedelta(days=9)).isoformat(), "days": "1"}
    sign_in(client, county, "dispatcher").post(reverse("sheet-fill", args=[template.pk]), told)
    assert Fill.objects.get().ends_on == today() > date(2022, 1, 1)


@pytest.mark.parametrize("page", ["sheets", "sheet"])
def test_a_page_asks_the_database_alike_however_many_forms_and_fills_there_are(
    client, county, page, django_assert_max_num_queries
):
    template = kept(county)
    asking = sign_in(client, county, "dispatcher")
    address = reverse(page, args=[template.pk] if page == "sheet" else [])
    for n in range(3):
        kept(county, name=f"表{n}")
        taken(county, template)
    asking.get(address)
    with django_assert_max_num_queries(20):
        asking.get(address)


BUTTONS = {
    "sheet-version": {},
    "sheet-withdraw": {"why": "x"},
    "sheet-columns": {"do": "confirm"},
    "sheets": {"name": "x", "source": "arrivals"},
}


@pytest.mark.parametrize("button", BUTTONS)
def test_a_township_s_approver_changes_no_form_of_the_county_s(client, county, button):
    arguments = [] if button == "sheets" else [kept(county).pk]
    asking = sign_in(client, county, "township_approver")
    assert asking.post(reverse(button, args=arguments), BUTTONS[button]).status_code == 403


@pytest.mark.parametrize("page", ["sheet", "sheet-form"])
def test_a_form_s_pages_open_for_whoever_may_have_it_filled_in_and_for_nobody_else(client, county, page):
    address = reverse(page, args=[kept(county).pk])
    assert sign_in(client, county, "grid_worker").get(address).status_code == 200
    assert sign_in(client, county, "inspector").get(address).status_code == 403


def test_a_form_is_withdrawn_with_a_reason_and_not_without(client, county):
    template = kept(county)
    asking, address = sign_in(client, county, "dispatcher"), reverse("sheet-withdraw", args=[template.pk])
    assert asking.post(address, {"why": " "}).status_code == 400
    assert asking.post(address, {"why": "换了新表"}).status_code == 302
    assert "换了新表" in shown(asking.get(reverse("sheet", args=[template.pk])))


def test_another_sheet_of_the_workbook_can_be_chosen_until_its_columns_are_confirmed(client, county):
    asking = sign_in(client, county, "dispatcher")
    to_columns = upload(asking, form(second_sheet=True))["Location"]
    assert asking.post(to_columns, {"do": "sheet", "sheet": "台账"}).status_code == 302
    assert "台账" in shown(asking.get(to_columns))


def test_a_sheet_without_a_head_is_refused_where_it_is_chosen_and_the_first_stays(client, county):
    asking = sign_in(client, county, "dispatcher")
    to_columns = upload(asking, form(second_sheet=True))["Location"]
    assert asking.post(to_columns, {"do": "sheet", "sheet": "汇总"}).status_code == 400
    assert TemplateVersion.objects.get().layout["sheet"] == "台账"


@pytest.mark.parametrize("key", ["contacts", "cases", "late_tasks", "returnees", "vaccination", "priority_places"])
def test_every_column_of_a_row_says_something_that_a_cell_can_hold(county, key):
    in_force("covid19-2022-04")
    market = venue(county.cells[0], 3, "东街市场", "market")
    place = NewPlace(of_class="market", name=market.name, area_path=market.area_path, venue=market.pk)
    list_places(places=[place], by="program:test")
    propose(new_contact(1))
    case = a_case()
    late = {"due_at": county_now() - timedelta(hours=1), "role": "grid_worker"}
    new = NewTask(kind="test.call", title=Said("敲门", "Knock"), area_path=CELL, **late)
    open_tasks(tasks=[new], by="program:test")
    role = "tracing_lead" if key in ("contacts", "cases") else "dispatcher"
    asked = asked_for(account_of(county, role), Wanted(area_path="141027", last_on=today(), n_days=31))
    source = SOURCES[key]
    told = [[column.read(row) for column in source.columns] for row in source.rows(asked)]
    assert told
    assert {type(it) for row in told for it in row} <= {str, Said, int, float, date, datetime, type(None)}
    assert case.number in told[0] or key != "cases"
