"""Short words for what tests of departures do: two townships' people, whoever decides there, a permit and its text."""

from datetime import timedelta
from types import SimpleNamespace

from fangxian.core.policy.words import LastResult
from fangxian.ops.departures.actions import submit
from fangxian.ops.departures.queries import application_with, step_with
from fangxian.ops.departures.wire import Wanted
from fangxian.ops.documents.queries import find
from fangxian.ops.movement.actions.evidence import record_tests
from fangxian.ops.movement.wire import NewTest
from fangxian.ops.procedures.apply_to_leave import apply_to_leave, decide_departure
from fangxian.ops.procedures.departure_permits import issue_permit
from fangxian.ops.realm.current import county_now

from .people_with_codes import BY, build_with_codes
from .two_townships import OTHER_TOWN, OTHER_UNIT, account_of

NEAR, CITY, AT_RISK = "141002", "140105", "220104"  # 尧都, 太原小店, 长春朝阳
LEVELS = ("village", "township", "county")


def a_county():
    """Everybody green; an approver at each level of the head's home, and a keeper at the way out."""
    county = build_with_codes()
    county.village = account_of(county, "village_approver")
    county.township = account_of(county, "township_approver")
    county.commander = account_of(county, "commander")
    county.keeper = account_of(county, "checkpoint_officer")
    county.elsewhere = SimpleNamespace(
        village=account_of(county, "village_approver", OTHER_UNIT),
        township=account_of(county, "township_approver", OTHER_TOWN),
    )
    return county


def wanted(county, person=None, **more):
    person = person or county.head
    told = {
        "destination": NEAR, "place": "市人民医院", "purpose": "medical", "why": "复诊，已约号", "transport": "coach",
        "leaves_on": county_now().date(), "returns_on": county_now().date() + timedelta(days=3),
    }  # fmt: skip
    return Wanted(person=person.pk, area_path=person.area_path, **told | more)


def applied(county, person=None, by=BY, **more):
    row, _ = apply_to_leave(wants=wanted(county, person, **more), by=by)
    return row


def decided(county, row, level, *, is_approved=True, reason="", by=None):
    """What one level says; the application as it then stands."""
    by = by or getattr(county, {"county": "commander"}.get(level, level))
    step = step_with(row.pk)
    return decide_departure(
        application=row.pk, step=step.pk, is_approved=is_approved, reason=reason or "—" * (not is_approved), by=by
    )


def issued(county, person=None, **more):
    """An application on which village and township have agreed, with its permit."""
    row = applied(county, person, **more)
    for level in row.levels:
        row = decided(county, row, level)
    return row


def agreed_for(person, by=BY):
    """A permit for tomorrow, as if nobody had to agree: for tests of pages in a county that has others' accounts."""
    today = county_now().date()
    wants = Wanted(
        person=person.pk, area_path=person.area_path, destination=NEAR, place="市人民医院", purpose="medical",
        why="复诊", leaves_on=today + timedelta(days=1), returns_on=today + timedelta(days=4),
    )  # fmt: skip
    row, _ = submit(wants=wants, levels=[], risk=[], turn=None, by=by)
    return issue_permit(row.pk, by=by)


def permit_text(row) -> str:
    return find(application_with(row.pk).document or row.document).proof


def sampled(person, *days_ago, result=LastResult.NEGATIVE):
    at = county_now()
    tests = [
        NewTest(
            person=person.pk, sampled_at=at - timedelta(days=n, hours=1), resulted_at=at - timedelta(days=n, minutes=5),
            result=result, source="县医院",
        )
        for n in days_ago
    ]  # fmt: skip
    record_tests(tests=tests, by=BY)
