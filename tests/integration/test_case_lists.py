"""The list of cases on many rows: each page, in each order, held against a plain definition over the same rows."""

from datetime import timedelta
from random import Random

import pytest

from fangxian.ops.cases.models import Case, CaseClock
from fangxian.ops.cases.rules import OVER
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation import case_desk as desk_of
from fangxian.ops.situation.case_desk import CaseFilter, case_desk, case_page, n_listed

from .case_room_hand import BY, actions, new_case, today
from .two_townships import BESIDE, CELL, OTHER_CELL, TOWN, account_of, build

pytestmark = pytest.mark.django_db
N, SIZE = 60, 7
COLUMNS = {"number": "number", "reported": "reported_at", "onset": "onset_on", "state": "state"}
WANTED = (
    CaseFilter(),
    CaseFilter(disease="measles"),
    CaseFilter(state="held"),
    CaseFilter(area=TOWN),
    CaseFilter(clock="running"),
    CaseFilter(clock="overdue", interview="unfinished"),
    CaseFilter(interview="unfinished", area=TOWN),
)


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    """Sixty cases: onsets and moments that many share, onsets nobody knows, clocks that run, one merged away."""
    county, dice, at = build(), Random(3), county_now()
    opened = [
        actions.open_case(
            new=new_case(
                n,
                disease=dice.choice(["covid-19", "measles"]),
                area_path=dice.choice([CELL, BESIDE, OTHER_CELL]),
                onset_on=today() - timedelta(days=dice.randrange(1, 6)) if dice.random() < 0.7 else None,
                reported_at=at - timedelta(hours=dice.randrange(5)),
            ),
            by=BY,
        )
        for n in range(N)
    ]
    for row in opened:
        told = {"state": dice.choice(["reported", "held", "confirmed", "excluded"])}
        told["investigated_at"] = at if dice.random() < 0.5 else None
        Case.objects.filter(pk=row.pk).update(**told)
        if dice.random() < 0.4:
            a_clock(row, due_at=at + timedelta(hours=dice.choice([-1, 1])), is_met=dice.random() < 0.3)
    Case.objects.filter(pk=opened[0].pk).update(same_as=opened[1].pk, state="excluded")
    return county


def a_clock(case, *, due_at, is_met):
    told = {"met_at": county_now(), "met_by": BY} if is_met else {}
    CaseClock.objects.create(
        of_case=case, clock="report", rulebook="test", within_min=60, words={}, area_path=case.area_path,
        begins_at=due_at - timedelta(hours=2), due_at=due_at, **told,
    )  # fmt: skip


@pytest.fixture
def lead(county_of_this_file, db):
    return account_of(county_of_this_file, "investigator")


def clocks(row):
    return [] if row.state == "excluded" else [it.due_at for it in row.clocks.all() if it.begins_at and not it.met_at]


def plain(wanted, sort, at):
    """The ids as the words say: narrowed row by row, sorted; who has nothing in the column stands last."""
    rows = [
        row
        for row in Case.objects.prefetch_related("clocks")
        if row.same_as_id is None
        and wanted.disease in ("", row.disease)
        and wanted.state in ("", row.state)
        and row.area_path.startswith(wanted.area)
        and (not wanted.clock or any(wanted.clock == "running" or due_at <= at for due_at in clocks(row)))
        and (not wanted.interview or (row.investigated_at is None and row.state not in OVER))
    ]
    column = COLUMNS[sort.lstrip("-")]
    with_it = [row for row in rows if getattr(row, column) is not None]
    without = [row for row in rows if getattr(row, column) is None]
    down = sort.startswith("-")
    with_it.sort(key=lambda row: (getattr(row, column), row.number), reverse=down)
    return [row.pk for row in [*with_it, *sorted(without, key=lambda row: row.number, reverse=down)]]


@pytest.mark.parametrize("many", [1, 10_000])
@pytest.mark.parametrize("sort", [f"{sign}{name}" for name in COLUMNS for sign in ("", "-")])
@pytest.mark.parametrize("wanted", WANTED)
def test_pages_one_after_another_are_what_the_definition_says(lead, wanted, sort, many, monkeypatch):
    monkeypatch.setattr(desk_of, "MANY", many)
    desk = case_desk(lead, at=county_now())
    total, expected = n_listed(lead, wanted, desk), plain(wanted, sort, desk.at)
    pages = [
        case_page(lead, wanted, desk, sort=sort, which=slice(start, start + SIZE), total=total)
        for start in range(0, total, SIZE)
    ]
    assert [row.case.pk for page in pages for row in page] == expected
    assert 0 < total == len(expected)


def test_the_clocks_of_the_desk_are_those_the_definition_counts(lead):
    desk = case_desk(lead, at=county_now())
    running = [due_at for row in Case.objects.prefetch_related("clocks") for due_at in clocks(row)]
    late = [due_at for due_at in running if due_at <= desk.at]
    assert (desk.n_overdue, desk.n_running, desk.first_due) == (len(late), len(running) - len(late), min(running))


def test_a_township_is_shown_its_own_alone(county_of_this_file, db):
    account = account_of(county_of_this_file, "township_approver", TOWN)
    desk = case_desk(account, at=county_now())
    page = case_page(account, CaseFilter(), desk, sort="-onset", which=slice(0, N), total=desk.n_all)
    assert {row.case.area_path for row in page} == {CELL, BESIDE}


@pytest.mark.parametrize("wanted", WANTED)
def test_a_page_takes_three_queries_however_many_rows(lead, wanted, django_assert_num_queries):
    desk = case_desk(lead, at=county_now())
    with django_assert_num_queries(3):
        case_page(lead, wanted, desk, sort="-reported", which=slice(0, 50), total=N)
