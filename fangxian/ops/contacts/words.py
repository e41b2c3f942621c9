"""The fixed words of a contact's row, each with both languages; keys are what is stored."""

from collections.abc import Mapping

from fangxian.core.refusal import Said

from .models import Belongs, FollowUp, Mode, Origin, State

STATES: Mapping[str, Said] = {
    State.PROPOSED: Said("待判定", "proposed"),
    State.REJECTED: Said("已排除", "rejected"),
    State.CONFIRMED: Said("已判定，追踪中", "confirmed, being traced"),
    State.TRACED: Said("已落地", "traced"),
    State.TRANSFERRED: Said("转运中", "being transferred"),
    State.IN_QUARANTINE: Said("在观察", "under observation"),
    State.RELEASED: Said("已解除", "released"),
    State.BECAME_CASE: Said("转为病例", "became a case"),
    State.HANDED_OVER: Said("已推送外地", "handed over"),
}
MODES: Mapping[str, Said] = {
    Mode.CENTRAL: Said("集中", "central"),
    Mode.AWAITING_TRANSFER: Said("待转运", "awaiting transfer"),
    Mode.HOME: Said("居家", "at home"),
    Mode.HOSPITAL: Said("医院", "hospital"),
    Mode.MONITORING: Said("健康监测", "health monitoring"),
}
BELONGS: Mapping[str, Said] = {
    Belongs.HERE: Said("归属本区", "ours"),
    Belongs.DISTRICT: Said("外区", "another district"),
    Belongs.CITY: Said("外市", "another city"),
    Belongs.PROVINCE: Said("外省", "another province"),
}
ORIGINS: Mapping[str, Said] = {
    Origin.OWN: Said("我区主动甄别", "found here"),
    Origin.PUSHED_IN: Said("外地推送", "pushed to us"),
}
FOUND_BY: Mapping[str, Said] = {
    "scan": Said("扫码记录", "scans at doors"),
    "cell": Said("同一时空网格（800 米）", "one cell of the map, 800 m"),
    "household": Said("同户", "same household"),
    "class": Said("同班", "same class"),
    "workplace": Said("同单位", "same workplace"),
    "ward": Said("同病区", "same ward"),
    "vehicle": Said("同乘交通工具", "same vehicle"),
    "parcel": Said("快递接触", "a parcel"),
    "interview": Said("流调询问", "the interview"),
    "declaration": Said("本人申报", "own declaration"),
    "police": Said("公安反馈", "the police"),
    "pushed": Said("外地推送", "another place"),
    "line-list": Said("名单导入", "a line list"),
    "other": Said("其他", "other"),
}
# The older contact form's relations, and those of the vehicle and venue tables.
RELATIONS: Mapping[str, Said] = {
    "family": Said("家人", "family"),
    "care": Said("诊疗、护理", "medical care"),
    "classmate": Said("同学、师生", "classmate or teacher"),
    "colleague": Said("同事", "colleague"),
    "neighbour": Said("邻居", "neighbour"),
    "friend": Said("亲友", "friend"),
    "meal": Said("同餐", "shared a meal"),
    "vehicle": Said("同乘", "shared a vehicle"),
    "place": Said("同场所", "same place"),
    "other": Said("其他", "other"),
}
HOME_REASONS: Mapping[str, Said] = {
    "infant": Said("婴幼儿及其照护人", "an infant and who cares for it"),
    "elderly": Said("高龄", "old age"),
    "pregnant": Said("孕产妇", "pregnant or just delivered"),
    "illness": Said("基础疾病或行动不便", "illness or disability"),
    "carer": Said("照护家人", "cares for somebody"),
    "no-place": Said("隔离点没有床位", "no place at a site"),
    "rulebook": Said("按规则居家", "the rulebook says so"),
    "other": Said("其他", "other"),
}
SYMPTOMS: Mapping[str, Said] = {
    "fever": Said("发热", "fever"),
    "cough": Said("咳嗽", "cough"),
    "sore-throat": Said("咽痛", "sore throat"),
    "runny-nose": Said("流涕", "runny nose"),
    "breathless": Said("气促", "short of breath"),
    "aches": Said("乏力、肌肉酸痛", "tired, aching"),
    "no-smell": Said("嗅觉味觉减退", "loss of smell or taste"),
    "rash": Said("出疹", "rash"),
    "red-eyes": Said("眼红", "red eyes"),
    "vomiting": Said("呕吐", "vomiting"),
    "diarrhoea": Said("腹泻", "diarrhoea"),
    "other": Said("其他不适", "something else"),
}
FOUND: Mapping[str, Said] = {
    FollowUp.Found.SEEN: Said("见到本人", "seen"),
    FollowUp.Found.SPOKEN: Said("电话或隔门问到", "spoken to"),
    FollowUp.Found.NOT_FOUND: Said("没找到", "not found"),
}
FOLLOW_UP_STATES: Mapping[str, Said] = {
    FollowUp.State.DUE: Said("待随访", "due"),
    FollowUp.State.DONE: Said("已随访", "done"),
    FollowUp.State.MISSED: Said("漏访", "missed"),
}


def said_of(words: Mapping[str, Said], key: str) -> Said:
    """A key in words; a key nobody knows as itself, and nothing as a dash."""
    return words.get(key) or Said(key or "—", key or "—")
