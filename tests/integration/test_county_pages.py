"""The pages of the county: who may open which, what they show, what is put on record, how many queries they take."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse

from fangxian.core.identity import check_character
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.accounts.roles import ScopeKind, the_roles
from fangxian.ops.audit.models import ViewLog
from fangxian.ops.audit.queries import who_looked
from fangxian.ops.people.models import Attachment, Household, Person
from fangxian.ops.places.models import Division, Door, GridCell, SchoolClass, Venue
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.sealed import index_of

pytestmark = pytest.mark.django_db

TOWN, OTHER_TOWN = "141027100", "141027101"
UNIT, OTHER_UNIT = "141027100001", "141027101200"
CELL, BESIDE, OTHER_CELL = f"{UNIT}001", f"{UNIT}002", f"{OTHER_UNIT}001"
NAME, PHONE = "孟浩然", "15400000001"


def square(x, y, side=100):
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side]]


def document(born_on, sequence):
    body = f"999027{born_on:%Y%m%d}{sequence:03d}"
    return body + check_character(body)


@pytest.fixture
def county():
    """Two townships, two units, three grid cells; one household of three and one of an elder alone; a school."""
    at = county_now()
    for path, kind, zh, en, shape in (
        ("141027", "county", "浮山县", "Fushan County", square(0, 0, 400)),
        (TOWN, "township", "天坛镇", "Tiantan Town", square(0, 0, 200)),
        (OTHER_TOWN, "township", "响水河镇", "Xiangshuihe Town", square(200, 0, 200)),
        (UNIT, "community", "东街居委会", "Dongjie Residents' Committee", square(0, 0)),
        (OTHER_UNIT, "village", "乔家村委会", "Qiaojia Village Committee", square(200, 0)),
    ):
        Division.objects.create(area_path=path, kind=kind, name_zh=zh, name_en=en, edition="2021", shape=shape)
    cells = [
        GridCell.objects.create(area_path=path, kind=kind, name=name, shape=square(10 * n, 0, 10))
        for n, (path, kind, name) in enumerate(
            (
                (CELL, "community", "东街第1网格"),
                (BESIDE, "community", "东街第2网格"),
                (OTHER_CELL, "rural", "乔家网格"),
            )
        )
    ]
    unit = Unit.objects.create(name_zh="东街居委会", name_en="Dongjie", kind="community", area_path=UNIT)
    home = household(cells[0], 1, "东街12号")
    alone = household(cells[0], 2, "东街14号")
    far = household(cells[2], 1, "乔家5号")
    head = person(home, 0, NAME, date(1980, 3, 1), phone=PHONE)
    persons = [
        head,
        person(home, 1, "李静", date(1982, 5, 2), relation="spouse", sex="female", phone=PHONE),
        person(home, 2, "孟小", date(2014, 6, 3), relation="child"),
        person(alone, 0, "王老", date(1940, 1, 4)),
        person(far, 0, "赵远", date(1970, 7, 5), phone="15400000009"),
    ]
    school = venue(cells[0], 1, "浮山县第一小学", "school")
    school_class = SchoolClass.objects.create(venue=school, stage="primary", grade=1, number=1, name="一年级(1)班")
    Attachment.objects.create(
        person=persons[2],
        venue=school,
        school_class=school_class,
        role="pupil",
        area_path=CELL,
        begins_on=at.date() - timedelta(days=9),
    )
    return SimpleNamespace(
        at=at,
        cells=cells,
        unit=unit,
        home=home,
        alone=alone,
        far=far,
        head=head,
        persons=persons,
        stranger=persons[4],
        school=school,
        shop=venue(cells[2], 2, "乔家便民店", "convenience_shop", status="applied"),
    )


def household(cell, number, address):
    return Household.objects.create(
        area_path=cell.area_path, number=number, grid_cell=cell, address=address, on_record_since=county_now()
    )


def person(home, place, name, born_on, *, relation="head", sex="male", phone=""):
    n = Person.objects.count() + 1
    number = document(born_on, n)
    return Person.objects.create(
        gate_number=n,
        area_path=home.area_path,
        household=home,
        place_in_household=place,
        relation=relation,
        name=name,
        document_kind="resident_18",
        document_number=number,
        document_index=index_of("document_number", number),
        phone=phone,
        phone_index=index_of("phone", phone),
        sex=sex,
        born_on=born_on,
        on_record_since=county_now(),
    )


def venue(cell, number, name, trade, status="verified"):
    made = Venue.objects.create(
        venue_number=number,
        name=name,
        trade=trade,
        venue_class=trade,
        area_path=cell.area_path,
        grid_cell=cell,
        status=status,
        opened_at=county_now(),
    )
    Door.objects.create(venue=made, number=1, name="正门")
    return made


def account_of(county, role, area_path=None, *, venue=None, name=None):
    """An account appointed to a role; without an area, over the one of its kind that holds the household."""
    scope = the_roles().roles[role].scope
    own = {ScopeKind.COUNTY: "141027", ScopeKind.TOWNSHIP: TOWN, ScopeKind.VILLAGE: UNIT, ScopeKind.GRID: CELL}
    account = Account.objects.create(
        username=name or f"{role}-{Account.objects.count()}",
        display_name="岗位",
        unit=county.unit,
        unit_since=county.at - timedelta(days=90),
        verified_at=county.at,
    )
    area = area_path if area_path is not None else own.get(scope, CELL if scope is ScopeKind.VENUE else "")
    Appointment.objects.create(
        account=account,
        role=role,
        area_path=area,
        venue=(venue or county.school.pk) if scope is ScopeKind.VENUE else None,
        begins_at=county.at - timedelta(days=30),
    )
    return account


@pytest.fixture
def signed_in(client, county):
    """`signed_in("grid_worker")`: the client, signed in in that role."""

    def sign_in(role, area_path=None, **told):
        account = account_of(county, role, area_path, **told)
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        client.account = account
        return client

    return sign_in


def shown(response):
    """The page's text without the thin spaces that are set between Chinese and figures."""
    return response.content.decode().replace("\u2009", "")


