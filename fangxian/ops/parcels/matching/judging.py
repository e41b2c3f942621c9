"""Who is meant: those who may be, how likely each is, why, and whether that is enough.

Each sign counts by Bayes: how often it comes so of whom it is truly for, against how many of the register's people
it fits by chance. So a surname with a title says little in a county with eleven thousand of it, a whole phone nearly
all, and two weak signs together what neither says alone. Signs are taken for independent but for what a household
shares, which is why a household's own are told apart by the name alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log

from .addresses import Address
from .names import Name, Writing, fits_mask, is_nearly, read_name
from .parameters import (
    AMBIGUOUS_FROM,
    CANDIDATE_FROM,
    CHILD_GETS_PARCELS,
    IN_REGISTER,
    MATCHED_FROM,
    N_CANDIDATES_MAX,
    N_SHOWN_MAX,
    OUTSIDER_HAS_THEIR_PHONE,
    OUTSIDER_IS_ELSEWHERE,
    OUTSIDER_LIVES_THERE,
    WRITTEN_AS,
)
from .phones import Line, Phone, read_phone
from .register import Register

HALF = 0.5  # of anybody
FITS_MANY = 0.5  # of all likelihood: it is somebody on the register, and nothing says who


class Verdict(StrEnum):
    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "unmatched"


@dataclass(frozen=True, slots=True)
class Sign:
    """One reason: what was compared, how it came out, and how many on the register it fits (0 where it fits nobody)."""

    of: str
    found: str
    n_fitting: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody it may be: a row of the register, how likely of all answers, and the signs."""

    row: int
    likelihood: float
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found of one way of being written; the likeliest candidate first, those too unlikely left out.

    why : of what is unmatched: nothing_given, too_little, not_on_register or elsewhere
    """

    verdict: Verdict
    candidates: tuple[Candidate, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """Somebody as a waybill writes them, read."""

    name: Name
    phone: Phone
    address: Address

    @classmethod
    def of(cls, register: Register, *, name: str, phone: str, address: str) -> "Written":
        return cls(read_name(name), read_phone(phone), register.gazetteer.read(address))

    @property
    def says_nothing(self) -> bool:
        no_phone = self.phone.line in (Line.NONE, Line.VIRTUAL)
        return no_phone and self.name.writing is Writing.NONE and self.address.says_nothing


def judge(register: Register, written: Written) -> Judgement:
    """Who that is, if anybody on the register; some 0.1 ms, and ten times that for a common name without a phone."""
    if written.says_nothing:
        return Judgement(Verdict.UNMATCHED, why="nothing_given")
    search = _Search(register, written)
    rows = search.rows()
    found = search.likelihoods(rows) if rows else ()
    if found and found[0].likelihood >= MATCHED_FROM.value:
        return Judgement(Verdict.MATCHED, found[:1])
    if found and found[0].likelihood >= AMBIGUOUS_FROM.value:
        likely = [one for one in found if one.likelihood >= CANDIDATE_FROM.value]
        return Judgement(Verdict.AMBIGUOUS, tuple(likely[: int(N_SHOWN_MAX.value)]))
    if written.address.is_elsewhere:
        return Judgement(Verdict.UNMATCHED, why="elsewhere")
    fits_many = rows is None or sum(one.likelihood for one in found) >= FITS_MANY
    return Judgement(Verdict.UNMATCHED, why="too_little" if fits_many else "not_on_register")


class _Search:
    """One way of being written, against the register."""

    def __init__(self, register: Register, written: Written) -> None:
        self.register, self.name, self.phone, self.address = register, written.name, written.phone, written.address
        self.with_phone = set(register.rows_of_phone(self.phone))
        self.beside_phone = self._households(self.with_phone) - self.with_phone
        self.named = register.named(self.name)
        self.nearly = register.rows_nearly(self.name.text) if self.name.writing is Writing.WHOLE else set()
        homes = register.homes_at(self.address)
        self.at_home = {row for home in homes for row in register.homes[home].members}

    @property
    def _is_whole_phone(self) -> bool:
        return self.phone.line is Line.WHOLE

    def _households(self, rows: Iterable[int]) -> set[int]:
        return {other for row in rows for other in self.register.household_of(row)}

    def rows(self) -> set[int] | None:
        """Everybody worth weighing; None where what is given fits too many to tell them apart."""
        most = int(N_CANDIDATES_MAX.value)
        rows = self.with_phone | self.beside_phone | (self.at_home if len(self.at_home) <= most else set())
        named = self._named_where_told()
        rows |= named if len(named) <= most else set()
        # Whoever has nothing but nearly the name is never likely enough, so nobody is weighed for that alone.
        return None if not rows and named else rows

    def _named_where_told(self) -> frozenset[int]:
        """Who has the name; of many, or where it is not whole, only those who live where the address says."""
        if self.name.writing is Writing.WHOLE and len(self.named) <= N_CANDIDATES_MAX.value:
            return self.named
        inside = self.register.rows_in(self.address.units)
        return inside & self.named if inside else self.named

    def likelihoods(self, rows: set[int]) -> tuple[Candidate, ...]:
        """Each against all others and against an outsider, the likeliest first."""
        each = log(IN_REGISTER.value / self.register.n)
        weighed = [(each + weight, row, signs) for row in rows for weight, signs in (self._weighed(row),)]
        nobody = log(1 - IN_REGISTER.value) + self._weight_of_an_outsider()
        top = max((weight for weight, _, _ in weighed), default=nobody)
        top = max(top, nobody)
        total = sum(exp(weight - top) for weight, _, _ in weighed) + exp(nobody - top)
        found = [Candidate(row, exp(weight - top) / total, signs) for weight, row, signs in weighed]
        return tuple(sorted(found, key=lambda one: (-one.likelihood, one.row)))

    def _weighed(self, row: int) -> tuple[float, tuple[Sign, ...]]:
        parts = [self._phone(row), self._name(row), self._title(row), self._age(row), self._place(row)]
        told = [part for part in parts if part is not None]
        return sum(weight for weight, _ in told), tuple(sign for _, sign in told)

    def _title(self, row: int) -> tuple[float, Sign] | None:
        if not self.name.sex:
            return None
        found = "fits" if self.register.residents[row].sex == self.name.sex else "other"
        return log(WRITTEN_AS["title", found].value / HALF), Sign("title", found)

    def _age(self, row: int) -> tuple[float, Sign] | None:
        is_child = self.register.residents[row].is_child
        return (log(CHILD_GETS_PARCELS.value), Sign("age", "child")) if is_child else None

    def _phone(self, row: int) -> tuple[float, Sign] | None:
        if self.phone.line in (Line.NONE, Line.VIRTUAL):
            return None
        if row in self.with_phone:
            found = "own" if self._is_whole_phone else "masked"
            return self._fitting("phone", found, len(self.with_phone))
        if row in self.beside_phone:
            found = "household" if self.register.residents[row].phone else "households_only"
            return self._fitting("phone", found, len(self.beside_phone))
        if not self.register.residents[row].phone:
            return _telling("phone", "has_none")
        found = "somebody_elses" if self.with_phone and self._is_whole_phone else "other"
        return _telling("phone", found)

    def _name(self, row: int) -> tuple[float, Sign] | None:
        writing, own = self.name.writing, self.register.residents[row].name
        if writing is Writing.NONE:
            return None
        if writing is Writing.WHOLE and own == self.name.text:
            return self._fitting("name", "whole", len(self.named))
        if writing is Writing.MASKED and fits_mask(self.name.text, own):
            return self._fitting("name", "masked", len(self.named))
        if writing is Writing.TITLED and own.startswith(self.name.text):
            return self._fitting("name", "titled", len(self.named))
        if writing is Writing.WHOLE and is_nearly(own, self.name.text):
            return self._fitting("name", "nearly", len(self.nearly))
        return _telling("name", "other" if writing is Writing.WHOLE else "other_mask")

    def _place(self, row: int) -> tuple[float, Sign] | None:
        address, area = self.address, self.register.residents[row].area_path
        if address.says_nothing or not (address.units or address.townships or self.at_home or address.is_elsewhere):
            return None
        if row in self.at_home:
            return self._fitting("address", "home", len(self.at_home))
        if address.is_elsewhere:
            return _telling("address", "elsewhere")
        if area[:12] in address.units:
            return self._fitting("address", "unit", len(self.register.rows_in(address.units)))
        townships = address.townships or frozenset(unit[:9] for unit in address.units)
        if area[:9] in townships:
            return self._fitting("address", "township", self.register.n_in(townships))
        return _telling("address", "other")

    def _fitting(self, of: str, found: str, n: int) -> tuple[float, Sign]:
        """How much more often a sign comes so of whom it is truly for than of anybody on the register."""
        return log(WRITTEN_AS[of, found].value * self.register.n / max(1, n)), Sign(of, found, n)

    def _weight_of_an_outsider(self) -> float:
        """How well all of it fits somebody whom the register does not have, against anybody whom it has."""
        weight = 0.0
        if self._is_whole_phone and self.with_phone:
            weight += log(OUTSIDER_HAS_THEIR_PHONE.value)
        if self.at_home:
            weight += log(OUTSIDER_LIVES_THERE.value)
        elif self.address.is_elsewhere:
            weight += log(OUTSIDER_IS_ELSEWHERE.value)
        return weight


def _telling(of: str, found: str) -> tuple[float, Sign]:
    """What does not fit somebody, which of anybody by chance it hardly ever would."""
    return log(WRITTEN_AS[of, found].value), Sign(of, found)
