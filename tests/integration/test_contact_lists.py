"""The line list: filters, order and pages agree with the plain definition, rights hold, faults are counted rightly."""

import random
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils.timezone import localtime

from fangxian.ops.accounts.models import Appointment
from fangxian.ops.accounts.queries import forget_appointments
from fangxian.ops.contacts import actions, listing
from fangxian.ops.contacts.counting import scheme
from fangxian.ops.contacts.listing import Faulty, Wanted, amiss, every_row, listed, n_listed, page_of
from fangxian.ops.contacts.models import OBSERVED, Contact
from fangxian.ops.contacts.quality import RULES, checked, faults_of
from fangxian.ops.contacts.queries import within
from fangxian.ops.contacts.wire import Noted
from fangxian.ops.realm.current import county_now

from .contact_hand import BECAUSE, BY, CLOSE, CO_PRESENT, SECONDARY, new, propose, rulebook
from .two_townships import BESIDE, CELL, OTHER_CELL, TOWN, account_of, build

pytestmark = pytest.mark.django_db
AREAS = (CELL, BESIDE, OTHER_CELL, "141027")
RINGS = (CLOSE, SECONDARY, CO_PRESENT)
CASES = tuple(uuid4() for _ in range(3))
TEAMS = (None, uuid4())


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    """Sixty contacts, to whom everything that can happen has happened in some order."""
    county, dice = build(), random.Random(7)
    ids = []
    for n in range(60):
        told = {"area_path": dice.choice(AREAS), "days_ago": dice.uniform(0, 20), "weight": dice.randrange(5)}
        occupation = dice.choice(["farmer", "pupil", "", "教师", "江湖郎中"])
        contact = new(n, ring=dice.choice(RINGS), who={"occupation": occupation}, **told)
        ids += propose(contact, case=dice.choice(CASES)).ids
    for _ in range(240):
        try:
            happen(dice, dice.choice(ids))
        except Exception as refused:
            if type(refused).__name__ != "Refusal":
                raise
    actions.open_follow_ups(at=county_now(), by=BY)
    return county


def happen(dice, pk):
    """One thing that can happen to a contact; most may be refused."""
    book = rulebook()
    noted = Noted(
        is_traced=dice.choice([None, True, False]),
        workplace=dice.choice([None, "", "第一小学"]),
        occupation=dice.choice([None, "medical", "farmer"]),
        area_path=dice.choice([None, *AREAS]),
        release_on=dice.choice([None, date(2022, 4, 30)]),
        destination=dice.choice([None, "", "11", "141024"]),
        belongs=dice.choice([None, "here", "province"]),
        mode=dice.choice([None, "home", "central"]),
        via=dice.choice([None, uuid4()]),
    )
    dice.choice(
        [
            lambda: actions.confirm_contacts(
                contacts=[pk], ring=dice.choice(RINGS), reason=BECAUSE, rulebook=book, by=BY
            ),
            lambda: actions.confirm_contacts(contacts=[pk], ring=CLOSE, reason=BECAUSE, rulebook=book, by=BY),
            lambda: actions.note_details(contact=pk, noted=noted, by=BY, rulebook=dice.choice([None, book])),
            lambda: actions.note_details(contact=pk, noted=noted, by=BY),
            lambda: actions.note_traced(contacts=[pk], by=BY),
            lambda: actions.note_transferred(contacts=[pk], site=dice.choice(["", "山水宾馆"]), by=BY),
            lambda: actions.note_in_quarantine(
                contacts=[pk], mode=dice.choice(["central", "home", "hospital"]), by=BY, rulebook=book
            ),
            lambda: actions.release_contacts(contacts=[pk], by=BY),
            lambda: actions.give_to_team(contacts=[pk], team=dice.choice(TEAMS), by=BY),
            lambda: actions.reject_contacts(contacts=[pk], reason=BECAUSE, by=BY),
            lambda: actions.put_back(contacts=[pk], reason=BECAUSE, by=BY),
            lambda: actions.note_handed_over(contacts=[pk], destination="110101", by=BY),
        ]
    )()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def lead(county):
    return account_of(county, "investigator")


READERS = {
    "county": lambda row: True,
    "township": lambda row: row.area_path in (CELL, BESIDE),
    "team": lambda row: row.area_path in (CELL, BESIDE) or row.team == TEAMS[1],
    "county-team": lambda row: True,
    "nobody": lambda row: False,
}
ROLES = {"county": "investigator", "township": "township_approver", "nobody": "volunteer"}


