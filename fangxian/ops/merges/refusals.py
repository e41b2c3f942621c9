"""What the merges room says no to, in words."""

from datetime import datetime

from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal


def unknown() -> Refusal:
    return Refusal(
        "merges.unknown",
        zh="没有这次合并的记录，或已按期清除，没有撤销。应从病例或居民档案的“合并”一栏打开；请从那里重新打开。",
        en="There is no record of this merge, or it was erased at its term, so nothing was undone. It is opened from "
        "“Merges” on the case or the resident's record: open it again there.",
    )


def not_yours() -> Refusal:
    return Refusal(
        "merges.not_yours",
        zh="这次合并不归您办，或没有这条记录，没有打开。两边都归您办的才能看；请从病例或居民档案的“合并”一栏打开。",
        en="This merge is not yours, or there is no such record, so it was not opened. It can be seen by whoever works "
        "on both sides: open it from “Merges” on the case or the resident's record.",
    )


def undone_already(at: datetime) -> Refusal:
    return Refusal(
        "merges.undone_already",
        zh="这次合并已于 {at} 撤销，没有再办。一次合并只撤销一次；请刷新页面看现在的两份。",
        en="This merge was undone at {at}, so nothing was done again. A merge is undone once: reload to see the two as "
        "they are now.",
        at=_moment(at),
    )


def merged_on(at: datetime) -> Refusal:
    return Refusal(
        "merges.merged_on",
        zh="这两份之后又有一次合并（{at}），没有撤销。应从最后一次合并起，一次一次往回撤；请先撤销那一次。",
        en="One of these two was merged again since (at {at}), so nothing was undone. Merges are undone from the last "
        "one back: undo that one first.",
        at=_moment(at),
    )


def no_reason() -> Refusal:
    return Refusal(
        "merges.no_reason",
        zh="没有写明理由，没有撤销。撤销合并要写明怎么知道是两个人，本人和复核的人会看到；请补上一句。",
        en="No reason is given, so nothing was undone. Undoing a merge says how it is known that these are two people, "
        "for them and for whoever checks: add a sentence.",
    )


def forgotten(at: datetime, days: int) -> Refusal:
    return Refusal(
        "merges.forgotten",
        zh="这次合并是 {at} 办的，当时移动了什么已按期清除（满 {days} 天），没有撤销。应在期限内撤销；现在请为另一人"
        "重新立档，把属于他的逐项更正过去。",
        en="This merge is of {at}, and what it moved has been erased at its term ({days} days), so nothing was undone. "
        "It is undone within that time: put the other person on record anew, and correct what is theirs one by one.",
        at=_moment(at),
        days=days,
    )


def erased() -> Refusal:
    return Refusal(
        "merges.erased",
        zh="合并的两份里有一份已按期清除，没有撤销。两份都在记录里才能分开；请为还在的那一份逐项更正，另一人重新立档。",
        en="One of the two has been erased at its term, so nothing was undone. They can be parted while both are on "
        "record: correct the one that is left item by item, and put the other person on record anew.",
    )


def _moment(at: datetime) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}"
