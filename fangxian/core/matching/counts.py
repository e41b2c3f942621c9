"""How often what stands in a row stands in these very lists: by chance two strangers share what is frequent."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from fangxian.core.matching.addresses import Address
from fangxian.core.matching.levels import DAY, shared_mask, townships_of
from fangxian.core.matching.names import WILD, masks_of
from fangxian.core.matching.parameters import OTHERS, USUAL
from fangxian.core.matching.rows import Row

HomeKey = tuple[frozenset[str], tuple[int, ...]]


@dataclass(slots=True)
class Counts:
    """Counted over all rows of all lists, those repeated word for word once.

    masks : of whole names, behind how many each mask fits; of masked names themselves too
    """

    n: int = 1
    names: Counter[str] = field(default_factory=Counter)
    sounds: Counter[str] = field(default_factory=Counter)
    masks: Counter[str] = field(default_factory=Counter)
    births: Counter[int] = field(default_factory=Counter)
    years: Counter[int] = field(default_factory=Counter)
    phones: Counter[str] = field(default_factory=Counter)
    homes: Counter[HomeKey] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    townships: Counter[str] = field(default_factory=Counter)

    def of_name(self, one: str, other: str, level: str) -> float:
        """How likely a stranger's name compares so with one of these."""
        if level == "same":
            return self._share("name", self.names[one])
        if level == "near":
            return self._share("mask", self.masks[shared_mask(one, other)])
        return self._share("mask", max(self.masks[name] for name in (one, other) if WILD in name))

    def of_sound(self, sound: str) -> float:
        return self._share("sound", self.sounds[sound])

    def of_birth(self, one: int, other: int, level: str) -> float:
        return (
            self._share("birth", self.births[one]) if level == "same" else self._share("year", self.years[one // DAY])
        )

    def of_phone(self, phone: str) -> float:
        return self._share("phone", self.phones[phone])

    def of_address(self, one: Address, other: Address, level: str) -> float:
        if level == "home":
            return self._share("home", max(self.homes[home_of(one)], self.homes[home_of(other)]))
        if level == "unit":
            return self._share("unit", sum(self.units[unit] for unit in one.units & other.units))
        shared = townships_of(one) & townships_of(other)
        return self._share("township", sum(self.townships[it] for it in shared))

    def _share(self, of: str, count: int) -> float:
        """Among these rows and as many ordinary ones as a short list needs beside it."""
        others = OTHERS.value
        return min(1.0, (count + others * USUAL[of].value) / (self.n + others))


def home_of(address: Address) -> HomeKey:
    return address.units, address.numbers


def count(rows: Sequence[Row]) -> Counts:
    """What these rows hold how often."""
    found = Counts(n=max(len(rows), 2))
    for row in rows:
        if row.name:
            found.names[row.name] += 1
            found.sounds[row.sound] += 1
        if row.born:
            found.births[row.born] += 1
            found.years[row.born // DAY] += 1
        if row.phone:
            found.phones[row.phone] += 1
        if row.address.units:
            found.homes[home_of(row.address)] += 1
            found.units.update(row.address.units)
        found.townships.update(townships_of(row.address))
    _count_masks(found)
    return found


def _count_masks(found: Counts) -> None:
    """Worked out once for all who have a name; `masks_of` knows one star a name and a few wider masks."""
    for name, n in found.names.items():
        for mask in {name} if WILD in name else masks_of(name):
            found.masks[mask] += n
