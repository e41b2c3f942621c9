"""The forms of keeping a venue. What was typed is kept; what is wrong is said beside it."""

from collections.abc import Sequence

from django import forms

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.pages.county.words import trade
from fangxian.ops.pages.words import both, language
from fangxian.ops.places.models import DoorDevice
from fangxian.ops.places.wire import USUAL_RADIUS
from fangxian.ops.situation.county_file import county_file

from .picker import unit_choices

NOT_A_CHOICE = both("没有这个选项。请从列表里选。", "There is no such choice. Choose from the list.")
PLAIN = {"autocomplete": "off", "spellcheck": "false"}
CHOOSE = ("", both("请选择", "Choose"))
MOST_DOORS = 20
NAMING_WHYS = {
    "spelling": Said("登记时写错", "written wrongly"),
    "renamed": Said("换了招牌、执照名称", "it has another sign or licence"),
    "street": Said("路名、门牌改了", "the street or number is called otherwise"),
    "other": Said("其他", "another reason"),
}
WEEKDAYS = (
    ("周一", "Monday"), ("周二", "Tuesday"), ("周三", "Wednesday"), ("周四", "Thursday"), ("周五", "Friday"),
    ("周六", "Saturday"), ("周日", "Sunday"),
)  # fmt: skip
NO_RADIUS = both(
    f"半径在 {USUAL_RADIUS.low} 到 {USUAL_RADIUS.high} 米之间；更大的院落请分成几个场所登记。",
    f"A radius lies between {USUAL_RADIUS.low} and {USUAL_RADIUS.high} m; register larger grounds as several venues.",
)
NOT_DEGREES = both(
    "应是以度为单位的小数，最多六位，例如 35.968050；不要写度、分、秒。",
    "It should be degrees as a decimal with at most six places, such as 35.968050; no minutes or seconds.",
)


