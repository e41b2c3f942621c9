"""Keys that leaked are retired (密钥泄露后作废): what somebody else can make from now on proves nothing.

1. keys are made to stand in, and gates are given them                              realm
2. one line says which, and why                                                     audit
3. the leaked ones are retired and the others in use: what is made from now on
   is made with these                                                               realm
4. gates are told, within a second and without a pause                              realm
5. the record's end is signed anew, where it was the signing key                    audit
6. whoever holds a paper card under a key that is gone gets another                 tasks
7. identity numbers are hashed anew for gates, where it was the key of those        hash_documents

What each costs is told before (`key_costs`). docs/operations/key-leak.md says when to do it.
"""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.audit.actions import record, seal_all
from fangxian.ops.audit.queries import facts as facts_of
from fangxian.ops.audit.queries import lines
from fangxian.ops.people.queries import areas_of
from fangxian.ops.realm import rotation
from fangxian.ops.realm.current import county_now, keys_changed, the_realm
from fangxian.ops.realm.gate_files import GateFolder
from fangxian.ops.realm.gate_keys import days_known
from fangxian.ops.realm.keys import FOLLOWED, Key, Keyring, Purpose
from fangxian.ops.tasks.actions import open_tasks
from fangxian.ops.tasks.wire import NewTask

from .hash_documents import ask_to_hash
from .key_costs import cards_under
from .rotate_keys import LASTS, first_new_day

REPRINT_WITHIN = Parameter(
    value=14,
    unit="days",
    low=1,
    high=60,
    meaning="Within how long paper cards are printed anew whose key was retired",
    source="a guess: gates take them by their signature meanwhile",
)
# Everything that a gate's file holds, and everything in the keyring that makes codes, by one name each.
GATE, KEYRING = "gate", "keyring"
HELD_BY_GATES = (Purpose.CARDS, Purpose.PRESENCE, Purpose.DEVICES, Purpose.DOCUMENTS)
RETIRED_BY_NAME = (*LASTS, Purpose.DOCUMENTS)
GATES_LOOK_WITHIN_S = 1.0  # a gate looks each 0.1 s
TRIES = 300
TASKS_AT_ONCE = 500
KIND, ACTION = "keys.reprint_card", "keys.retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """What was done: the keys retired, those in use since, and how many cards are to be printed anew."""

    keys: tuple[Key, ...]
    in_use: tuple[Key, ...]
    n_cards: int


def named(names: Collection[str], ring: Keyring | None = None) -> list[Key]:
    """The keys meant: each by its name, such as `cards-1`, or all that a `gate` or the `keyring` holds.

    Refuses
    -------
    keys.unknown, keys.not_retired, keys.retired_already, keys.day_not_known
    """
    ring = ring or the_realm().keys
    found: dict[str, Key] = {}
    for name in names:
        for key in _named(name, ring):
            found[key.name] = key
    return list(found.values())


def _named(name: str, ring: Keyring) -> list[Key]:
    days = [ring.day_key(day) for day in days_known(the_realm())]
    if name in (GATE, KEYRING):
        purposes = HELD_BY_GATES if name == GATE else (*FOLLOWED, Purpose.DAY_HANDLES)
        return [*days, *(key for purpose in purposes for key in ring.counting(purpose))]
    purpose, _, number = name.rpartition("-")
    if purpose not in tuple(Purpose) or not number.isascii() or not number.isdecimal():
        raise _unknown(name)
    if purpose == Purpose.DAYS:
        return [_day_named(name, int(number), ring)]
    key = next((it for it in ring.all_of(Purpose(purpose)) if it.id == int(number)), None)
    if key is None:
        raise _unknown(name)
    if key.purpose not in RETIRED_BY_NAME:
        raise _not_retired(name)
    if key.retired_at:
        raise _retired_already(key)
    return [key]


def _day_named(name: str, id_: int, ring: Keyring) -> Key:
    days = days_known(the_realm())
    found = next((key for day in days for key in ring.keys_of_day(day) if key.id == id_), None)
    if found is None:
        raise Refusal(
            "keys.day_not_known",
            zh="{name} 现在没有门岗认得：不是近日的密钥，用它签发的码也早已过期，不需要作废。门岗认得 days-{first} 到 "
            "days-{last}。请用 fangxian keys list 核对。",
            en="No gate knows {name} now: it is no key of these days, what was made with it has long ended, and it "
            "need not be retired. Gates know days-{first} to days-{last}; see fangxian keys list.",
            name=name,
            first=days[0],
            last=days[-1],
        )
    if found.retired_at:
        raise _retired_already(found)
    return found


def retire(*, keys: Sequence[Key], because: str, by: str, wait: Callable[[float], None] = time.sleep) -> Retired:
    """Retire keys, all of them or none.

    Parameters
    ----------
    keys : as `named` gives them
    wait : seconds pass until gates have looked

    Refuses
    -------
    keys.no_reason, keys.gate_folder_busy
    """
    if not because.strip():
        raise _no_reason(keys)
    cards = {key.id: cards_under(key) for key in keys if key.purpose is Purpose.CARDS}
    _make_ready(keys)
    _give_to_gates(wait)
    wait(GATES_LOOK_WITHIN_S)
    after = _retire(keys, because.strip(), by)
    _give_to_gates(wait)
    if any(key.purpose is Purpose.SIGNING for key in keys):
        seal_all()
    for card_key_id, holders in cards.items():
        _have_reprinted(card_key_id, holders, by)
    for key in keys:
        if key.purpose is Purpose.DOCUMENTS:
            ask_to_hash(key=key, by=by)
    return Retired(keys=tuple(keys), in_use=_successors(after, keys), n_cards=sum(map(len, cards.values())))


def forgotten() -> list[str]:
    """Names of keys that were retired on record and are not in the keyring: it was restored from a backup of before."""
    ring = the_realm().keys
    kept = {key.name for purpose in Purpose for key in ring.retired(purpose)}
    names = {name for line in lines(action=ACTION) for name in facts_of(line)["keys"]}
    return sorted(names - kept)


def _make_ready(keys: Sequence[Key]) -> None:
    with rotation.changing(the_realm().path / "keys") as (ring, write):
        write(rotation.with_successors(ring, keys, datetime.now(UTC)))
    keys_changed()


@transaction.atomic
def _retire(keys: Sequence[Key], because: str, by: str) -> Keyring:
    at = datetime.now(UTC)
    with rotation.changing(the_realm().path / "keys") as (ring, write):
        if any(key.purpose is Purpose.DAY_HANDLES for key in keys):
            ring = rotation.with_new_days(ring, first_new_day(), at)
        after = rotation.retired(ring, keys, because, at)
        facts = {"keys": _retired_now(ring, after), "in_use": [key.name for key in _successors(after, keys)]}
        record(ACTION, by=by, facts=facts, details={"because": because})
        write(after)
    keys_changed()
    return after


def _retired_now(before: Keyring, after: Keyring) -> list[str]:
    """Names of all that were retired, those that were to follow included."""
    gone = {key.name for key in before.every_key if key.retired_at}
    return sorted(key.name for key in after.every_key if key.retired_at and key.name not in gone)


def _successors(ring: Keyring, keys: Sequence[Key]) -> tuple[Key, ...]:
    days = {key.day for key in keys if key.purpose is Purpose.DAYS}
    purposes = {key.purpose for key in keys} - {Purpose.DAYS}
    current = [ring.current(purpose) for purpose in RETIRED_BY_NAME if purpose in purposes]
    return (*current, *(ring.day_key(day) for day in sorted(days)))


def _give_to_gates(wait: Callable[[float], None]) -> None:
    """Write gates' keys.json here and now: a worker that stands still must not keep a leaked key alive."""
    realm = the_realm()
    folder = GateFolder(realm)
    for _ in range(TRIES):
        with folder.locked() as is_mine:
            if is_mine:
                folder.keep_keys(realm)
                return
        wait(0.1)
    raise Refusal(
        "keys.gate_folder_busy",
        zh="后台一直在写门岗的数据（等了 {seconds} 秒），密钥还没有交给门岗。应能在几秒内写上。请稍后再运行一次同样的"
        "命令。",
        en="The worker has been writing the gates' files for {seconds} s, so that gates were not given the keys. It "
        "should take some seconds: run the same command again.",
        seconds=TRIES // 10,
    )


