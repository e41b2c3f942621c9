"""What a look for common sources came to, as its job keeps it (溯源的结果): computed by the worker, shown later.

Of a case its id alone is kept. Who it is, is read anew for whoever looks, so nobody sees a case they no longer may.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import actor
from fangxian.ops.accounts.scope import areas_of
from fangxian.ops.cases.queries import VIEW
from fangxian.ops.jobs.queries import done_of, of_owner
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.sources import Candidate, CaseThere, SourcesFound, find_sources
from fangxian.ops.situation.transmission import ChainCase, chain_cases, n_cases_seen
from fangxian.ops.visits.day_columns import ArchiveGap

KIND = "situation.find_sources"
FIRST, ALL = "first", "all"  # which cases are asked of: those whose infector is not known, or all
WHEN = ("since", "until")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSources:
    """`found` as of `at` (county time); `n_cases` the reader saw then, `n_cases_now` now."""

    found: SourcesFound
    at: datetime
    n_cases: int
    n_cases_now: int


def question(account: Account, disease: str, whose: str) -> Json:
    """What is asked, as the job's arguments: another area of the reader's is another question."""
    return {"disease": disease, "cases": whose, "areas": sorted(areas_of(account, VIEW))}


def look_for_sources(job: RunningJob) -> Json:
    """The job: reads only, so safe to repeat. For whoever asked, as far as they may see."""
    account, disease, whose = actor(job.owner), job.arguments["disease"], job.arguments["cases"]
    if account is None:
        raise Refusal(
            "sources.nobody_asked",
            zh="要求溯源的账号已不存在，没有计算。应由在用的账号提出；请重新登录后再点一次。",
            en="The account that asked for this is there no more, so nothing was computed. An account in use should "
            "ask: sign in and press again.",
        )
    n_cases = n_cases_seen(account, disease)
    found = find_sources(account, disease, only_first=whose == FIRST, at=county_now(), step=job.step)
    return _as_json(found) | {"n_cases": n_cases}


def kept_sources(account: Account, disease: str, whose: str) -> KeptSources | None:
    """The last answer to this question of this reader; None where there is none, or their area was another then."""
    asked = question(account, disease, whose)
    rows = done_of(KIND).filter(owner=f"account:{account.pk}", arguments__disease=disease, arguments__cases=whose)
    job = rows.first()
    if job is None or job.arguments["areas"] != asked["areas"]:
        return None
    there = {UUID(case) for candidate in job.result["candidates"] for case, _ in candidate["evidence"]}
    return KeptSources(
        found=_read(job.result, chain_cases(account, there)), at=job.ended_at, n_cases=job.result["n_cases"],
        n_cases_now=n_cases_seen(account, disease),
    )  # fmt: skip


def last_asked(account: Account, disease: str, whose: str):
    """The job that was asked for last under this question, whatever became of it; None without one."""
    rows = of_owner(f"account:{account.pk}").filter(kind=KIND, arguments__disease=disease, arguments__cases=whose)
    return rows.first()


def _as_json(found: SourcesFound) -> Json:
    kept = {it.name: getattr(found, it.name) for it in fields(found) if it.name not in (*WHEN, "candidates", "gaps")}
    kept |= {name: _written(getattr(found, name)) for name in WHEN}
    return kept | {"candidates": [_candidate(it) for it in found.candidates], "gaps": [asdict(it) for it in found.gaps]}


def _candidate(it: Candidate) -> Json:
    evidence = [(str(there.case.id), [_written(at) for at in there.at]) for there in it.evidence]
    told = {row.name: getattr(it, row.name) for row in fields(it)}
    moments = {"begins_at": _written(it.begins_at), "ends_at": _written(it.ends_at)}
    return told | moments | {"venue": it.venue and str(it.venue), "evidence": evidence}


def _written(at: datetime | None) -> str | None:
    return at and at.isoformat()


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _read(kept: Json, seen: Mapping[UUID, ChainCase]) -> SourcesFound:
    plain = {it.name: kept[it.name] for it in fields(SourcesFound)}
    plain |= {name: _moment(kept[name]) for name in WHEN}
    gaps = tuple(ArchiveGap(**{name: _tupled(value) for name, value in gap.items()}) for gap in kept["gaps"])
    candidates = tuple(_read_candidate(it, seen) for it in kept["candidates"])
    return SourcesFound(**plain | {"candidates": candidates, "gaps": gaps})


def _read_candidate(kept: Json, seen: Mapping[UUID, ChainCase]) -> Candidate:
    evidence = tuple(
        CaseThere(case=seen[UUID(case)], at=tuple(map(datetime.fromisoformat, times)))
        for case, times in kept["evidence"]
        if UUID(case) in seen
    )
    moments = {name: _moment(kept[name]) for name in ("begins_at", "ends_at")}
    return Candidate(**kept | moments | {"venue": kept["venue"] and UUID(kept["venue"]), "evidence": evidence})


def _tupled(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
