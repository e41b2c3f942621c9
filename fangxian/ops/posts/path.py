"""The emergency path of a post (应急处置流程): its steps, how soon each should be done, and how it may end."""

from dataclasses import dataclass
from typing import Final

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Said

FEVER_FROM = Parameter(
    value=37.3, unit="°C", low=37.0, high=38.0,
    meaning="From which temperature somebody at a post is led to the emergency path where no rulebook says it",
    source="旬邑县卡口规程: 37.3 ℃ (found)",
)  # fmt: skip
WAIT_WITHIN = Parameter(
    value=5, unit="min", low=1, high=15, meaning="From a fever or red code at a post until they sit apart",
    source="a guess: the waiting area stands beside the post",
)  # fmt: skip
CALL_WITHIN = Parameter(
    value=10, unit="min", low=2, high=30, meaning="From a fever or red code at a post until the call was made",
    source="旬邑县卡口规程: report before release; the minutes are a guess",
)  # fmt: skip
TRANSFER_WITHIN = Parameter(
    value=120, unit="min", low=30, high=480, meaning="From a fever or red code at a post until they were fetched",
    source="a guess: the ambulance's way across the county and back",
)  # fmt: skip
DISINFECT_WITHIN = Parameter(
    value=180, unit="min", low=60, high=720,
    meaning="From a fever or red code at a post until the place was disinfected",
    source="a guess: an hour after they were fetched",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what to do, how, and within how many minutes of the beginning."""

    said: Said
    how: Said
    within: Parameter


STEPS: Final[dict[str, Step]] = {
    "wait": Step(
        Said("带到临时观察处", "Lead them to the waiting area"),
        Said("给一只新口罩，保持两米，同车的人分开坐；不要围观，不要拍照。",
             "Give them a fresh mask, keep two metres, seat those of one vehicle apart; no crowd, no pictures."),
        WAIT_WITHIN,
    ),
    "call": Step(
        Said("打电话报告", "Make the call"),
        Said("打给乡镇卫生院和乡镇值班室，说清值守点、几个人、体温或码；不在电话里说姓名和证件号码。",
             "Call the township's health centre and duty room: which post, how many, temperature or colour; no names "
             "and no numbers of documents on the phone."),
        CALL_WITHIN,
    ),
    "transfer": Step(
        Said("交给来接的车", "Hand them over to the vehicle"),
        Said("核对来接单位和车牌，当面交接；病情急的先送医，登记后补。",
             "Check who comes and the plate, hand over in person; in an emergency treatment first, papers later."),
        TRANSFER_WITHIN,
    ),
    "disinfect": Step(
        Said("消毒", "Disinfect"),
        Said("观察处、桌椅、体温计、笔，都擦到；换手套口罩，洗手。",
             "Waiting area, table and chairs, thermometer, pen; change gloves and mask, wash hands."),
        DISINFECT_WITHIN,
    ),
    "let_on": Step(
        Said("让车先走，就医不拦", "Let the vehicle go on: nobody is kept from a doctor"),
        Said("记下车牌和要去的医院，告诉走哪条路；不扣车，不等车。",
             "Write down the plate and the hospital, say which way; hold no vehicle and make none wait."),
        WAIT_WITHIN,
    ),
}  # fmt: skip
ENDS: Final[dict[str, Said]] = {
    "handed_over": Said("已转运", "Fetched"),
    "went_on": Said("已放行就医", "Went on to a hospital"),
    "cleared": Said("复测正常，已放行", "Normal when taken again, let pass"),
    "went_home": Said("本人返回", "Turned back home"),
}
WHY: Final[dict[str, Said]] = {
    "fever": Said("发热", "Fever"),
    "red": Said("红码", "Red code"),
    "ill": Said("突发不适", "Taken ill"),
}


def steps_of(*, to_hospital: bool) -> dict[str, Step]:
    """The steps in their order. Whoever is on the way to a hospital goes on at once, and the hospital is told."""
    names = ("let_on", "call", "disinfect") if to_hospital else ("wait", "call", "transfer", "disinfect")
    return {name: STEPS[name] for name in names}
