"""Writers of what was found at a post by its checklist, and that it was mended."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from fangxian.core.parameters import Parameter
from fangxian.ops.audit.actions import record
from fangxian.ops.posts import refusals
from fangxian.ops.posts.models import Finding, Inspection
from fangxian.ops.realm.current import county_now

from .setting_up import open_post

ANSWERS = ("ok", "fault", "not_here")
MENDED_WITHIN = Parameter(
    value=24, unit="h", low=2, high=72,
    meaning="From a finding at a post until it should be mended and looked at again",
    source="a guess: by the next day's shift; a county must decide",
)  # fmt: skip


@transaction.atomic
def record_inspection(*, post: UUID, answers: Mapping[str, str], notes: Mapping[str, str], by: str) -> Inspection:
    """One look at a post: each item's answer. A fault opens a finding, an "ok" closes one that stood.

    Refuses
    -------
    posts.unknown, posts.check_empty
    """
    row, at = open_post(post), county_now()
    told = {item: answer for item, answer in answers.items() if answer in ANSWERS}
    if not told:
        raise refusals.check_empty()
    made = Inspection.objects.create(post=row, inspected_at=at, inspected_by=by, answers=told)
    standing = set(row.findings.filter(mended_at__isnull=True).values_list("item", flat=True))
    fine = [item for item, answer in told.items() if answer == "ok" and item in standing]
    row.findings.filter(mended_at__isnull=True, item__in=fine).update(mended_at=at, mended_by=by)
    new = [item for item, answer in told.items() if answer == "fault" and item not in standing]
    due_at = at + timedelta(hours=MENDED_WITHIN.value)
    Finding.objects.bulk_create(
        Finding(post=row, inspection=made, item=item, what=notes.get(item, "").strip(), found_at=at, due_at=due_at)
        for item in new
    )
    details = {"n_items": len(told), "n_new": len(new), "n_mended": len(fine)}
    record("posts.inspected", by=by, about=[f"post:{post}"], details=details)
    return made


@transaction.atomic
def mend_findings(*, findings: list[UUID], by: str) -> None:
    """A second look found these mended; mended already, nothing changes.

    Refuses
    -------
    posts.finding_unknown
    """
    rows = Finding.objects.select_for_update().filter(pk__in=findings)
    if len(rows) < len(set(findings)):
        raise refusals.finding_unknown()
    if n := rows.filter(mended_at__isnull=True).update(mended_at=county_now(), mended_by=by):
        about = [f"post:{pk}" for pk in sorted({row.post_id for row in rows})]
        record("posts.findings_mended", by=by, about=about, details={"n_findings": n})
