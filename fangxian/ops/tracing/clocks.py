"""The clocks of a case's investigation (“2+4+24”): which a disease has, and how long each is.

A rulebook that has a clock of the same key decides; without one, the figures here do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from fangxian.core.parameters import Parameter
from fangxian.core.policy.rulebook import ReportClock
from fangxian.core.refusal import Said

SCENE, KEY_CONTACTS, FULL_REPORT = "case-scene", "case-key-contacts", "case-investigation"

SCENE_WITHIN = Parameter(
    value=2,
    unit="h",
    low=0.5,
    high=24,
    meaning="From a case's report until a team is on the scene and its core facts are known, if no rulebook says",
    source="“2+4+24” of the provinces' tracing work in 2021 and 2022: recalled, no text found",
)
KEY_CONTACTS_WITHIN = Parameter(
    value=4,
    unit="h",
    low=1,
    high=48,
    meaning="From a case's report until its key contacts and places are listed, if no rulebook says",
    source="“2+4+24” of the provinces' tracing work in 2021 and 2022: recalled, no text found",
)
FULL_REPORT_WITHIN = Parameter(
    value=24,
    unit="h",
    low=6,
    high=168,
    meaning="From a case's report until its investigation is finished, if the disease's rulebook has no such clock",
    source="county CDCs finish a case investigation within 24 h of the report (流行病学个案调查规定)",
)
ASSIGNED_WITHIN = Parameter(
    value=30,
    unit="min",
    low=5,
    high=240,
    meaning="From a case's report until a tracing team has it",
    source="working order of a tracing centre (流调中心工作规范, reprinted 2022): tasks are assigned within 30 minutes",
)
CONTACT_WITHIN = Parameter(
    value=8,
    unit="h",
    low=1,
    high=72,
    meaning="From a contact's confirmation until the person has been found and spoken to",
    source="close contacts are to be placed within 8 h of being found (national protocol of 2022): recalled",
)
STUCK_AFTER = Parameter(
    value=2,
    unit="h",
    low=0.25,
    high=48,
    meaning="A piece of work about which nothing has been done for so long is shown as stuck",
    source="a guess: the shortest of the clocks above",
)


@dataclass(frozen=True, slots=True)
class InvestigationClock:
    """One clock: its key, what is reached, and from the report how long it may take."""

    key: str
    reached: Said
    within: timedelta


REACHED = {
    SCENE: Said("到达现场，核心信息已明", "on the scene, core facts known"),
    KEY_CONTACTS: Said("关键接触者和场所已列出", "key contacts and places listed"),
    FULL_REPORT: Said("完成个案调查", "investigation finished"),
}
_HOURS = {SCENE: SCENE_WITHIN, KEY_CONTACTS: KEY_CONTACTS_WITHIN, FULL_REPORT: FULL_REPORT_WITHIN}


def investigation_clocks(of_rulebook: Iterable[ReportClock]) -> list[InvestigationClock]:
    """The three clocks of a case, the soonest first.

    Parameters
    ----------
    of_rulebook : the clocks of the disease's rulebook in force; none where there is no such rulebook
    """
    ruled = {row.clock: row for row in of_rulebook}
    found = [
        InvestigationClock(
            key,
            REACHED[key],
            ruled[key].within if key in ruled else timedelta(hours=hours.value),
        )
        for key, hours in _HOURS.items()
    ]
    return sorted(found, key=lambda it: it.within)
