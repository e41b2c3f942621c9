"""The county's pages: what they show of areas, people and venues, and what is put on record when they do."""

from copy import deepcopy
from datetime import date

import pytest
from django.urls import reverse

from fangxian.ops.audit.queries import who_looked
from fangxian.ops.people.models import Attachment, Household, Person
from fangxian.ops.places.models import Division, Door, GridCell, SchoolClass, Venue
from fangxian.ops.realm.current import the_realm
from tests.integration.two_townships import (
    CELL,
    NAME,
    OTHER_CELL,
    OTHER_TOWN,
    PHONE,
    TOWN,
    UNIT,
    account_of,
    build,
    document,
    household,
    shown,
    sign_in,
)


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


@pytest.fixture
def signed_in(client, county):
    """`signed_in("grid_worker")`: the client, signed in in that role."""
    return lambda role, area_path=None, **told: sign_in(client, county, role, area_path, **told)


# ── areas ─────────────────────────────────────────────────────────────────────


def test_the_county_counts_what_is_on_record_by_township(signed_in):
    response = signed_in("commander").get(reverse("county"))
    parts = {part.name.zh: part.tally for part in response.context["found"].parts}
    assert (parts["天坛镇"].n_persons, parts["天坛镇"].n_households, parts["天坛镇"].n_elders) == (4, 2, 1)
    assert (parts["响水河镇"].n_persons, parts["响水河镇"].n_venues) == (1, 1)
    assert response.context["tally"].n_persons == 5


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh-hans", "普查数字出处：2020年第七次全国人口普查分县资料（国家统计局）"),
        ("en", "Source of the census&#x27;s figures: 2020 national census, tabulation by county"),
    ],
)
def test_the_source_of_the_census_is_said_in_the_readers_language(signed_in, language, told):
    page = signed_in("commander").get(reverse("county"), headers={"accept-language": language})
    assert told in shown(page)


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


def test_a_households_address_is_masked_until_it_is_shown_with_a_reason(signed_in, county):
    client, address = signed_in("grid_worker"), reverse("household", args=[county.home.pk])
    text = shown(client.get(address))
    assert ("东街12号" in text, "东街***" in text) == (False, True)
    assert "东街12号" not in shown(client.post(address, {"reason": ""}))
    assert "东街12号" in shown(client.post(address, {"reason": "contact"}))
    for subject in (f"household:{county.home.pk}", f"person:{county.head.pk}"):
        assert who_looked(subject)[0].why == "people.household_shown.contact"
    assert "看住址全文" in shown(client.get(address))


def test_the_addresses_of_a_grid_cell_are_masked_until_they_are_shown_with_a_reason(signed_in, county):
    client, address = signed_in("grid_worker"), reverse("area", args=[CELL])
    assert [row["address"] for row in client.get(address).context["households"].rows] == ["东街***", "东街***"]
    refused = client.post(address, {"reason": "curiosity"})
    assert [row["address"] for row in refused.context["households"].rows] == ["东街***", "东街***"]
    asked = client.post(f"{address}?kind=alone", {"reason": "contact"})
    assert [row["address"] for row in asked.context["households"].rows] == ["东街14号"]
    for subject in (f"area:{CELL}", f"household:{county.alone.pk}", f"person:{county.persons[3].pk}"):
        assert who_looked(subject)[0].why == "people.addresses_shown.contact"
    assert who_looked(f"person:{county.head.pk}") == []


@pytest.mark.parametrize("page", ["area", "household"])
def test_whoever_may_not_open_records_is_shown_no_address_for_any_reason(signed_in, county, page):
    address = reverse("area", args=[CELL]) if page == "area" else reverse("household", args=[county.home.pk])
    text = shown(signed_in("liaison_leader").post(address, {"reason": "contact"}))
    assert "东街12号" not in text
    assert 'name="reason"' not in text


def test_somebody_who_lives_alone_is_said_to_and_nobody_is_sent(signed_in, county):
    client = signed_in("grid_worker")
    text = shown(client.get(reverse("person", args=[county.persons[3].pk])))
    assert "册上这一户只有本人" in text
    assert "请网格员上门核实" not in text
    nobody = household(county.cells[0], 3, "东街16号")
    assert "册上没有人住在这一户" in shown(client.get(reverse("household", args=[nobody.pk])))


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