class UnitForm(forms.Form):
    """Where the venue stands: a village or community, by township."""

    unit = forms.ChoiceField(
        label=both("在哪个村（社区）", "In which village or community"),
        error_messages={
            "required": both("还没有选村（社区）。", "No village or community was chosen."),
            "invalid_choice": NOT_A_CHOICE,
        },
    )

    def __init__(self, *args, townships: Sequence, units: dict[str, list], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        inside = [it for township in townships for it in units[township.area_path]]
        places = {it.area_path: it for it in [*townships, *inside]}
        self.fields["unit"].choices = [CHOOSE, *unit_choices(places, inside)]


class ApplicationForm(forms.Form):
    """What an application says."""

    name = forms.CharField(
        label=both("场所名称", "Name of the venue"),
        help_text=both(
            "和门头、执照上的一致；有分店的，写明是哪一家。", "As over the door and on the licence; say which branch."
        ),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": both("请填写场所名称。", "Enter the venue's name.")},
    )
    trade = forms.ChoiceField(
        label=both("行业", "Trade"),
        help_text=both(
            "门口按哪一类规则查验，由行业决定。", "It decides by which rules people are checked at the door."
        ),
        error_messages={
            "required": both("还没有选行业。", "No trade was chosen."),
            "invalid_choice": NOT_A_CHOICE,
        },
    )
    cell = forms.ChoiceField(
        label=both("网格", "Grid cell"),
        error_messages={
            "required": both(
                "还没有选网格。不清楚的，问本村（社区）的网格员。",
                "No grid cell was chosen; the grid worker can say which.",
            ),
            "invalid_choice": NOT_A_CHOICE,
        },
    )
    address = forms.CharField(
        label=both("地址", "Address"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={
            "required": both("请填写地址，审批员要上门核对。", "Enter the address: the approver goes there.")
        },
    )
    doors = forms.CharField(
        label=both("门", "Doors"),
        help_text=both(
            "一行一扇门，例如“正门”“后门”。一门一码。",
            "One door a line, such as 正门 or Back door. Each has its own code.",
        ),
        max_length=900,
        widget=forms.Textarea(attrs={"rows": 3, **PLAIN}),
        error_messages={"required": both("至少要有一扇门。", "There is at least one door.")},
    )

    def __init__(self, *args, cells: Sequence, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cell"].choices = [
            *([CHOOSE] if len(cells) != 1 else []),
            *((it.area_path, both(it.name_zh, it.name_en)) for it in cells),
        ]
        named = [(key, both(trade(key).zh, trade(key).en)) for key in county_file().trades]
        self.fields["trade"].choices = [CHOOSE, *named]

    def clean_doors(self) -> list[str]:
        names = [line.strip() for line in self.cleaned_data["doors"].splitlines() if line.strip()]
        if not 1 <= len(names) <= MOST_DOORS or max(map(len, names)) > 40:
            raise forms.ValidationError(
                both(
                    f"一行一扇门，1 到 {MOST_DOORS} 行，每行不超过 40 个字；更多的门可在核验后添加。",
                    f"One door a line, 1 to {MOST_DOORS} lines of at most 40 characters; add more after verification.",
                )
            )
        return names


class OwnerForm(forms.Form):
    """Whom a department registers a venue for."""

    owner = forms.CharField(
        label=both("负责人的用户名", "The owner's username"),
        help_text=both("负责人要先有账号。", "The owner needs an account first."),
        max_length=50,
        widget=forms.TextInput(attrs={**PLAIN, "autocapitalize": "none"}),
        error_messages={"required": both("请填写负责人的用户名。", "Enter the owner's username.")},
    )


class PositionForm(forms.Form):
    """Where the venue stands. All empty takes it off the record."""

    latitude = forms.DecimalField(
        label=both("纬度（北纬，度）", "Latitude, degrees north"),
        help_text=both(
            "站在门口按“用本机位置”最准。坐标按 WGS-84（卫星定位）填写；高德、腾讯、百度地图上抄来的坐标"
            "偏移几百米，不要直接填。",
            "Best: stand at the door and press “Use this device's position”. Coordinates are WGS-84, as satellites "
            "give them; those copied from maps of mainland China (GCJ-02, BD-09) are hundreds of metres off.",
        ),
        max_digits=9,
        decimal_places=6,
        required=False,
        widget=forms.TextInput(attrs={**PLAIN, "inputmode": "decimal", "data-part": "latitude"}),
        error_messages={
            "invalid": NOT_DEGREES,
            "max_decimal_places": NOT_DEGREES,
            "max_digits": NOT_DEGREES,
            "max_whole_digits": NOT_DEGREES,
        },
    )
    longitude = forms.DecimalField(
        label=both("经度（东经，度）", "Longitude, degrees east"),
        max_digits=9,
        decimal_places=6,
        required=False,
        widget=forms.TextInput(attrs={**PLAIN, "inputmode": "decimal", "data-part": "longitude"}),
        error_messages={
            "invalid": NOT_DEGREES,
            "max_decimal_places": NOT_DEGREES,
            "max_digits": NOT_DEGREES,
            "max_whole_digits": NOT_DEGREES,
        },
    )
    radius_m = forms.IntegerField(
        label=both("半径（米）", "Radius, metres"),
        help_text=both(
            f"从这一点到最远的门再加 50 米；空着就是 {USUAL_RADIUS.value} 米。",
            f"From this point to the furthest door, and 50 m more; left empty it is {USUAL_RADIUS.value} m.",
        ),
        min_value=int(USUAL_RADIUS.low),
        max_value=int(USUAL_RADIUS.high),
        required=False,
        widget=forms.TextInput(attrs={**PLAIN, "inputmode": "numeric"}),
        error_messages={
            "invalid": both("半径应是整数，例如 100。", "A radius is a whole number, such as 100."),
            "min_value": NO_RADIUS,
            "max_value": NO_RADIUS,
        },
    )


class DoorForm(forms.Form):
    name = forms.CharField(
        label=both("新门的名称", "Name of the new door"),
        max_length=40,
        widget=forms.TextInput(attrs=PLAIN),
        error_messages={"required": both("请填写门的名称，例如“后门”。", "Enter the door's name, such as Back door.")},
    )


class DoorNumberForm(forms.Form):
    """Which door; sent by the button beside it."""

    door = forms.IntegerField(min_value=1, max_value=255)


class DeviceForm(forms.Form):
    """A device that is to stand for a door."""

    kind = forms.ChoiceField(
        label=both("是什么设备", "What it is"),
        choices=[
            (DoorDevice.Kind.KEEPER, both("值守员的手机", "a keeper's phone")),
            (DoorDevice.Kind.SCREEN, both("显示动态码的屏幕", "a screen with the rotating code")),
        ],
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )
    door = forms.TypedChoiceField(
        label=both("在哪扇门", "At which door"), coerce=int, error_messages={"invalid_choice": NOT_A_CHOICE}
    )
    name = forms.CharField(
        label=both("叫什么", "What to call it"),
        help_text=both(
            "以后停用时认得出来，例如“早班手机”。不要写人名。",
            "So that you know it when you end it, such as Morning phone. No people's names.",
        ),
        max_length=40,
        widget=forms.TextInput(attrs=PLAIN),
        error_messages={"required": both("请给设备起个名称。", "Give the device a name.")},
    )

    def __init__(self, *args, doors: Sequence, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        named = [(door.number, f"{door.number} {door.name}") for door in doors]
        self.fields["door"].choices = [*named, (0, both("每一扇门（只限手机）", "every door (phones only)"))]


class DeviceNumberForm(forms.Form):
    """Which device; sent by the button beside it."""

    device = forms.IntegerField(min_value=1, max_value=2**31 - 1)


class HandOverForm(forms.Form):
    username = forms.CharField(
        label=both("接手人的用户名", "Username of whoever takes over"),
        max_length=50,
        widget=forms.TextInput(attrs={**PLAIN, "autocapitalize": "none"}),
        error_messages={"required": both("请填写接手人的用户名。", "Enter the username of whoever takes over.")},
    )


class MoveForm(forms.Form):
    """Where it moves to, within the village or community chosen before."""

    cell = forms.ChoiceField(
        label=both("网格", "Grid cell"),
        error_messages={
            "required": both(
                "还没有选网格。不清楚的，问那里的网格员。",
                "No grid cell was chosen; the grid worker there can say which.",
            ),
            "invalid_choice": NOT_A_CHOICE,
        },
    )
    address = forms.CharField(
        label=both("新地址", "New address"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={"required": both("请填写新地址。", "Enter the new address.")},
    )

    def __init__(self, *args, cells: Sequence, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cell"].choices = [
            *([CHOOSE] if len(cells) != 1 else []),
            *((it.area_path, both(it.name_zh, it.name_en)) for it in cells),
        ]


class NamingForm(forms.Form):
    """What a venue that stands where it stood is called from now on, and why."""

    name = forms.CharField(
        label=both("名称", "Name"),
        help_text=both(
            "和门头、执照上的一致；有分店的，写明是哪一家。", "As over the door and on the licence; say which branch."
        ),
        max_length=120,
        widget=forms.TextInput(attrs=PLAIN),
        error_messages={"required": both("请写名称；不改的照原样写。", "Give the name; as it was if it stays.")},
    )
    address = forms.CharField(
        label=both("地址", "Address"), required=False, max_length=160, widget=forms.TextInput(attrs=PLAIN)
    )
    why = forms.ChoiceField(
        label=both("为什么", "Why"),
        choices=[CHOOSE, *((key, both(it.zh, it.en)) for key, it in NAMING_WHYS.items())],
        error_messages={"required": both("还没有选为什么。", "It does not say why."), "invalid_choice": NOT_A_CHOICE},
    )
    note = forms.CharField(label=both("还有什么要说的", "Anything else"), required=False, max_length=120)

    @property
    def because(self) -> str:
        """The reason in one line, as it is kept; only of a form that is valid."""
        note = self.cleaned_data["note"].strip()
        return NAMING_WHYS[self.cleaned_data["why"]].zh + (f"：{note}" if note else "")


class RestForm(forms.Form):
    """On which weekdays it is closed."""

    weekdays = forms.MultipleChoiceField(
        label=both("每周休息日", "Weekly closing days"),
        help_text=both(
            "这些天没有人扫码，不会有人来问。都不选就是天天开门。",
            "Nobody asks why nobody scans on these days. None chosen: open every day.",
        ),
        choices=[(str(n), both(zh, en)) for n, (zh, en) in enumerate(WEEKDAYS, start=1)],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": NOT_A_CHOICE},
    )


class CloseForm(forms.Form):
    because = forms.CharField(
        label=both("停用的原因", "Why it closes"), max_length=200, required=False, widget=forms.TextInput(attrs=PLAIN)
    )


class DecisionForm(forms.Form):
    """A decision on a venue. The button pressed says which; the room says what it needs."""

    because = forms.CharField(
        label=both("原因", "Reason"),
        help_text=both("不予登记、暂停时必填，负责人会看到。", "Needed to refuse or suspend; the owner reads it."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=PLAIN),
    )


class EnrolForm(forms.Form):
    """The code that lets a device in."""

    enrolment_code = forms.CharField(
        label=both("登记码", "Enrolment code"),
        help_text=both(
            "8 个字符，在负责人的页面上；15 分钟内有效，只能用一次。",
            "Eight characters from the owner's page; good for 15 minutes, once.",
        ),
        max_length=20,
        widget=forms.TextInput(attrs={**PLAIN, "autocapitalize": "characters"}),
        error_messages={"required": both("请输入登记码。", "Enter the enrolment code.")},
    )


def say_beside(form: forms.Form, field: str, refusal: Refusal) -> None:
    """Put a refusal's sentence beside a field of the form."""
    form.add_error(field, refusal.said.in_language(language()))
