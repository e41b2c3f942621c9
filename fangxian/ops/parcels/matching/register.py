"""The register in memory, by everything a waybill may say of somebody: phone, mask, name, household."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from fangxian.core.matching.addresses import Address, Gazetteer, streets_alike
from fangxian.core.matching.names import Name, Writing, masks_of, surname_of
from fangxian.core.matching.phones import Line, Phone

HEAD_DIGITS, TAIL_DIGITS = 3, 4
SHORTEST_NEARLY = 3  # of names of two signs half would be wrong


@dataclass(frozen=True, slots=True)
class Resident:
    """One person as the register has them, unsealed."""

    person: UUID
    household: UUID | None
    area_path: str
    name: str
    phone: str
    sex: str = ""
    is_child: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    """A household's address as taken apart, with who lives there (rows of `Register.residents`)."""

    address: Address
    unit: str
    members: tuple[int, ...]


class Register:
    """Everybody on the register, to be searched; made in a second or two and thrown away after a list."""

    def __init__(self, residents: Iterable[Resident], addresses: dict[UUID, str], gazetteer: Gazetteer) -> None:
        """`addresses` : of each household, unsealed."""
        self.residents = list(residents)
        self.gazetteer = gazetteer
        self.n = max(1, len(self.residents))
        self.row_of = {resident.person: row for row, resident in enumerate(self.residents)}
        self.by_phone: dict[str, list[int]] = defaultdict(list)
        self._by_head_and_tail: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.by_name: dict[str, list[int]] = defaultdict(list)
        self._by_surname: dict[str, list[int]] = defaultdict(list)
        self._by_mask: dict[str, list[int]] = defaultdict(list)
        self._in_unit: dict[str, list[int]] = defaultdict(list)
        for row, resident in enumerate(self.residents):
            self._add(row, resident)
        self._add_names()
        self.homes: dict[UUID, Home] = {}
        self._by_numbers: dict[tuple[int, ...], list[UUID]] = defaultdict(list)
        self._by_unit: dict[tuple[str, tuple[int, ...]], list[UUID]] = defaultdict(list)
        self._add_homes(addresses)
        self.named = lru_cache(maxsize=65_536)(self._named)
        self.homes_at = lru_cache(maxsize=65_536)(self._homes_at)
        self.n_in = lru_cache(maxsize=1024)(self._n_in)
        self.rows_in = lru_cache(maxsize=1024)(self._rows_in)

    def _add(self, row: int, resident: Resident) -> None:
        if phone := resident.phone:
            self.by_phone[phone].append(row)
            self._by_head_and_tail[phone[:HEAD_DIGITS], phone[-TAIL_DIGITS:]].append(row)
        self.by_name[resident.name].append(row)
        self._in_unit[resident.area_path[:12]].append(row)

    def _add_names(self) -> None:
        """What a name may be written as is worked out once for all who have it."""
        for name, rows in self.by_name.items():
            self._by_surname[surname_of(name)] += rows
            for mask in masks_of(name):
                self._by_mask[mask] += rows

    def _add_homes(self, addresses: dict[UUID, str]) -> None:
        members: dict[UUID, list[int]] = defaultdict(list)
        for row, resident in enumerate(self.residents):
            if resident.household is not None:
                members[resident.household].append(row)
        for household, rows in members.items():
            address = self.gazetteer.read(addresses.get(household, ""))
            self.homes[household] = Home(address, self.residents[rows[0]].area_path[:12], tuple(rows))
            if address.numbers:
                self._by_numbers[address.numbers].append(household)
                self._by_unit[self.homes[household].unit, address.numbers].append(household)

    def rows_of_phone(self, phone: Phone) -> list[int]:
        """Who has a phone, or one that a mask may hide."""
        if phone.line is Line.WHOLE:
            return self.by_phone.get(phone.head, [])
        if phone.line is not Line.MASKED or len(phone.tail) < TAIL_DIGITS:
            return []
        rows = self._by_head_and_tail.get((phone.head[:HEAD_DIGITS], phone.tail[-TAIL_DIGITS:]), [])
        return [row for row in rows if self.fits_phone(phone, row)]

    def fits_phone(self, phone: Phone, row: int) -> bool:
        own = self.residents[row].phone
        return bool(own) and own.startswith(phone.head) and own.endswith(phone.tail)

    def household_of(self, row: int) -> tuple[int, ...]:
        """The rows of somebody's household, their own among them."""
        household = self.residents[row].household
        return self.homes[household].members if household is not None else (row,)

    def rows_of_name(self, name: Name) -> list[int]:
        """Who has a name, or one that stands behind a mask or a title."""
        if name.writing is Writing.WHOLE:
            return self.by_name.get(name.text, [])
        if name.writing is Writing.TITLED:
            return self._by_surname.get(name.text, [])
        return self._by_mask.get(name.text, []) if name.writing is Writing.MASKED else []

    def rows_nearly(self, name: str) -> set[int]:
        """Who has a name of three signs or more that differs from this one in one sign."""
        if len(name) < SHORTEST_NEARLY:
            return set()
        masks = (f"{name[:at]}*{name[at + 1 :]}" for at in range(len(name)))
        return {row for mask in masks for row in self._by_mask.get(mask, ())} - set(self.by_name.get(name, ()))

    def _rows_in(self, units: frozenset[str]) -> frozenset[int]:
        """Everybody who lives in some units."""
        return frozenset(row for unit in units for row in self._in_unit.get(unit, ()))

    def _n_in(self, townships: frozenset[str]) -> int:
        """How many live in some townships."""
        return sum(len(rows) for unit, rows in self._in_unit.items() if unit[:9] in townships)

    def _named(self, name: Name) -> frozenset[int]:
        return frozenset(self.rows_of_name(name))

    def _homes_at(self, address: Address) -> tuple[UUID, ...]:
        """The households an address may mean: the same numbers, in the unit it names, in a street alike."""
        if not address.numbers or not (address.units or address.street):
            return ()  # numbers alone mean a house in every village
        if address.units:
            found = [home for unit in sorted(address.units) for home in self._by_unit.get((unit, address.numbers), ())]
        else:
            found = [
                home
                for home in self._by_numbers.get(address.numbers, ())
                if not address.townships or self.homes[home].unit[:9] in address.townships
            ]
        return tuple(home for home in found if streets_alike(address.street, self.homes[home].address.street))
