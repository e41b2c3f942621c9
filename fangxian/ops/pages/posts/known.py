"""Whom a post may have before it, as its page shows them: enough to compare with the document in hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.pages.words import masked
from fangxian.ops.situation.ages import age_on
from fangxian.ops.situation.known_at_post import Known, only_near

SEXES = {"male": Said("男", "male"), "female": Said("女", "female")}
NOT_SIX = Said(
    "后六位要写满六位：证件号码或电话的最后六位，末位 X 可按 *。也可以扫码或写完整的号码。",
    "Of the last six signs all six are needed, of the document or of the phone; X may be typed as *. Or scan, or type "
    "the whole number.",
)
NOBODY = Said(
    "这六位没有找到认得的人：请写完整的证件号码，都没有的写姓名和电话。",
    "Nobody known ends so: type the whole document number, else a name and a phone.",
)
LOOK = Said(
    "对照证件看是不是这一位：是的再按“登记”，不是的写完整的号码。",
    "Compare with the document. If it is they, register once more; if not, type the whole number.",
)
CHOOSE = Said("请点是哪一位，都不是的写完整的号码。", "Tap which of them it is; if none, type the whole number.")


@dataclass(frozen=True, slots=True)
class Line:
    """One of those to choose from, masked."""

    key: str
    name: str
    about: Said
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Those whose number ends so; none: nobody known does."""

    lines: Sequence[Line]

    @property
    def said(self) -> Said:
        chosen = any(it.is_chosen for it in self.lines)
        return NOBODY if not self.lines else LOOK if chosen else CHOOSE


def choice_of(those: Sequence[Known], on: date) -> Choice:
    """The choice with the one chosen already who needs only a look."""
    near = only_near(those)
    return Choice([Line(it.key, _shown(it), _about(it, on), it is near) for it in those])


def _shown(it: Known) -> str:
    """The masked name; of whoever gave none the masked document."""
    return masked(it.shown_name, "name") if it.shown_name else masked(it.document, "identity")


def _about(it: Known, on: date) -> Said:
    parts = []
    if it.born_on:
        years, sex = age_on(it.born_on, on), SEXES[it.sex]
        parts.append(Said(f"{sex.zh} {years} 岁", f"{sex.en}, {years}"))
    if it.place:
        parts.append(it.place)
    if it.passed_at:
        when = _when(it.passed_at, on)
        parts.append(Said(f"{when} 经过这里", f"here {when}"))
    return Said(" · ".join(part.zh for part in parts), " · ".join(part.en for part in parts))


def _when(moment: datetime, on: date) -> str:
    local = localtime(moment)
    return f"{local:%H:%M}" if local.date() == on else f"{local:%m-%d %H:%M}"
