"""A round is prepared, opened and closed, or called off; its sites."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from fangxian.ops.audit.actions import record
from fangxian.ops.lab import event_refusals, refusals
from fangxian.ops.lab.models import (
    RosterPlace,
    RoundArea,
    RoundGroup,
    SamplingSite,
    ScreeningRound,
    SiteArea,
    TableEvent,
)
from fangxian.ops.lab.reconciling import differences
from fangxian.ops.lab.wire import NewGroup, NewSite
from fangxian.ops.lab.words import POOLS
from fangxian.ops.realm.current import county_now

from .roster import send_to_sites
from .taking import locked
from .waiting import count_what_waits


@transaction.atomic
def prepare_round(
    *,
    name: str,
    disease: str,
    pool_size: int,
    areas: Sequence[str],
    begins_at: datetime,
    ends_at: datetime,
    by: str,
    groups: Sequence[NewGroup] = (),
) -> ScreeningRound:
    """A round of these areas and groups, without sites and roster yet.

    Refuses
    -------
    lab.round_wrong
    """
    if not name.strip():
        raise refusals.round_wrong("没有名称", "It has no name")
    if not areas and not groups:
        raise refusals.round_wrong("没有选范围", "No scope was chosen")
    if pool_size not in POOLS:
        raise refusals.round_wrong("没有这种混采比例", "There is no such size of pools")
    if ends_at <= begins_at:
        raise refusals.round_wrong("结束不晚于开始", "It ends before it begins")
    row = ScreeningRound.objects.create(
        name=" ".join(name.split())[:60], disease=disease, pool_size=pool_size, begins_at=begins_at, ends_at=ends_at,
        prepared_at=county_now(), prepared_by=by,
    )  # fmt: skip
    RoundArea.objects.bulk_create(RoundArea(round=row, area_path=it) for it in sorted(set(areas)))
    RoundGroup.objects.bulk_create(
        RoundGroup(round=row, kind=it.kind, which=it.which, name_zh=it.name.zh[:120], name_en=it.name.en[:120])
        for it in {(it.kind, it.which): it for it in groups}.values()
    )
    facts = {"pool_size": pool_size, "areas": list(areas), "groups": [it.kind for it in groups]}
    record("lab.round_prepared", by=by, about=[f"round:{row.pk}"], facts=facts)
    return row


@transaction.atomic
def add_site(*, round: UUID, site: NewSite, by: str) -> SamplingSite:
    """A sampling site; the people of the areas and groups it serves are to come to it. Also while the round is open.

    Refuses
    -------
    lab.round.not_found, lab.round_not_open, lab.site_wrong
    """
    row = locked(round)
    if row.state == ScreeningRound.State.CLOSED:
        raise refusals.round_not_open()
    taken = SiteArea.objects.filter(site__round=row, site__closed_at=None, area_path__in=site.serves)
    if not site.name.strip() or not site.area_path or site.n_tables < 1 or taken.exists():
        raise refusals.site_wrong()
    last = row.sites.aggregate(n=Max("number"))["n"] or 0
    made = SamplingSite.objects.create(
        round=row, number=last + 1, name=" ".join(site.name.split())[:60], area_path=site.area_path,
        n_tables=site.n_tables, groups=sorted(set(site.groups)),
    )  # fmt: skip
    SiteArea.objects.bulk_create(SiteArea(site=made, area_path=it) for it in sorted(set(site.serves)))
    send_to_sites(row)
    record("lab.site_added", by=by, about=[f"round:{row.pk}"], facts={"number": made.number, "n_tables": site.n_tables})
    return made


@transaction.atomic
def take_site_down(*, round: UUID, site: UUID, by: str) -> None:
    """A site is used no more: nobody can choose it, and its people go to the others that serve their areas.

    Refuses
    -------
    lab.round.not_found, lab.round_not_open, lab.site_unknown
    """
    row = locked(round)
    if row.state == ScreeningRound.State.CLOSED:
        raise refusals.round_not_open()
    found = row.sites.filter(pk=site, closed_at=None).first()
    if found is None:
        raise refusals.no_site()
    found.closed_at = county_now()
    found.save(update_fields=["closed_at"])
    send_to_sites(row)
    record("lab.site_taken_down", by=by, about=[f"round:{row.pk}"], facts={"number": found.number})


@transaction.atomic
def open_round(*, round: UUID, by: str) -> None:
    """Sampling begins; what was open already stays open. What came before, done within the round's time, counts.

    Refuses
    -------
    lab.round.not_found, lab.round_begun, lab.round_is_empty
    """
    row = locked(round)
    if row.state == ScreeningRound.State.CLOSED:
        raise refusals.round_not_prepared()
    if row.state == ScreeningRound.State.OPEN:
        return
    if not row.sites.filter(closed_at=None).exists():
        raise refusals.round_is_empty("采样点", "sampling site")
    whoever_comes = row.groups.filter(kind=RoundGroup.Kind.VOLUNTARY).exists()
    if not whoever_comes and not RosterPlace.objects.filter(round=row).exists():
        raise refusals.round_is_empty("名册", "roster")
    row.state, row.opened_at, row.opened_by = ScreeningRound.State.OPEN, county_now(), by
    row.save(update_fields=["state", "opened_at", "opened_by"])
    n, n_refused = count_what_waits(row, at=row.opened_at)
    record("lab.round_opened", by=by, about=[f"round:{row.pk}"], facts={"n_waiting": n, "n_refused": n_refused})


@transaction.atomic
def call_off_round(*, round: UUID, because: str, by: str) -> None:
    """A round that was prepared by mistake is over before it began, with a reason; nobody is asked to come any more.

    Refuses
    -------
    lab.round.not_found, lab.round_not_called_off
    """
    row = locked(round)
    if row.state != ScreeningRound.State.PREPARED:
        raise event_refusals.not_called_off("这一轮已经开始或结束", "It has begun or is over")
    if TableEvent.objects.filter(round=row).exists():
        raise event_refusals.not_called_off("这一轮已有采样记录", "Something was recorded in it")
    if not because.strip():
        raise event_refusals.not_called_off("没有写为什么", "It does not say why")
    row.state, row.closed_at, row.closed_by = ScreeningRound.State.CLOSED, county_now(), by
    row.closed_because = because.strip()
    row.save(update_fields=["state", "closed_at", "closed_by", "closed_because"])
    record("lab.round_called_off", by=by, about=[f"round:{row.pk}"])


@transaction.atomic
def reopen_round(*, round: UUID, because: str, by: str) -> int:
    """A round that is over goes on, with a reason; how many of the events that came after its end count now.

    Refuses
    -------
    lab.round.not_found, lab.round_not_reopened
    """
    row = locked(round)
    if row.state != ScreeningRound.State.CLOSED:
        raise event_refusals.not_reopened("这一轮没有结束", "It is not over")
    if row.opened_at is None:
        raise event_refusals.not_reopened("这一轮没有开始就撤销了", "It was called off before it began")
    if not because.strip():
        raise event_refusals.not_reopened("没有写为什么", "It does not say why")
    row.state, row.reopened_at, row.reopened_by = ScreeningRound.State.OPEN, county_now(), by
    row.reopened_because = because.strip()
    row.save(update_fields=["state", "reopened_at", "reopened_by", "reopened_because"])
    n, n_refused = count_what_waits(row, at=row.reopened_at)
    record("lab.round_reopened", by=by, about=[f"round:{row.pk}"], facts={"n_waiting": n, "n_refused": n_refused})
    return n


@transaction.atomic
def close_round(*, round: UUID, because: str, by: str, n_called_back: int = 0) -> None:
    """The round is over: everything adds up, or it is said why what does not cannot be helped.

    Parameters
    ----------
    n_called_back : how many people are called back in it of whom nothing is decided

    Refuses
    -------
    lab.round.not_found, lab.round_not_open, lab.not_reconciled
    """
    row = locked(round)
    if row.state != ScreeningRound.State.OPEN:
        raise refusals.round_not_open()
    left = [it for it in differences(row, n_called_back=n_called_back) if it.n]
    if any(it.must_go for it in left) or (left and not because.strip()):
        raise refusals.not_reconciled(sum(it.n for it in left))
    row.state, row.closed_at, row.closed_by = ScreeningRound.State.CLOSED, county_now(), by
    # Closed again, what was said the first time stays said.
    row.closed_because = " / ".join(it for it in (row.closed_because, because.strip()) if it)
    row.save(update_fields=["state", "closed_at", "closed_by", "closed_because"])
    record("lab.round_closed", by=by, about=[f"round:{row.pk}"], facts={it.kind: it.n for it in left})
