"""However keys are rotated, and however late gates hear of it, no code that counts is refused because of it."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fangxian.ops.procedures.rotate_keys import COUNTS_FOR, LASTS, is_due, run_out
from fangxian.ops.realm import rotation
from fangxian.ops.realm.gate_keys import DAYS_KNOWN
from fangxian.ops.realm.keys import MADE_AHEAD, Key, Keyring, Purpose, new_key

AT = datetime(2026, 4, 19, tzinfo=UTC)
DAY_0 = datetime(2000, 1, 1, tzinfo=UTC)
FOR_GOOD = 100_000
MOST_KEYS = 200


class Issued(NamedTuple):
    """Something made with a key that counts until a moment."""

    key: Key
    until: datetime


def day_of(at: datetime) -> int:
    return (at - DAY_0).days


class County:
    """A worker that rotates and gives keys out, an office that issues, a gate that follows; time passes between."""

    def __init__(self) -> None:
        at = AT.isoformat(timespec="seconds")
        used = [new_key(purpose, 1, at, begun_at=at) for purpose in (*MADE_AHEAD, Purpose.DAY_HANDLES)]
        self.at, self.ring = AT, Keyring([new_key(purpose, 2, at) for purpose in MADE_AHEAD] + used)
        self.issued: list[Issued] = []
        self.give()
        self.the_gate_looks()

    def give(self) -> None:
        """As `gate_keys.keys_card` has it."""
        self.given_on = day_of(self.at)
        keys = [key for purpose in MADE_AHEAD for key in self.ring.counting(purpose)]
        keys += [key for n in DAYS_KNOWN for key in self.ring.keys_of_day(self.given_on + n)]
        self.file = {(key.purpose, key.id, key.secret) for key in keys}

    def the_gate_looks(self) -> None:
        self.gate = self.file

    def pass_(self, hours: int) -> None:
        """The worker may be away at one midnight: gates have tomorrow's key. At the next they say that it is."""
        self.the_gate_looks()
        later = self.at + timedelta(hours=hours)
        if day_of(later) > self.given_on + 1:
            self.give()
            self.the_gate_looks()
        self.at = later
        self.issued = [it for it in self.issued if it.until > self.at]

    def the_worker_works(self) -> None:
        """As `rotate_due` does it."""
        for purpose in MADE_AHEAD:
            following = rotation.next_of(self.ring, purpose)
            if following is None:
                self.ring = rotation.with_next(self.ring, purpose, self.at)
            elif is_due(self.ring, purpose, self.at):
                self.begin_if_given(following)
        if is_due(self.ring, Purpose.DAY_HANDLES, self.at):
            self.rotate(Purpose.DAY_HANDLES)
        self.ring = rotation.ended(self.ring, run_out(self.ring, self.at), self.at)
        self.give()
        self.the_gate_looks()

    def rotate(self, purpose: Purpose) -> None:
        if len(self.ring.all_of(purpose)) >= MOST_KEYS:
            return
        if purpose is Purpose.DAY_HANDLES:
            self.ring = rotation.with_new_days(self.ring, day_of(self.at) + DAYS_KNOWN.stop, self.at)
        else:
            self.begin_if_given(rotation.next_of(self.ring, purpose))

    def begin_if_given(self, key: Key | None) -> None:
        """What was given is at gates a moment later; a person is slower than that."""
        if key and (key.purpose, key.id, key.secret) in self.file:
            self.the_gate_looks()
            self.ring = rotation.begun(self.ring, key, self.at)

    def issue(self, fraction: float) -> None:
        """Something of each kind, which counts for a part of the longest that it can."""
        for purpose in (*MADE_AHEAD, Purpose.DAYS):
            if purpose is Purpose.DAYS:
                key, days = self.ring.day_key(day_of(self.at)), -DAYS_KNOWN.start - 2
            else:
                key, days = self.ring.current(purpose), COUNTS_FOR.get(purpose, FOR_GOOD) - 1
            self.issued.append(Issued(key, self.at + timedelta(days=days * fraction)))

    def check(self) -> None:
        unknown = [it.key.name for it in self.issued if (it.key.purpose, it.key.id, it.key.secret) not in self.gate]
        assert not unknown
        names = [key.name for key in self.ring.every_key]
        assert len(set(names)) == len(names), "an id was used twice"


STEPS = {
    "issue": lambda county: county.issue(1.0),
    "issue for a while": lambda county: county.issue(0.5),
    "work": lambda county: county.the_worker_works(),
    "give": lambda county: county.give(),
    "look": lambda county: county.the_gate_looks(),
    "an hour": lambda county: county.pass_(1),
    "a day": lambda county: county.pass_(24),
} | {purpose.value: lambda county, it=purpose: county.rotate(it) for purpose in LASTS}


def play(county: County, steps: list[str]) -> None:
    for step in steps:
        STEPS[step](county)
        county.check()


@given(st.lists(st.sampled_from(sorted(STEPS)), min_size=20, max_size=60))
@settings(max_examples=100, deadline=None)
def test_nothing_that_counts_is_refused_however_keys_are_rotated(steps):
    play(County(), steps)


def test_nothing_that_counts_is_refused_through_years_on_the_clock():
    county = County()
    for day in range(3 * 366 + 1):
        county.pass_(24)
        county.the_worker_works()
        if day % 5 == 0:
            county.issue(1.0)
        county.check()
    used = {purpose: sum(1 for key in county.ring.all_of(purpose) if key.begun_at) for purpose in LASTS}
    assert used == {
        Purpose.SIGNING: 4, Purpose.CARDS: 4, Purpose.DAY_HANDLES: 4, Purpose.DEVICES: 7, Purpose.PRESENCE: 13,
    }  # fmt: skip
    assert {key.purpose for key in county.ring.every_key if key.ended_at} == {Purpose.PRESENCE, Purpose.DEVICES}


class Hasty(County):
    """Uses a key that gates have not been given."""

    def begin_if_given(self, key: Key | None) -> None:
        if key:
            self.ring = rotation.begun(self.ring, key, self.at)


class Tidy(County):
    """Ends keys while something made with them counts."""

    def the_worker_works(self) -> None:
        self.ring = rotation.ended(self.ring, run_out(self.ring, self.at + timedelta(days=30)), self.at)
        super().the_worker_works()


class Impatient(County):
    """Derives from a new secret a day's key that gates have from the old one."""

    def rotate(self, purpose: Purpose) -> None:
        if purpose is Purpose.DAY_HANDLES:
            self.ring = rotation.with_new_days(self.ring, day_of(self.at) + 1, self.at)


@pytest.mark.parametrize(
    ("wrong", "steps"),
    [
        (Hasty, ["presence", "presence", "issue"]),
        (Tidy, ["issue", "presence", "work"]),
        (Impatient, ["day_handles", "a day", "issue"]),
    ],
)
def test_a_county_that_rotates_wrongly_is_noticed(wrong, steps):
    play(County(), steps)
    with pytest.raises(AssertionError):
        play(wrong(), steps)
