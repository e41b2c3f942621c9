"""The rulebooks in force, as an official reads them, and a door to try them at."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from fangxian.core.policy.checking import check
from fangxian.core.policy.doors import compile_doors, decide_door, door_moments
from fangxian.core.policy.explain import explain_door
from fangxian.core.policy.findings import Finding
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.policy.tables import DoorTables
from fangxian.core.refusal import Said
from fangxian.ops.accounts.queries import accounts_by_id, may
from fangxian.ops.accounts.scope import require
from fangxian.ops.measures.queries import (
    PublishedRulebook,
    emergency_classes,
    newest_versions,
    published_versions,
    rulebook_in_force,
    rulebooks_in_force,
)
from fangxian.ops.pages.parts import Need
from fangxian.ops.pages.rulebook import sheet
from fangxian.ops.pages.rulebook.changes import change_entries
from fangxian.ops.pages.rulebook.doors import door_sheet
from fangxian.ops.pages.rulebook.findings import finding_said
from fangxian.ops.pages.rulebook.forms import DoorTrial
from fangxian.ops.pages.rulebook.words import (
    OUTCOMES,
    STRENGTHS,
    TRANSMISSIONS,
    key_said,
    outcome_mark,
    span_said,
)
from fangxian.ops.pages.tables import Column, Table
from fangxian.ops.pages.words import joined
from fangxian.ops.procedures.propose_rulebook import DRAFT
from fangxian.ops.realm.current import county_now

VIEW = "rulebook.view"
IN_FORCE, NOT_YET, OVER, REPLACED = (
    Said("现行", "in force"),
    Said("尚未生效", "not yet in force"),
    Said("已失效", "lapsed"),
    Said("已被新版代替", "replaced by a later version"),
)
VERSION_COLUMNS = (
    Column("name", Said("版本", "Version")),
    Column("state", Said("状态", "State"), kind="tag"),
    Column("effective_from", Said("生效", "In force from"), kind="time"),
    Column("effective_until", Said("失效", "Lapses"), kind="time"),
    Column("published_at", Said("发布", "Published"), kind="time"),
    Column("digest", Said("文本校验值", "Digest of the text")),
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A published version with its text read; `findings` are what checking says of it."""

    row: PublishedRulebook
    rulebook: Rulebook
    findings: tuple[Finding, ...]
    tables: DoorTables | None


@lru_cache(maxsize=32)
def _read(text: str) -> Rulebook:
    """Published text never changes, so it is read once a process; and checked and compiled once a process, below."""
    return read_rulebook(text)


@lru_cache(maxsize=32)
def _checked(text: str, emergency: frozenset[str]) -> tuple[Finding, ...]:
    return tuple(check(_read(text), emergency_classes=emergency))


@lru_cache(maxsize=32)
def _compiled(text: str, moment: datetime, emergency: frozenset[str]) -> DoorTables:
    return compile_doors(_read(text), at=moment, emergency_classes=emergency)


def opened(row: PublishedRulebook, at: datetime) -> Opened:
    """A version as it stands at a moment; outside its period, as it stands when it begins."""
    rulebook, emergency = _read(row.text), emergency_classes()
    tables = None
    if rulebook.has_gate:
        moments = door_moments(rulebook)
        tables = _compiled(row.text, max((it for it in moments if it <= at), default=moments[0]), emergency)
    return Opened(row, rulebook, _checked(row.text, emergency), tables)


@login_required
@never_cache
def rulebooks(request) -> HttpResponse:
    require(request.user, VIEW)
    at = county_now()
    in_force = rulebooks_in_force(at)
    known = {row.book for row in in_force}
    others = [row for row in newest_versions() if row.book not in known]
    rows = [_as_row(row, IN_FORCE) for row in in_force] + [_as_row(row, _state(row, at, None)) for row in others]
    return render(
        request,
        "pages/rulebook/rulebooks.html",
        {"rows": rows, "n": len(in_force), "at": at, "may_propose": may(request.user, DRAFT)},
    )


