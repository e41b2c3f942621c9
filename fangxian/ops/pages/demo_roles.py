"""The roles of the demo, in the groups a visitor looks for, each with what that person does all day."""

from collections.abc import Iterator, Sequence

from fangxian.core.refusal import Said
from fangxian.ops.accounts.demo import DemoAccount
from fangxian.ops.accounts.roles import the_roles
from fangxian.ops.pages.words import joined

GROUPS: tuple[tuple[Said, tuple[str, ...]], ...] = (
    (
        Said("指挥部", "Headquarters"),
        ("commander", "dispatcher", "liaison_leader", "industry_department", "media_centre"),
    ),
    (
        Said("乡镇与村（社区）", "Townships and villages"),
        ("township_approver", "village_approver", "grid_lead", "grid_assistant", "grid_worker", "volunteer"),
    ),
    (
        Said("门口与卡口", "Doors and checkpoints"),
        ("door_keeper", "venue_owner", "checkpoint_officer", "school", "clinic"),
    ),
    (
        Said("检测与流调", "Laboratory and tracing"),
        ("sampler", "transporter", "laboratory", "investigator", "tracing_lead", "tracing_member"),
    ),
    (Said("隔离与物资", "Quarantine and stores"), ("quarantine_staff", "storekeeper")),
    (
        Said("监督与管理", "Oversight and administration"),
        ("inspector", "auditor", "security_administrator", "system_administrator"),
    ),
    (Said("居民", "Residents"), ("resident",)),
)
OTHERS = Said("其他", "Others")
WORK = {
    "commander": Said("看全县情况，签发命令，批准规则", "sees the whole county, signs orders, approves rules"),
    "dispatcher": Said("派任务，排采样，盯时限", "hands out tasks, plans sampling, watches the clocks"),
    "liaison_leader": Said("包联一个乡镇，督促落实", "answers for one township and sees things done"),
    "industry_department": Said("管本行业的场所", "looks after the venues of one trade"),
    "media_centre": Said("发公告，辟谣", "publishes notices and rebuts rumours"),
    "township_approver": Said("审批离返，调度本乡镇", "approves journeys, runs the township"),
    "village_approver": Said("审批离返，管本村的网格", "approves journeys, runs the village's grids"),
    "grid_lead": Said("带一片网格的人", "leads the people of some grids"),
    "grid_assistant": Said("协助网格长排班、报数", "helps the lead with rosters and reports"),
    "grid_worker": Said("上门核对居民，办网格里的事", "calls at homes and settles what a grid needs"),
    "volunteer": Said("领任务，跑腿送物", "takes tasks, carries things"),
    "door_keeper": Said("在门口扫码、测温、登记", "scans, takes temperatures and registers at a door"),
    "venue_owner": Said("管自己场所的门和场所码", "keeps the doors and codes of one venue"),
    "checkpoint_officer": Said("在公路卡口查验来车来人", "checks those who arrive by road"),
    "school": Said("报晨午检和缺课", "reports morning checks and absence"),
    "clinic": Said("报发热和购药", "reports fevers and medicines bought"),
    "sampler": Said("在采样点采样登记", "takes and registers samples"),
    "transporter": Said("转运样本和人员", "carries specimens and people"),
    "laboratory": Said("收样、检测、报结果", "receives samples, tests, reports"),
    "investigator": Said("流调病例，判定接触者", "traces cases and decides who is a contact"),
    "tracing_lead": Said("派流调小组，盯时限，看哪里卡住", "sends the tracing teams, watches clocks and what is stuck"),
    "tracing_member": Said("在流调小组里找接触者，问情况", "finds contacts for a tracing team and speaks to them"),
    "quarantine_staff": Said("照管隔离点的人", "attends to people in quarantine"),
    "storekeeper": Said("收发物资，盘点库存", "receives, issues and counts supplies"),
    "inspector": Said("督导检查，派整改", "inspects and has faults mended"),
    "auditor": Said("查审计记录，核验链", "reads the audit trail and verifies the chain"),
    "security_administrator": Said("开账号，任命和免去", "opens accounts, appoints and dismisses"),
    "system_administrator": Said("维护系统运行", "keeps the system running"),
    "resident": Said("看自己的档案，申报行程", "sees their own record, declares journeys"),
}
SECOND = {
    "security_administrator": Said(
        "核验第一位开的账号，确认第一位提出的任命",
        "verifies accounts the first has opened, confirms whom the first proposes",
    ),
    "commander": Said(
        "与第一位来自不同单位，共同批准规则和命令",
        "of another unit than the first, approves rules and orders with them",
    ),
    "laboratory": Said(
        "发布第一位录入的结果，复核第一家的阳性", "releases what the first entered, tests again what it found positive"
    ),
}


def demo_groups(accounts: Sequence[DemoAccount]) -> Iterator[tuple[Said, list[dict]]]:
    """The accounts one may enter as, group by group; a role that no group names stands under the last."""
    by_role: dict[str, list[DemoAccount]] = {}
    for it in accounts:
        by_role.setdefault(it.role.name, []).append(it)
    for title, names in GROUPS:
        if entries := [_entry(it) for name in names for it in by_role.pop(name, [])]:
            yield title, entries
    if by_role:
        yield OTHERS, [_entry(it) for those in by_role.values() for it in those]


def _entry(it: DemoAccount) -> dict:
    unit, name = it.account.unit, it.role.said
    if it.number > 1:
        name = Said(f"{name.zh}（第 {it.number} 位）", f"{name.en} ({it.number})")
    return {"role": it.key, "name": name, "unit": Said(unit.name_zh, unit.name_en), "work": _work(it)}


def _work(it: DemoAccount) -> Said:
    permissions = the_roles().permissions
    held = [permissions[name].said for name in permissions if name in it.role.permissions]
    work = WORK.get(it.role.name) or joined(held[:3])
    return SECOND.get(it.role.name, work) if it.number > 1 else work
