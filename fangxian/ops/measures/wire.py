"""What crosses this room's boundary."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDraft:
    """An order as it is shown to its signers, before it is one.

    measure : a word of the disease's rulebook, such as "door-checks"
    reason : what made it necessary, as everybody reads it
    begins_at, ends_at : county time, half-open; the end is the sunset
    """

    number: str
    disease: str
    measure: str
    area_path: str
    issuer: str
    basis: str
    begins_at: datetime
    ends_at: datetime
    reason: str = ""
    is_demonstration: bool = False