def sees(who, row):
    return READERS[who](row)


def reader(county, who):
    """Whoever has the county, a township, a township and what its team was given, a county and a team, or nothing."""
    area = {"township": TOWN, "team": TOWN}.get(who, "141027")
    account = account_of(county, ROLES.get(who, "tracing_member"), area)
    if who in ("team", "county-team"):
        Appointment.objects.filter(account=account).update(team=TEAMS[1])
        forget_appointments(account)
    return account


def everything():
    return list(Contact.objects.select_related("file"))


def plain(wanted, at):
    """The definition: which rows a list holds, asked of each row."""
    return {row.pk for row in everything() if _fits(row, wanted, at)}


def _fits(row, wanted, at):
    today = localtime(at).date()
    is_late = {
        "follow-up": row.follow_up_due_at is not None and row.follow_up_due_at <= at,
        "release": row.state in OBSERVED and row.release_on is not None and row.release_on < today,
    }
    groups = {"open": ("proposed", *OBSERVED), "managed": ("traced", "transferred", "in_quarantine")}
    faults = {rule.key for rule in RULES if row.faults & rule.fault}
    return all(
        [
            wanted.case in (None, row.case_id),
            wanted.ring in ("", row.ring),
            not wanted.state or row.state in groups.get(wanted.state, (wanted.state,)),
            row.area_path.startswith(wanted.area_path),
            wanted.team in (None, row.team),
            wanted.mode in ("", row.mode) or (wanted.mode == "not_stated" and not row.mode),
            wanted.belongs in ("", row.belongs) or (wanted.belongs == "elsewhere" and row.belongs != "here"),
            not wanted.late or (any(is_late.values()) if wanted.late == "any" else is_late[wanted.late]),
            not wanted.fault or (bool(faults) if wanted.fault == "any" else wanted.fault in faults),
        ]
    )


WANTED = (
    Wanted(),
    Wanted(case=CASES[0]),
    Wanted(ring=SECONDARY),
    Wanted(state="open"),
    Wanted(state="managed", belongs="here"),
    Wanted(state="proposed"),
    Wanted(area_path=TOWN),
    Wanted(team=TEAMS[1]),
    Wanted(mode="home"),
    Wanted(mode="not_stated", state="managed"),
    Wanted(belongs="elsewhere"),
    Wanted(late="follow-up"),
    Wanted(late="release"),
    Wanted(late="any", ring=CLOSE),
    Wanted(fault="any"),
    *(Wanted(fault=rule.key) for rule in RULES),
)


@pytest.mark.parametrize("wanted", WANTED)
def test_a_list_holds_what_the_definition_says(lead, wanted):
    at = county_now() + timedelta(hours=10)
    assert {row.pk for row in listed(lead, wanted, at=at)} == plain(wanted, at)


@pytest.mark.parametrize("wanted", WANTED)
def test_a_list_is_counted_as_it_is_long(lead, wanted):
    at = county_now() + timedelta(hours=10)
    assert n_listed(lead, wanted, at=at) == len(plain(wanted, at))


@pytest.mark.parametrize("many", [1, 10_000])
@pytest.mark.parametrize("sort", ["weight", "-weight", "last", "-last", "release", "-release", "area", "-area", "no"])
def test_pages_one_after_another_are_the_whole_list_in_order(lead, sort, many, monkeypatch):
    monkeypatch.setattr(listing, "MANY", many)
    at, size = county_now(), 7
    pages = [
        page_of(lead, Wanted(), at=at, sort=sort, which=slice(start, start + size), total=60)
        for start in range(0, 60, size)
    ]
    told = [row.pk for page in pages for row in page]
    whole = [row.pk for row in every_row(within(lead), sort=sort)]
    assert (told == whole, len(set(told))) == (True, 60)


@pytest.mark.parametrize("sort", ["release", "-release"])
def test_whoever_has_no_date_stands_last_in_either_direction(lead, sort):
    dates = [row.release_on for row in every_row(within(lead), sort=sort)]
    dated = [on for on in dates if on is not None]
    assert dates == sorted(dated, reverse=sort.startswith("-")) + [None] * (len(dates) - len(dated))


