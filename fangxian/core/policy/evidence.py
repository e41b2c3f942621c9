"""One piece of evidence about a person, and whether a rulebook lets it count."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from fangxian.core.parameters import Parameter
from fangxian.core.policy.presence import counts_as_evidence
from fangxian.core.policy.rulebook import ColourRule, EvidenceKind
from fangxian.core.policy.vocabulary import Presence
from fangxian.core.refusal import Refusal, Said

FURTHEST_DAY_ZERO_D = Parameter(
    value=400,
    unit="days",
    low=60,
    high=800,
    meaning="How far from the beginning of evidence its day 0 (a last exposure, an entry) may lie and be believed",
    source="a guess: beyond a year it is a mistyped date, and no rule counts as long as that",
)
_FURTHEST = timedelta(days=FURTHEST_DAY_ZERO_D.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A decision by two people of two units, on a stated legal basis. Ids are pseudonyms, never names."""

    first: str
    first_unit: str
    second: str
    second_unit: str
    basis: str

    def stands(self) -> bool:
        """Whether two different people of two different units and a basis are there, as a reader sees them."""
        first, first_unit, second, second_unit, basis = map(
            _as_seen, (self.first, self.first_unit, self.second, self.second_unit, self.basis)
        )
        return bool(
            first and second and first != second
            and first_unit and second_unit and first_unit != second_unit
            and basis
        )  # fmt: skip


def _as_seen(text: str) -> str:
    """Text without what nobody sees: widths and forms of letters, invisible characters, outer spaces."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in plain if unicodedata.category(sign) not in ("Cf", "Cc")).strip()


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

    Raises
    ------
    Refusal
        `evidence.naive_time`, naming the field, if a moment has no offset: it could be eight hours off.
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

    def __post_init__(self) -> None:
        for name, moment in (("from_at", self.from_at), ("until_at", self.until_at)):
            if moment is not None and moment.utcoffset() is None:
                raise Refusal(
                    "evidence.naive_time",
                    zh="证据的 {field} 是 {found}，没有写时区，可能差八小时。"
                    "应为带时区的时刻，如 2022-04-01T08:00:00+08:00。请补上时区再提交。",
                    en="The evidence's {field} is {found}, without an offset; it could be eight hours off. It should "
                    "be like 2022-04-01T08:00:00+08:00. Add the offset and send it again.",
                    field=name,
                    found=moment.isoformat(),
                )


# Why a piece of evidence does not count; the key is stable and goes into records.
SET_ASIDE: dict[str, Said] = {
    "other_disease": Said("不属于本规则的病种", "it is about another disease"),
    "unknown_kind": Said("规则中没有这种证据", "the rulebook has no such kind of evidence"),
    "source_may_not": Said("提供者无权提供这种证据", "its source may not give this kind of evidence"),
    "presence_not_proved": Said("不能证明本人到场", "nothing proves that the person was there"),
    "no_ruling": Said(
        "缺少两个单位、两人的裁定和依据", "it lacks a ruling by two people of two units with a legal basis"
    ),
    "attribute_wrong": Said("内容写错或缺少，无法判断", "what it says is wrong or missing, so it cannot be judged"),
    "division_missing": Said("没有写明是哪里推送的", "it does not say which jurisdiction pushed it"),
    "not_yet": Said("尚未到生效时间", "it does not count yet"),
    "over": Said("已过有效期", "its time is over"),
    "ended": Said("已被解除", "it has been released"),
    "no_rule": Said("没有规则据此转码", "no rule turns a colour on it"),
}


def why_set_aside(evidence: Evidence, kind: EvidenceKind | None, disease: str) -> str:
    """A key of `SET_ASIDE` if this evidence must never count under the rulebook, else ""."""
    if evidence.disease != disease:
        return "other_disease"
    if kind is None:
        return "unknown_kind"
    if evidence.source not in kind.sources:
        return "source_may_not"
    if not counts_as_evidence(evidence.presence, kind.presence):
        return "presence_not_proved"
    if kind.needs_ruling and (evidence.ruling is None or not evidence.ruling.stands()):
        return "no_ruling"
    return ""


def why_not_understood(evidence: Evidence, kind: EvidenceKind, rules: Collection[ColourRule]) -> str:
    """A key of `SET_ASIDE` if evidence that counts cannot be read, else "".

    Something was known about the person and is not understood: under colour rules that look at it, the
    person is not green. `rules` are the colour rules in force for this kind.
    """
    if kind.pushed and not evidence.division.strip():
        return "division_missing"
    for name, value in evidence.attributes.items():
        if (values := kind.attributes.get(name)) and value not in values:
            return "attribute_wrong"
    for rule in rules:
        if any(name not in evidence.attributes for name in rule.when) or not _believable(evidence, rule.anchor):
            return "attribute_wrong"
    return ""


def _believable(evidence: Evidence, anchor: str) -> bool:
    """Whether day 0 is a day near the evidence; without one it is counted from its beginning."""
    day = evidence.attributes.get(anchor)
    if not isinstance(day, date):
        return day is None
    return abs(evidence.from_at.date() - (day.date() if isinstance(day, datetime) else day)) <= _FURTHEST
