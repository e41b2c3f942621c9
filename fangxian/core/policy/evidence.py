"""One piece of evidence about a person, and whether a rulebook lets it count."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from fangxian.core.policy.rulebook import EvidenceKind
from fangxian.core.policy.vocabulary import Presence
from fangxian.core.refusal import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A decision by two people of two units, on a stated legal basis. Ids are pseudonyms, never names."""

    first: str
    first_unit: str
    second: str
    second_unit: str
    basis: str

    def stands(self) -> bool:
        return bool(
            self.first and self.second and self.first != self.second
            and self.first_unit and self.second_unit and self.first_unit != self.second_unit
            and self.basis.strip()
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Something known about one person, from a source, for one disease.

    Parameters
    ----------
    id : unique among the person's evidence; shown to the person
    kind : a kind of the rulebook, such as `close-contact`
    from_at : aware datetime; before it the evidence does not count
    until_at : aware datetime, exclusive, or None for "until the rules end it"
    source : which sort of source gave it, such as `laboratory`
    issuer : the unit that answers for it, as shown to the person
    attributes : values of the kind's attributes: words, or dates (`datetime.date`)
    presence : what proved presence if it comes from a scan; None if it does not
    about : id of the one piece of evidence it releases; None releases every earlier one it may
    division : division code of the jurisdiction that pushed it; "" if it is our own
    """

    id: str
    kind: str
    disease: str
    from_at: datetime
    source: str
    issuer: str
    until_at: datetime | None = None
    attributes: Mapping[str, str | date] = field(default_factory=dict)
    presence: Presence | None = None
    ruling: Ruling | None = None
    about: str | None = None
    division: str = ""


# Why a piece of evidence does not count; the key is stable and goes into records.
SET_ASIDE: dict[str, Said] = {
    "other_disease": Said("不属于本规则的病种", "it is about another disease"),
    "unknown_kind": Said("规则中没有这种证据", "the rulebook has no such kind of evidence"),
    "source_may_not": Said("提供者无权提供这种证据", "its source may not give this kind of evidence"),
    "presence_not_proved": Said("不能证明本人到场", "nothing proves that the person was there"),
    "no_ruling": Said(
        "缺少两个单位、两人的裁定和依据", "it lacks a ruling by two people of two units with a legal basis"
    ),
    "not_yet": Said("尚未到生效时间", "it does not count yet"),
    "over": Said("已过有效期", "its time is over"),
    "ended": Said("已被解除", "it has been released"),
    "no_rule": Said("没有规则据此转码", "no rule turns a colour on it"),
}


def why_set_aside(evidence: Evidence, kind: EvidenceKind | None, disease: str) -> str:
    """A key of `SET_ASIDE` if this evidence must never count under the rulebook, else "".

    A scan that proves no presence counts for nothing, whatever the rulebook says: a photographed poster
    turned 871 absent people's codes red in 2022.
    """
    if evidence.disease != disease:
        return "other_disease"
    if kind is None:
        return "unknown_kind"
    if evidence.source not in kind.sources:
        return "source_may_not"
    if evidence.presence is Presence.NONE or (kind.presence and evidence.presence not in kind.presence):
        return "presence_not_proved"
    if kind.needs_ruling and (evidence.ruling is None or not evidence.ruling.stands()):
        return "no_ruling"
    return ""
