"""The three comparisons (三比对): what people declared, what the grid asked and what departments push, side by side.

1. the comparison is opened: of which area, which days                              comparisons
2. sources are added: lists that come in, their columns confirmed; own records      intake, comparisons
3. each source is read; rows that cannot be used go back with their reason          intake
4. rows of one person are brought together, by likelihood and by what was decided   core.matching
5. of each person one outcome, by who has them and who should                       core.matching.outcomes
6. findings and doubtful pairs are kept; the run before is taken away               comparisons
7. each outcome opens its tasks, and ends those that are settled                    tasks

Steps 3 to 7 are a job. Repeated from the start it ends alike.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.matching.matching import N_STEPS
from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.comparisons import refusals
from fangxian.ops.comparisons.actions import (
    add_source,
    end_run,
    forget_runs_but,
    open_comparison,
    put_doubts,
    put_findings,
)
from fangxian.ops.comparisons.queries import (
    OWN_RECORDS,
    ROLES,
    SENDERS,
    UPLOAD,
    VIEW,
    comparison_for,
    comparison_with,
    sources_of,
)
from fangxian.ops.intake.actions import TakenIn, close, map_headers, take_in
from fangxian.ops.intake.queries import headers_of, propose_mapping
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.realm.current import county_now

from .compare_findings import Found, counts_of, find_all, lay_out, match_laid
from .compare_reading import SourceRead, is_readable, read_source
from .compare_tasks import open_and_close_tasks

KIND = "comparisons.list"
WHO = {"name", "number", "phone"}
JOB = "procedures.compare_sources"
CHUNK = 1000  # people a transaction: others have their turn between two
READING = Said("第 1 步（共 4 步）：读各来源", "Step 1 of 4: reading the sources")
MATCHING = Said("第 2 步（共 4 步）：比对", "Step 2 of 4: matching")
WRITING = Said("第 3 步（共 4 步）：登记结果", "Step 3 of 4: putting findings on record")
TASKS = Said("第 4 步（共 4 步）：派单", "Step 4 of 4: opening tasks")
ROLE_OF_OWN = {
    SENDERS.ARRIVALS: ROLES.DECLARED,
    SENDERS.ENQUIRIES: ROLES.GRID,
    SENDERS.PEOPLE: ROLES.REGISTER,
}


def begin_comparison(*, title: str, area_path: str, begins_on: date, ends_on: date, own: list[str], by: Account):
    """Open a comparison with those of the program's own records that are asked for.

    Refuses
    -------
    accounts.not_yours, comparisons.no_title, comparisons.days_wrong
    """
    require(by, UPLOAD, area_path)
    require(by, VIEW, area_path)
    actor = f"account:{by.pk}"
    row = open_comparison(title=title, area_path=area_path, begins_on=begins_on, ends_on=ends_on, by=actor)
    for sender in OWN_RECORDS:
        if sender in own:
            add_source(comparison=row.pk, role=ROLE_OF_OWN[sender], sender=sender, intake=None, by=actor)
    return row


def take_source(
    *, comparison: UUID, role: str, sender: str, content: bytes, file_name: str, by: Account
) -> tuple[TakenIn, object]:
    """Keep a list as one of a comparison's sources; the intake, and the source.

    Refuses
    -------
    accounts.not_yours, comparisons.not_found, comparisons.source_there_already, and what intake.actions.take_in refuses
    """
    row = comparison_for(by, comparison)
    require(by, UPLOAD, row.area_path)
    actor = f"account:{by.pk}"
    taken = take_in(
        content, file_name=file_name, kind=KIND, source=source_name(role, sender), by=actor, area_path=row.area_path
    )
    return taken, add_source(comparison=row.pk, role=role, sender=sender, intake=taken.intake.pk, by=actor)


def source_name(role: str, sender: str) -> str:
    """By what name a sender's columns are remembered: a department's lists look alike from week to week."""
    return f"comparisons:{role}:{sender}"


def proposed_columns(source, intake) -> dict[str, str]:
    """What each header means, as this sender's were mapped last, else by its name."""
    return propose_mapping(headers_of(intake), kind=KIND, source=source_name(source.role, source.sender))


