"""Whose tubes and boxes somebody may change, in the words of another edition of the divisions."""

from collections.abc import Mapping

from django.db import transaction

from fangxian.ops.lab.models import TableEvent


@transaction.atomic
def carry_reach_over(*, successors: Mapping[str, str]) -> int:
    """Give what was told under rights over an old area those over its successor, as its sites have; rows changed.

    Otherwise what a site did to its own tubes would count no more, once they are reckoned anew. The audit line is the
    migration's.
    """
    n, moves = 0, sorted(successors.items(), key=lambda it: -len(it[0]))
    for reach in list(TableEvent.objects.exclude(reach="").order_by().values_list("reach", flat=True).distinct()):
        now = ",".join(_carried(it, moves) for it in reach.split(","))
        if now != reach:
            n += TableEvent.objects.filter(reach=reach).update(reach=now)
    return n


def _carried(area: str, moves: list[tuple[str, str]]) -> str:
    return next((new + area[len(old) :] for old, new in moves if area.startswith(old)), area)
