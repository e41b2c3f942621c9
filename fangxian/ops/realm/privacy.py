"""What each stored field is, and when it is erased. Every model declares it; the executor reads it.

    class Placement(models.Model):
        ...
        privacy = declare(
            kept(PUBLIC, FOR_GOOD, "id", "room"),
            kept(PERSONAL, WITH_THE_PERSON, "person"),
            kept(HEALTH, days_after(60, "ends_on", source="..."), "symptoms"),
        )

Classes, from the Personal Information Protection Law's own words: *public* says nothing of a person;
*pseudonymous* points at one for whoever holds a key; *personal* identifies one; *health* is sensitive
personal information in the sense of article 28 (health, whereabouts, children under fourteen).
"""

from dataclasses import dataclass
from enum import StrEnum

from fangxian.core.refusal import Said


class PrivacyClass(StrEnum):
    PUBLIC = "public"
    PSEUDONYMOUS = "pseudonymous"
    PERSONAL = "personal"
    HEALTH = "health"


PUBLIC, PSEUDONYMOUS = PrivacyClass.PUBLIC, PrivacyClass.PSEUDONYMOUS
PERSONAL, HEALTH = PrivacyClass.PERSONAL, PrivacyClass.HEALTH


class Fate(StrEnum):
    """What happens to a field at its term."""

    KEPT = "kept"
    ROW_DELETED = "row deleted"
    FIELD_BLANKED = "field blanked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureTerm:
    """When a field is erased, and how.

    `days` after the moment in `counted_from` (a date or datetime field of the same row); with no `days`
    it is erased when an order ends the epidemic (`on_order`) or never. With both it is erased by
    whichever comes first.
    """

    said: Said
    fate: Fate
    source: str
    days: int | None = None
    counted_from: str | None = None
    on_order: bool = False


FOR_GOOD = ErasureTerm(
    said=Said("长期保存", "kept for good"),
    fate=Fate.KEPT,
    source="no personal information; or the record an audit needs (数据安全法 §21, 网络安全法 §21)",
)
WITH_THE_EPIDEMIC = ErasureTerm(
    said=Said("疫情结束令后清除", "erased when an order ends the epidemic"),
    fate=Fate.ROW_DELETED,
    source="新冠肺炎疫情防控健康码管理与服务暂行办法 (2021-01): 疫情结束后按规定销毁; 个人信息保护法 §47",
    on_order=True,
)
FIELD_WITH_THE_EPIDEMIC = ErasureTerm(
    said=Said("疫情结束令后抹去此项", "blanked when an order ends the epidemic"),
    fate=Fate.FIELD_BLANKED,
    source=WITH_THE_EPIDEMIC.source,
    on_order=True,
)


def days_after(
    days: int,
    counted_from: str,
    *,
    source: str,
    fate: Fate = Fate.ROW_DELETED,
    or_with_the_epidemic: bool = False,
) -> ErasureTerm:
    """Erased `days` days after the row's own field `counted_from`, or when an order ends the epidemic before that."""
    said = Said("{from_field} 之后 {days} 天清除", "erased {days} days after {from_field}")
    if or_with_the_epidemic:
        said = Said(
            said.zh + "，疫情结束令先到则随之清除", said.en + ", or when an order ends the epidemic if that is sooner"
        )
    return ErasureTerm(
        said=said.with_facts(days=days, from_field=counted_from),
        fate=fate,
        source=source,
        days=days,
        counted_from=counted_from,
        on_order=or_with_the_epidemic,
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """One or more fields with one class and one term."""

    privacy_class: PrivacyClass
    term: ErasureTerm
    fields: tuple[str, ...]


def kept(privacy_class: PrivacyClass, term: ErasureTerm, *fields: str) -> Kept:
    return Kept(privacy_class, term, fields)


@dataclass(frozen=True, slots=True)
class Declaration:
    """The privacy of one table: each field exactly once (a tidy test holds every model to it)."""

    groups: tuple[Kept, ...]

    @property
    def by_field(self) -> dict[str, Kept]:
        return {field: group for group in self.groups for field in group.fields}

    def terms(self) -> list[tuple[ErasureTerm, tuple[str, ...]]]:
        """Each distinct term with its fields."""
        found: dict[ErasureTerm, list[str]] = {}
        for group in self.groups:
            found.setdefault(group.term, []).extend(group.fields)
        return [(term, tuple(fields)) for term, fields in found.items()]


def declare(*groups: Kept) -> Declaration:
    return Declaration(groups)
