"""The audit trail for the auditor: how sure it is, what was done, and each line with its place in the chain."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Unit
from fangxian.ops.accounts.queries import accounts_by_id, may
from fangxian.ops.accounts.scope import require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.audit.heads import last_head, public_key_text
from fangxian.ops.audit.queries import AuditLine, AuditSeal, chain_state, facts, line_with, lines, lines_beside, told
from fangxian.ops.pages.audit.forms import AuditFilter
from fangxian.ops.pages.audit.words import action_choices, action_said
from fangxian.ops.pages.words import both
from fangxian.ops.procedures.check_record import export_record, last_verification, verify_record
from fangxian.ops.realm.current import county_now, the_realm

VIEW, VERIFY = "audit.view", "audit.verify"
A_PAGE = 50
ROWS_SHOWN = 200
LONG_WAIT = timedelta(seconds=10)  # a running worker seals within a second
SUBJECT_KINDS = {
    "person": Said("居民", "resident"),
    "household": Said("住户", "household"),
    "account": Said("账号", "account"),
    "venue": Said("场所", "venue"),
    "contact": Said("接触者", "contact"),
}
SEALED, WAITING, ERASED = (
    Said("已封存", "sealed"),
    Said("待封存", "not sealed yet"),
    Said("明细已依令清除", "details erased by order"),
)
BY_PROGRAM = Said("程序", "the program")


@login_required
@never_cache
def audit(request) -> HttpResponse:
    require(request.user, VIEW)
    form = AuditFilter(request.GET, actions=_choices())
    rows, older = _page_of(request, form)
    state = chain_state()
    context = {
        "state": state,
        "is_waiting_long": bool(state.waiting_since and datetime.now(UTC) - state.waiting_since > LONG_WAIT),
        "verification": last_verification(),
        "may_verify": may(request.user, VERIFY),
        "form": form,
        "about": request.GET.get("about", "") if _subject(request) else "",
        "about_kind": _subject_kind(request),
        "rows": _rows(rows),
        "n_rows": len(rows),
        "older": older,
        "is_newest": "before" not in request.GET,
        "newest": _address(request, before=None),
        "public_key": public_key_text(),
        "at": county_now(),
    }
    return render(request, "pages/audit/audit.html", context)


@login_required
@require_POST
def verify(request) -> HttpResponse:
    verify_record(by=request.user)
    return HttpResponseRedirect(reverse("audit") if may(request.user, VIEW) else reverse("account"))


@login_required
@require_POST
def export(request) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(export_record(by=request.user), content_type="application/x-ndjson")
    answer["Content-Disposition"] = f'attachment; filename="audit-{the_realm().id}.ndjson"'
    return answer


@login_required
@never_cache
def line(request, line: UUID) -> HttpResponse:
    require(request.user, VIEW)
    return render(request, "pages/audit/line.html", _line(line))


@login_required
@never_cache
def details(request, line: UUID) -> HttpResponse:
    """The line with what it was told in clear. That somebody looked is put on record before it is shown."""
    require(request.user, VIEW)
    context = _line(line)
    content = told(context["line"])
    subjects = [f"audit:{context['line'].uuid}", *content.about]
    log_views(viewer=request.user.pk, subjects=subjects, why="audit.details")
    context |= {
        "told": content,
        "by": _who(content.by),
        "about": _about(content.about),
        "details": _flat(content.details),
        "tables": _row_tables(content.details),
    }
    return render(request, "pages/audit/line.html", context)


def _choices() -> list:
    return [
        (both(room.zh, room.en), [(value, both(said.zh, said.en)) for value, said in entries])
        for room, entries in action_choices()
    ]


def _page_of(request, form: AuditFilter) -> tuple[list[AuditLine], str]:
    """One page of lines, newest first, and the address of the older ones; what was typed wrong filters nothing."""
    given = form.cleaned_data if form.is_valid() else {}
    before = request.GET.get("before", "")
    until = given.get("until")
    rows = lines(
        about=_subject(request),
        action=given.get("action") or "",
        before=int(before) if before.isdecimal() and len(before) < 19 else None,
        since=_midnight(given.get("since")),
        until=_midnight(until + timedelta(days=1)) if until else None,
    )
    found = list(rows[: A_PAGE + 1])
    older = _address(request, before=found[A_PAGE - 1].pk) if len(found) > A_PAGE else ""
    return found[:A_PAGE], older


def _midnight(day: date | None) -> datetime | None:
    """Where a county day begins: a period is of whole days, both ends included."""
    return datetime.combine(day, time(), ZoneInfo(the_realm().clock.zone)) if day else None


def _subject(request) -> str | None:
    """`kind:uuid` from a record's own link; anything else is no subject."""
    kind, _, name = request.GET.get("about", "").partition(":")
    try:
        return f"{kind}:{UUID(name)}" if kind in SUBJECT_KINDS else None
    except ValueError:
        return None


