"""How many people's swabs best go into one tube.

Two stages, as everywhere in the country: a tube of many is tested once; of one that is not negative everybody is
tested again, alone. (Dorfman, The detection of defective members of large populations, 1943.)
"""

from dataclasses import dataclass
from math import erf, log2, sqrt
from typing import Final

from fangxian.core.parameters import Parameter

_OF_CT: Final = "Ct of 3,091 positive specimens, Clin Infect Dis 2020, PMC7543567: median 25.9 (N1)"
CUT_OFF_CT: Final = Parameter(
    value=40, unit="cycles", low=30, high=45,
    meaning="The last cycle of a PCR at which a sample still counts as positive", source=_OF_CT,
)  # fmt: skip
MEAN_CT: Final = Parameter(
    value=25.9, unit="cycles", low=15, high=35,
    meaning="The cycle at which a positive person's own sample is found, on average", source=_OF_CT,
)  # fmt: skip
SPREAD_CT: Final = Parameter(
    value=5.4, unit="cycles", low=1, high=10,
    meaning="How far that cycle differs between positive people (standard deviation)",
    source="the same paper: 1.42 % lie beyond 37.62, which is what a normal spread of 5.4 around 25.9 gives",
)  # fmt: skip
LARGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class Assay:
    """What a test finds.

    Attributes
    ----------
    cut_off_ct, mean_ct, spread_ct : cycles; of a pool of n a positive one is found log2(n) cycles later
    specificity : which part of tubes without a positive person is called negative, 0..1
    """

    cut_off_ct: float = CUT_OFF_CT.value
    mean_ct: float = MEAN_CT.value
    spread_ct: float = SPREAD_CT.value
    specificity: float = 1.0

    def sensitivity(self, size: int) -> float:
        """Which part of the positive people is found in a pool of `size`, where they are the only one."""
        return _normal((self.cut_off_ct - log2(size) - self.mean_ct) / self.spread_ct)

    def missed(self, size: int) -> float:
        """Which part of the positive people is called negative in the end: by the pool, or alone after it."""
        alone = self.sensitivity(1)
        return 1 - (alone if size == 1 else self.sensitivity(size) * alone)


PERFECT: Final = Assay(cut_off_ct=float("inf"))


def positive_part(prevalence: float, size: int, assay: Assay = PERFECT) -> float:
    """Which part of pools of that size is not negative, where each person is positive with probability `prevalence`."""
    without = (1 - prevalence) ** size
    return assay.sensitivity(size) * (1 - without) + (1 - assay.specificity) * without


def cost_of_one(prevalence: float, size: int, assay: Assay = PERFECT) -> float:
    """How many tests a person costs, those after a pool that was not negative with them; a pool of one costs one."""
    return 1.0 if size == 1 else 1 / size + positive_part(prevalence, size, assay)


def best_size(prevalence: float, assay: Assay = PERFECT, *, most: int = LARGEST) -> int:
    """The size that costs fewest tests, the smallest of several; 1 where pools save nothing.

    Parameters
    ----------
    prevalence : the probability of a person to be positive, 0..1
    most : the largest that is allowed
    """
    if not 0 <= prevalence <= 1:
        raise ValueError(f"a probability is 0 to 1, not {prevalence}")
    return min(range(1, most + 1), key=lambda size: cost_of_one(prevalence, size, assay))


def _normal(x: float) -> float:
    return (1 + erf(x / sqrt(2))) / 2
