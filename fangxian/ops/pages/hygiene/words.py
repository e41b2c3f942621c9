"""What the pages of priority places call things."""

from collections.abc import Mapping

from fangxian.core.policy.hygiene import CLASSES, KINDS
from fangxian.core.refusal import Said
from fangxian.ops.hygiene.checklist import Item
from fangxian.ops.hygiene.queries import Round

STATES = {
    "late": Said("已逾期", "late"),
    "today": Said("今天到期", "due today"),
    "fine": Said("未到期", "not due yet"),
}
ANSWERS = {
    "ok": Said("合格", "Fine"),
    "fault": Said("不合格", "Fault"),
    "not_here": Said("这里没有", "Not here"),
}
AGENTS = {
    "chlorine": Said("含氯消毒剂", "chlorine"),
    "chlorine-dioxide": Said("二氧化氯", "chlorine dioxide"),
    "peroxide": Said("过氧化氢", "hydrogen peroxide"),
    "peracetic": Said("过氧乙酸", "peracetic acid"),
    "quaternary": Said("季铵盐", "quaternary ammonium"),
    "alcohol": Said("75%酒精", "75 % alcohol"),
    "other": Said("其他", "another"),
}
STRENGTHS = {
    "stated": Said("县里明确的", "stated by the county"),
    "found": Said("公开文件", "a public document"),
    "recalled": Said("凭记忆", "recalled"),
    "inferred": Said("推断", "inferred"),
    "guess": Said("猜测，县里定", "a guess, a county decides"),
}
LIST_STATES = {
    "received": Said("待确认列名", "columns to be confirmed"),
    "mapped": Said("正在导入", "coming in"),
    "closed": Said("已导入", "imported"),
    "refused": Said("没有收下", "not taken"),
}
# What is done after a positive sample, and who comes for it where that is not the owner.
AFTER_POSITIVE = {
    "hygiene.tell": Said(
        "报县指挥部，通知疾控流调到过的人：县调度员办",
        "Headquarters and the CDC are told who was there: the county's dispatcher does it",
    ),
    "hygiene.decide": Said(
        "决定是否暂停营业、管住人和货：乡镇来定；定下来以前，阳性的地方先不要用，货不要出",
        "The township decides whether it stays open; until then leave the positive spot alone and let no goods out",
    ),
    "hygiene.disinfect_again": Said(
        "全面消毒：可以自己做，做完在这里记；也可由网格员、责任单位上门",
        "All of it is disinfected: by yourselves, recorded here, or by the grid worker or the unit",
    ),
    "hygiene.sample_again": Said(
        "消毒后再采样，阴性才算完：网格员、责任单位或疾控来采，结果由实验室、乡镇填",
        "Sampled again after that, until negative: the grid worker, the unit or the CDC comes; the laboratory or "
        "township enters the result",
    ),
}
PENDING = Said("等结果", "result to come")
NEGATIVE = Said("阴性", "negative")
DONE = {
    "recorded": Said("已记录。", "It is recorded."),
    "corrected": Said("已更正，原记录保留。", "It is corrected; the first record stays beside it."),
    "voided": Said("已记为没有做，原记录保留。", "It counts as not done; the first record stays."),
    "result": Said("结果已记录。", "The result is recorded."),
    "mended": Said("已记为整改好。", "It is recorded as mended."),
    "struck": Said("已从名册上销去。", "It is struck off the register."),
    "listed": Said("已登记到名册。", "It is on the register."),
    "none": Said("选的都已在名册上，没有重复登记。", "All of them are on the register already."),
}


def kind_said(kind: str) -> Said:
    return KINDS[kind]


def class_said(of_class: str) -> Said:
    return CLASSES.get(of_class) or Said(of_class, of_class)


def round_said(row: Round, items: Mapping[str, Item]) -> Said:
    """What a round was, in one line."""
    if row.is_void:
        return Said("没有做", "not done")
    if row.kind == "disinfection":
        agent = AGENTS.get(row.agent, Said(row.agent, row.agent))
        return Said(
            f"{agent.zh} {row.concentration_mg_l} mg/L，{row.area_m2} 平方米",
            f"{agent.en} {row.concentration_mg_l} mg/L, {row.area_m2} m²",
        )
    if row.kind == "sampling":
        return Said(f"{row.n_samples} 份：{row.spots}", f"{row.n_samples} swabs: {row.spots}")
    faults = [item for item, answer in row.answers.items() if answer == "fault"]
    if not faults:
        return Said(f"{len(row.answers)} 项，都合格", f"{len(row.answers)} items, all in order")
    named = [items[item].said if item in items else Said(item, item) for item in faults]
    return Said(
        f"{len(faults)} 项不合格：{'、'.join(it.zh for it in named)}",
        f"{len(faults)} not in order: {'; '.join(it.en for it in named)}",
    )


def result_said(row: Round) -> Said | None:
    """The result of a sampling; None of anything else."""
    if row.kind != "sampling" or row.is_void:
        return None
    found = next(iter(row.results.all()), None)
    if found is None:
        return PENDING
    if not found.n_positive:
        return NEGATIVE
    where = f"（{found.spots}）" if found.spots else ""
    where_en = f" ({found.spots})" if found.spots else ""
    return Said(f"{found.n_positive} 份阳性{where}", f"{found.n_positive} positive{where_en}")
