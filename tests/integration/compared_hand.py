"""Short words for what tests of the three comparisons do: lists of known truth, sources, a run to its end."""

import csv
import io
from datetime import date
from threading import Event
from uuid import UUID, uuid4

import numpy as np

from fangxian.core.drill.lists.noise import DECLARED, GRID, PUSHED
from fangxian.core.drill.lists.writing import Listed, write_list
from fangxian.ops.accounts.models import Account
from fangxian.ops.comparisons.actions import end_run, put_findings
from fangxian.ops.comparisons.queries import comparison_with, findings_of, sources_of
from fangxian.ops.comparisons.wire import NewFinding, NewRow, Written, whos_of
from fangxian.ops.jobs.actions import claim, finish
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.people.models import Person
from fangxian.ops.procedures import compare_sources

HEADERS = ("姓名", "证件号码", "手机号码", "现住址", "出生日期", "性别", "返乡日期")
BEGINS, ENDS = date(2022, 4, 1), date(2022, 4, 9)
WAYS = {"declared": DECLARED, "grid": GRID, "pushed": PUSHED}
SENDER_OF = {"declared": "other", "grid": "township", "pushed": "police"}
SEX = {0: "", 1: "男", 2: "女"}


def desk() -> Account:
    """Whoever keeps the county's desk: may upload lists and review declarations."""
    return Account.objects.get(username="dispatcher-1")


def everybody() -> list[tuple[UUID, Listed]]:
    """The county on record, in the order of homes, which its seed gives."""
    in_order = ("household__area_path", "household__number", "place_in_household")
    rows = list(Person.objects.filter(household__isnull=False).select_related("household").order_by(*in_order))
    phones: dict[UUID, list[str]] = {}
    for it in rows:
        if it.phone:
            phones.setdefault(it.household_id, []).append(it.phone)
    return [
        (
            it.pk,
            Listed(
                it.name, it.document_number, it.phone, it.household.address,
                (it.born_on.year, it.born_on.month, it.born_on.day), 1 if it.sex == "male" else 2,
                tuple(phones.get(it.household_id, ())),
            ),
        )
        for it in rows
    ]  # fmt: skip


def dirty_lists(n: int = 120, *, seed: int = 5) -> dict[str, tuple[list, list[UUID]]]:
    """Of each kind of source its rows and whom each is truly of."""
    people, rng = everybody(), np.random.default_rng(seed)
    about = rng.permutation(len(people))[: round(n * 0.75)]
    made = {}
    for role, ways in WAYS.items():
        chosen = rng.permutation(about).tolist()
        written = write_list([it for _, it in people], chosen=chosen, n=n, ways=ways, rng=rng)
        made[role] = ([cells(row) for row in written.rows], [people[one][0] for one in written.truth])
    return made


def cells(row, arrived_on: str = "2022-04-06") -> tuple[str, ...]:
    """One written row as a list has it."""
    year, month, day = row.born
    born = f"{year}-{month:02}-{day:02}" if day else ""
    return row.name, row.number, row.phone, row.address, born, SEX[row.sex], arrived_on


def as_csv(rows, headers=HEADERS, *, encoding="utf-8") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headers)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def a_comparison(by=None, *, own=()):
    return compare_sources.begin_comparison(
        title="4月6日起返乡人员", area_path="141027", begins_on=BEGINS, ends_on=ENDS, own=[*own], by=by or desk()
    )


def add(row, role, content, *, by=None, name="名单.csv"):
    """A list as a source, with its columns as they are proposed; the source."""
    by = by or desk()
    taken, source = compare_sources.take_source(
        comparison=row.pk, role=role, sender=SENDER_OF[role], content=content, file_name=name, by=by
    )
    if not taken.is_repeat:
        mapping = compare_sources.proposed_columns(source, taken.intake)
        compare_sources.confirm_columns(comparison=row.pk, intake=taken.intake.pk, mapping=mapping, by=by)
    return source


def run(row, by=None):
    """Compare, to the end of the job; the comparison afterwards."""
    compare_sources.begin_run(comparison=row.pk, by=by or desk())
    job = claim(worker="test")
    finish(job=job, result=compare_sources.compare_sources(RunningJob(job, Event())))
    return comparison_with(row.pk)


def compared(*lists, by=None, own=()):
    """A comparison of lists given as (role, rows), run."""
    row = a_comparison(by, own=own)
    for role, rows in lists:
        add(row, role, rows if isinstance(rows, bytes) else as_csv(rows))
    return run(row)


def outcomes(row) -> dict[str, str]:
    """What came of each person, by name."""
    return {it.name: it.outcome for it in findings_of(row)}


def source_with(row, role):
    return next(it for it in sources_of(row.pk) if it.role == role)


def found_of(person, by):
    """A comparison that found this person, put on record without a job: the comparison, its list, and the finding."""
    row = a_comparison(by)
    cells = (person.name, "", "15411111111", "", "", "", "2022-04-06")
    source = add(row, "pushed", as_csv([cells]), by=by)
    finding, one = uuid4(), uuid4()
    found = NewFinding(
        id=finding, outcome="not_declared", roles="pushed", conflicts="", area_path=person.area_path, person=person.pk,
        name=person.name, likelihood_per_mille=1000, n_rows=1,
    )  # fmt: skip
    written = Written(name=person.name, phone="15411111111", row_number=2)
    kept = NewRow(id=one, source=source.pk, finding=finding, who=whos_of([written])[0], written=written)
    put_findings(comparison=row.pk, run=1, findings=[found], rows=[kept], by="program:test")
    end_run(comparison=row.pk, run=1, counts=[], n_people=1, n_left_out=0, by="program:test")
    return row.pk, source.pk, finding
