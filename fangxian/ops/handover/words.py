"""The fixed words of a package, each in both languages; keys are what is stored."""

import json
from collections.abc import Mapping
from enum import StrEnum

from fangxian.core.refusal import Said


class Subject(StrEnum):
    """What a record is that came from elsewhere or goes there."""

    CASE = "case"
    CONTACT = "contact"
    FOLLOW_UP = "follow_up"
    LINK = "link"


STATES: Mapping[str, Said] = {
    "prepared": Said("已生成，待发出", "made, to be sent"),
    "sent": Said("已发出，等回执", "sent, waiting for its receipt"),
    "answered": Said("已收到回执", "answered"),
    "withdrawn": Said("已撤回", "withdrawn"),
    "held": Said("暂存，签名公钥待确认", "held: its signer's key is not confirmed"),
    "received": Said("待接收", "to be taken over"),
    "taken_over": Said("已接收，回执已出", "taken over, receipt made"),
    "rejected": Said("未接收，公钥被否认", "not taken: its key was rejected"),
}
OUTCOMES: Mapping[str, Said] = {
    "": Said("—", "—"),
    "new": Said("新收", "new"),
    "merged": Said("与已有记录合并", "merged with a record there"),
    "known": Said("已在管", "known already"),
    "refused": Said("未收", "not taken"),
}
KEY_STATES: Mapping[str, Said] = {
    "noted": Said("待确认", "to be confirmed"),
    "confirmed": Said("已确认", "confirmed"),
    "rejected": Said("已否认", "rejected"),
}
KINDS: Mapping[str, Said] = {
    "case": Said("病例", "case"),
    "contact": Said("接触者", "contact"),
}
WHY = Said("理由", "The reason")
HOW_VERIFIED = Said("核实的办法", "How it was verified")


def as_text(fields: Mapping[str, str]) -> str:
    """What `PackageRow.content` holds."""
    return json.dumps(dict(fields), ensure_ascii=False, separators=(",", ":"))