# ── who may open what ─────────────────────────────────────────────────────────

PAGES = {
    "county": lambda county: reverse("county"),
    "area": lambda county: reverse("area", args=[CELL]),
    "household": lambda county: reverse("household", args=[county.home.pk]),
    "person": lambda county: reverse("person", args=[county.head.pk]),
    "people": lambda county: reverse("people"),
    "venues": lambda county: reverse("venues"),
    "venue": lambda county: reverse("venue", args=[county.school.pk]),
}
EVERYTHING = set(PAGES)
ALL_BUT_COUNTY = EVERYTHING - {"county"}
VENUE_ONLY = {"venues", "venue"}
MAY_OPEN = {
    "commander": EVERYTHING,
    "dispatcher": EVERYTHING,
    "investigator": EVERYTHING,
    "township_approver": ALL_BUT_COUNTY,
    "village_approver": ALL_BUT_COUNTY,
    "grid_lead": ALL_BUT_COUNTY,
    "grid_worker": ALL_BUT_COUNTY,
    "liaison_leader": {"area", "household", "venues", "venue"},
    "grid_assistant": ALL_BUT_COUNTY,
    "volunteer": {"area"},
    "inspector": {"county", "area", "venues", "venue"},
    "industry_department": {"county", "area", "venues", "venue"},
    "media_centre": {"county", "area"},
    "venue_owner": VENUE_ONLY,
    "school": VENUE_ONLY,
    "clinic": VENUE_ONLY,
    "door_keeper": set(),
    "checkpoint_officer": set(),
    "sampler": set(),
    "transporter": set(),
    "laboratory": set(),
    "quarantine_staff": set(),
    "storekeeper": set(),
    "auditor": set(),
    "security_administrator": set(),
    "system_administrator": set(),
    # A role over one's own records opens the search, but this account is nobody's on the register.
    "resident": {"people"},
}


def test_the_table_of_roles_and_pages_names_every_role():
    assert set(MAY_OPEN) == set(the_roles().roles)