def test_the_bits_stored_with_each_row_are_what_the_rules_say_of_it(county):
    said = {row.pk: int(faults_of(checked(row, has_workplace=bool(row.file.workplace)))) for row in everything()}
    assert {row.pk: row.faults for row in everything()} == said


@pytest.mark.parametrize("who", READERS)
def test_what_is_amiss_is_counted_as_the_definition_finds_it(county, who):
    account, at = reader(county, who), county_now() + timedelta(hours=10)
    found, rows = amiss(account, at=at), [row for row in everything() if sees(who, row)]
    expected = {rule.key: sum(bool(row.faults & rule.fault) for row in rows) for rule in RULES}
    late = [sum(_fits(row, Wanted(late=what), at) for row in rows) for what in ("follow-up", "release")]
    assert found.faulty == Faulty(expected, sum(row.faults > 0 for row in rows))
    assert [found.n_late, found.n_to_release] == late


def test_the_rows_stir_every_rule_but_what_cannot_happen_by_the_actions(lead):
    stirred = {key for key, n in amiss(lead, at=county_now()).faulty.by_rule.items() if n}
    assert {"no-township", "untraced", "unknown-occupation", "no-unit", "no-via", "wrong-release"} <= stirred


@pytest.mark.parametrize("sort", ["-weight", "release", "-area"])
@pytest.mark.parametrize("wanted", [Wanted(), Wanted(state="open"), Wanted(ring=CLOSE), Wanted(team=TEAMS[1])])
@pytest.mark.parametrize("who", READERS)
def test_each_reader_s_pages_are_all_they_may_see_in_order(county, who, wanted, sort):
    account, at = reader(county, who), county_now()
    mine = {row.pk for row in everything() if sees(who, row) and _fits(row, wanted, at)}
    assert n_listed(account, wanted, at=at) == len(mine)
    starts = range(0, len(mine), 4)
    asked = {"at": at, "sort": sort, "total": len(mine)}
    pages = [page_of(account, wanted, which=slice(start, start + 4), **asked) for start in starts]
    every = [row.pk for row in every_row(Contact.objects.all(), sort=sort)]
    assert [row.pk for page in pages for row in page] == [pk for pk in every if pk in mine]


@pytest.mark.parametrize("area_path", ["141026999999999", "141028100001001"])
@pytest.mark.parametrize("who", ["county", "county-team"])
def test_a_county_sees_nobody_of_another_county_unless_its_team_has_them(county, who, area_path):
    account, at = reader(county, who), county_now() + timedelta(hours=10)
    moved = Contact.objects.filter(faults__gt=0, team=TEAMS[1]).first()
    Contact.objects.filter(pk=moved.pk).update(area_path=area_path)
    mine = {row.pk for row in everything()} - (set() if who == "county-team" else {moved.pk})
    assert n_listed(account, Wanted(), at=at) == len(mine)
    assert {row.pk for row in page_of(account, Wanted(), at=at, sort="last", which=slice(0, 60), total=60)} == mine
    assert amiss(account, at=at).faulty.n_rows == sum(row.faults > 0 for row in everything() if row.pk in mine)


def test_a_township_sees_its_own_contacts_only(county):
    account = account_of(county, "township_approver", TOWN)
    seen = {row.area_path for row in listed(account, Wanted(), at=county_now())}
    assert seen == {CELL, BESIDE}


def test_a_township_that_asks_for_another_area_sees_nobody(county):
    account = account_of(county, "township_approver", TOWN)
    assert n_listed(account, Wanted(area_path=OTHER_CELL[:9]), at=county_now()) == 0


def test_whoever_may_not_see_contacts_sees_nobody(county):
    assert listed(account_of(county, "volunteer"), Wanted(), at=county_now()).count() == 0


def test_every_decided_contact_is_in_the_daily_figures(lead):
    figures = scheme(within(lead))
    decided = [row for row in everything() if row.state not in ("proposed", "rejected")]
    assert figures.n_own + figures.n_in == len(decided)


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(fault="untraced"), Wanted(late="any")])
def test_a_page_takes_two_queries_however_many_rows(lead, wanted, django_assert_num_queries):
    within(lead).exists()  # the appointments are read and remembered
    with django_assert_num_queries(2):
        page_of(lead, wanted, at=county_now(), sort="-weight", which=slice(0, 50), total=60)
