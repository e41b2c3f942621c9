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

from fangxian.core.matching.addresses import Address
from fangxian.core.matching.names import Name, Writing, fits_mask, read_name
from fangxian.core.matching.phones import Line, Phone, read_phone

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
from .register import Register

OF = ("phone", "name", "title", "age", "address")
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
    found, of_anybody = search.likeliest(rows) if rows else ((), 0.0)
    if found and found[0].likelihood >= MATCHED_FROM.value:
        return Judgement(Verdict.MATCHED, found[:1])
    if found and found[0].likelihood >= AMBIGUOUS_FROM.value:
        return Judgement(Verdict.AMBIGUOUS, found[: int(N_SHOWN_MAX.value)])
    if written.address.is_elsewhere:
        return Judgement(Verdict.UNMATCHED, why="elsewhere")
    fits_many = rows is None or of_anybody >= FITS_MANY
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
        self._is_whole_phone = self.phone.line is Line.WHOLE
        self._has_phone = self.phone.line not in (Line.NONE, Line.VIRTUAL)
        address = self.address
        self._has_place = bool(address.units or address.townships or self.at_home or address.is_elsewhere)
        self._townships = address.townships or frozenset(unit[:9] for unit in address.units)
        self._known: dict[tuple[str, ...], tuple[float, tuple[Sign, ...]]] = {}

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

    def likeliest(self, rows: set[int]) -> tuple[tuple[Candidate, ...], float]:
        """Those likely enough against all others and against an outsider, the likeliest first; and how likely it is
        that it is any of the rows.
        """
        each = log(IN_REGISTER.value / self.register.n)
        weighed = [(row, *self._weighed(row)) for row in rows]
        nobody = log(1 - IN_REGISTER.value) + self._weight_of_an_outsider() - each
        top = max(nobody, max((weight for _, weight, _ in weighed), default=nobody))
        shares = [exp(weight - top) for _, weight, _ in weighed]
        of_rows = sum(shares)
        total = of_rows + exp(nobody - top)
        least = CANDIDATE_FROM.value * total
        found = [
            Candidate(row, share / total, signs)
            for (row, _, signs), share in zip(weighed, shares, strict=True)
            if share >= least
        ]
        return tuple(sorted(found, key=lambda one: (-one.likelihood, one.row))), of_rows / total

    def _weighed(self, row: int) -> tuple[float, tuple[Sign, ...]]:
        """How well all of it fits somebody, and by which signs. Of many people the signs are few and the same."""
        found = (self._phone(row), self._name(row), self._title(row), self._age(row), self._place(row))
        if found not in self._known:
            told = [self._part(of, it) for of, it in zip(OF, found, strict=True) if it]
            self._known[found] = (sum(weight for weight, _ in told), tuple(sign for _, sign in told))
        return self._known[found]

    def _part(self, of: str, found: str) -> tuple[float, Sign]:
        """What a sign weighs: how much more often it comes so of whom it is truly for than of anybody."""
        if of == "title":
            return log(WRITTEN_AS[of, found].value / HALF), Sign(of, found)
        if of == "age":
            return log(CHILD_GETS_PARCELS.value), Sign(of, found)
        n = self._n_fitting(of, found)
        if n is None:  # what does not fit somebody, which of anybody by chance it hardly ever would
            return log(WRITTEN_AS[of, found].value), Sign(of, found)
        return log(WRITTEN_AS[of, found].value * self.register.n / max(1, n)), Sign(of, found, n)

    def _n_fitting(self, of: str, found: str) -> int | None:
        """How many on the register a sign fits; None where it fits nobody."""
        if of == "name" and found in ("whole", "masked", "titled"):
            return len(self.named)
        if of == "address" and found == "unit":
            return len(self.register.rows_in(self.address.units))
        if of == "address" and found == "township":
            return self.register.n_in(self._townships)
        fitting = {
            ("phone", "own"): self.with_phone,
            ("phone", "masked"): self.with_phone,
            ("phone", "household"): self.beside_phone,
            ("phone", "households_only"): self.beside_phone,
            ("name", "nearly"): self.nearly,
            ("address", "home"): self.at_home,
        }.get((of, found))
        return None if fitting is None else len(fitting)

    def _title(self, row: int) -> str:
        if not self.name.sex:
            return ""
        return "fits" if self.register.residents[row].sex == self.name.sex else "other"

    def _age(self, row: int) -> str:
        return "child" if self.register.residents[row].is_child else ""

    def _phone(self, row: int) -> str:
        if not self._has_phone:
            return ""
        if row in self.with_phone:
            return "own" if self._is_whole_phone else "masked"
        has_one = bool(self.register.residents[row].phone)
        if row in self.beside_phone:
            return "household" if has_one else "households_only"
        if not has_one:
            return "has_none"
        return "somebody_elses" if self.with_phone and self._is_whole_phone else "other"

    def _name(self, row: int) -> str:
        writing, own = self.name.writing, self.register.residents[row].name
        if writing is Writing.NONE:
            return ""
        if writing is Writing.WHOLE:
            if own == self.name.text:
                return "whole"
            return "nearly" if row in self.nearly else "other"
        if writing is Writing.MASKED:
            return "masked" if row in self.named or fits_mask(self.name.text, own) else "other_mask"
        return "titled" if own.startswith(self.name.text) else "other_mask"

    def _place(self, row: int) -> str:
        if not self._has_place:
            return ""
        if row in self.at_home:
            return "home"
        address, area = self.address, self.register.residents[row].area_path
        if address.is_elsewhere:
            return "elsewhere"
        if area[:12] in address.units:
            return "unit"
        return "township" if area[:9] in self._townships else "other"

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
