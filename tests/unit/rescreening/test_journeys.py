"""All journeys of a county at once: how far back they are looked into."""

from datetime import date
from pathlib import Path

from fangxian.core.policy.arrivals import Stay
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.risk_on import find_risk_on
from fangxian.core.rescreening import journeys as module
from fangxian.core.rescreening.journeys import Journey, decide_journeys, journeys_in_columns

RULES = Path(__file__).resolve().parents[3] / "counties" / "fushan" / "rulebooks" / "covid19-2022-04.toml"
MOST_DAYS = 60


def test_one_who_says_that_they_were_there_for_a_thousand_years_does_not_hold_up_everybody(monkeypatch):
    rulebook, looked_at, states = read_rulebook(RULES.read_text("utf-8")), [], module._states
    monkeypatch.setattr(module, "_states", lambda *given: looked_at.append(given[2:]) or states(*given))
    stay = Stay("140121", date(1022, 4, 3), date(2022, 4, 9))
    risk_on = find_risk_on(rulebook.risk_states, [], [], home="141027")
    decide_journeys(rulebook, journeys_in_columns([Journey(date(2022, 4, 8), [stay])]), risk_on, at=rulebook.begins_at)
    ((first, last),) = looked_at
    assert last - first < MOST_DAYS