@pytest.mark.parametrize("role", MAY_OPEN)
def test_a_role_opens_its_pages_and_is_refused_the_others(signed_in, county, role):
    client = signed_in(role)
    opened = {name for name, address in PAGES.items() if client.get(address(county)).status_code == 200}
    assert opened == MAY_OPEN[role]


@pytest.mark.parametrize("page", PAGES)
def test_nobody_opens_a_page_without_signing_in(client, county, page):
    response = client.get(PAGES[page](county))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize(
    "address",
    [
        lambda county: reverse("area", args=[OTHER_CELL]),
        lambda county: reverse("area", args=[BESIDE]),
        lambda county: reverse("area", args=[UNIT]),
        lambda county: reverse("area", args=[TOWN]),
        lambda county: reverse("household", args=[county.far.pk]),
        lambda county: reverse("person", args=[county.stranger.pk]),
        lambda county: reverse("venue", args=[county.shop.pk]),
    ],
)
def test_a_grid_worker_is_refused_whatever_is_outside_the_grid(signed_in, county, address):
    response = signed_in("grid_worker").get(address(county))
    assert response.status_code == 403
    assert "not_yours" in shown(response)


@pytest.mark.parametrize("name", ["household", "person"])
def test_a_refused_record_tells_nothing_of_where_it_belongs(signed_in, county, name):
    record = county.far if name == "household" else county.stranger
    text = shown(signed_in("grid_worker").get(reverse(name, args=[record.pk])))
    assert OTHER_CELL not in text
    assert "乔家" not in text


def test_a_refused_record_is_not_put_on_record_as_seen(signed_in, county):
    signed_in("grid_worker").get(reverse("person", args=[county.stranger.pk]))
    assert ViewLog.objects.count() == 0


def test_a_venue_role_sees_its_own_venue_alone(signed_in, county):
    client = signed_in("venue_owner", venue=county.shop.pk)
    text = shown(client.get(reverse("venues")))
    assert "乔家便民店" in text
    assert "第一小学" not in text


def test_a_resident_sees_the_own_record_and_who_looked_at_it(signed_in, county):
    client = signed_in("resident")
    Person.objects.filter(pk=county.head.pk).update(account=client.account)
    assert client.get("/", follow=True).redirect_chain == [(reverse("person", args=[county.head.pk]), 302)]
    assert client.get(reverse("person", args=[county.persons[1].pk])).status_code == 403


# ── the first page ────────────────────────────────────────────────────────────


def test_the_first_page_tells_a_stranger_what_this_is_and_nothing_of_anybody(client, county):
    text = shown(client.get("/"))
    assert "防线" in text
    assert "现在没有生效的限制措施" in text


@pytest.mark.parametrize(
    ("role", "address"),
    [("commander", "/county"), ("township_approver", f"/areas/{TOWN}"), ("grid_worker", f"/areas/{CELL}")],
)
def test_the_first_page_leads_everybody_to_where_they_work(signed_in, role, address):
    assert signed_in(role).get("/")["Location"] == address


def test_somebody_with_two_areas_chooses_between_them(signed_in, county):
    client = signed_in("grid_worker")
    Appointment.objects.create(account=client.account, role="grid_worker", area_path=OTHER_CELL, begins_at=county.at)
    text = shown(client.get("/"))
    assert f'href="/areas/{CELL}"' in text
    assert f'href="/areas/{OTHER_CELL}"' in text


def test_somebody_without_an_appointment_is_told_whom_to_ask(signed_in, county):
    client = signed_in("grid_worker")
    Appointment.objects.all().delete()
    assert "还没有任命" in shown(client.get("/"))


# ── areas ─────────────────────────────────────────────────────────────────────


def test_the_county_counts_what_is_on_record_by_township(signed_in):
    response = signed_in("commander").get(reverse("county"))
    parts = {part.name.zh: part.tally for part in response.context["found"].parts}
    assert (parts["天坛镇"].n_persons, parts["天坛镇"].n_households, parts["天坛镇"].n_elders) == (4, 2, 1)
    assert (parts["响水河镇"].n_persons, parts["响水河镇"].n_venues) == (1, 1)
    assert response.context["tally"].n_persons == 5


