"""What readers may ask of the changes room."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fangxian.core.refusal import Refusal

from .models import Change, Series


def last_number(topic: str) -> int:
    """The newest number of a topic; 0 before its first change."""
    return Series.objects.filter(topic=topic).values_list("last_number", flat=True).first() or 0


def published_since(topic: str, at: datetime) -> Iterator[tuple[str, Any]]:
    """(key, payload) of each change published at or after a moment of county time, numbered or not, oldest first."""
    rows = Change.objects.filter(topic=topic, published_at__gte=at).order_by("id")
    return rows.values_list("key", "payload").iterator(chunk_size=2000)


def since(topic: str, after: int, *, limit: int = 5000) -> list[Change]:
    """The numbered changes that follow number `after`, without a gap, at most `limit`; empty when there are none.

    Refuses
    -------
    changes.gone
        Some of what follows has been erased at its term: take a whole base instead.
    changes.ahead
        The reader knows a number this realm has not given: it belongs to another realm, or to a database
        newer than the backup that was restored.
    """
    changes = list(Change.objects.filter(topic=topic, number__gt=after).order_by("number")[:limit])
    newest = last_number(topic) if not changes else changes[-1].number
    if after > newest:
        raise Refusal(
            "changes.ahead",
            zh="读取方已到 {topic} 第 {after} 号，本数据域只到第 {newest} 号：它来自别的数据域，"
            "或数据库是从较早的备份恢复的。请重新领取整份底本。",
            en="The reader is at number {after} of {topic}, but this realm has only reached {newest}: it belongs to "
            "another realm, or the database was restored from an earlier backup. Take a whole base anew.",
            topic=topic,
            after=after,
            newest=newest,
        )
    first = changes[0].number if changes else newest + 1
    if first != after + 1:
        raise Refusal(
            "changes.gone",
            zh="{topic} 第 {wanted} 号到第 {lost} 号变更已按期清除，不能再逐条补齐。"
            "请重新领取整份底本，再从底本的编号继续。",
            en="Changes {wanted} to {lost} of {topic} have been erased at their term and can no longer be caught up "
            "with one by one. Take a whole base anew, and go on from its number.",
            topic=topic,
            wanted=after + 1,
            lost=first - 1,
        )
    return changes
