"""What may come in: each kind of file by its name."""

from collections.abc import Mapping

from fangxian.core.refusal import Refusal, Said

from .compared_lists import COMPARED
from .fields import Field, Form, Kind
from .instrument_results import RESULTS, SENT_RESULTS
from .line_lists import CASES, CONTACTS, FOLLOW_UPS, RELATIONSHIPS
from .passengers import PASSENGERS
from .priority_places import PRIORITY_PLACES
from .rosters import ROSTER
from .round_staff_lists import ROUND_STAFF
from .vaccination_lists import DOSES
from .waybills import WAYBILLS


def kind_of(name: str) -> Kind:
    """The kind with a name.

    Refuses
    -------
    intake.unknown_kind
    """
    if name not in KINDS:
        raise Refusal(
            "intake.unknown_kind",
            zh="没有“{found}”这种文件。可以收的有：{kinds}。请选择其中一种。",
            en="There is no kind of file called “{found}”. These can come in: {kinds}. Choose one of them.",
            found=name,
            kinds=", ".join(KINDS),
        )
    return KINDS[name]


_KINDS = (
    Kind(
        "people.list",
        Said("人员名单", "a list of people"),
        (
            Field("name", Said("姓名", "name"), required=True, aliases=("人员姓名", "名字", "居民姓名", "full name")),
            Field(
                "identity_number",
                Said("身份证号", "identity number"),
                Form.IDENTITY_NUMBER,
                required=True,
                aliases=(
                    "身份证",
                    "身份证号码",
                    "证件号",
                    "证件号码",
                    "公民身份号码",
                    "居民身份证号码",
                    "id",
                    "id number",
                ),
            ),
            Field(
                "phone",
                Said("电话", "phone"),
                Form.PHONE,
                aliases=(
                    "手机",
                    "手机号",
                    "手机号码",
                    "联系电话",
                    "联系方式",
                    "电话号码",
                    "mobile",
                    "telephone",
                    "tel",
                ),
            ),
            Field(
                "address",
                Said("住址", "address"),
                aliases=("地址", "现住址", "居住地", "家庭住址", "居住地址", "详细地址", "现居住地址"),
            ),
            Field(
                "born_on", Said("出生日期", "date of birth"), Form.DATE, aliases=("生日", "出生年月日", "born", "dob")
            ),
        ),
    ),
    Kind(
        "places.divisions",
        Said("区划名单", "a list of divisions"),
        (
            Field(
                "division_code",
                Said("区划代码", "division code"),
                Form.DIVISION,
                required=True,
                aliases=("代码", "统计用区划代码", "行政区划代码", "code"),
            ),
            Field("name", Said("名称", "name"), required=True, aliases=("区划名称", "单位名称")),
            Field("kind", Said("城乡分类代码", "urban or rural"), aliases=("城乡分类", "类别")),
        ),
    ),
    CASES,
    CONTACTS,
    RELATIONSHIPS,
    FOLLOW_UPS,
    WAYBILLS,
    COMPARED,
    DOSES,
    PASSENGERS,
    RESULTS,
    SENT_RESULTS,
    ROSTER,
    PRIORITY_PLACES,
    ROUND_STAFF,
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _KINDS}
