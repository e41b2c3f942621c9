"""The quality rules of a contact line list (质控): each written once, with its code, its field and both languages.

They are those a city's CDC ran over its list in 2022. `faults_of` is the definition; what it says of a row is stored
with the row by every action that writes one, so that a hundred thousand are counted without being read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntFlag
from operator import attrgetter

from fangxian.core.policy.occupations import OCCUPATIONS
from fangxian.core.refusal import Said
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS

from .models import DECIDED, Belongs, Contact, Mode

# The rulebook's name for the one ring that leads through another contact.
RINGS_THROUGH_A_CONTACT = frozenset({"secondary-contact"})


class Fault(IntFlag):
    """What may be wrong with a row; the numbers are stored."""

    NO_TOWNSHIP = 1
    UNTRACED = 2
    NO_DESTINATION = 4
    CENTRAL_NOWHERE = 8
    HOME_UNEXPLAINED = 16
    CHECKED_IN_ELSEWHERE = 32
    NO_VIA = 64
    WRONG_RELEASE = 128
    UNKNOWN_OCCUPATION = 256
    NO_UNIT = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the rules read of a row."""

    state: str
    ring: str
    via: object
    area_path: str
    belongs: str
    destination: str
    is_traced: bool | None
    mode: str
    home_reason: str
    site: str
    checked_in_on: date | None
    last_exposure_on: date
    release_on: date | None
    release_computed_on: date | None
    occupation: str
    has_workplace: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: what it is called in addresses, beside which field it is shown, what it says, when it is broken."""

    fault: Fault
    key: str
    field: str
    said: Said
    is_broken: Callable[[Checked], bool]


def _no_township(row: Checked) -> bool:
    return row.belongs == Belongs.HERE and len(row.area_path) < TOWNSHIP_DIGITS


def _untraced(row: Checked) -> bool:
    return row.belongs == Belongs.HERE and row.is_traced is not True


def _no_destination(row: Checked) -> bool:
    return row.belongs == Belongs.PROVINCE and not row.destination


def _central_nowhere(row: Checked) -> bool:
    return row.mode == Mode.CENTRAL and not row.site and row.checked_in_on is None


def _home_unexplained(row: Checked) -> bool:
    return row.mode == Mode.HOME and not row.home_reason


def _checked_in_elsewhere(row: Checked) -> bool:
    if row.mode not in (Mode.AWAITING_TRANSFER, Mode.HOME) or row.checked_in_on is None:
        return False
    return row.last_exposure_on <= row.checked_in_on <= (row.release_on or row.checked_in_on)


def _no_via(row: Checked) -> bool:
    return row.ring in RINGS_THROUGH_A_CONTACT and row.via is None


def _wrong_release(row: Checked) -> bool:
    if row.release_on is not None and row.release_on < row.last_exposure_on:
        return True
    return row.release_computed_on is not None and row.release_on != row.release_computed_on


def _unknown_occupation(row: Checked) -> bool:
    return row.occupation not in OCCUPATIONS


def _no_unit(row: Checked) -> bool:
    known = OCCUPATIONS.get(row.occupation)
    return known is not None and known.needs_unit and not row.has_workplace


RULES = (
    Rule(
        fault=Fault.NO_TOWNSHIP,
        key="no-township",
        field="area_path",
        said=Said("镇街未填或不明", "township missing or unknown"),
        is_broken=_no_township,
    ),
    Rule(
        fault=Fault.UNTRACED,
        key="untraced",
        field="is_traced",
        said=Said("未追踪到，或未填是否追踪到", "not traced, or nobody has said"),
        is_broken=_untraced,
    ),
    Rule(
        fault=Fault.NO_DESTINATION,
        key="no-destination",
        field="destination",
        said=Said("外省人员没有填目的省", "another province's, without saying which"),
        is_broken=_no_destination,
    ),
    Rule(
        fault=Fault.CENTRAL_NOWHERE,
        key="central-nowhere",
        field="mode",
        said=Said(
            "填“集中”但没有隔离点和入住日期，应为“待转运”", "central, but no site and no check-in: awaiting transfer?"
        ),
        is_broken=_central_nowhere,
    ),
    Rule(
        fault=Fault.HOME_UNEXPLAINED,
        key="home-unexplained",
        field="home_reason",
        said=Said("填“居家”但没有写原因", "at home without a reason"),
        is_broken=_home_unexplained,
    ),
    Rule(
        fault=Fault.CHECKED_IN_ELSEWHERE,
        key="checked-in",
        field="mode",
        said=Said(
            "填“待转运”或“居家”，但观察期内已入住，应为“集中”",
            "awaiting or at home, but checked in meanwhile: central?",
        ),
        is_broken=_checked_in_elsewhere,
    ),
    Rule(
        fault=Fault.NO_VIA,
        key="no-via",
        field="via",
        said=Said("次密没有关联密接", "contact of a contact without that contact"),
        is_broken=_no_via,
    ),
    Rule(
        fault=Fault.WRONG_RELEASE,
        key="wrong-release",
        field="release_on",
        said=Said("应解除日期与最后接触日期不符", "release date does not follow from the last contact"),
        is_broken=_wrong_release,
    ),
    Rule(
        fault=Fault.UNKNOWN_OCCUPATION,
        key="unknown-occupation",
        field="occupation",
        said=Said("职业未填或不在报告卡职业表里", "occupation missing or not on the card's list"),
        is_broken=_unknown_occupation,
    ),
    Rule(
        fault=Fault.NO_UNIT,
        key="no-unit",
        field="workplace",
        said=Said("医务人员、教师、学生没有填单位", "medical staff, teacher or pupil without a unit"),
        is_broken=_no_unit,
    ),
)
READ = tuple(name for name in Checked.__slots__ if name != "has_workplace")
read_of = attrgetter(*READ)  # what the rules read of a stored row; of two rows with the same they say the same
RULE_OF = {rule.key: rule for rule in RULES}


def faults_of(row: Checked) -> Fault:
    """Everything wrong with a row. What no investigator has decided yet, or has rejected, is held to nothing."""
    found = Fault(0)
    if row.state in DECIDED:
        for rule in RULES:
            if rule.is_broken(row):
                found |= rule.fault
    return found


def checked(contact: Contact, *, has_workplace: bool) -> Checked:
    """A stored row as the rules read it."""
    return Checked(**dict(zip(READ, read_of(contact), strict=True)), has_workplace=has_workplace)


def rules_broken(faults: int) -> Iterator[Rule]:
    """The rules that stored bits name, in their order."""
    return (rule for rule in RULES if faults & rule.fault)
