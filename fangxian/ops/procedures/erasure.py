"""Erasure at its term (到期清除), and everything at the end of an epidemic (疫情结束清除).

1. of every table, what its own declaration says is due is deleted or blanked     realm.tables
2. one line says how many rows of which table went, by whose order                audit
"""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.measures.queries import orders_in_force
from fangxian.ops.realm.tables import Erased, erase_due


def erase_what_is_due(*, at: datetime, by: str) -> list[Erased]:
    """Erase what has reached its own term at `at`. Safe to repeat; with nothing due it writes nothing."""
    erased = list(erase_due(at, epidemic_ended=False))
    if erased:
        _say(erased, order="", by=by)
    return erased


def end_the_epidemic(*, order: str, area_path: str, at: datetime, by: str) -> list[Erased]:
    """Erase everything kept for the epidemic only. It cannot be undone.

    Refuses
    -------
    erasure.measures_in_force
        An order still restricts somebody: lift it first, or wait for its sunset.
    erasure.order_missing
        No order is named: nothing is erased without one.
    """
    if not order.strip():
        raise Refusal(
            "erasure.order_missing",
            zh="没有写明依据的命令，未清除任何内容。疫情结束清除须有命令文号；请填写文号后再运行。",
            en="No order is named, so nothing was erased. Erasure at the end of an epidemic needs an order's number: "
            "give it and run again.",
        )
    in_force = list(orders_in_force(at, area_path=area_path).values_list("number", flat=True)[:3])
    if in_force:
        raise Refusal(
            "erasure.measures_in_force",
            zh="还有措施命令有效（{orders}），未清除任何内容。清除应在全部措施解除之后；请先解除它们，或等到期。",
            en="Orders for measures are still in force ({orders}), so nothing was erased. Erasure comes after "
            "every measure "
            "is lifted: lift them first, or wait for their sunset.",
            orders=", ".join(in_force),
        )
    erased = list(erase_due(at, epidemic_ended=True))
    _say(erased, order=order, by=by)
    return erased


def _say(erased: list[Erased], *, order: str, by: str) -> None:
    with transaction.atomic():
        record("erasure.erased", by=by, details={"order": order, "tables": [asdict(line) for line in erased]})
