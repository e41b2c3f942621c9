"""`fangxian keys`: the keys that prove codes: which there are, the next one in use, one that leaked retired."""

import argparse
from typing import TYPE_CHECKING

from fangxian.core.refusal import Said

from . import site
from .console import new_table, out, speaks_english, tell

if TYPE_CHECKING:
    from rich.table import Table

BY = "program:cli"
PURPOSES = {
    "signing": Said("签名（码、文书、快照）", "signs codes, papers, snapshots"),
    "day_handles": Said("派生每日密钥的秘密", "what days' keys are derived from"),
    "days": Said("一天的个人二维码", "people's QR codes of one day"),
    "cards": Said("纸质卡", "paper cards"),
    "presence": Said("动态场所码", "rotating venue codes"),
    "devices": Said("设备凭证", "devices' tokens"),
    "documents": Said("证件号散列", "hashes of identity numbers"),
    "columns": Said("加密的字段和文件", "sealed columns and files"),
    "index": Said("盲索引", "blind indexes"),
    "gate_numbers": Said("放行编号", "gate numbers"),
    "pseudonyms": Said("审计化名", "pseudonyms in the record"),
    "sessions": Said("网页会话", "web sessions"),
}
HEADS = (
    Said("名称", "name"),
    Said("用途", "for"),
    Said("状态", "state"),
    Said("启用", "in use from"),
    Said("作废缘由", "why retired"),
)
LAST_DAYS = 3
STATES = {
    "future": Said("备用（门岗已有）", "future: gates have it"),
    "current": Said("现用", "current"),
    "former": Said("旧用（所签仍有效）", "former: what it made counts"),
    "ended": Said("已到期", "ended"),
    "retired": Said("已作废（泄露）", "retired: it leaked"),
}


def add_parser(commands) -> None:
    parser = commands.add_parser("keys", help="the keys that prove codes (密钥)")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="every key by its name, what became of it, and since when")
    listing.set_defaults(run=run_list)
    rotate = verbs.add_parser("rotate", help="begin the next key of a purpose; what is out goes on counting (换用)")
    rotate.add_argument("purpose", metavar="PURPOSE", help="signing, day_handles, cards, presence or devices")
    rotate.set_defaults(run=run_rotate)
    retire = verbs.add_parser("retire", help="a key leaked: what somebody else makes with it counts no more (作废)")
    retire.add_argument(
        "names",
        nargs="+",
        metavar="ID",
        help="its name in the list, such as cards-1; “gate” for all that a gate's file holds; “keyring”",
    )
    retire.add_argument("--because", default="", metavar="REASON", help="how it leaked, and who found out; recorded")
    retire.add_argument("--yes", action="store_true", help="I have read what it costs")
    retire.set_defaults(run=run_retire)


def run_list(_args: argparse.Namespace) -> int:
    site.start()
    from fangxian.ops.realm.gate_keys import days_known
    from fangxian.ops.realm.keys import Purpose

    realm = site.realm()
    ring, days = realm.keys, days_known(realm)
    of_days = [key for day in days[-LAST_DAYS:] for key in ring.keys_of_day(day)]
    rest = [key for purpose in PURPOSES if purpose != Purpose.DAYS for key in ring.all_of(Purpose(purpose))]
    out.print(_table(ring, [*of_days, *rest]))
    n_retired = sum(1 for day in days for key in ring.keys_of_day(day) if key.retired_at)
    tell(
        Said(
            "每天的密钥各有一把：门岗现在认得 {first} 到 {last} 各天的，其中 {n} 把已作废；表中只列最近 {shown} 天的。",
            "Each day has a key of its own: gates know those of {first} to {last}, {n} of which are retired; the "
            "table has the last {shown} days.",
        ).with_facts(first=_day_text(days[0]), last=_day_text(days[-1]), n=n_retired, shown=LAST_DAYS)
    )
    _tell_what_gates_have(realm)
    return _tell_what_was_forgotten()


def _table(ring, keys) -> "Table":
    english = speaks_english()
    language = "en" if english else "zh"
    table = new_table()
    for head in HEADS:
        table.add_column(head.in_language(language), overflow="fold")
    for key in keys:
        since = _day_text(key.day) if key.purpose == "days" else key.begun_at[:10]
        state, purpose = STATES[ring.state_of(key)], PURPOSES[key.purpose]
        why = f"{key.retired_at[:16]} {key.because}" if key.retired_at else ""
        table.add_row(key.name, purpose.in_language(language), state.in_language(language), since or "—", why)
    return table


