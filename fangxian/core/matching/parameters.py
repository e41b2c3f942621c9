"""How often one person is written how, and how often somebody of their family or a stranger would be.

Guesses all, held to the noise model of core/drill/lists, where precision and recall are measured against the truth
(docs/reference/performance-compare.md); each is to be measured where a county has decided some hundreds of pairs.
"""

from collections.abc import Mapping

from fangxian.core.parameters import Parameter

A_GUESS = "a guess, held to the invented lists of core/drill/lists, whose truth is known"


def _share(value: float, low: float, high: float, meaning: str) -> Parameter:
    return Parameter(value=value, unit="fraction", low=low, high=high, meaning=meaning, source=A_GUESS)


SAME_FROM = _share(0.95, 0.8, 0.999, "From which likelihood two rows of lists are taken for one person, nobody asked")
DOUBTFUL_FROM = _share(0.30, 0.05, 0.6, "From which likelihood a person is asked whether two rows are one person")
FAMILY_SIZE = Parameter(
    value=3, unit="people", low=1, high=8,
    meaning="How many others of their family somebody has, who share phones and addresses",
    source="the county's households have some 3 members and a few kin beside; a guess",
)  # fmt: skip
LARGEST_BLOCK = Parameter(
    value=80, unit="rows", low=10, high=1000,
    meaning="How many rows one key may hold for each two of them to be weighed; what fits more tells nobody apart",
    source=A_GUESS,
)  # fmt: skip

