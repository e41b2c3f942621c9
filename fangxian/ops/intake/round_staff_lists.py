"""Lists of who can work in screening rounds (采样检测人员名单), as hospitals keep them: a row a person."""

from fangxian.core.refusal import Said

from .fields import Field, Form, Kind

TEAMS = (
    ("testing", ("核酸检测队伍", "testing team", "检测队伍", "核酸检测队", "检测队", "精干队伍", "采样队", "本队")),
    ("reserve", ("后备队伍", "reserve", "后备", "后备队", "备用", "预备队", "预备", "后备力量")),
)
JOBS = (
    ("sampler", ("采样", "sampler", "采样员", "采样人员", "核酸采样", "护士", "采样护士")),
    (
        "helper",
        ("登记、协助", "helper", "登记", "协助", "登记员", "协助员", "信息登记", "信息采集", "志愿者", "辅助人员"),
    ),
    ("laboratory", ("检测", "laboratory", "检验", "检测员", "检验员", "检测人员", "实验室", "实验室检测", "检验师")),
)


PASSED, UNTIL = ("培训", "培训日期", "培训时间", "培训合格日期", "合格日期", "考核日期"), (
    "有效至", "有效期", "培训有效至", "培训有效期", "有效期至", "培训有效期至",
)  # fmt: skip


def _training(kind: str, en: str, zh: str, *also: str) -> tuple[Field, Field]:
    """When a training was passed, and until when it holds; `also`: what people call it besides."""
    passed, until = ([f"{it}{end}" for it in (zh, *also) for end in ends] for ends in (PASSED, UNTIL))
    return (
        Field(
            f"{kind}_passed", Said(f"{zh}培训合格日期", f"{en} passed on"), Form.DATE, aliases=tuple(passed)
        ),
        Field(f"{kind}_until", Said(f"{zh}培训有效至", f"{en} holds until"), Form.DATE, aliases=tuple(until)),
    )  # fmt: skip


ROUND_STAFF = Kind(
    "round_staff.members",
    Said("采样检测人员名单", "a list of sampling and testing staff"),
    (
        Field("name", Said("姓名", "name"), required=True, aliases=("人员姓名", "名字", "采样员姓名", "full name")),
        Field(
            "phone",
            Said("电话", "phone"),
            Form.PHONE,
            aliases=("手机", "手机号", "手机号码", "联系电话", "联系方式", "电话号码", "mobile", "telephone", "tel"),
        ),
        Field(
            "unit",
            Said("单位", "unit"),
            aliases=("所在单位", "工作单位", "医院", "医疗机构", "单位名称", "科室单位", "hospital"),
        ),
        Field(
            "job",
            Said("做什么", "job"),
            Form.CHOICE,
            required=True,
            aliases=("岗位", "工种", "职责", "分工", "人员类别", "工作岗位", "role"),
            choices=JOBS,
        ),
        Field(
            "team",
            Said("队伍", "team"),
            Form.CHOICE,
            aliases=("所属队伍", "队伍类别", "编入队伍", "梯队"),
            choices=TEAMS,
        ),
        *_training("sampling", "taking samples", "采样操作", "采样", "核酸采样"),
        *_training("protection", "protection", "个人防护", "防护", "院感", "院感防护"),
        *_training("laboratory", "laboratory work", "实验室检测", "检测", "检验", "实验室", "PCR"),
    ),
)
