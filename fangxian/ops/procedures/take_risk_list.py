"""A list of risk areas comes in (风险地区名单更新).

1. the file is read whole, or refused; names are taken out of it      core.risk_areas
2. what stands in it is kept                                          risk_areas
3. a job lets it take effect in one transaction, and says how far     jobs, risk_areas
4. everybody is judged anew by it                                     rescreen

What no list says a person may name by hand (`name_risk_division`): a county with cases whose level is not settled yet.

A table names no moment: whoever brings it says from when it is. An older list that comes late counts from its own
moment; what followed from the later ones is worked out anew.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from fangxian.core.policy.rulebook import RiskState
from fangxian.core.refusal import Refusal, Said
from fangxian.core.risk_areas.listing import Listing, read_feed, read_table
from fangxian.core.risk_areas.nation import place_within
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.intake.decoding import decode
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.jobs.queries import Job
from fangxian.ops.places.queries import current_divisions
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.risk_areas.actions import apply_list, end_naming, keep_list, name_division, settle_names
from fangxian.ops.risk_areas.queries import NamedDivision, RiskList

from .arrival_decision import tables_of_arrivals
from .rescreen import LIST, NAMED, ask_for_rescreening

KEEP = "risk_areas.keep"
JOB = "procedures.apply_risk_list"
SAID = Said("已处理 {done} 份名单，共 {total} 份", "{done} of {total} lists worked out")


@dataclass(frozen=True, slots=True)
class Taken:
    """A list that was kept, and the job that lets it take effect; none is needed for a repeat."""

    row: RiskList
    is_repeat: bool
    job: Job | None


def upload_risk_list(
    *, content: bytes, file_name: str, by: Account, covers: str = "", as_of: datetime | None = None
) -> Taken:
    """Keep a list and have it take effect. The same file again is harmless.

    Parameters
    ----------
    covers : the province whose part alone it is; "" for the nation's
    as_of : from when a table is; the national service's JSON says it itself

    Refuses
    -------
    accounts.not_yours, risk_areas.no_moment, risk_areas.ahead, and what `core.risk_areas.listing` refuses
    """
    require_keeping(by)
    form = "table" if file_name.casefold().endswith(".csv") else "feed"
    listing = _read_table(content, covers, as_of) if form == "table" else read_feed(content, covers=covers)
    _refuse_ahead(listing)
    kept = keep_list(listing=listing, file=content, form=form, by=f"account:{by.pk}")
    job = None if kept.row.applied_at else _ask(kept.row, f"account:{by.pk}")
    return Taken(kept.row, kept.is_repeat, job)


def apply_risk_list(job) -> dict[str, int]:
    """The job: let a kept list take effect. From the start again it changes nothing twice."""
    names, county = dict(current_divisions().values_list("area_path", "name_zh")), the_realm().division_code

    def tell(done: int, total: int) -> None:
        job.step(done, total, SAID.with_facts(done=done, total=total))

    applied = apply_list(
        risk_list=UUID(job.arguments["risk_list"]),
        within=lambda place: place_within(names, place, county),
        by=job.owner,
        tell=tell,
    )
    ask_for_rescreening(because=LIST, about=job.arguments["risk_list"], by=job.owner)
    return {
        "n_begun": applied.n_begun,
        "n_changed": applied.n_changed,
        "n_ended": applied.n_ended,
        "n_missing": applied.n_missing,
    }


@transaction.atomic
def settle_risk_names(*, names: UUID, code: str, by: Account) -> None:
    """Decide for good which division some names mean, and have everybody judged anew: nobody who came from there was
    judged by the places listed under them, or asked about them. Refuses accounts.not_yours and what the room refuses.
    """
    require_keeping(by)
    row = settle_names(names=names, code=code, by=f"account:{by.pk}")
    ask_for_rescreening(because=NAMED, about=f"{row.pk} {code}", by=f"account:{by.pk}")


def states_to_name(at: datetime) -> list[RiskState]:
    """The risk states of the rules in force for which a person may name divisions."""
    states = {it.key: it for book in reversed(tables_of_arrivals(at)) for it in book.risk_states}
    return [it for it in states.values() if it.by_hand or it.reach == "named"]


@transaction.atomic
def name_risk_division(
    *, state: str, code: str, begins_on: date, ends_on: date | None, reason: str, by: Account
) -> NamedDivision:
    """Name a division to have a risk state, and have everybody judged anew.

    Refuses
    -------
    accounts.not_yours, risk_areas.state_not_by_hand, and what the room refuses
    """
    require_keeping(by)
    known = {it.key: it.name for it in states_to_name(county_now())}
    if state not in known:
        raise Refusal(
            "risk_areas.state_not_by_hand",
            zh="现行规则里没有可以人工指定的类别“{found}”，没有指定。可以指定的有：{known}。请从中选一项。",
            en="The rules in force have no state “{found}” that may be named by hand, so nothing was named. These may "
            "be: {known_en}. Choose one of them.",
            found=state[:40],
            known="、".join(it.zh for it in known.values()) or "无",
            known_en=", ".join(it.en for it in known.values()) or "none",
        )
    row = name_division(
        state=state, division_code=code, begins_on=begins_on, ends_on=ends_on, reason=reason, by=f"account:{by.pk}"
    )
    ask_for_rescreening(because=NAMED, about=str(row.pk), by=f"account:{by.pk}")
    return row


@transaction.atomic
def end_risk_naming(*, named: UUID, ends_on: date, by: Account) -> NamedDivision:
    """Say from which day on a division is not named any more, and have everybody judged anew.

    Refuses
    -------
    accounts.not_yours, risk_areas.no_such_naming
    """
    require_keeping(by)
    row = end_naming(named=named, ends_on=ends_on, by=f"account:{by.pk}")
    ask_for_rescreening(because=NAMED, about=f"{row.pk} ended", by=f"account:{by.pk}")
    return row


def require_keeping(account: Account) -> None:
    """Whoever keeps the list does so for the whole county."""
    require(account, KEEP, the_realm().division_code)


def _read_table(content: bytes, covers: str, as_of: datetime | None) -> Listing:
    if as_of is None:
        raise Refusal(
            "risk_areas.no_moment",
            zh="表格里没有写是几时的名单，没有收下。表格须另填更新时间（如 2022-04-15 11:00）；"
            "请填好再传，或上传国家服务的 JSON。",
            en="A table does not say from when it is, so it was not taken. Its moment has to be given beside it, such "
            "as 2022-04-15 11:00: fill it in and upload again, or upload the national service's JSON.",
        )
    return read_table(decode(content).text, as_of=as_of, covers=covers)


def _refuse_ahead(listing: Listing) -> None:
    now = county_now()
    if listing.as_of > now:
        raise Refusal(
            "risk_areas.ahead",
            zh="名单的更新时间是 {as_of}，现在才 {now}，没有收下。名单不会来自将来；请核对更新时间，或核对本机的时钟。",
            en="The list says it is from {as_of}, and it is {now} now, so it was not taken. A list is not of the "
            "future: check its moment, or this county's clock.",
            as_of=f"{listing.as_of:%Y-%m-%d %H:%M}",
            now=f"{now.astimezone(listing.as_of.tzinfo):%Y-%m-%d %H:%M}",
        )


def _ask(row: RiskList, by: str) -> Job:
    return enqueue(kind=JOB, arguments={"risk_list": str(row.pk)}, by=by, unique_key=f"risk_list:{row.pk}", n_total=1)
