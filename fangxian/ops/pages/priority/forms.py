"""Which of the priority people a list shows."""

from collections.abc import Iterable, Mapping, Sequence

from django import forms

from fangxian.core.policy.rulebook import CadenceRule
from fangxian.ops.pages.words import both
from fangxian.ops.situation.priority_people import PriorityPerson

ANY = ("", both("全部", "All"))


class PriorityFilter(forms.Form):
    """Class, state and township, as the address has them; what is no filter narrows nothing."""

    rule = forms.ChoiceField(label=both("类别", "Class"), required=False)
    state = forms.ChoiceField(
        label=both("状态", "State"),
        choices=(
            ("", both("逾期或今天到期", "late or due today")),
            ("late", both("已逾期", "late")),
            ("today", both("今天到期", "due today")),
            ("all", both("全部", "all")),
        ),
        required=False,
    )
    area = forms.ChoiceField(label=both("乡镇", "Township"), required=False)

    def __init__(self, *args, rules: Sequence[CadenceRule], townships: Mapping[str, object]):
        super().__init__(*args)
        self.fields["rule"].choices = [ANY, *((it.number, both(it.name.zh, it.name.en)) for it in rules)]
        self.fields["area"].choices = [ANY, *((path, both(it.name_zh, it.name_en)) for path, it in townships.items())]

    @property
    def area_path(self) -> str:
        return self._asked("area")

    def of(self, people: Iterable[PriorityPerson]) -> list[PriorityPerson]:
        rule, state = self._asked("rule"), self._asked("state")
        states = {"": ("late", "today"), "all": ("late", "today", "fine")}.get(state, (state,))
        return [it for it in people if it.state in states and rule in ("", it.rule.number)]

    def _asked(self, name: str) -> str:
        self.is_valid()
        return self.cleaned_data.get(name, "")
