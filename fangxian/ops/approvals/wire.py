"""What crosses the approvals room's boundary: the digest that binds, and a request as it is shown."""

import json
from collections.abc import Mapping
from hashlib import sha256

from fangxian.core.refusal import Said

from .models import ApprovalRequest
from .requirements import REQUIREMENTS

STATES = {
    "pending": Said("待审批", "pending"),
    "approved": Said("已批准", "approved"),
    "rejected": Said("未同意", "rejected"),
    "expired": Said("已过期", "expired"),
    "withdrawn": Said("已撤回", "withdrawn"),
    "used": Said("已使用", "used"),
}


class InBoth:
    """Words that stand in each sentence in the sentence's own language: `{state:zh}`."""

    def __init__(self, said: Said) -> None:
        self._said = said

    def __format__(self, language: str) -> str:
        return self._said.in_language(language or "zh")


def digest_of(content: Mapping | bytes) -> str:
    """The digest that binds an approval to its content: SHA-256 in hex, of bytes or of JSON with sorted keys."""
    if isinstance(content, bytes):
        return sha256(content).hexdigest()
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return sha256(text.encode()).hexdigest()


def as_json(request: ApprovalRequest) -> dict[str, object]:
    """One request for the wire, with who decided what; a fellow approver sees units, and never names."""
    decisions = list(request.decisions.select_related("unit"))
    requirement = REQUIREMENTS[request.kind]
    return {
        "id": str(request.pk),
        "kind": request.kind,
        "kind_words": {"zh": requirement.said.zh, "en": requirement.said.en},
        "title": {"zh": request.title_zh, "en": request.title_en},
        "subject": request.subject,
        "digest": request.digest,
        "basis": request.basis,
        "area_path": request.area_path,
        "state": request.state,
        "asked_at": request.asked_at.isoformat(),
        "expires_at": request.expires_at.isoformat(),
        "n_needed": requirement.n_persons,
        "decisions": [
            {
                "unit": {"zh": decision.unit.name_zh, "en": decision.unit.name_en},
                "verdict": decision.verdict,
                "reason": decision.reason,
                "decided_at": decision.decided_at.isoformat(),
            }
            for decision in decisions
        ],
    }
