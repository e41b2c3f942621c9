"""Lists of doses (接种名单) as the health authority exports them: a row a dose, or a row a person with a day a dose."""

from fangxian.core.refusal import Said

from .fields import Field, Form, Kind

PRODUCTS = (
    ("inactivated", ("灭活疫苗", "灭活", "新冠灭活疫苗", "新型冠状病毒灭活疫苗", "vero细胞", "新冠疫苗（vero细胞）")),
    ("adenovirus", ("腺病毒载体疫苗", "腺病毒载体", "重组新冠疫苗（5型腺病毒载体）", "5型腺病毒载体", "腺病毒")),
    ("subunit", ("重组亚单位疫苗", "重组亚单位", "重组蛋白疫苗", "重组蛋白", "重组新冠疫苗（cho细胞）", "cho细胞")),
    ("other", ("其他", "其它", "不详", "未知")),
)


def _day(name: str, place: str, place_en: str) -> Field:
    said = Said(f"第{place}针日期", f"day of the {place_en} dose")
    words = (f"{place}针", f"{place}剂", f"第{place}剂", f"第{place}针", f"第{place}剂接种日期", f"第{place}针接种日期")
    return Field(name, said, Form.DATE, aliases=(*words, f"第{place}剂次接种日期", f"{place_en} dose"))


DOSES = Kind(
    "vaccination.doses",
    Said("接种名单", "a list of doses"),
    (
        Field("name", Said("姓名", "name"), required=True, aliases=("受种者姓名", "受种者", "接种人", "人员姓名")),
        Field(
            "number",
            Said("证件号", "document number"),
            Form.IDENTITY_NUMBER,
            aliases=("证件号码", "身份证", "身份证号", "身份证号码", "公民身份号码", "受种者证件号码", "id number"),
        ),
        Field("phone", Said("电话", "phone"), Form.PHONE, aliases=("手机", "手机号", "手机号码", "联系电话", "mobile")),
        Field(
            "product",
            Said("疫苗种类", "kind of vaccine"),
            Form.CHOICE,
            aliases=("疫苗", "疫苗名称", "疫苗类型", "工艺", "技术路线", "vaccine", "product"),
            choices=PRODUCTS,
        ),
        Field("given_on", Said("接种日期", "day given"), Form.DATE, aliases=("接种时间", "接种日", "date", "given on")),
        Field("dose_number", Said("剂次", "number of the dose"), aliases=("第几针", "第几剂", "针次", "dose")),
        Field("unit", Said("接种单位", "where it was given"), aliases=("接种点", "接种门诊", "接种地点", "clinic")),
        _day("first_on", "一", "first"),
        _day("second_on", "二", "second"),
        _day("third_on", "三", "third"),
        _day("fourth_on", "四", "fourth"),
    ),
)
