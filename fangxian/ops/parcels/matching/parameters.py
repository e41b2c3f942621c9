"""How often waybills write somebody how. Guesses all, each to be measured where a county has decided some hundreds."""

from collections.abc import Mapping

from fangxian.core.parameters import Parameter

A_GUESS = (
    "a guess, held to the invented lists of tests/property/test_parcels_matching.py, where precision and recall are "
    "measured against a known truth"
)


def _share(value: float, low: float, high: float, meaning: str) -> Parameter:
    return Parameter(value=value, unit="fraction", low=low, high=high, meaning=meaning, source=A_GUESS)


IN_REGISTER = _share(0.85, 0.5, 0.99, "Of those who get parcels from a depot, how many are on the county's register")
CHILD_GETS_PARCELS = _share(0.05, 0.005, 0.5, "How often a child is whom a parcel is for, to an adult's once")
CHILD_UNDER = Parameter(
    value=14, unit="years", low=10, high=18, meaning="Under which age somebody seldom has parcels sent", source=A_GUESS
)
MATCHED_FROM = _share(0.95, 0.7, 0.999, "From which likelihood somebody is taken for the one meant, nobody being asked")
CANDIDATE_FROM = _share(0.04, 0.005, 0.3, "From which likelihood somebody is shown as one it may be")
AMBIGUOUS_FROM = _share(0.15, 0.05, 0.5, "How likely the likeliest must be for a person to be asked")
N_SHOWN_MAX = Parameter(
    value=6,
    unit="people",
    low=2,
    high=20,
    meaning="How many it may be are shown to who decides, at most",
    source=A_GUESS,
)
N_CANDIDATES_MAX = Parameter(
    value=300, unit="people", low=20, high=5000,
    meaning="How many people one sign may fit for each of them to be weighed; what fits more tells nobody apart",
    source=A_GUESS,
)  # fmt: skip
# What a waybill has of whom it is truly for, of those waybills that have the sign at all.
WRITTEN_AS: Mapping[tuple[str, str], Parameter] = {
    ("phone", "own"): _share(0.80, 0.5, 0.95, "their own phone"),
    ("phone", "masked"): _share(0.80, 0.5, 0.95, "their own phone behind a mask"),
    ("phone", "household"): _share(0.07, 0.01, 0.3, "the phone of one of their household, though they have their own"),
    ("phone", "households_only"): _share(0.70, 0.3, 0.95, "the phone of one of their household, where they have none"),
    ("phone", "somebody_elses"): _share(0.02, 0.001, 0.1, "the phone of somebody else on the register"),
    ("phone", "other"): _share(0.06, 0.01, 0.3, "a phone nobody on the register has, though they have one there"),
    ("phone", "has_none"): _share(0.50, 0.1, 0.9, "a phone nobody on the register has, where they have none there"),
    ("name", "whole"): _share(0.88, 0.5, 0.98, "their name, whole, where the list has a whole name"),
    ("name", "masked"): _share(0.95, 0.7, 0.99, "their name behind a mask, where the list has a masked one"),
    ("name", "titled"): _share(0.92, 0.7, 0.99, "their surname with a title, where the list has one"),
    ("name", "nearly"): _share(0.03, 0.005, 0.1, "their name with one sign wrong"),
    ("name", "other"): _share(0.05, 0.005, 0.2, "somebody else's name, or a nickname"),
    ("name", "other_mask"): _share(0.02, 0.001, 0.1, "a mask or a title that is not of their name"),
    ("title", "fits"): _share(0.98, 0.8, 0.999, "a title of their sex, where the title says one"),
    ("title", "other"): _share(0.02, 0.001, 0.2, "a title of the other sex"),
    ("address", "home"): _share(0.75, 0.3, 0.95, "the address of their household"),
    ("address", "unit"): _share(0.12, 0.02, 0.4, "another address of their village or community"),
    ("address", "township"): _share(0.06, 0.01, 0.3, "another address of their township"),
    ("address", "other"): _share(0.05, 0.01, 0.3, "another address of the county"),
    ("address", "elsewhere"): _share(0.02, 0.001, 0.1, "an address outside the county"),
}
OUTSIDER_HAS_THEIR_PHONE = _share(
    0.05, 0.005, 0.3, "Of those not on the register, how many write a phone of one who is"
)
OUTSIDER_LIVES_THERE = _share(0.30, 0.05, 0.8, "Of those not on the register, how many write a household's address")
OUTSIDER_IS_ELSEWHERE = _share(0.40, 0.05, 0.9, "Of those not on the register, how many write an address elsewhere")
