"""Who must approve what: one line for each kind of request."""

from dataclasses import dataclass

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Said

MEMBER_FOR = Parameter(
    value=24,
    unit="h",
    low=1,
    high=720,
    meaning="How long a person must have belonged to a unit before deciding for it",
    source="a guess, from the plan of this system: nobody is moved into a second unit for the sake of one vote",
)
ADMINISTERED_WITHIN = Parameter(
    value=24,
    unit="h",
    low=1,
    high=720,
    meaning="How long after leaving one of the three administrations a person may not decide on anything",
    source="a guess, of the same length as MEMBER_FOR: nobody steps out of an administration for the sake of one vote",
)
HEALTH_UNITS = frozenset({"cdc", "hospital", "health_centre"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What a request of one kind needs.

    Attributes
    ----------
    n_persons, n_units : distinct persons who approve, and distinct units they decide for
    one_of : kinds of unit of which at least one must be among them; empty when any will do
    permission : what each of them must be appointed to, over the request's area
    asked_with : permissions of which the applicant must hold one, over the request's area
    valid_h : hours of county time in which it must be decided and used
    """

    said: Said
    permission: str
    n_persons: int = 2
    n_units: int = 2
    one_of: frozenset[str] = frozenset()
    valid_h: int = 72
    asked_with: tuple[str, ...] = ("approvals.propose",)

    def __post_init__(self) -> None:
        if not 2 <= self.n_units <= self.n_persons:
            raise ValueError(f"{self.said.en}: needs at least two units, and no more units than persons")


REQUIREMENTS: dict[str, Requirement] = {
    "rulebook.publish": Requirement(
        said=Said("发布规则手册", "put a rulebook into force"),
        permission="rulebook.publish",
        one_of=HEALTH_UNITS,
        asked_with=("approvals.propose", "rulebook.draft"),
    ),
    "measures.sign": Requirement(
        said=Said("签发措施命令", "sign an order for measures"),
        permission="measures.sign",
        one_of=HEALTH_UNITS,
        asked_with=("approvals.propose", "measures.draft"),
    ),
    "codes.rule": Requirement(
        said=Said("人工裁定健康码", "rule on a health code by hand"),
        permission="approvals.decide",
        one_of=HEALTH_UNITS,
        valid_h=24,
    ),
    "records.unmask": Requirement(
        said=Said("导出未脱敏名单", "export a list unmasked"), permission="approvals.decide", valid_h=24
    ),
    "erasure.end_epidemic": Requirement(
        said=Said("疫情结束清除", "erase at the end of an epidemic"), permission="measures.sign", n_persons=3
    ),
}
