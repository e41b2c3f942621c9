"""Keys follow one another (换用密钥): on a clock, or when somebody says so.

1. the next key of each purpose is made, and the worker gives it to gates and doors             realm
2. a week later at the earliest, and once gates have it, it is in use and the old one former     realm
3. once nothing that was made with a former key counts any more, it is ended                     realm
Each is one line in the record                                                                    audit

Periods run by the wall: what a key risks grows with real time, and a drill's clock may be set back. The keys of days
change by themselves at the county's midnight; what follows on a clock is the secret they are derived from.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from django.db import transaction

from fangxian.core.parameters import Parameter
from fangxian.core.policy.byte_time import DAY_MIN, minute_of
from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.places.wire import TOKEN_DAYS
from fangxian.ops.realm import rotation
from fangxian.ops.realm.current import keys_changed, the_realm
from fangxian.ops.realm.gate_keys import DAYS_KNOWN, has_been_given
from fangxian.ops.realm.keys import MADE_AHEAD, Key, Keyring, Purpose

from .hash_documents import end_leaked
from .issue_codes import CARD_LASTS

SIGNER_LASTS = Parameter(
    value=366,
    unit="days",
    low=30,
    high=1830,
    meaning="How long the county signs with one key before the next is in use",
    source="a guess: as long as a paper card; posters and papers keep the key they were signed with",
)
CARD_KEY_LASTS = Parameter(
    value=366,
    unit="days",
    low=30,
    high=1830,
    meaning="How long paper cards are made with one key before the next is in use",
    source="a guess: as long as a card",
)
PRESENCE_KEY_LASTS = Parameter(
    value=90,
    unit="days",
    low=7,
    high=366,
    meaning="How long rotating venue codes are made with one key before the next is in use",
    source="a guess: nothing made with it lasts longer than a scan may come late, so that changing it costs nothing",
)
DEVICE_KEY_LASTS = Parameter(
    value=180,
    unit="days",
    low=7,
    high=366,
    meaning="How long devices' tokens are made with one key before the next is in use",
    source="a guess: as long as a token",
)
DAYS_SECRET_LASTS = Parameter(
    value=366,
    unit="days",
    low=30,
    high=1830,
    meaning="How long the keys of days are derived from one secret, which only the county's own server has",
    source="a guess: who steals it can read the handles of that time and of none before it",
)
MADE_AHEAD_BY = Parameter(
    value=7,
    unit="days",
    low=1,
    high=60,
    meaning="How long gates and doors have a key before anything is made with it",
    source="a guess: a door has its bundle anew within a day, and a gate that was off for a week is noticed",
)
LASTS = {
    Purpose.SIGNING: SIGNER_LASTS,
    Purpose.CARDS: CARD_KEY_LASTS,
    Purpose.PRESENCE: PRESENCE_KEY_LASTS,
    Purpose.DEVICES: DEVICE_KEY_LASTS,
    Purpose.DAY_HANDLES: DAYS_SECRET_LASTS,
}
# For how many days something made with a key can count, at most; posters and papers count for good.
COUNTS_FOR = {
    Purpose.CARDS: int(CARD_LASTS.high) + 1,
    Purpose.DEVICES: int(TOKEN_DAYS.high) + 1,
    Purpose.PRESENCE: 1 - DAYS_KNOWN.start,  # a scan that comes late shows a code of then
}


def rotate_due(*, at: datetime, by: str) -> None:
    """A chore of the worker: makes the next keys, begins those whose time has come, ends what has run out."""
    wall = datetime.now(UTC)
    for purpose in MADE_AHEAD:
        ring = the_realm().keys
        if rotation.next_of(ring, purpose) is None:
            make_next(purpose=purpose, by=by)
        elif is_due(ring, purpose, wall) and has_been_given(the_realm(), rotation.next_of(ring, purpose)):
            rotate(purpose=purpose, by=by)
    if is_due(the_realm().keys, Purpose.DAY_HANDLES, wall):
        rotate(purpose=Purpose.DAY_HANDLES, by=by)
    end_leaked(by=by)
    if not the_realm().is_synthetic and (over := run_out(the_realm().keys, wall)):
        end_keys(keys=over, by=by)


def is_due(ring: Keyring, purpose: Purpose, wall: datetime) -> bool:
    """Whether the key in use has served its time, and the next has been about for long enough."""
    has_served = wall - _moment(ring.current(purpose).begun_at) >= timedelta(days=LASTS[purpose].value)
    following = rotation.next_of(ring, purpose)
    is_known = following is None or wall - _moment(following.made_at) >= timedelta(days=MADE_AHEAD_BY.value)
    return has_served and is_known


def run_out(ring: Keyring, wall: datetime) -> list[Key]:
    """Former keys of which nothing can count any more. Only of a live realm: another's clock may be set back."""
    found = []
    for purpose, days in COUNTS_FOR.items():
        begun = [key for key in ring.all_of(purpose) if key.begun_at]  # newest first: each was in use until the last
        for after, key in pairwise(begun):
            is_over = wall - _moment(after.begun_at) >= timedelta(days=days)
            if is_over and not key.ended_at and not key.retired_at:
                found.append(key)
    return found


