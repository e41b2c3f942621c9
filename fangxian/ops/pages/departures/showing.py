"""What the pages show of one application: where it stands, who had it, what is met, the permit's code."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.safestring import SafeString, mark_safe

from fangxian.core.policy.departures import DepartureCheck, Standing
from fangxian.core.refusal import Said
from fangxian.ops.accounts.queries import accounts_named_by
from fangxian.ops.departures.queries import is_late
from fangxian.ops.departures.words import KINDS, LEVELS, PURPOSES, TRANSPORTS, VERDICTS
from fangxian.ops.documents.queries import find
from fangxian.ops.documents.typesetting import qr_svg
from fangxian.ops.pages.county.words import word
from fangxian.ops.pages.parts import Event
from fangxian.ops.pages.words import in_words, masked, said
from fangxian.ops.risk_areas.wire import the_nation

from .words import STANDINGS, days_said, levels_said, stands_said

SIZE = re.compile(r'width="(\d+)" height="(\d+)"')
PROGRAM = Said("系统", "the program")


def lines_of(checks: Mapping[object, DepartureCheck], names: Mapping[object, str]) -> list[dict[str, object]]:
    """Each requirement with how it stands, what to do about it, and of whom, where there are several people.

    Those that are not met come first.
    """
    order = (Standing.UNMET, Standing.OPEN, Standing.MET)
    found: dict[object, list[object]] = {}
    for person, check in checks.items():
        for it in check.requirements:
            found.setdefault(it, []).append(person)
    lines = [
        {
            "standing": it.standing.value,
            "word": STANDINGS[it.standing] if it.binds_leaving else Said("要记得", "to remember"),
            "reason": it.reason,
            "advice": it.advice if it.standing is not Standing.MET else None,
            "days": days_said(it),
            "rule": it.rule,
            "who": "、".join(names[one] for one in people) if len(people) < len(checks) else "",
            "order": order.index(it.standing) if it.binds_leaving else len(order),
        }
        for it, people in found.items()
    ]
    return sorted(lines, key=lambda line: (line["order"], line["rule"]))


def facts_of(row, *, masks: bool) -> dict[str, object]:
    """One application as its page has it. Names of others than its reader are masked."""

    def named(name: str) -> str:
        return masked(name, "name") if masks else name

    step = next((it for it in row.turns if it.decided_at is None), None)
    return {
        "row": row,
        "who": named(row.person.name),
        "companions": [named(it.person.name) for it in row.people if not it.is_applicant],
        "to": _to(row),
        "purpose": word(PURPOSES, row.purpose),
        "transport": word(TRANSPORTS, row.transport) if row.transport else None,
        "stands": stands_said(row),
        "levels": levels_said(row.levels),
        "step": step,
        "holder": LEVELS[step.level] if step else None,
        "kind": KINDS[step.kind] if step else None,
    }


def with_clock(facts: dict[str, object], at: datetime) -> dict[str, object]:
    step = facts["step"]
    return facts | {"is_late": bool(step and is_late(step, at))}


def history_of(row) -> list[Event]:
    """Everything that happened to an application, in its order."""
    by = accounts_named_by(step.decided_by for step in row.turns)
    events = [Event(at=row.submitted_at or row.entered_at, what=Said("提交申请", "sent"), turn=True)]
    for step in row.turns:
        level = LEVELS[step.level]
        if step.kind == "appeal":
            events.append(Event(at=step.opened_at, what=Said("本人申诉", "the person appealed"), more=step.asked))
        if step.decided_at is None:
            continue
        verdict, kind = VERDICTS[step.verdict], KINDS[step.kind]
        what = Said(f"{level.zh}{kind.zh}：{verdict.zh}", f"{level.en}, {kind.en}: {verdict.en}")
        events.append(Event(at=step.decided_at, what=what, more=_more(step, by), turn=step.verdict != "over"))
    events += _ways(row)
    return sorted(events, key=lambda it: it.at)


def _more(step, by: Mapping[str, object]) -> str:
    account = by.get(step.decided_by)
    unit = said(account.unit.name_zh, account.unit.name_en or account.unit.name_zh) if account else in_words(PROGRAM)
    return " · ".join(part for part in (unit, step.reason) if part)


def _ways(row) -> list[Event]:
    found = []
    if row.exited_at:
        found.append(Event(at=row.exited_at, what=Said("离境", "left the county"), turn=True))
    if row.returned_at:
        found.append(Event(at=row.returned_at, what=Said("返回", "returned"), turn=True))
    if row.closed_at and row.state in ("cancelled", "lapsed"):
        found.append(Event(at=row.closed_at, what=stands_said(row), more=row.closed_why, turn=True))
    return found


def paper_of(row) -> dict[str, object] | None:
    """The permit of an application: its number, window and code, while somebody may leave with it."""
    document = find(row.document) if row.document and row.state == "issued" else None
    if document is None:
        return None
    return {"number": document.number, "proof": document.proof, "svg": _svg(document)}


def _svg(document) -> SafeString:
    # Safe: the program's own drawing, of text that is ASCII in base64.
    label = said(f"通行单二维码 {document.number}", f"code of permit {document.number}")
    drawn = SIZE.sub(r'viewBox="0 0 \1 \2"', qr_svg(document.proof), count=1)  # as large as the screen has room
    return mark_safe(drawn.replace("<svg", f'<svg role="img" aria-label="{label}"', 1))


def _to(row) -> str:
    return (the_nation().path(row.destination) or said("县外", "outside the county")) + (
        f" · {row.place}" if row.place else ""
    )


def names_of(people: Sequence, *, masks: bool) -> dict[object, str]:
    return {it.pk: masked(it.name, "name") if masks else it.name for it in people}
