"""Registers of priority venues and processes (重点场所、重点环节名册) as counties and departments keep them."""

from collections.abc import Mapping
from typing import Final

from fangxian.core.policy.hygiene import CLASSES
from fangxian.core.refusal import Said

from .fields import Field, Form, Kind

# What people call a class besides its own name and that of the rulebook.
ALSO: Final[Mapping[str, tuple[str, ...]]] = {
    "cold-chain": ("冷链", "冷库", "冷链食品", "冷链食品经营单位", "冷链企业", "冷链食品生产经营单位"),
    "market": ("集贸市场", "菜市场", "农贸（集贸）市场", "农贸集贸市场"),
    "supermarket": ("商场", "超市", "商超", "商场超市"),
    "pharmacy": ("药房", "零售药店"),
    "fever-clinic": ("发热门诊", "哨点诊室"),
    "health-care": ("医院", "卫生院", "诊所", "村卫生室", "医疗卫生机构"),
    "quarantine-site": ("隔离点", "集中隔离场所", "集中隔离医学观察点"),
    "sampling-site": ("采样点", "便民采样点"),
    "school": ("学校", "幼儿园", "托幼机构", "校园"),
    "care-home": ("养老院", "敬老院", "福利院", "养老服务机构"),
    "courier-depot": ("快递点", "快递", "快递驿站", "邮政快递网点"),
    "station": ("客运站", "火车站", "汽车站", "车站", "交通场站"),
    "hotel": ("酒店", "旅馆", "宾馆酒店", "住宿"),
    "catering": ("餐饮", "饭店", "餐馆", "餐饮服务单位"),
    "entertainment": ("文化娱乐", "娱乐场所", "ktv", "网吧", "影院"),
    "worship": ("宗教场所", "教堂", "寺庙"),
    "other-venue": ("其他场所",),
    "cold-chain-unloading": ("冷链装卸", "冷链卸货", "冷链货物装卸"),
    "imported-goods": ("进口货物", "进口物品接收"),
    "parcels": ("快件分拣", "邮件快件", "快递分拣"),
    "medical-waste": ("医疗废物", "医废", "医疗废物收运", "隔离点垃圾收运"),
    "sewage": ("污水", "污水处理站"),
    "transfer-vehicles": ("转运车辆", "车辆洗消"),
    "public-transport": ("公交", "客运车辆", "公共交通工具"),
    "shared-toilets": ("公共卫生间", "公厕", "电梯"),
    "other-process": ("其他环节",),
}

PRIORITY_PLACES = Kind(
    "hygiene.places",
    Said("重点场所、环节名册", "a register of priority places"),
    (
        Field(
            "of_class",
            Said("类别", "class"),
            Form.CHOICE,
            required=True,
            aliases=("场所类别", "重点场所类别", "环节类别", "重点环节类别", "类型", "场所类型", "行业类别", "种类"),
            choices=tuple((key, (it.zh, it.en, *ALSO.get(key, ()))) for key, it in CLASSES.items()),
        ),
        Field(
            "name",
            Said("名称", "name"),
            aliases=(
                "场所名称",
                "单位名称",
                "重点场所",
                "重点场所名称",
                "环节名称",
                "重点环节",
                "重点环节名称",
                "环节",
            ),
        ),
        Field(
            "venue_number",
            Said("场所编号", "venue number"),
            aliases=("场所码编号", "场所码", "场所号", "所在场所编号", "number of the venue"),
        ),
        Field(
            "venue_name",
            Said("所在场所", "at which venue"),
            aliases=("所属场所", "所在单位", "所属单位", "所在场所名称", "venue"),
        ),
        Field("township", Said("乡镇", "township"), aliases=("所在乡镇", "所属乡镇", "乡镇街道", "town")),
        Field(
            "area",
            Said("村（社区）", "village or community"),
            aliases=("所在村", "所在村社区", "村社区", "社区", "村居", "所属村", "区划代码", "village", "community"),
        ),
        Field(
            "unit",
            Said("责任单位", "unit that answers for it"),
            aliases=("主管部门", "主管单位", "行业主管部门", "行业部门", "监管部门", "责任部门", "unit"),
        ),
        Field(
            "since",
            Said("列入日期", "listed since"),
            Form.DATE,
            aliases=("列入名册日期", "登记日期", "纳入日期", "纳入管理日期", "列入时间", "since"),
        ),
    ),
)
