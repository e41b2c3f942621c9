"""Lists of people that departments push, or the grid keeps, to be laid beside others (三比对)."""

from fangxian.core.refusal import Said

from .fields import Field, Form, Kind
from .line_lists import SEX

COMPARED = Kind(
    "comparisons.list",
    Said("比对名单", "a list to be compared"),
    (
        Field(
            "name",
            Said("姓名", "name"),
            aliases=("人员姓名", "名字", "旅客姓名", "被排查人", "申报人", "full name", "passenger"),
        ),
        Field(
            "number",
            Said("证件号", "document number"),
            Form.IDENTITY_NUMBER,
            aliases=(
                "证件号码",
                "身份证",
                "身份证号",
                "身份证号码",
                "公民身份号码",
                "居民身份证号码",
                "护照号",
                "id number",
                "identity number",
            ),
        ),
        Field(
            "phone",
            Said("电话", "phone"),
            Form.PHONE,
            aliases=("手机", "手机号", "手机号码", "联系电话", "联系方式", "电话号码", "mobile", "telephone"),
        ),
        Field(
            "address",
            Said("住址", "address"),
            aliases=("地址", "现住址", "居住地", "家庭住址", "居住地址", "详细地址", "目的地", "目的地址", "落脚地址"),
        ),
        Field("born_on", Said("出生日期", "date of birth"), Form.DATE, aliases=("生日", "出生年月日", "dob")),
        Field("age", Said("年龄", "age"), Form.AGE, aliases=("周岁",)),
        Field("sex", Said("性别", "sex"), Form.CHOICE, aliases=("gender",), choices=SEX),
        Field(
            "arrived_on",
            Said("到达日期", "day of arrival"),
            Form.DATE,
            aliases=("到达时间", "返回日期", "返乡日期", "抵达日期", "来返时间", "入县时间", "arrival date"),
        ),
        Field(
            "origin",
            Said("来源地区划代码", "division come from"),
            Form.DIVISION,
            aliases=("来源地代码", "出发地代码", "origin code"),
        ),
    ),
)
