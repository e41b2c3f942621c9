"""What tests of case work do again and again: laboratories and investigators, results, scans, proposals."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

from fangxian.core.policy.vocabulary import Presence
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.contacts.queries import of_case
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.procedures.positive_result import Found, Result, Sampled, report_result
from fangxian.ops.procedures.propose_contacts import propose_contacts
from fangxian.ops.procedures.recolour import recolour
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.visits.tail import Tail

from .journal_writing import a_scan, write_segment
from .people_with_codes import BY
from .two_townships import UNIT, build

RULEBOOKS = Path(__file__).parents[2] / "counties/fushan/rulebooks"
COUNTY = "141027"


def staffed(county) -> SimpleNamespace:
    """Two laboratories of two units, and an investigator of a third."""
    return SimpleNamespace(
        laboratory=officer(county, "laboratory", "县人民医院", "hospital"),
        second=officer(county, "laboratory", "市疾控中心", "cdc"),
        investigator=officer(county, "investigator", "县疾控中心", "cdc"),
    )


def officer(county, role, unit, kind, area_path=COUNTY) -> Account:
    """Somebody of a unit of their own, appointed long ago."""
    account = Account.objects.create(
        username=f"{role}-{Account.objects.count()}",
        display_name="岗位",
        unit=Unit.objects.get_or_create(name_zh=unit, defaults={"name_en": unit, "kind": kind, "area_path": UNIT})[0],
        unit_since=county.at - timedelta(days=90),
        verified_at=county.at - timedelta(days=90),
    )
    Appointment.objects.create(
        account=account, role=role, area_path=area_path, begins_at=county.at - timedelta(days=30)
    )
    return account


def result(found=Found.POSITIVE, *, hours_ago=2, disease="covid-19", specimen="throat-swab", **more) -> Result:
    at = county_now()
    told = {"sampled_at": at - timedelta(hours=hours_ago + 4), "resulted_at": at - timedelta(hours=hours_ago)}
    return Result(disease=disease, found=found, specimen=specimen, **(told | more))


def report(person, by, found=Found.POSITIVE, **more):
    return report_result(sampled=Sampled(person=person), result=result(found, **more), by=by)


def build_with_diseases():
    """The small county with the rulebooks of all three diseases in force, and everybody's code computed."""
    county = build()
    found_rulebooks(texts=[path.read_bytes() for path in sorted(RULEBOOKS.glob("*.toml"))], by=BY)
    recolour([person.pk for person in county.persons], county.at, by=BY)
    return county


def scanned(*scans):
    """Scans taken in: (person, venue, how long ago, what shows presence), presence staffed unless said."""
    written = [
        a_scan(n, county_now() - ago, venue=venue.venue_number, gate_number=person.gate_number, presence=rest[0])
        if (rest := told or (Presence.STAFFED,))
        else None
        for n, (person, venue, ago, *told) in enumerate(scans, start=1)
    ]
    folder = the_realm().path / "journal"
    write_segment(folder, written, at=county_now())
    Tail(folder, lambda *_: "").read_on(at=county_now())


def proposed(case: UUID):
    """Look for contacts; those of the case by person, and what the search told."""
    told = propose_contacts(case=case, by=BY)
    return {row.person_id: row for row in of_case(case).select_related("file")}, told