def _as_row(row: PublishedRulebook, state: Said) -> dict:
    rulebook = _read(row.text)
    return {
        "href": reverse("rulebook", args=[row.book]),
        "title": Said(row.title_zh, row.title_en),
        "disease": rulebook.disease.name,
        "version": row.version,
        "state": state,
        "until_at": row.effective_until,
        "n_rules": len(rulebook.rows),
        "has_gate": rulebook.has_gate,
    }


def _state(row: PublishedRulebook, at: datetime, current: PublishedRulebook | None) -> Said:
    if current is not None and current.pk == row.pk:
        return IN_FORCE
    if row.effective_from > at:
        return NOT_YET
    if row.effective_until is not None and row.effective_until <= at:
        return OVER
    return REPLACED


@login_required
@never_cache
def rulebook(request, book: str) -> HttpResponse:
    require(request.user, VIEW)
    at = county_now()
    context = _sheet(_asked(request, book, at), at)
    context |= _trial(request, context["it"])
    return render(request, "pages/rulebook/rulebook.html", context)


@login_required
@never_cache
def rulebook_print(request, book: str) -> HttpResponse:
    """The same, as a paper: a head with issuer and number, every rule, and how to check the copy."""
    require(request.user, VIEW)
    at = county_now()
    return render(request, "pages/rulebook/print.html", _sheet(_asked(request, book, at), at))


@login_required
@never_cache
def rulebook_changes(request, book: str) -> HttpResponse:
    """What `?to=` changes in `?from=`; without them, what the newest version changes in the one before."""
    require(request.user, VIEW)
    versions = {row.version: row for row in published_versions(book)}
    if not versions:
        raise Http404
    to = _number(request.GET.get("to")) or max(versions)
    before = max((version for version in versions if version < to), default=0)
    was = _number(request.GET.get("from")) or before
    if to not in versions or (was and was not in versions):
        raise Http404
    new, old = _read(versions[to].text), _read(versions[was].text) if was else None
    context = {
        "rulebook": new,
        "old": old,
        "entries": change_entries(old, new) if old else [],
        "href": reverse("rulebook", args=[book]),
        "trail": _trail(new, Said("改了什么", "What changed")),
    }
    return render(request, "pages/rulebook/changes.html", context)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def _asked(request, book: str, at: datetime) -> Opened:
    """The version in `?version=`, else the one in force, else the newest; 404 for what was never published."""
    version = _number(request.GET.get("version"))
    if version:
        row = published_versions(book).filter(version=version).first()
    else:
        row = rulebook_in_force(book, at) or published_versions(book).first()
    if row is None:
        raise Http404
    return opened(row, at)


def _trail(rulebook: Rulebook, last: Said | None = None) -> list[tuple[Said, str]]:
    steps = [(Said("现行规则", "Rulebooks"), reverse("rulebooks"))]
    if last is None:
        return [*steps, (rulebook.title, "")]
    return [*steps, (rulebook.title, reverse("rulebook", args=[rulebook.id])), (last, "")]


def _sheet(it: Opened, at: datetime) -> dict:
    rulebook = it.rulebook
    current = rulebook_in_force(rulebook.id, at)
    versions = list(published_versions(rulebook.id))
    return {
        "it": it,
        "rulebook": rulebook,
        "at": at,
        "trail": _trail(rulebook),
        "state": _state(it.row, at, current),
        "is_in_force": current is not None and current.pk == it.row.pk,
        "current": current,
        "days_left": max(0, (rulebook.until_at - at).days) if rulebook.in_force(at) else None,
        "needs": _needs(it),
        "spread": joined([TRANSMISSIONS[way] for way in rulebook.disease.transmission]),
        "stale_after": span_said(rulebook.stale_after) if rulebook.stale_after else None,
        "tests_count_from": key_said(rulebook.tests_count_from),
        "doors": door_sheet(rulebook, it.tables) if it.tables else None,
        "outcomes": OUTCOMES,
        "colours": sheet.colour_lines(rulebook),
        "travel": sheet.travel_lines(rulebook),
        "arrivals": sheet.arrival_lines(rulebook),
        "risks": sheet.risk_lines(rulebook),
        "departures": sheet.departure_lines(rulebook),
        "contacts": sheet.contact_lines(rulebook),
        "cadences": sheet.cadence_lines(rulebook),
        "hygiene": sheet.hygiene_lines(rulebook),
        "pools": sheet.pool_lines(rulebook),
        "clocks": sheet.clock_lines(rulebook),
        "retention": sheet.retention_lines(rulebook),
        "periods": sheet.period_lines(rulebook),
        "ceilings": sheet.ceiling_lines(rulebook),
        "sections": sheet.rule_entries(rulebook),
        "strengths": [(STRENGTHS[strength], n) for strength, n in sheet.strengths(rulebook)],
        "versions": _versions(versions, at, current),
        "n_versions": len(versions),
        "publisher": _publisher(it.row),
        "print_href": f"{reverse('rulebook-print', args=[rulebook.id])}?version={rulebook.version}",
    }


