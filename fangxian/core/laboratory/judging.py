"""From Ct values to a result: of a tube, of a plate by its controls, and of two results that do not agree.

A result is judged by numbers of the kit's own instructions; those here are for a kit of two targets and an internal
control, as nearly all were. Nothing is judged by less than all of a kit's targets.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from fangxian.core.parameters import Parameter

from .plates import Control

Cycles = Mapping[str, float | None]  # by channel; None where no curve rose

_KITS: Final = (
    "kits differ: a cut-off of 38 or of 40, and 38 to 40 repeated with a fresh sample (NIH Malaysia, SARS-CoV-2 "
    "Laboratory Perspective, p. 28); each county sets its own kit's"
)
POSITIVE_CT: Final = Parameter(
    value=38, unit="cycles", low=30, high=45,
    meaning="The last cycle at which a target counts as found beyond doubt", source=_KITS,
)  # fmt: skip
GREY_CT: Final = Parameter(
    value=40, unit="cycles", low=30, high=45,
    meaning="The last cycle at which a target counts as perhaps found (grey); later it counts as not found",
    source=_KITS,
)  # fmt: skip
INTERNAL_CT: Final = Parameter(
    value=40, unit="cycles", low=25, high=45,
    meaning="The last cycle at which the internal control shows that there was a swab and nothing held the PCR up",
    source="guess: as late as a target; set it by the kit's instructions",
)  # fmt: skip
CONTROL_CT: Final = Parameter(
    value=35, unit="cycles", low=20, high=40,
    meaning="The last cycle at which the positive control of a plate must be found in every target",
    source="guess: controls are made strong, so that a plate on which they come late was weak for everybody",
)  # fmt: skip


class Outcome(StrEnum):
    """What is known of a tube after a run."""

    NEGATIVE = "negative"
    POSITIVE = "positive"
    SINGLE_TARGET = "single_target"
    GREY = "grey"
    INVALID = "invalid"  # neither target nor internal control: no swab, or something held the PCR up
    RE_TEST = "re_test"  # the plate's controls failed: nothing is known


# From least to gravest. What says nothing stands below a negative, which a valid result replaces.
GRAVITY: Final = (
    Outcome.RE_TEST, Outcome.INVALID, Outcome.NEGATIVE, Outcome.GREY, Outcome.SINGLE_TARGET, Outcome.POSITIVE,
)  # fmt: skip
SAYS_NOTHING: Final = frozenset({Outcome.RE_TEST, Outcome.INVALID})
SUSPECT: Final = frozenset({Outcome.GREY, Outcome.SINGLE_TARGET, Outcome.POSITIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """An amplification kit: its channels, and from when they count.

    Attributes
    ----------
    targets : parts of the virus, each of which has a channel
    internal : the channel of the internal control
    positive_ct, grey_ct, internal_ct, control_ct : cycles, each the last that counts
    """

    targets: tuple[str, ...] = ("ORF1ab", "N")
    internal: str = "IC"
    positive_ct: float = POSITIVE_CT.value
    grey_ct: float = GREY_CT.value
    internal_ct: float = INTERNAL_CT.value
    control_ct: float = CONTROL_CT.value

    def __post_init__(self) -> None:
        if not self.targets or len(set(self.channels)) != len(self.channels):
            raise ValueError(f"a kit has targets and an internal control, each once, not {self.channels}")
        if self.positive_ct > self.grey_ct:
            raise ValueError(f"grey begins after positive: {self.positive_ct} is later than {self.grey_ct} cycles")

    @property
    def channels(self) -> tuple[str, ...]:
        return (*self.targets, self.internal)

    def told(self) -> dict[str, list[str] | float]:
        """As it is kept; what is as in the usual kit is left out."""
        mine, usual = asdict(self), asdict(KIT)
        kept = {name: value for name, value in mine.items() if value != usual[name]}
        return {**kept, "targets": list(self.targets)} if "targets" in kept else kept

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Kit":
        """As it was kept; {}: the usual kit."""
        targets = {"targets": tuple(told["targets"])} if "targets" in told else {}
        return cls(**{**told, **targets})


KIT: Final = Kit()
TARGETS: Final = ("ORF1ab", "N", "E", "S")  # of which files have a column each


def judged(cycles: Cycles, kit: Kit = KIT) -> Outcome:
    """What the curves of one tube say.

    Positive: every target found beyond doubt; single target: one of them, the other late or not at all; grey: any
    late. Whatever is found is found, with an internal control or without: much of a virus leaves it nothing to grow
    from. With nothing found it must be there, or the tube is invalid.

    Parameters
    ----------
    cycles : of every channel of the kit

    Raises
    ------
    KeyError
        A channel is not there: a file without it is refused before (`result_rows`).
    """
    found = [cycles[target] for target in kit.targets]
    n_sure = sum(_by(ct, kit.positive_ct) for ct in found)
    if n_sure == len(found):
        return Outcome.POSITIVE
    if n_sure:
        return Outcome.SINGLE_TARGET
    if any(_by(ct, kit.grey_ct) for ct in found):
        return Outcome.GREY
    return Outcome.NEGATIVE if _by(cycles[kit.internal], kit.internal_ct) else Outcome.INVALID


def _by(ct: float | None, last: float) -> bool:
    return ct is not None and ct <= last


class Fault(StrEnum):
    """Why a plate says nothing of anybody."""

    NEGATIVE_FOUND = "negative_control_found"  # something was carried from tube to tube
    POSITIVE_MISSED = "positive_control_missed"  # the reaction was too weak to find anybody
    CONTROL_ABSENT = "control_absent"


def faults(controls: Mapping[Control, Cycles], kit: Kit = KIT) -> list[Fault]:
    """What is wrong with the controls of a plate; nothing: its results count.

    Parameters
    ----------
    controls : cycles of each control well
    """
    told = []
    if any(control not in controls for control in Control):
        told.append(Fault.CONTROL_ABSENT)
    negative, positive = controls.get(Control.NEGATIVE), controls.get(Control.POSITIVE)
    if negative and any(_by(negative[target], kit.grey_ct) for target in kit.targets):
        told.append(Fault.NEGATIVE_FOUND)
    if positive and not all(_by(positive[target], kit.control_ct) for target in kit.targets):
        told.append(Fault.POSITIVE_MISSED)
    return told


def plate_outcomes(
    tubes: Mapping[str, Cycles], controls: Mapping[Control, Cycles], kit: Kit = KIT
) -> dict[str, Outcome]:
    """The result of each tube of a plate. Where its controls failed, every one is to be tested again."""
    if faults(controls, kit):
        return dict.fromkeys(tubes, Outcome.RE_TEST)
    return {tube: judged(cycles, kit) for tube, cycles in tubes.items()}


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of a tube after all its runs.

    Attributes
    ----------
    outcome : the gravest of what said anything; until somebody decides it holds
    is_disputed : two runs said different things, so that another sample must decide
    """

    outcome: Outcome
    is_disputed: bool


def standing(outcomes: Iterable[Outcome]) -> Standing:
    """What several runs of one tube amount to, in whatever order they came.

    A run that says nothing neither changes nor disputes one that does. No run at all: to be tested.
    """
    runs: Sequence[Outcome] = list(outcomes)
    telling = {outcome for outcome in runs if outcome not in SAYS_NOTHING}
    gravest = max(telling or runs or [Outcome.RE_TEST], key=GRAVITY.index)
    return Standing(gravest, len(telling) > 1)
