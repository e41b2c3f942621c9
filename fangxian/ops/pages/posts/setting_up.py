"""The form by which a post is set up at a venue."""

from collections.abc import Sequence

from django import forms

from fangxian.ops.pages.selects import LongSelect
from fangxian.ops.pages.words import both
from fangxian.ops.posts.wire import NewExit

NOTHING = {"required": both("还没有填。", "Nothing was filled in.")}
AT = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 5}


class PostForm(forms.Form):
    """Where, when and by how many a post is kept; its usual way, and the locked one if there is one."""

    venue = forms.ChoiceField(
        label=both("设在哪个场所", "At which venue"), widget=LongSelect, error_messages={
            "required": both("还没有选场所。", "No venue was chosen."),
            "invalid_choice": both("请从列表里选一个场所。", "Choose a venue from the list."),
        },
    )  # fmt: skip
    begins = forms.CharField(
        label=both("几点开始", "Kept from"), initial="07:00", widget=forms.TextInput(AT), error_messages=NOTHING
    )
    ends = forms.CharField(
        label=both("几点结束", "Until"), initial="23:00", widget=forms.TextInput(AT), error_messages=NOTHING,
        help_text=both("全天从 00:00 到 24:00。", "All day: 00:00 to 24:00."),
    )  # fmt: skip
    n_a_shift = forms.IntegerField(
        label=both("每班几人", "People a shift"), initial=4, min_value=1, max_value=20,
        error_messages={"invalid": both("请写 1 到 20 的数。", "Write a number from 1 to 20."),
                        "min_value": both("请写 1 到 20 的数。", "Write a number from 1 to 20."),
                        "max_value": both("请写 1 到 20 的数。", "Write a number from 1 to 20."), **NOTHING},
    )  # fmt: skip
    phone = forms.CharField(
        label=both("值守点电话", "The post's phone"), required=False, max_length=40,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    way = forms.CharField(
        label=both("平时走的口", "The usual way"), initial="进村路口", max_length=40, error_messages=NOTHING
    )
    locked = forms.CharField(
        label=both("锁着的应急出口", "A locked exit"), required=False, max_length=40,
        help_text=both("没有就空着。", "Leave it empty if there is none."),
    )  # fmt: skip
    holder = forms.CharField(label=both("谁拿钥匙", "Who holds the key"), required=False, max_length=40)
    holder_phone = forms.CharField(
        label=both("拿钥匙的人电话", "Their phone"), required=False, max_length=40,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args, venues: Sequence[tuple], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["venue"].choices = [("", both("请选", "Choose")), *venues]

    @property
    def exits(self) -> tuple[NewExit, ...]:
        told = self.cleaned_data
        usual = NewExit(name=told["way"].strip())
        if not told["locked"].strip():
            return (usual,)
        holder, phone = told["holder"].strip(), told["holder_phone"].strip()
        return usual, NewExit(name=told["locked"].strip(), is_locked=True, key_holder=holder, key_phone=phone)