def _needs(it: Opened) -> list[Need]:
    needs = [
        Need(
            what=finding_said(finding, it.rulebook), href=f"#{finding.number}" if finding.number else "#rules", count=1
        )
        for finding in it.findings
    ]
    undecided = sheet.undecided(it.rulebook)
    if undecided:
        numbers = "、".join(row.number for row in undecided), ", ".join(row.number for row in undecided)
        needs.append(
            Need(
                what=Said("条规则没有出处，须由县里确定", "rules without a source, which the county must decide"),
                who=Said(*numbers),
                href=f"#{undecided[0].number}",
                count=len(undecided),
            )
        )
    return needs


def _versions(versions: list[PublishedRulebook], at: datetime, current: PublishedRulebook | None) -> Table:
    rows = [
        {
            "name": Said(f"第 {row.version} 版", f"Version {row.version}"),
            "version": row.version,
            "book": row.book,
            "state": _state(row, at, current),
            "effective_from": row.effective_from,
            "effective_until": row.effective_until,
            "published_at": row.published_at,
            "digest": row.digest[:12],
        }
        for row in versions
    ]
    return Table(
        caption=Said("发布过的版本", "Published versions"),
        columns=VERSION_COLUMNS,
        rows=rows,
        href=lambda row: f"{reverse('rulebook', args=[row['book']])}?version={row['version']}",
    )


def _publisher(row: PublishedRulebook) -> Said:
    """By whom, and on whose approval: units, never names."""
    kind, _, name = row.published_by.partition(":")
    if kind == "account":
        unit = next((account.unit for account in accounts_by_id([UUID(name)]).values()), None)
        by = Said(unit.name_zh, unit.name_en) if unit else Said("已注销的账号", "an account since closed")
    else:
        by = Said("建县程序", "the program that built the county")
    if row.approval:
        return Said(f"{by.zh}，经两单位两人批准", f"{by.en}, approved by two people of two units")
    return Said(
        f"{by.zh}（演示数据域的初始版本，未经两人批准）",
        f"{by.en} (a synthetic realm's founding version, not approved by two people)",
    )


TRIAL_FIELDS = ("venue", "colour", "travel", "test_h", "temperature_c")  # then the rest, exemptions last


def _trial(request, it: Opened) -> dict:
    """The door to try: the form, and what the compiled table answers to it."""
    if it.tables is None:
        return {"trial": None}
    form = DoorTrial(it.rulebook, it.tables, request.GET if "venue" in request.GET else None)
    version = request.GET.get("version", "")
    context = {
        "trial": form,
        "trial_first": [form[name] for name in TRIAL_FIELDS],
        "trial_more": sorted(
            (form[name] for name in form.fields if name not in TRIAL_FIELDS), key=lambda it: it.name == "exempt"
        ),
        "trial_version": version if version.isdecimal() else "",
    }
    if form.is_bound and not form.is_valid():
        return context
    decision = decide_door(it.tables, form.inputs())
    said = explain_door(it.rulebook, decision)
    reasons = [
        {"mark": OUTCOMES[outcome_mark(reason.outcome)], "outcome": outcome_mark(reason.outcome), "reason": reason}
        for reason in decision.reasons
    ]
    return context | {
        "answer": decision.outcome.word,
        "said": said,
        "closest": said.because[0].reason if said.because else Said("没有需要核验的。", "Nothing needs a check."),
        "reasons": reasons,
    }
