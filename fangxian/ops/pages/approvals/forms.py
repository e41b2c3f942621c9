"""The forms of asking for a ruling and of deciding. What was typed is kept; what is wrong is said beside it."""

from collections.abc import Sequence

from django import forms

from fangxian.core.refusal import Said
from fangxian.ops.pages.approvals.words import RULINGS
from fangxian.ops.pages.words import both, in_words

LONGEST = 2000
RELEASE, EVERYTHING = "release", ""
NOT_A_CHOICE = both("没有这个选项。请从列出的里面选。", "There is no such choice. Take one of those listed.")


class RulingForm(forms.Form):
    """What is to be ruled on a person's code, on which basis and why."""

    ruling = forms.ChoiceField(
        label=both("裁定为", "The ruling"),
        choices=[(key or RELEASE, both(said.zh, said.en)) for key, said in RULINGS.items()],
        widget=forms.RadioSelect,
        error_messages={
            "required": both("还没有选裁定。请选一项。", "No ruling was chosen. Choose one."),
            "invalid_choice": NOT_A_CHOICE,
        },
    )
    about = forms.ChoiceField(
        label=both("解除哪一件依据", "Which evidence is released"),
        help_text=both("只在选“解除转码”时有用。", "Counts only for a release."),
        required=False,
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )
    basis = forms.CharField(
        label=both("法律依据", "Legal basis"),
        help_text=both(
            "写明法律、预案或命令的名称和条款，本人会看到。",
            "Name the law, plan or order with its article; the person reads it.",
        ),
        max_length=300,
        error_messages={
            "required": both("还没有写法律依据。请写明名称和条款。", "No legal basis. Name it, with its article.")
        },
    )
    reason = forms.CharField(
        label=both("理由", "Reason"),
        help_text=both("写给两位审批人看的：查到了什么。", "For the two who approve: what was found."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": both("还没有写理由。请写明查到了什么。", "No reason. Say what was found.")},
    )

    def __init__(self, *args, evidence: Sequence[tuple[str, Said]], **kwargs) -> None:
        """`evidence`: what could be released, as (id, words)."""
        super().__init__(*args, **kwargs)
        everything = (EVERYTHING, both("全部", "Everything"))
        self.fields["about"].choices = [everything, *((key, in_words(words)) for key, words in evidence)]

    @property
    def colour(self) -> str:
        """As the procedure takes it: "" for a release."""
        chosen = self.cleaned_data["ruling"]
        return "" if chosen == RELEASE else chosen


class DecisionForm(forms.Form):
    """One person's decision. A rejection gives its reason; an approval may."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(
        label=both("理由", "Reason"),
        help_text=both("不同意时必填，申请人会看到。", "Needed for a rejection; the applicant reads it."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