def confirm_columns(*, comparison: UUID, intake: UUID, mapping: Mapping[str, str], by: Account) -> None:
    """Say what the columns of a list mean; remembered for the sender.

    Refuses
    -------
    accounts.not_yours, comparisons.not_found, comparisons.columns_name_nobody, and whatever
    intake.actions.map_headers refuses
    """
    row = comparison_for(by, comparison)
    require(by, UPLOAD, row.area_path)
    # Read so, every row would go back, and the same file be known; the sender's next list would be proposed so too.
    if not WHO & set(mapping.values()):
        raise refusals.columns_name_nobody()
    map_headers(intake=intake, mapping=mapping, by=f"account:{by.pk}")


def begin_run(*, comparison: UUID, by: Account):
    """Have the sources compared in the background, those that can be read; the job.

    Refuses
    -------
    accounts.not_yours, comparisons.not_found, comparisons.too_few_sources
    """
    row = comparison_for(by, comparison)
    require(by, UPLOAD, row.area_path)
    readable = [it for it in sources_of(row.pk) if is_readable(it) and it.role != ROLES.REGISTER]
    if len(readable) < 2 or all(it.role == ROLES.PUSHED for it in readable):
        raise refusals.too_few_sources(len(readable))
    return enqueue(
        kind=JOB, arguments={"comparison": str(row.pk), "run": row.run + 1}, by=f"account:{by.pk}",
        unique_key=run_key(row),
    )  # fmt: skip


def run_key(comparison) -> str:
    """By which the next run's job is known."""
    return f"{comparison.pk}:{comparison.run + 1}"


def compare_sources(job: RunningJob) -> dict[str, int]:
    """The job: steps 3 to 7."""
    row = comparison_with(UUID(job.arguments["comparison"]))
    if row is None:
        raise refusals.unknown()
    run = int(job.arguments["run"])
    if row.run >= run:  # cut off after its findings stood already
        return _ended(row, job)
    forget_runs_but(comparison=row.pk, run=row.run, by=job.owner)
    read = _read(row, job)
    laid = lay_out(read, localtime(county_now()).date())
    matching = match_laid(laid, lambda done: job.step(done, N_STEPS, MATCHING))
    found = find_all(laid, matching, row.area_path)
    _put(row.pk, run, found, job)
    row = end_run(
        comparison=row.pk, run=run, counts=counts_of(read, found.n_people), n_people=len(found.findings),
        n_left_out=matching.n_rows_left_out, by=job.owner,
    )  # fmt: skip
    return _ended(row, job)


def _ended(row, job: RunningJob) -> dict[str, int]:
    job.step(0, 1, TASKS)
    n_opened, n_settled = open_and_close_tasks(row, job.owner)
    forget_runs_but(comparison=row.pk, run=row.run, by=job.owner)
    return {"n_rows": row.n_rows, "n_people": row.n_people, "n_opened": n_opened, "n_settled": n_settled}


def _read(row, job: RunningJob) -> list[SourceRead]:
    sources = [it for it in sources_of(row.pk) if is_readable(it)]
    read = []
    for number, source in enumerate(sources):
        job.step(number, len(sources), READING)
        one = read_source(source, row.begins_on, row.ends_on)
        if one.intake is not None:
            remarked = [it for it in one.remarked if it.row_number not in {no.row_number for no in one.refused}]
            close(intake=one.intake, n_accepted=one.n_rows, refused=one.refused, remarked=remarked, by=job.owner)
        read.append(one)
    return read


def _put(comparison: UUID, run: int, found: Found, job: RunningJob) -> None:
    put_findings(comparison=comparison, run=run, findings=[], rows=found.rows_of_nobody, by=job.owner)
    for start in range(0, len(found.findings), CHUNK):
        some = found.findings[start : start + CHUNK]
        rows = [row for finding in some for row in found.rows[finding.id]]
        put_findings(comparison=comparison, run=run, findings=some, rows=rows, by=job.owner)
        job.step(start + len(some), len(found.findings), WRITING)
    for start in range(0, len(found.doubts), CHUNK):
        some_doubts = found.doubts[start : start + CHUNK]
        put_doubts(comparison=comparison, run=run, doubts=some_doubts, by=job.owner)