@transaction.atomic
def make_next(*, purpose: Purpose, by: str) -> Key:
    """Make the key that is to follow the one in use; made already, it is that one."""
    with rotation.changing(the_realm().path / "keys") as (ring, write):
        after = rotation.with_next(ring, purpose, datetime.now(UTC))
        following = rotation.next_of(after, purpose)
        assert following is not None
        if after is not ring:
            record("keys.made", by=by, facts={"purpose": purpose, "id": following.id})
            write(after)
    keys_changed()
    return following


@transaction.atomic
def rotate(*, purpose: Purpose, by: str) -> Key:
    """Begin the next key of a purpose; what was made with the one before goes on counting. The key begun.

    Refuses
    -------
    keys.not_rotated, keys.not_given_yet
    """
    if purpose not in LASTS:
        raise not_rotated(purpose)
    realm, wall = the_realm(), datetime.now(UTC)
    with rotation.changing(realm.path / "keys") as (ring, write):
        before = ring.current(purpose)
        if purpose is Purpose.DAY_HANDLES:
            after = rotation.with_new_days(ring, first_new_day(), wall)
        else:
            following = rotation.next_of(ring, purpose)
            if following is None or not has_been_given(realm, following):
                raise _not_given_yet(purpose)
            after = rotation.begun(ring, following, wall)
        begun = after.current(purpose)
        record("keys.rotated", by=by, facts={"purpose": purpose, "from": before.id, "to": begun.id})
        write(after)
    keys_changed()
    return begun


@transaction.atomic
def end_keys(*, keys: Iterable[Key], by: str) -> None:
    """End former keys: gates are not given them any more."""
    some = list(keys)
    with rotation.changing(the_realm().path / "keys") as (ring, write):
        record("keys.ended", by=by, facts={"keys": [key.name for key in some]})
        write(rotation.ended(ring, some, datetime.now(UTC)))
    keys_changed()


def first_new_day() -> int:
    """The first county day whose key no gate has been given yet."""
    return minute_of(the_realm().clock.now()) // DAY_MIN + DAYS_KNOWN.stop


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def not_rotated(purpose: str) -> Refusal:
    return Refusal(
        "keys.not_rotated",
        zh="“{found}”的密钥不换用：换了它，已经封存的内容或已经编好的号就对不上了。可以换用的是：{wanted}。"
        "怀疑整个密钥环泄露，请看 docs/operations/key-leak.md。",
        en="The key for “{found}” is not rotated: what was sealed or numbered with it would fit no more. These are: "
        "{wanted}. If the whole keyring may have leaked, see docs/operations/key-leak.md.",
        found=purpose,
        wanted=", ".join(LASTS),
    )


def _not_given_yet(purpose: Purpose) -> Refusal:
    return Refusal(
        "keys.not_given_yet",
        zh="“{purpose}”的下一把密钥还没有交给门岗，现在换用会使门岗不认识新签发的码，没有换。应先由后台交给门岗。"
        "请确认 fangxian worker 在运行，几秒后再试。",
        en="Gates have not been given the next key for “{purpose}” yet and would not know what is made with it, so it "
        "was not rotated. The worker gives it to them: see that fangxian worker runs, and try again in some seconds.",
        purpose=purpose,
    )