OTHERS = Parameter(
    value=2000, unit="rows", low=100, high=20_000,
    meaning="How many rows of an ordinary county are counted beside those of the lists, so that short lists tell what "
    "is frequent", source=A_GUESS,
)  # fmt: skip
# How often, among ordinary rows, a stranger has the very thing that a row has.
USUAL: Mapping[str, Parameter] = {
    "name": _share(1e-4, 1e-6, 0.01, "ordinary rows: the same name"),
    "sound": _share(3e-4, 1e-6, 0.01, "ordinary rows: a name of the same sounds"),
    "mask": _share(0.005, 1e-4, 0.1, "ordinary rows: a name behind the same mask"),
    "birth": _share(4e-5, 1e-5, 1e-3, "ordinary rows: the same day of birth"),
    "year": _share(0.014, 0.005, 0.05, "ordinary rows: the same year of birth"),
    "phone": _share(2e-5, 1e-6, 1e-3, "ordinary rows: the same phone"),
    "home": _share(5e-5, 1e-6, 1e-3, "ordinary rows: the same house or flat"),
    "unit": _share(0.006, 1e-4, 0.1, "ordinary rows: the same village or community"),
    "township": _share(0.11, 0.01, 0.5, "ordinary rows: the same township"),
}
# Of two rows of one person that both have the field, how often it comes so.
OF_ONE: Mapping[tuple[str, str], Parameter] = {
    ("number", "same"): _share(0.93, 0.7, 0.99, "one person twice: the same number"),
    ("number", "near"): _share(0.05, 0.005, 0.2, "one person twice: a number mistyped in one or two places"),
    ("number", "unsound"): _share(0.01, 0.001, 0.1, "one person twice: a number mistyped beyond that"),
    ("number", "other"): _share(0.004, 0.0005, 0.05, "one person twice: two numbers that can both be right"),
    ("name", "same"): _share(0.90, 0.6, 0.98, "one person twice: the same name"),
    ("name", "sound"): _share(0.045, 0.005, 0.2, "one person twice: a name that sounds the same"),
    ("name", "near"): _share(0.03, 0.005, 0.2, "one person twice: a name with one sign wrong"),
    ("name", "masked"): _share(0.95, 0.6, 0.999, "one person twice: a name that fits behind the mask of the other"),
    ("name", "other"): _share(0.025, 0.002, 0.1, "one person twice: another name altogether"),
    ("born", "same"): _share(0.94, 0.7, 0.99, "one person twice: the same birth"),
    ("born", "near"): _share(0.04, 0.005, 0.2, "one person twice: a birth with one figure wrong or two exchanged"),
    ("born", "year"): _share(0.95, 0.7, 0.999, "one person twice: the same year, where one list has no day"),
    ("born", "other"): _share(0.02, 0.002, 0.1, "one person twice: another birth"),
    ("sex", "same"): _share(0.99, 0.9, 0.999, "one person twice: the same sex"),
    ("sex", "other"): _share(0.01, 0.001, 0.1, "one person twice: the other sex"),
    ("phone", "same"): _share(0.72, 0.4, 0.95, "one person twice: the same phone"),
    ("phone", "near"): _share(0.04, 0.005, 0.2, "one person twice: a phone with one figure wrong"),
    ("phone", "other"): _share(0.24, 0.05, 0.6, "one person twice: another phone"),
    ("address", "home"): _share(0.72, 0.3, 0.95, "one person twice: the same house or flat"),
    ("address", "unit"): _share(0.14, 0.02, 0.4, "one person twice: the same village or community, another house"),
    ("address", "township"): _share(0.05, 0.01, 0.3, "one person twice: the same township"),
    ("address", "other"): _share(0.09, 0.01, 0.3, "one person twice: an old address"),
}
# Of two people of one family.
OF_FAMILY: Mapping[tuple[str, str], Parameter] = {
    ("number", "same"): _share(0.002, 0.0001, 0.02, "a family's: one gave the number of another"),
    ("number", "near"): _share(0.001, 0.0001, 0.02, "a family's: two numbers that differ in a figure or two"),
    ("number", "unsound"): _share(0.02, 0.001, 0.1, "a family's: two numbers, of which one cannot be right"),
    ("number", "other"): _share(0.977, 0.8, 0.999, "a family's: two numbers"),
    ("name", "same"): _share(0.0005, 0.0001, 0.01, "a family's: the same name"),
    ("name", "sound"): _share(0.003, 0.0005, 0.02, "a family's: names that sound the same"),
    ("name", "near"): _share(0.08, 0.01, 0.3, "a family's: names with all signs but one in common"),
    ("name", "masked"): _share(0.40, 0.1, 0.8, "a family's: a name that fits behind the mask of the other"),
    ("name", "other"): _share(0.9165, 0.5, 0.99, "a family's: other names"),
    ("born", "same"): _share(0.004, 0.0005, 0.02, "a family's: the same birth, of twins"),
    ("born", "near"): _share(0.02, 0.001, 0.1, "a family's: births that differ in one figure"),
    ("born", "year"): _share(0.03, 0.005, 0.2, "a family's: the same year, where one list has no day"),
    ("born", "other"): _share(0.976, 0.8, 0.999, "a family's: other births"),
    ("sex", "same"): _share(0.48, 0.3, 0.7, "a family's: the same sex"),
    ("sex", "other"): _share(0.52, 0.3, 0.7, "a family's: the other sex"),
    ("phone", "same"): _share(0.35, 0.05, 0.8, "a family's: one phone for both"),
    ("phone", "near"): _share(0.01, 0.001, 0.1, "a family's: phones that differ in one figure"),
    ("phone", "other"): _share(0.64, 0.2, 0.95, "a family's: two phones"),
    ("address", "home"): _share(0.70, 0.3, 0.95, "a family's: the same house or flat"),
    ("address", "unit"): _share(0.15, 0.02, 0.4, "a family's: the same village or community, another house"),
    ("address", "township"): _share(0.05, 0.01, 0.3, "a family's: the same township"),
    ("address", "other"): _share(0.10, 0.01, 0.3, "a family's: addresses apart"),
}
NEAR_OF_TWINS = _share(0.40, 0.05, 0.9, "Of twins' names, how many have all signs but one in common")
# Of two strangers, where it is not counted among these very rows how often it comes so.
OF_STRANGERS: Mapping[tuple[str, str], Parameter] = {
    ("number", "same"): _share(1e-8, 1e-10, 1e-6, "strangers: the same number, by a number typed for another's"),
    ("number", "near"): _share(1e-6, 1e-9, 1e-4, "strangers: numbers that differ in a figure or two"),
    ("number", "unsound"): _share(0.03, 0.001, 0.2, "strangers: two numbers, of which one cannot be right"),
    ("number", "other"): _share(0.97, 0.7, 1.0, "strangers: two numbers"),
    ("name", "other"): _share(0.98, 0.8, 1.0, "strangers: other names"),
    ("born", "near"): _share(0.003, 0.0005, 0.02, "strangers: births that differ in one figure"),
    ("born", "other"): _share(0.997, 0.9, 1.0, "strangers: other births"),
    ("sex", "same"): _share(0.5, 0.4, 0.6, "strangers: the same sex"),
    ("sex", "other"): _share(0.5, 0.4, 0.6, "strangers: the other sex"),
    ("phone", "near"): _share(1e-5, 1e-7, 1e-3, "strangers: phones that differ in one figure"),
    ("phone", "other"): _share(0.999, 0.9, 1.0, "strangers: two phones"),
    ("address", "other"): _share(0.9, 0.5, 1.0, "strangers: addresses apart"),
}
