"""The forms of handing work out and of shifts. They read what was chosen; nothing is written here."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django import forms

from fangxian.core.refusal import Refusal
from fangxian.ops.pages.tracing.words import team_choice
from fangxian.ops.pages.words import both, in_words
from fangxian.ops.situation.tracing_lines import TeamLine
from fangxian.ops.situation.tracing_plan import Proposal, ProposedLine

ALL, ALL_CONTACTS = "all", "contacts"
MOMENT = {"type": "datetime-local"}
NOT_A_MOMENT = {
    "required": both("请填日期和时间。", "Give a date and a time."),
    "invalid": both("请按 2022-04-19 08:00 的样子填写。", "Write it like 2022-04-19 08:00."),
}


def chosen_lines(told: Mapping, proposal: Proposal, teams: Sequence[TeamLine]) -> list[tuple[ProposedLine, UUID]]:
    """The lines that were ticked with the team chosen for each, as the proposal stands now.

    Refuses
    -------
    tracing.plan_changed
        A line that was ticked is not proposed any more: others have worked meanwhile.
    tracing.nothing_chosen
    """
    lines = {line.key: line for line in proposal.lines}
    ticked = told.getlist("take")
    if not ticked:
        raise Refusal(
            "tracing.nothing_chosen",
            zh="没有勾选任何一行，没有派出工作。请勾选要派的行、选好小组，再按“派出”。",
            en="No line was ticked, so nothing was given out. Tick the lines to hand out, choose a team for each, and "
            "press “Hand out”.",
        )
    if gone := [key for key in ticked if key not in lines]:
        raise Refusal(
            "tracing.plan_changed",
            zh="勾选的 {n} 行里有 {n_gone} 行已经变了（别人派过，或病例、接触者有变化），没有派出任何工作。下面是现在的"
            "情况，请再看一遍后派出。",
            en="Of the {n} lines ticked {n_gone} have changed (somebody handed them out, or a case or a contact "
            "changed), so nothing was given out. This is how things stand now: look once more and hand out.",
            n=len(ticked),
            n_gone=len(gone),
        )
    known = {str(team.team_id): team.team_id for team in teams}
    chosen = [(lines[key], known.get(told.get(f"team-{key}", ""))) for key in ticked]
    if without := [line for line, team in chosen if team is None]:
        raise Refusal(
            "tracing.no_team_chosen",
            zh="勾选的行里有 {n} 行没有选小组，没有派出任何工作。请给每一行选一个小组，或去掉勾选。",
            en="For {n} of the lines ticked no team was chosen, so nothing was given out. Choose a team for each, or "
            "untick them.",
            n=len(without),
        )
    return chosen


NOT_CHOSEN = dict.fromkeys(("required", "invalid_choice"), both("请从列表里选一项。", "Choose one from the list."))


class TeamForm(forms.Form):
    """To which team something goes."""

    team = forms.ChoiceField(label=both("小组", "Team"), error_messages=NOT_CHOSEN)

    def __init__(self, *args, teams: Sequence[TeamLine], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [(str(team.team_id), in_words(team_choice(team))) for team in teams]


class MoveForm(TeamForm):
    """What of a team's work goes to which other team."""

    what = forms.ChoiceField(label=both("改派什么", "What to move"), error_messages=NOT_CHOSEN)
    field_order = ("what", "team")

    def __init__(self, *args, held: Sequence[tuple[str, str]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = held


def movable(team: TeamLine | None, held: Sequence) -> list[tuple[str, str]]:
    """What of a team's work can be moved, as choices: everything (when it goes off duty), its contacts, each case."""
    n_contacts = sum(row.work == "contact" for row in held)
    choices = [(ALL, both("全部（交班）", "everything (hand-over at the end of duty)"))] if held else []
    if n_contacts:
        choices.append((ALL_CONTACTS, both(f"全部接触者（{n_contacts} 人）", f"all contacts ({n_contacts})")))
    return choices + [(str(it.case_id), it.number) for it in (team.cases if team else ()) if it.number]


class ShiftForm(TeamForm):
    """A team's duty; both moments in county time."""

    begins_at = forms.DateTimeField(
        label=both("从", "From"),
        widget=forms.DateTimeInput(MOMENT, format="%Y-%m-%dT%H:%M"),
        error_messages=NOT_A_MOMENT,
    )
    ends_at = forms.DateTimeField(
        label=both("到", "Until"),
        widget=forms.DateTimeInput(MOMENT, format="%Y-%m-%dT%H:%M"),
        help_text=both("跨过零点的班写第二天的日期。", "A shift over midnight ends on the next day's date."),
        error_messages=NOT_A_MOMENT,
    )