def test_a_merged_record_is_not_counted_twice(signed_in, county):
    Person.objects.filter(pk=county.persons[1].pk).update(merged_into=county.head)
    assert signed_in("commander").get(reverse("county")).context["tally"].n_persons == 4


def test_the_map_says_that_it_is_schematic_and_links_each_township(signed_in):
    text = shown(signed_in("commander").get(reverse("county")))
    assert "示意图，不是实测边界" in text
    assert f'<a href="/areas/{TOWN}" aria-label="天坛镇 4' in text


def test_the_map_is_shaded_by_what_was_asked_and_the_table_sorted(signed_in):
    response = signed_in("commander").get(reverse("county"), {"by": "n_venues", "sort": "persons"})
    assert [part.name.zh for part in response.context["parts"].rows] == ["响水河镇", "天坛镇"]
    assert 'aria-label="天坛镇 1' in shown(response)


def test_sorting_keeps_what_the_map_is_shaded_by(signed_in):
    assert "?by=n_venues&amp;sort=-persons" in shown(signed_in("commander").get(reverse("county"), {"by": "n_venues"}))


def test_what_waits_in_the_county_can_reach_zero(signed_in, county):
    client = signed_in("commander")
    kinds = [need.what.zh for need in client.get(reverse("county")).context["needs"]]
    assert kinds == ["个网格没有网格员", "个网格没有网格员", "个场所等待核验"]
    for cell in county.cells:
        account_of(county, "grid_worker", cell.area_path)
    Venue.objects.update(status="verified")
    response = client.get(reverse("county"))
    assert response.context["needs"] == []
    assert "都有人管" in shown(response)


def test_a_worker_over_the_unit_looks_after_all_its_cells(signed_in, county):
    client = signed_in("commander")
    account_of(county, "grid_worker", UNIT)
    assert [need.count for need in client.get(reverse("area", args=[UNIT])).context["needs"]] == []


def test_an_area_that_does_not_exist_is_named_in_the_refusal(signed_in):
    response = signed_in("commander").get("/areas/141027999")
    assert response.status_code == 404
    assert "141027999" in shown(response)


def test_the_way_down_leaves_out_areas_that_are_not_the_readers(signed_in):
    trail = signed_in("grid_worker").get(reverse("area", args=[CELL])).context["trail"]
    assert [address for _, address in trail] == [""]


def test_a_grid_cell_lists_its_households_and_can_be_narrowed_to_elders_alone(signed_in):
    client = signed_in("grid_worker")
    everybody = client.get(reverse("area", args=[CELL])).context["households"].rows
    assert [(row["number"], row["n_members"], row["n_elders"], row["n_children"]) for row in everybody] == [
        ("0001", 3, 0, 1),
        ("0002", 1, 1, 0),
    ]
    alone = client.get(reverse("area", args=[CELL]), {"kind": "alone"}).context["households"].rows
    assert [row["number"] for row in alone] == ["0002"]


def test_a_household_with_nobody_on_record_needs_a_hand(signed_in, county):
    household(county.cells[0], 3, "东街16号")
    needs = signed_in("grid_worker").get(reverse("area", args=[CELL])).context["needs"]
    assert [(need.what.zh, need.count) for need in needs] == [("户册上没有人", 1)]


def test_a_list_of_addresses_is_put_on_record_as_seen(signed_in):
    client = signed_in("grid_worker")
    client.get(reverse("area", args=[CELL]))
    assert [(look.viewer, look.why) for look in who_looked(f"area:{CELL}")] == [
        (client.account.pk, "people.households_listed")
    ]


def test_a_volunteer_sees_the_grids_figures_and_no_household(signed_in):
    text = shown(signed_in("volunteer").get(reverse("area", args=[CELL])))
    assert "东街12号" not in text
    assert 'id="households"' not in text


