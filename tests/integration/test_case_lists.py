"""The list of cases on many rows: each page, in each order, held against a plain definition over the same rows."""

from datetime import timedelta
from random import Random

import pytest

from fangxian.core.refusal import Said
from fangxian.ops.cases.models import Case
from fangxian.ops.cases.rules import OVER
from fangxian.ops.cases.wire import NewClock
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation import case_desk as desk_of
from fangxian.ops.situation.case_desk import CaseFilter, case_desk, case_page, n_listed

from .case_room_hand import BY, actions, new_case, today
from .two_townships import BESIDE, CELL, OTHER_CELL, TOWN, account_of, build

pytestmark = pytest.mark.django_db
N, SIZE = 60, 7
SAID = Said("报告", "report")
COLUMNS = {"number": "number", "reported": "reported_at", "onset": "onset_on", "state": "state"}
WANTED = (
    CaseFilter(),
    CaseFilter(disease="measles"),
    CaseFilter(state="held"),
    CaseFilter(area=TOWN),
    CaseFilter(clock="running"),
    CaseFilter(clock="overdue"),
    CaseFilter(clock="in_time"),
    CaseFilter(clock="overdue", interview="unfinished"),
    CaseFilter(interview="unfinished"),
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
        if dice.random() < 0.4:
            begin(row, due_at=at + timedelta(hours=dice.choice([-1, 1])), n_met=dice.choice([0, 0, 1, 2]))
        told = {"investigated_at": at if dice.random() < 0.5 else None}
        Case.objects.filter(pk=row.pk).update(state=dice.choice(["reported", "held", "confirmed"]), **told)
        if dice.random() < 0.25:
            actions.exclude(cases=[row.pk], reason="复核两次均为阴性", by=BY)
    actions.merge_cases(kept=same(opened)[1].pk, merged=same(opened)[0].pk, reason="同一人", by=BY)
    return county


def begin(case, *, due_at, n_met):
    """A report of two steps, of which the first is due then; some of them are done."""
    told = {"rulebook": "test", "starts": SAID, "ends": SAID, "owner": SAID}
    steps = [NewClock(clock=f"step-{n}", chain=n, within=timedelta(hours=2), **told) for n in (1, 2)]
    found_at = due_at - timedelta(hours=2)
    running = actions.begin_clocks(case=case.pk, clocks=steps, found_at=found_at, by=BY)
    for _ in range(n_met):
        _, follows = actions.meet_clock(clock=running[0].pk, by=BY)
        running = [follows]


def same(opened):
    """Two cases of one disease, on the first of which a clock runs."""
    first = next(row for row in opened if clocks(Case.objects.get(pk=row.pk)))
    return first, next(row for row in opened if row.disease == first.disease and row.pk != first.pk)


@pytest.fixture
def lead(county_of_this_file, db):
    return account_of(county_of_this_file, "investigator")


def clocks(row):
    """When those that run are due; on an excluded or merged case none runs."""
    if row.state == "excluded" or row.same_as_id:
        return []
    return [it.due_at for it in row.clocks.all() if it.begins_at and not it.met_at]


def runs(row, which, at):
    late = [due_at <= at for due_at in clocks(row)]
    return {"overdue": any(late), "running": bool(late), "in_time": bool(late) and not any(late)}[which]


def plain(wanted, sort, at):
    """The ids as the words say: narrowed row by row, sorted; who has nothing in the column stands last."""
    rows = [
        row
        for row in Case.objects.prefetch_related("clocks")
        if row.same_as_id is None
        and wanted.disease in ("", row.disease)
        and wanted.state in ("", row.state)
        and row.area_path.startswith(wanted.area)
        and (not wanted.clock or runs(row, wanted.clock, at))
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
    rows = Case.objects.prefetch_related("clocks")
    n = {which: sum(runs(row, which, desk.at) for row in rows) for which in ("overdue", "in_time", "running")}
    first = min(due_at for row in rows for due_at in clocks(row))
    assert (desk.n_overdue, desk.n_in_time, desk.n_running, desk.first_due) == (*n.values(), first)


def test_what_is_stored_of_clocks_is_what_they_say_themselves(lead):
    rows = Case.objects.prefetch_related("clocks")
    assert {row.pk: row.clock_due_at for row in rows} == {row.pk: min(clocks(row), default=None) for row in rows}


def test_the_states_of_the_desk_are_those_the_definition_counts(lead):
    desk = case_desk(lead, at=county_now())
    rows = [row for row in Case.objects.all() if row.same_as_id is None]
    for state, told in desk.by_state.items():
        mine = [row for row in rows if row.state == state]
        n_uninvestigated = sum(row.investigated_at is None for row in mine)
        assert (told.n_cases, told.n_uninvestigated) == (len(mine), n_uninvestigated)


def test_the_clocks_of_a_township_are_its_own(county_of_this_file, db):
    desk = case_desk(account_of(county_of_this_file, "township_approver", TOWN), at=county_now())
    mine = Case.objects.filter(area_path__startswith=TOWN).prefetch_related("clocks")
    assert 0 < desk.n_running == sum(bool(clocks(row)) for row in mine)


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
