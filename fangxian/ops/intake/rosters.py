"""Lists of people for a screening round (采样名册) as schools and units send them: a row a person."""

from fangxian.core.refusal import Said

from .fields import Field, Form, Kind

ROSTER = Kind(
    "lab.roster",
    Said("采样名册", "a roster for a screening round"),
    (
        Field("name", Said("姓名", "name"), required=True, aliases=("学生姓名", "人员姓名", "被采样人", "full name")),
        Field(
            "number",
            Said("证件号", "document number"),
            aliases=("证件号码", "身份证", "身份证号", "身份证号码", "公民身份号码", "学生身份证号", "id number"),
        ),
        Field(
            "phone",
            Said("电话", "phone"),
            Form.PHONE,
            aliases=("手机", "手机号", "手机号码", "联系电话", "监护人电话", "家长电话", "mobile"),
        ),
        Field(
            "group",
            Said("班级或单位", "class or unit"),
            aliases=(
                "班级",
                "班",
                "年级班级",
                "单位",
                "工作单位",
                "所在学校/单位",
                "所在单位",
                "部门",
                "class",
                "unit",
            ),
        ),
        Field(
            "area",
            Said("住在哪个村、社区", "village or community"),
            aliases=("村", "社区", "村社区", "所在村", "所在社区", "住址", "现住址", "家庭住址", "居住地址", "address"),
        ),
    ),
)