def _subject_kind(request) -> Said | None:
    return SUBJECT_KINDS[request.GET["about"].partition(":")[0]] if _subject(request) else None


def _address(request, **changes) -> str:
    query = {key: value for key, value in request.GET.items() if value} | changes
    query = {key: value for key, value in query.items() if value is not None}
    return f"{reverse('audit')}?{urlencode(query)}" if query else reverse("audit")


def _rows(rows: list[AuditLine]) -> list[dict]:
    units = Unit.objects.in_bulk([row.unit for row in rows if row.unit])
    named = {str(pk): Said(unit.name_zh, unit.name_en) for pk, unit in units.items()}
    return [
        {
            "href": reverse("audit-line", args=[UUID(row.uuid)]),
            "what": action_said(row.action),
            "at": row.at,
            "unit": named.get(row.unit, BY_PROGRAM),
            "is_program": row.unit not in named,
            "n_subjects": len(row.subjects.split()),
            "seal": _seq(row),
            "state": _state(row),
        }
        for row in rows
    ]


def _seq(row: AuditLine) -> int | None:
    seal = getattr(row, "seal", None)
    return seal.seq if seal else None


def _state(row: AuditLine) -> Said:
    if getattr(row, "detail", None) and row.detail.erased_by:
        return ERASED
    return SEALED if _seq(row) else WAITING


def _line(uuid: UUID) -> dict:
    row = line_with(uuid)
    if row is None:
        raise Http404
    seal: AuditSeal | None = getattr(row, "seal", None)
    detail = getattr(row, "detail", None)
    unit = Unit.objects.filter(pk=row.unit).first() if row.unit else None
    return {
        "line": row,
        "what": action_said(row.action),
        "unit": Said(unit.name_zh, unit.name_en) if unit else BY_PROGRAM,
        "seal": seal,
        "hashes": {name: bytes(getattr(seal, name)).hex() for name in ("hash", "previous_hash", "line_hash")}
        if seal
        else {},
        "commitment": bytes(row.commitment).hex(),
        "facts": _flat(facts(row)),
        "subjects": row.subjects.split(),
        "erased_by": detail.erased_by if detail else "",
        "erased_in": reverse("audit-line", args=[UUID(detail.erased_in.uuid)]) if detail and detail.erased_in else "",
        "neighbours": _neighbours(seal),
        "head": last_head(),
        "trail": [(Said("审计记录", "Audit trail"), reverse("audit")), (action_said(row.action), "")],
    }


def _neighbours(seal: AuditSeal | None) -> dict[str, str]:
    """The addresses of the lines before and after in the chain."""
    if seal is None:
        return {}
    beside = lines_beside(seal.seq)
    return {"before" if seq < seal.seq else "after": reverse("audit-line", args=[uuid]) for seq, uuid in beside.items()}


def _who(by: str) -> Said | str:
    """An account's username and unit, or the program's name."""
    kind, _, name = by.partition(":")
    if kind != "account":
        return by
    account = accounts_by_id([UUID(name)]).get(UUID(name))
    return (
        Said(f"{account.username}（{account.unit.name_zh}）", f"{account.username} ({account.unit.name_en})")
        if account
        else by
    )


def _flat(value: object, name: str = "") -> list[tuple[str, str]]:
    """JSON as names and values, in order; what is nested by its path: `orders.2`. Lists of rows: `_row_tables`."""
    if isinstance(value, dict):
        return [pair for key, one in value.items() for pair in _flat(one, f"{name}.{key}" if name else str(key))]
    if isinstance(value, list):
        return (
            []
            if _is_rows(value)
            else [pair for nth, one in enumerate(value, 1) for pair in _flat(one, f"{name}.{nth}")]
        )
    return [(name, "—" if value in ("", None) else str(value))]


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _row_tables(told_details: dict) -> list[dict]:
    """Each list of rows among the details as headings and cells, the first `ROWS_SHOWN` of them."""
    tables = []
    for name, rows in told_details.items():
        if _is_rows(rows):
            headings = list(rows[0])
            cells = [[str(row.get(key, "")) or "—" for key in headings] for row in rows[:ROWS_SHOWN]]
            tables.append({"name": name, "headings": headings, "rows": cells, "n": len(rows)})
    return tables


def _about(subjects: Sequence[str]) -> list[dict]:
    """The subjects by their kind."""
    kinds: dict[str, list[str]] = {}
    for subject in subjects:
        kind, _, name = subject.partition(":")
        kinds.setdefault(kind, []).append(name)
    return [
        {"kind": SUBJECT_KINDS.get(kind) or Said(kind, kind), "n": len(names), "names": names[:ROWS_SHOWN]}
        for kind, names in kinds.items()
    ]
