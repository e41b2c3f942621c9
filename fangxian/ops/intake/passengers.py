"""Carriers' lists of passengers (同乘名单), under the heads of ticket systems and of the railway police.

Which ride and of which day may stand in no column: then a person says it once for the file.
"""

from fangxian.core.refusal import Said

from .fields import Field, Form, Kind

PASSENGERS = Kind(
    "rides.passengers",
    Said("同乘名单", "a carrier's list of passengers"),
    (
        Field(
            "vehicle",
            Said("车次、航班或车牌", "train, flight or plate"),
            aliases=(
                "车次", "航班", "航班号", "车牌", "车牌号", "车牌号码", "班次", "班次号", "列车车次", "乘坐车次",
                "车次/航班/车牌", "车次航班", "train", "train number", "flight", "flight number", "plate",
            ),
        ),
        Field(
            "on",
            Said("日期", "day"),
            Form.DATE,
            aliases=(
                "乘车日期", "开车日期", "发车日期", "航班日期", "出发日期", "始发日期", "乘坐日期", "出行日期",
                "date", "date of travel",
            ),
        ),
        Field(
            "begins_at",
            Said("上车时间", "got on at"),
            aliases=("发车时间", "开车时间", "起飞时间", "检票时间", "乘车时间", "进站时间", "departure"),
        ),
        Field(
            "ends_at",
            Said("下车时间", "got off at"),
            aliases=("到站时间", "到达时间", "降落时间", "出站时间", "arrival"),
        ),
        Field("carriage", Said("车厢", "carriage"), aliases=("车厢号", "车厢号码", "车号", "coach", "carriage")),
        Field(
            "seat",
            Said("座位号", "seat"),
            aliases=("座位", "座号", "席位号", "席位", "席号", "席位号码", "座位号码", "seat number"),
        ),
        Field("name", Said("姓名", "name"), aliases=("旅客姓名", "乘客姓名", "乘车人", "乘机人", "passenger")),
        Field(
            "document_number",
            Said("证件号码", "document number"),
            Form.IDENTITY_NUMBER,
            aliases=(
                "证件号", "身份证号", "身份证号码", "身份证", "公民身份号码", "旅客证件号", "乘车人证件号码",
                "id number", "document",
            ),
        ),
        Field(
            "phone",
            Said("手机号", "phone"),
            Form.PHONE,
            aliases=("手机", "手机号码", "电话", "联系电话", "联系方式", "购票手机号", "mobile", "telephone"),
        ),
        Field(
            "from_station",
            Said("上车站", "got on at station"),
            aliases=("乘车站", "发站", "出发站", "始发站", "上车地点", "上车点", "起飞机场", "出发机场", "from"),
        ),
        Field(
            "to_station",
            Said("下车站", "got off at station"),
            aliases=("到站", "到达站", "终到站", "下车地点", "下车点", "目的站", "到达机场", "降落机场", "to"),
        ),
    ),
)  # fmt: skip