def _have_reprinted(card_key_id: int, holders: Collection[UUID], by: str) -> None:
    """One task for each holder's grid worker. It says nothing of the person; the person's page does."""
    due_at = county_now() + timedelta(days=REPRINT_WITHIN.value)
    title = Said(
        "换新纸质卡：原卡的密钥已作废，门岗暂凭签名放行。请协助本人在「我的码」里重印。",
        "Print a paper card anew: its key was retired, and gates take the old one by its signature for now. Help its "
        "holder print another in “My code”.",
    )
    tasks = [
        NewTask(
            kind=KIND,
            title=title,
            area_path=area_path,
            due_at=due_at,
            role="grid_worker",
            about=f"person:{person}",
            unique_key=f"cards-{card_key_id}:{person}",
        )
        for person, area_path in areas_of(holders).items()
    ]
    for start in range(0, len(tasks), TASKS_AT_ONCE):
        open_tasks(tasks=tasks[start : start + TASKS_AT_ONCE], by=by)


def _unknown(name: str) -> Refusal:
    return Refusal(
        "keys.unknown",
        zh="没有名为 {name} 的密钥。应写用途和编号，如 cards-1；gate 指门岗文件里的全部，keyring 指密钥环里的全部。"
        "请用 fangxian keys list 查名称。",
        en="There is no key called {name}. A name is a purpose and an id, such as cards-1; or gate, for all that a "
        "gate's file holds; or keyring. See fangxian keys list.",
        name=name,
    )


def _not_retired(name: str) -> Refusal:
    return Refusal(
        "keys.not_retired",
        zh="{name} 不签发码，作废它不会使任何伪造的东西失效，只会使已存的内容打不开。能作废的用途：{wanted}、days。"
        "请看 docs/operations/key-leak.md 里这把密钥的一节。",
        en="{name} makes no codes: retiring it would end nothing forged and only make stored content unreadable. What "
        "can be retired: {wanted}, days. See its section in docs/operations/key-leak.md.",
        name=name,
        wanted=", ".join(RETIRED_BY_NAME),
    )


def _retired_already(key: Key) -> Refusal:
    return Refusal(
        "keys.retired_already",
        zh="{name} 已于 {at} 作废（{because}），没有再做什么。请用 fangxian keys list 查看现用的密钥。",
        en="{name} was retired on {at} ({because}); nothing more was done. See fangxian keys list for those in use.",
        name=key.name,
        at=key.retired_at,
        because=key.because,
    )


def _no_reason(keys: Sequence[Key]) -> Refusal:
    return Refusal(
        "keys.no_reason",
        zh="没有写明理由，{names} 没有作废。作废须写明怎样泄露、谁发现的。请用 --because 写上。",
        en="No reason is given, so {names} were not retired. A retirement says how the key leaked and who found out: "
        "add it with --because.",
        names=", ".join(key.name for key in keys),
    )
