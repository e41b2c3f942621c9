"""`fangxian erase`: what is due, or, by order, everything kept for an epidemic that has ended."""

import argparse
from uuid import UUID

from fangxian.core.refusal import Said

from . import site
from .console import new_table, out, speaks_english, tell


def add_parser(commands) -> None:
    parser = commands.add_parser("erase", help="erase what has reached its term (到期清除)")
    parser.add_argument(
        "--epidemic-ended",
        metavar="ORDER",
        help="number of the order that ends the epidemic: erase everything kept for it",
    )
    parser.add_argument(
        "--yes", action="store_true", help="with --epidemic-ended: this cannot be undone, and I mean it"
    )
    parser.add_argument(
        "--approval", type=UUID, metavar="ID", help="with --epidemic-ended, where people are real: its approval"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    site.start()
    site.bring_up_to_date()
    from fangxian.ops.procedures.erasure import end_the_epidemic, erase_what_is_due

    at = site.realm().clock.now()
    if args.epidemic_ended is None:
        erased = erase_what_is_due(at=at, by="program:cli")
    elif not args.yes:
        tell(
            Said(
                "这会清除为本次疫情保存的全部人员、住户和记录，不能恢复。确认请加 --yes；现在没有清除任何内容。",
                "This erases every person, household and record kept for the epidemic and cannot be undone. "
                "Add --yes to confirm; nothing was erased now.",
            )
        )
        return 2
    else:
        code = site.realm().division_code
        erased = end_the_epidemic(
            order=args.epidemic_ended, area_path=code, at=at, approval=args.approval, by="program:cli"
        )
    _show(erased)
    return 0


def _show(erased) -> None:
    if not erased:
        tell(Said("没有到期的内容。", "Nothing is due."))
        return
    heads = ("table", "what happened", "rows") if speaks_english() else ("表", "处理", "行数")
    table = new_table(*heads)
    for line in erased:
        table.add_row(line.table, line.fate, f"{line.n_rows:,}")
    out.print(table)