def test_a_county_that_is_not_built_yet_is_refused_in_words(client, county):
    account = account_of(county, "commander")
    Attachment.objects.all().delete()
    for model in (Person, Household, Door, SchoolClass, Venue, GridCell, Division):
        model.objects.all().delete()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(reverse("county"))
    assert response.status_code == 404
    assert the_realm().division_code in shown(response)


# ── people ────────────────────────────────────────────────────────────────────


def test_a_record_is_masked_until_it_is_shown(signed_in, county):
    text = shown(signed_in("grid_worker").get(reverse("person", args=[county.head.pk])))
    assert [secret for secret in (NAME, PHONE, county.head.document_number, "东街12号") if secret in text] == []
    assert "孟＊＊" in text


def test_showing_a_record_takes_a_reason_and_puts_it_on_record(signed_in, county):
    client = signed_in("grid_worker")
    text = shown(client.post(reverse("person", args=[county.head.pk]), {"reason": "contact"}))
    assert all(secret in text for secret in (NAME, PHONE, county.head.document_number, "东街12号"))
    assert who_looked(f"person:{county.head.pk}")[0].why == "people.person_shown.contact"


@pytest.mark.parametrize("reason", ["", "curiosity"])
def test_without_a_reason_nothing_is_shown(signed_in, county, reason):
    text = shown(signed_in("grid_worker").post(reverse("person", args=[county.head.pk]), {"reason": reason}))
    assert NAME not in text
    assert 'aria-invalid="true"' in text


def test_every_opening_is_shown_on_the_record_itself(signed_in, county):
    client = signed_in("grid_worker")
    client.get(reverse("household", args=[county.home.pk]))
    response = client.get(reverse("person", args=[county.head.pk]))
    looks = response.context["looks"].rows
    assert [look.why for look in looks] == ["people.person_page", "people.household_page"]
    assert all(look.post.zh == client.account.username for look in looks)


def test_pages_about_people_are_kept_by_no_cache(signed_in, county):
    client = signed_in("grid_worker")
    for name, record in (("person", county.head), ("household", county.home)):
        assert "no-store" in client.get(reverse(name, args=[record.pk]))["Cache-Control"]


def test_a_merged_record_leads_to_the_one_that_goes_on(signed_in, county):
    old = county.persons[1]
    Person.objects.filter(pk=old.pk).update(merged_into=county.head)
    client = signed_in("grid_worker")
    assert reverse("person", args=[county.head.pk]) in shown(client.get(reverse("person", args=[old.pk])))
    assert reverse("person", args=[old.pk]) in shown(client.get(reverse("person", args=[county.head.pk])))


def test_whoever_may_not_open_records_sees_a_household_masked_and_without_links(signed_in, county):
    text = shown(signed_in("liaison_leader").get(reverse("household", args=[county.home.pk])))
    assert "东街12号" not in text
    assert "/persons/" not in text


def found_by(client, number):
    return client.post(reverse("people"), {"number": number})


def test_a_person_is_found_by_document_number(signed_in, county):
    response = found_by(signed_in("grid_worker"), county.head.document_number)
    assert response["Location"] == reverse("person", args=[county.head.pk])


def test_a_household_is_found_by_its_card(signed_in, county):
    assert found_by(signed_in("grid_worker"), f"{CELL}-0002")["Location"] == reverse(
        "household", args=[county.alone.pk]
    )


def test_a_phone_that_two_people_gave_lists_both_masked(signed_in):
    response = found_by(signed_in("grid_worker"), PHONE)
    assert len(response.context["found"].persons) == 2
    assert NAME not in shown(response)


