"""Short words for what tests of parcels do: a depot, dirty lists of a known truth, a job run to its end."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Event
from uuid import UUID

import numpy as np

from fangxian.core.drill.waybills import HEADERS, Consignee, write_waybills
from fangxian.ops.accounts.models import Account
from fangxian.ops.jobs.actions import claim, finish
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.parcels.actions.declaring import declare_parcel
from fangxian.ops.parcels.actions.tracing import open_trace
from fangxian.ops.parcels.queries import trace_for, traced_of
from fangxian.ops.people.models import Person
from fangxian.ops.places.models import Venue
from fangxian.ops.procedures import parcels_confirm, parcels_matching

DISEASE = "covid-19"
SINCE = date(2022, 4, 7)
RUNS = {
    parcels_matching.JOB: parcels_matching.match_waybills,
    parcels_confirm.JOB: parcels_confirm.confirm_in_background,
}


@dataclass
class DirtyList:
    """A list as a file, and the person each row is truly for, by the number of the row."""

    content: bytes
    truth: dict[int, UUID | None]


def lead() -> Account:
    return Account.objects.get(username="tracing-lead-1")


def depot() -> Venue:
    return Venue.objects.filter(trade="courier_depot").order_by("venue_number").first()


def a_trace(by=None, *, at=None, since_on=SINCE, disease=DISEASE):
    """An open trace of a depot, as its lead sees it."""
    by = by or lead()
    row = open_trace(
        disease=disease, depot=at or depot(), since_on=since_on, why="分拨中心检出阳性包裹", by=f"account:{by.pk}"
    )
    return trace_for(by, row.pk)


def a_dirty_list(n=300, *, seed=5, since_on=SINCE, days=2, encoding="utf-8") -> DirtyList:
    """A depot's list of the county on record, as dirty as couriers' are."""
    # In the order of homes, which the county's seed gives; ids are drawn anew each time, and so would the list be.
    in_order = ("household__area_path", "household__number", "place_in_household")
    people = list(Person.objects.filter(household__isnull=False).select_related("household").order_by(*in_order))
    grown_up = [it for it in people if it.household and it.born_on < since_on - timedelta(days=14 * 366)]
    homes = {it.household_id: number for number, it in enumerate(grown_up)}
    written = write_waybills(
        [Consignee(it.name, it.phone, it.household.address, homes[it.household_id], it.sex) for it in grown_up],
        n=n,
        begins=datetime.combine(since_on, datetime.min.time()).replace(hour=8),
        days=days,
        couriers=["王快", "李送"],
        station="浮山城关",
        rng=np.random.default_rng(seed),
    )
    truth = {row: grown_up[one].pk if one >= 0 else None for row, one in enumerate(written.truth, start=2)}
    return DirtyList(as_csv(written.rows, encoding=encoding), truth)


def as_csv(rows, headers=HEADERS, *, encoding="utf-8") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headers)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def upload(trace, content, *, by=None, name="运单.csv", mapping=None):
    """Take a list in, with the headers as proposed unless they are told, and match it; the intake."""
    by = by or lead()
    taken = parcels_matching.take_list(trace=trace, content=content, file_name=name, sheet=None, by=by)
    if taken.is_repeat:
        return taken.intake
    mapping = mapping or parcels_matching.proposed_mapping(trace, taken.intake)
    parcels_matching.begin_matching(trace=trace, intake=taken.intake.pk, mapping=mapping, by=by)
    work()
    taken.intake.refresh_from_db()
    return taken.intake


def work() -> list[dict]:
    """Run the jobs of this room that wait, to their end; what each says."""
    results = []
    while job := claim(worker="test"):
        result = RUNS[job.kind](RunningJob(job, Event()))
        finish(job=job, result=result)
        results.append(result)
    return results


def row_of(person, *, number="YT1", at="2022-04-08 10:00", name=None, phone=None, address=None, signer="本人"):
    """One row of a list about somebody on the register, written as given."""
    return (
        number,
        person.name if name is None else name,
        person.phone if phone is None else phone,
        person.household.address if address is None else address,
        signer,
        at,
        "",
        "",
    )


def parcels_of(person, by) -> tuple[UUID, UUID, UUID]:
    """(trace, intake, traced) of a depot's list that came in and was not matched, and of somebody who declared."""
    trace = a_trace(by)
    content = as_csv([row_of(person)])
    taken = parcels_matching.take_list(trace=trace, content=content, file_name="运单.csv", sheet=None, by=by)
    declare_parcel(person=person, how="received", touched_on=SINCE, by=f"account:{by.pk}")
    return trace.id, taken.intake.pk, traced_of(trace.id).get().pk
