"""Writers that make two people of a comparison one at once, as somebody decided, and take them apart again."""

import json
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import F

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.as_before import plain, values_of

from .models import Comparison, DoubtfulPair, Finding, ListedRow


@transaction.atomic
def join_pair(*, pair: UUID, kept: UUID, now: Mapping[str, object], by: str) -> bool:
    """The two of a decided pair are one finding from now on, with the rows of both; whether anything changed.

    Parameters
    ----------
    kept : the finding that goes on
    now : what it says then, by column
    """
    doubt = DoubtfulPair.objects.select_for_update(of=("self",)).select_related("one", "other").get(pk=pair)
    findings = {it.finding_id for it in (doubt.one, doubt.other)}
    if len(findings) == 1:
        return False
    gone = Finding.objects.filter(pk__in=findings - {kept, None}).first()
    stays = Finding.objects.select_for_update().get(pk=kept)
    before = plain(stays)
    moved = ListedRow.objects.filter(finding=gone) if gone else ListedRow.objects.filter(pk=_alone(doubt))
    rows = [str(pk) for pk in moved.values_list("pk", flat=True)]
    ListedRow.objects.filter(pk__in=rows).update(finding=stays)
    if gone:
        gone_said = plain(gone)
        gone.delete()
        Comparison.objects.filter(pk=stays.comparison_id).update(n_people=F("n_people") - 1)
    for name, value in now.items():
        setattr(stays, name, value)
    stays.save(update_fields=list(now))
    stays.refresh_from_db()
    doubt.joined = json.dumps(
        {"kept": before, "after": plain(stays), "gone": gone_said if gone else None, "rows": rows}, ensure_ascii=False
    )
    doubt.save(update_fields=["joined"])
    record("comparisons.pair_joined", by=by, details={"pair": str(pair), "finding": str(kept)})
    return True


@transaction.atomic
def part_pair(*, pair: UUID, by: str) -> bool:
    """What a decision made one is two again; whether anything changed. Joined to more since, it waits for a run."""
    doubt = DoubtfulPair.objects.select_for_update().get(pk=pair)
    if not doubt.joined:
        return False
    said = json.loads(doubt.joined)
    stays = Finding.objects.select_for_update().filter(pk=said["kept"]["id"]).first()
    if stays is None or plain(stays) != said["after"]:
        return False
    gone = Finding.objects.create(**values_of(Finding, said["gone"])) if said["gone"] else None
    if gone:
        Comparison.objects.filter(pk=stays.comparison_id).update(n_people=F("n_people") + 1)
    ListedRow.objects.filter(pk__in=said["rows"]).update(finding=gone)
    Finding.objects.filter(pk=stays.pk).update(**values_of(Finding, said["kept"]))
    doubt.joined = ""
    doubt.save(update_fields=["joined"])
    record("comparisons.pair_parted", by=by, details={"pair": str(pair), "finding": str(stays.pk)})
    return True


def _alone(doubt: DoubtfulPair) -> UUID:
    """The row of the two that no finding has: it stands on the register alone."""
    return doubt.one_id if doubt.one.finding_id is None else doubt.other_id
