"""Lists taken in as a person does by pages, with the job run at once; short words for what tests do with them."""

from datetime import timedelta
from pathlib import Path
from threading import Event

from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.intake.queries import find, headers_of, propose_mapping
from fangxian.ops.jobs.actions import claim, finish
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.procedures.import_list import begin_import, import_list, upload_list
from fangxian.ops.procedures.import_passengers import upload_passengers
from fangxian.ops.realm.current import county_now

RULEBOOKS = Path(__file__).resolve().parents[2] / "counties" / "fushan" / "rulebooks"
BY = "program:test"


def in_force(*names):
    """The county's rulebooks of these diseases; all of them when none is named."""
    paths = [path for path in sorted(RULEBOOKS.glob("*.toml")) if not names or path.stem in names]
    found_rulebooks(texts=[path.read_bytes() for path in paths], by=BY)


def somebody(role="investigator", name="县疾控中心", kind="cdc") -> Account:
    """An account with a role over the county."""
    since = county_now() - timedelta(days=30)
    unit, _ = Unit.objects.get_or_create(name_zh=name, defaults={"name_en": name, "kind": kind, "area_path": "141027"})
    n = Account.objects.count()
    account = Account.objects.create(username=f"{role}-{n}", display_name=name, unit=unit, unit_since=since)
    Appointment.objects.create(account=account, role=role, area_path="141027", begins_at=since)
    return account


def taken_in(content, kind, *, by, source="某来源", disease="covid-19", mapping=None, file_name="list.csv"):
    """(the intake afterwards, what the job counted): uploaded, mapped as proposed, and read."""
    taken = upload_list(content=content, file_name=file_name, kind=kind, source=source, by=by)
    row = taken.intake
    proposed = propose_mapping(headers_of(row), kind=kind, source=row.source)
    begin_import(intake=row, mapping=proposed if mapping is None else mapping, disease=disease, by=by)
    counts = run_job()
    return find(row.pk), counts


def passengers_uploaded(by):
    """A carrier's list that was uploaded, its columns not confirmed yet."""
    text = f"日期,车次,座位号,姓名,手机号\n{county_now():%Y-%m-%d},D1234,05车12F,测试1,15400000001\n"
    return upload_passengers(content=text.encode("gb18030"), file_name="a.csv", carrier="某客运站", by=by).intake


def run_job():
    """Do the job that waits; what it counted."""
    job = claim(worker="test")
    result = import_list(RunningJob(job, Event()))
    finish(job=job, result=result)
    return result