def _tell_what_gates_have(realm) -> None:
    from fangxian.ops.realm.gate_keys import is_up_to_date

    if is_up_to_date(realm):
        tell(Said("门岗的密钥文件与密钥环一致。", "The gates' file agrees with the keyring."))
    else:
        tell(
            Said(
                "门岗的密钥文件与密钥环不一致：门岗还不知道最近的改动。请确认 fangxian worker 在运行，再看一次。",
                "The gates' file does not agree with the keyring: gates do not know the last change yet. See that "
                "fangxian worker runs, and look again.",
            )
        )


def _tell_what_was_forgotten() -> int:
    """Exit status 1 when a key is in use again that was retired."""
    from fangxian.ops.procedures.retire_keys import forgotten

    names = forgotten()
    if not names:
        return 0
    tell(
        Said(
            "注意：{names} 在记录里已经作废，密钥环里却没有作废：密钥环是从作废之前的备份恢复的。请立即再作废一次。",
            "MIND: {names} were retired on record and are not in the keyring, which was restored from a backup of "
            "before. Retire them again at once.",
        ).with_facts(names=", ".join(names))
    )
    return 1


def _day_text(day: int) -> str:
    from fangxian.core.policy.byte_time import DAY_MIN, moment_of

    return moment_of(day * DAY_MIN).date().isoformat()


def run_rotate(args: argparse.Namespace) -> int:
    site.start()
    site.bring_up_to_date()
    from fangxian.ops.procedures.rotate_keys import not_rotated, rotate
    from fangxian.ops.realm.keys import Purpose

    if args.purpose not in tuple(Purpose):
        raise not_rotated(args.purpose)
    begun = rotate(purpose=Purpose(args.purpose), by=BY)
    tell(
        Said(
            "{name} 已启用：从现在起用它签发；用旧密钥签发的照常有效，没有人需要做什么。",
            "{name} is in use: what is made from now on is made with it. What was made before goes on counting, and "
            "nobody has to do anything.",
        ).with_facts(name=begun.name)
    )
    if begun.day:
        tell(
            Said("自 {day} 起的每日密钥由它派生。", "It makes the keys of days from {day} on.").with_facts(
                day=_day_text(begun.day)
            )
        )
    return 0


def run_retire(args: argparse.Namespace) -> int:
    """Exit status 2 when nothing was done, since the costs have not been agreed to."""
    site.start()
    site.bring_up_to_date()
    from fangxian.ops.procedures.key_costs import costs
    from fangxian.ops.procedures.retire_keys import named, retire

    keys = named(args.names)
    names = _names(keys)
    tell(Said("将作废：{names}。代价：", "To be retired: {names}. What it costs:").with_facts(names=names))
    for cost in costs(keys):
        _say(cost)
    if not args.yes or not args.because.strip():
        _ask_to_agree(args)
        return 2
    done = retire(keys=keys, because=args.because, by=BY)
    in_use = _names(done.in_use)
    tell(
        Said(
            "已作废。现用：{in_use}。门岗在一秒内改用新密钥；核对办法见 docs/operations/key-leak.md。",
            "Retired. In use now: {in_use}. Gates go by them within a second; docs/operations/key-leak.md says how to "
            "see that it worked.",
        ).with_facts(in_use=in_use)
    )
    if done.n_cards:
        tell(
            Said(
                "已为 {n} 位持卡人派出换卡任务。", "For {n} holders of cards the task to have another printed is out."
            ).with_facts(n=f"{done.n_cards:,}")
        )
    return 0


def _names(keys) -> str:
    """Their names; of many days one after another the first and the last."""
    days = [key.name for key in keys if key.purpose == "days"]
    others = [key.name for key in keys if key.purpose != "days"]
    if len(days) > 3:
        days = [f"{days[0]} … {days[-1]}"]
    return ", ".join([*others, *days])


def _say(cost: Said) -> None:
    """In both languages: whoever decides may read only one, and somebody else sits beside them."""
    out.print(f"  · {cost.zh}\n    {cost.en}", markup=False)


def _ask_to_agree(args: argparse.Namespace) -> None:
    missing = [word for word, given in (("--because", args.because.strip()), ("--yes", args.yes)) if not given]
    tell(
        Said(
            "现在没有作废任何密钥。作废不能撤销；确认请加 {missing}。",
            "Nothing was retired now. It cannot be undone; to confirm, add {missing}.",
        ).with_facts(missing=" ".join(missing))
    )
