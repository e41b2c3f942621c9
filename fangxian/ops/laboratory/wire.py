"""What crosses the laboratory room's boundary: instruments and results as they are told, results as they go out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from fangxian.core.laboratory.judging import Outcome, Standing
from fangxian.core.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInstrument:
    """A machine: `kind` "extractor" or "amplifier", `n_wells` 32 or 96, `run_min` minutes a run."""

    kind: str
    name: str
    n_wells: int
    run_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResult:
    """What one run said of one tube. `cycles`: channel → Ct, {} where an outside laboratory told none."""

    tube: UUID
    outcome: Outcome
    cycles: Mapping[str, float | None] = field(default_factory=dict)
    measured_at: datetime | None = None  # None: as all of its batch


@dataclass(slots=True)
class Entered:
    """What came of results that were entered.

    Attributes
    ----------
    batch : those that are new; None where none is
    n_new : of them, how many
    n_repeats : that were on record already, and changed nothing
    refused : tube → why its result was not taken
    """

    batch: UUID | None = None
    n_new: int = 0
    n_repeats: int = 0
    refused: dict[UUID, Refusal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Out:
    """What holds of a tube since a result of it was released or withdrawn.

    Attributes
    ----------
    standing : of all its results that are out; RE_TEST where none is any more
    n_runs : how many those are
    measured_at, laboratory : of the result that moved, the last of several, or of the last that says what holds now
    """

    tube_id: UUID
    round_id: UUID
    standing: Standing
    n_runs: int
    measured_at: datetime
    laboratory: str
