"""The forms of the county's pages. What was typed is kept; what is wrong is said beside it."""

from django import forms

from fangxian.ops.pages.county.words import REASONS, VENUE_STATUS, place_name, trade
from fangxian.ops.pages.words import both
from fangxian.ops.situation.households import KINDS

ANY = ("", both("全部", "All"))
NOT_A_CHOICE = {
    "invalid_choice": both(
        "没有这个选项，已按“全部”显示。请从列表里选。",
        "There is no such choice, so all are shown. Choose from the list.",
    )
}


def _choices(words: dict) -> list[tuple]:
    return [(key, both(said.zh, said.en)) for key, said in words.items()]


class HouseholdFilter(forms.Form):
    """Which households of a grid cell."""

    kind = forms.ChoiceField(
        label=both("看哪些户", "Which households"),
        required=False,
        choices=[ANY, *_choices(KINDS)],
        error_messages=NOT_A_CHOICE,
    )

    @property
    def chosen(self) -> str:
        self.full_clean()
        return self.cleaned_data.get("kind", "") if self.is_bound else ""


class VenueFilter(forms.Form):
    """Which venues. The areas and trades to choose from are those the reader's venues have."""

    name = forms.CharField(label=both("名称", "Name"), required=False, max_length=60)
    area = forms.ChoiceField(label=both("地区", "Area"), required=False, error_messages=NOT_A_CHOICE)
    trade = forms.ChoiceField(label=both("行业", "Trade"), required=False, error_messages=NOT_A_CHOICE)
    status = forms.ChoiceField(
        label=both("状态", "Status"),
        required=False,
        choices=[ANY, *_choices(VENUE_STATUS)],
        error_messages=NOT_A_CHOICE,
    )

    def __init__(self, *args, townships, units: dict[str, list], trades: dict[str, int], cell=None, **kwargs) -> None:
        """`units`: of each township's path those in it; `trades`: with their counts; `cell`: a grid cell asked for."""
        super().__init__(*args, **kwargs)
        here = [(cell.area_path, both(place_name(cell).zh, place_name(cell).en))] if cell else []
        self.fields["area"].choices = [ANY, *here, *_area_choices(townships, units)]
        named = sorted(((key, trade(key), n) for key, n in trades.items()), key=lambda it: -it[2])
        self.fields["trade"].choices = [ANY, *((key, both(f"{s.zh}（{n}）", f"{s.en} ({n})")) for key, s, n in named)]

    @property
    def chosen(self) -> dict[str, str]:
        """What to filter by; a field that holds no choice filters nothing."""
        self.full_clean()
        return {name: self.cleaned_data.get(name, "") for name in self.fields} if self.is_bound else {}


def _area_choices(townships: list, units: dict[str, list]) -> list:
    choices = []
    for township in townships:
        name = place_name(township)
        whole = (township.area_path, both(f"{name.zh}（全部）", f"{name.en} (all)"))
        inside = [
            (unit.area_path, both(place_name(unit).zh, place_name(unit).en)) for unit in units[township.area_path]
        ]
        choices.append((both(name.zh, name.en), [whole, *inside]))
    return choices


class FindForm(forms.Form):
    """One box for every number somebody may hold in their hand."""

    number = forms.CharField(
        label=both("证件号码、手机号，或户卡编号", "Document number, mobile number, or household card number"),
        max_length=60,
        help_text=both(
            "户卡编号印在户卡上，是 15 位网格编号加一横和户号，例如 141027100200001-0012。",
            "A household card number is printed on the card: the grid cell's 15 digits, a hyphen and the household's "
            "number, such as 141027100200001-0012.",
        ),
        error_messages={
            "required": both(
                "还没有填写号码。请填证件号码、手机号或户卡编号。",
                "No number was entered. Enter a document, mobile or household card number.",
            )
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )


class ReasonForm(forms.Form):
    """Why a record is to be shown in full."""

    reason = forms.ChoiceField(
        label=both("为什么要看全文", "Why it is to be shown"),
        choices=[("", both("请选择", "Choose")), *_choices(REASONS)],
        error_messages={
            "required": both(
                "还没有选原因。请选一个；它会和您的账号一起记入查看记录。",
                "No reason was chosen. Choose one: it goes on the record together with your account.",
            ),
            "invalid_choice": both("没有这个原因。请从列表里选。", "There is no such reason. Choose from the list."),
        },
    )


class UndoMergeForm(forms.Form):
    """Two that were taken for one are two: how is that known?"""

    reason = forms.CharField(
        label=both("怎么知道是两个人", "How it is known that these are two people"),
        max_length=500,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": both("请写明理由。", "Say why.")},
    )


class MergePersonForm(forms.Form):
    """The other record of the same person, found before by a number; `seen` is who it was."""

    other = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=both("怎么知道是同一个人", "How it is known that this is one person"),
        max_length=500,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": both("请写明理由。", "Say why.")},
    )
