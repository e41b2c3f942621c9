"""The form of a draft. What was typed is kept; what is wrong is said beside it."""

from collections.abc import Mapping, Sequence

from django import forms

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.pages.selects import LongSelect
from fangxian.ops.pages.words import both, in_words

MOMENT = {"type": "datetime-local"}
CHOOSE = ("", both("请选", "Choose"))
NOTHING = {"required": both("还没有填。", "Nothing was filled in.")}
NO_CHOICE = {"required": both("还没有选。", "Nothing was chosen."),
             "invalid_choice": both("请从列表里选。", "Choose from the list.")}  # fmt: skip
NO_MOMENT = {"required": both("请填写时间。", "Enter the time."),
             "invalid": both("请写成 2022-04-08 14:30。", "Write it as 2022-04-08 14:30.")}  # fmt: skip
BESIDE = {
    "measures.order_without_basis": "basis",
    "measures.order_period": "ends_at",
    "measures.order_already_over": "ends_at",
    "measures.order_too_long": "ends_at",
    "measures.order_elsewhere": "area",
    "measures.order_number_taken": "number",
    "measures.order_number_asked_for": "number",
    "measures.order_of_no_measure": "measure",
    "approvals.no_basis": "basis",
}


def _moment(label, help_text="") -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, help_text=help_text, widget=forms.DateTimeInput(MOMENT, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], error_messages=NO_MOMENT,
    )  # fmt: skip


class OrderForm(forms.Form):
    """Which measure, where, from when until when, by whom and why."""

    measure = forms.ChoiceField(
        label=both("什么措施", "Which measure"), error_messages=NO_CHOICE,
        help_text=both("现行规则准许下命令的措施。", "Those for which the rules in force permit an order."),
    )  # fmt: skip
    area = forms.ChoiceField(label=both("哪个区域", "Which area"), widget=LongSelect, error_messages=NO_CHOICE)
    begins_at = _moment(both("从几时", "From"))
    ends_at = _moment(both("到几时（到期自动失效）", "Until, when it lapses by itself"))
    reason = forms.CharField(
        label=both("为什么", "Why"), max_length=1000, widget=forms.Textarea({"rows": 3}), error_messages=NOTHING,
        help_text=both(
            "查到了什么，为什么要这样；群众会看到，不写人名。", "What was found; everybody reads it, so name nobody."
        ),
    )  # fmt: skip
    basis = forms.CharField(
        label=both("法律依据", "Legal basis"), max_length=300, error_messages=NOTHING,
        help_text=both("写明法律、预案的名称和条款。", "Name the law or plan with its article."),
    )  # fmt: skip
    issuer = forms.CharField(
        label=both("以谁的名义发布", "Issued in the name of"), max_length=120, error_messages=NOTHING
    )
    number = forms.CharField(label=both("编号", "Number"), max_length=60, error_messages=NOTHING)

    def __init__(
        self,
        *args,
        measures: Mapping[tuple[str, str], Said],
        diseases: Mapping[str, Said],
        areas: Sequence[tuple[str, Said]],
        **kwargs,
    ) -> None:
        """`measures` by disease and key; `diseases` are their names, under which the measures are listed."""
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = {}
        for (disease, key), said in measures.items():
            groups.setdefault(disease, []).append((f"{disease}:{key}", both(said.zh, said.en)))
        listed = [(in_words(diseases[it]) if it in diseases else it, inside) for it, inside in groups.items()]
        self.fields["measure"].choices = [CHOOSE, *listed]
        self.fields["area"].choices = [CHOOSE, *((path, both(said.zh, said.en)) for path, said in areas)]

    def refuse(self, refusal: Refusal) -> None:
        """Put what a refusal says beside the field it is about, or above the form."""
        self.add_error(BESIDE.get(refusal.code), in_words(refusal.said))