def test_what_is_outside_the_readers_area_is_as_if_it_were_not_there(signed_in, county):
    client = signed_in("grid_worker")
    nobody = document(date(1991, 2, 3), 77)
    texts = {
        shown(found_by(client, number)).replace(number, "…").partition('id="found"')[2].partition("</section>")[0]
        for number in (county.stranger.document_number, nobody)
    }
    assert len(texts) == 1
    assert "没有登记这个证件号码" in texts.pop()
    for number in ("15400000009", f"{OTHER_CELL}-0001"):
        assert found_by(client, number).status_code == 200


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "还没有填写号码"),
        ("99902719800301", "证件号码有14位"),
        ("999027198003010010", "证件号码最后一位是"),
        ("999027198013010019", "没有这样的出生日期"),
    ],
)
def test_what_is_wrong_with_a_number_is_said_beside_it_and_what_was_typed_stays(signed_in, typed, told):
    text = shown(found_by(signed_in("grid_worker"), typed))
    assert told in text
    assert 'aria-invalid="true"' in text
    assert not typed or f'value="{typed}"' in text


def test_a_number_never_stands_in_an_address(signed_in, county):
    client = signed_in("grid_worker")
    assert shown(client.get(reverse("people"), {"number": county.head.document_number})).count(NAME) == 0
    assert county.head.document_number not in found_by(client, county.head.document_number)["Location"]


# ── venues ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["浮山县第一小学", "乔家便民店"]),
        ({"name": "小学"}, ["浮山县第一小学"]),
        ({"area": OTHER_TOWN}, ["乔家便民店"]),
        ({"area": CELL}, ["浮山县第一小学"]),
        ({"trade": "school"}, ["浮山县第一小学"]),
        ({"status": "applied"}, ["乔家便民店"]),
        ({"name": "没有"}, []),
        ({"trade": "no-such-trade"}, ["浮山县第一小学", "乔家便民店"]),
        ({"sort": "-area"}, ["乔家便民店", "浮山县第一小学"]),
    ],
)
def test_venues_are_filtered_and_sorted_as_asked(signed_in, asked, names):
    response = signed_in("commander").get(reverse("venues"), asked)
    assert [row.name for row in response.context["table"].rows] == names


def test_a_small_count_is_withheld_from_whoever_may_not_see_the_people(signed_in, county):
    assert "不到5" in shown(signed_in("inspector").get(reverse("venue", args=[county.school.pk])))


def test_a_school_shows_its_classes_with_their_pupils(signed_in, county):
    classes = signed_in("commander").get(reverse("venue", args=[county.school.pk])).context["classes"].rows
    assert [(it.school_class.name, it.n_pupils) for it in classes] == [("一年级(1)班", 1)]


# ── cost and language ─────────────────────────────────────────────────────────

QUERIES_MAX = {"county": 18, "area": 26, "household": 16, "person": 18, "people": 8, "venues": 12, "venue": 16}


def enlarge(county):
    """Thirty households more in the cell, twenty venues, twenty looks."""
    for number in range(10, 40):
        person(household(county.cells[0], number, f"东街{number}号"), 0, "陈多", date(1950, 1, 1))
        venue(county.cells[0], number, f"店{number}", "convenience_shop")
    for place in range(5, 15):
        person(county.home, place, "孟多", date(1990, 1, 1), relation="child")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_no_more_of_the_database_when_there_is_more_in_it(
    signed_in, county, page, django_assert_max_num_queries
):
    client, address = signed_in("commander"), PAGES[page](county)
    client.get(address)
    with django_assert_max_num_queries(QUERIES_MAX[page]) as before:
        client.get(address)
    few = len(before.captured_queries)
    enlarge(county)
    with django_assert_max_num_queries(few):
        client.get(address)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_in_english_has_no_chinese_of_its_own(signed_in, county, page):
    """Names of places, venues and posts are data and stay as they are."""
    Division.objects.update(name_zh="X")
    GridCell.objects.update(name="X")
    Venue.objects.update(name="X", address="X")
    Door.objects.update(name="X")
    SchoolClass.objects.update(name="X")
    Unit.objects.update(name_zh="X")
    Household.objects.all().update(address="X 1")
    Person.objects.all().update(name="X")
    Account.objects.all().update(display_name="X")
    client = signed_in("commander")
    client.cookies["fangxian_language"] = "en"
    text = shown(client.get(PAGES[page](county)))
    main = text.partition("<main")[2].partition("</main>")[0]
    assert [letter for letter in main if "\u4e00" <= letter <= "\u9fff"] == []
