"""Whose code or document that is (验码认人), where a gate is not asked: at a post, from its page or its phone.

1. the code is one of this county, in force, with an unbroken seal    core.policy, with the realm's keys
2. whose number it holds                                              people
3. it has not been renewed since                                      movement
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from fangxian.core.policy.byte_card import open_card
from fangxian.core.policy.byte_time import DAY_MIN, minute_of
from fangxian.core.policy.handles import HandleKey
from fangxian.core.policy.person_qr import LONGEST_VALIDITY_MIN, open_person_qr, require_generation
from fangxian.core.refusal import Refusal
from fangxian.ops.movement.queries import health_of_many
from fangxian.ops.movement.wire import StoredCode
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import persons_at_gate, persons_with_documents
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.keys import Purpose

CARD = "FXC"


@dataclass(frozen=True, slots=True)
class Shown:
    """Who somebody is by what they show, with their code as last computed; `refusal` says why a code does not count."""

    person: Person | None = None
    code: StoredCode | None = None
    refusal: Refusal | None = None


NOBODY = Shown()


def who_show_codes(texts: Mapping[str, datetime]) -> dict[str, Shown]:
    """Who shows each of these codes or cards, read at these moments. (text of a QR → person)

    A code whose key has leaked proves nothing here; a gate would look at its signature, a post at the document.
    """
    keys = _Keys()
    opened = {text: _opened(text.rsplit("/", 1)[-1].strip(), at, keys) for text, at in texts.items()}
    people = persons_at_gate({it[0] for it in opened.values() if not isinstance(it, Refusal)})
    codes = health_of_many([person.pk for person in people.values()])
    return {text: _shown(it, people, codes) for text, it in opened.items()}


def who_have_documents(numbers: Collection[str]) -> dict[str, Shown]:
    """Who has each of these (normalised) document numbers; whoever is on no register is left out."""
    found = persons_with_documents(numbers)
    codes = health_of_many([person.pk for person in found.values()])
    return {number: Shown(person, codes.get(person.pk)) for number, person in found.items()}


class _Keys:
    """The realm's keys, each made ready once however many codes are read with it."""

    def __init__(self) -> None:
        self._of_days: dict[int, Mapping[int, HandleKey]] = {}

    @cached_property
    def of_cards(self) -> Mapping[int, HandleKey]:
        return {key.id: HandleKey(key.secret, purpose="card") for key in the_realm().keys.counting(Purpose.CARDS)}

    def of_day(self, day: int) -> Mapping[int, HandleKey]:
        if day not in self._of_days:
            found = [key for key in the_realm().keys.keys_of_day(day) if not key.retired_at]
            self._of_days[day] = {key.id: HandleKey(key.secret, purpose="day") for key in found}
        return self._of_days[day]


def _opened(text: str, at: datetime, keys: _Keys) -> tuple[int, int, bool] | Refusal:
    """Gate number, generation, whether it is a card; or why the code does not count."""
    division, at_min = int(the_realm().division_code), minute_of(at)
    try:
        if text.startswith(CARD):
            return (*open_card(text, division=division, at_min=at_min, card_keys=keys.of_cards), True)
        day_keys: dict[int, HandleKey] = {}
        for day in {(at_min - back) // DAY_MIN for back in (LONGEST_VALIDITY_MIN, 0)}:
            day_keys |= keys.of_day(day)
        return (*open_person_qr(text, division=division, at_min=at_min, day_keys=day_keys), False)
    except Refusal as refusal:
        return refusal


def _shown(
    opened: tuple[int, int, bool] | Refusal, people: Mapping[int, Person], codes: Mapping[object, StoredCode]
) -> Shown:
    if isinstance(opened, Refusal):
        return Shown(refusal=opened)
    number, generation, is_card = opened
    person = people.get(number)
    code = person and codes.get(person.pk)
    if code is not None:
        try:
            require_generation(generation, code.card_generation if is_card else code.qr_generation)
        except Refusal as refusal:
            return Shown(refusal=refusal)
    return Shown(person, code)
