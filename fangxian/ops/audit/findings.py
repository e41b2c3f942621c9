"""What verification can find wrong with the record, and how it says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from fangxian.core.refusal import Said


class Fault(StrEnum):
    """What differs from what was sealed."""

    LINE_CHANGED = "line changed"
    LINE_MISSING = "line missing"
    LINE_WITHHELD = "line withheld from the sealer"
    SEAL_CHANGED = "seal changed"
    SEAL_MISSING = "seals missing"
    ORDER_BROKEN = "order of seals broken"
    DETAIL_CHANGED = "detail changed"
    DETAIL_MISSING = "detail missing"
    ERASED_WITHOUT_ORDER = "detail erased without an order"
    ERASURE_DIFFERS = "erasure covers other lines than it says"
    SUBJECTS_DIFFER = "index of subjects differs"
    VIEWS_DIFFER = "log of looks differs"
    HEAD_DIFFERS = "chain differs from a signed head"
    HEAD_NOT_OURS = "head not signed by this realm"
    HEAD_UNREADABLE = "head unreadable"
    HEADS_MISSING = "heads missing"
    HEADS_CUT = "a head does not follow the one before"
    HEADS_SHORT = "end of the chain has no head"
    TRUNCATED = "chain truncated"
    LINES_GONE = "numbers without lines"
    ORPHANS = "rows without a line"
    UNREADABLE = "row cannot be read"


SENTENCES: Mapping[Fault, Said] = {
    Fault.LINE_CHANGED: Said(
        "第 {seq} 号封印：记录 {line} 的内容与封存时不同",
        "seal {seq}: line {line} is not what was sealed",
    ),
    Fault.LINE_MISSING: Said("第 {seq} 号封印：记录 {line} 已不存在", "seal {seq}: line {line} is gone"),
    Fault.LINE_WITHHELD: Said(
        "{n} 条记录既未封存、也不在待封队列中（最早一条为 {line}）：封印或队列被人动过",
        "{n} lines are neither sealed nor waiting to be (the first is {line}): a seal or the queue was tampered with",
    ),
    Fault.SEAL_CHANGED: Said("第 {seq} 号封印：封印本身被改动", "seal {seq}: the seal itself was changed"),
    Fault.SEAL_MISSING: Said("第 {seq} 号到第 {last} 号封印已不存在", "seals {seq} to {last} are gone"),
    Fault.ORDER_BROKEN: Said("第 {seq} 号封印接的不是它前面那一号", "seal {seq} does not follow the seal before it"),
    Fault.DETAIL_CHANGED: Said(
        "第 {seq} 号封印：记录 {line} 的明细与其承诺值不符",
        "seal {seq}: the detail of line {line} does not match its commitment",
    ),
    Fault.DETAIL_MISSING: Said(
        "第 {seq} 号封印：记录 {line} 的明细被整行删除（依令清除会留下凭据，这里没有）",
        "seal {seq}: the detail of line {line} was deleted (an erasure by order leaves a tombstone; there is none)",
    ),
    Fault.ERASED_WITHOUT_ORDER: Said(
        "第 {seq} 号封印：记录 {line} 的明细已空，但没有对应的清除记录",
        "seal {seq}: the detail of line {line} is empty, and no erasure accounts for it",
    ),
    Fault.ERASURE_DIFFERS: Said(
        "清除记录 {line}（命令 {order}）写明清除 {n_said} 条，实际空白 {n_found} 条，或不是同一批",
        "erasure line {line} (order {order}) says it erased {n_said} details; {n_found} are blank, or others are",
    ),
    Fault.SUBJECTS_DIFFER: Said(
        "第 {seq} 号封印：记录 {line} 的对象索引与记录不符",
        "seal {seq}: the index of subjects of line {line} differs from the line",
    ),
    Fault.VIEWS_DIFFER: Said(
        "第 {seq} 号封印：记录 {line} 所涵盖的查看记录在到期前被改动或删除",
        "seal {seq}: looks covered by line {line} were changed or removed before their term",
    ),
    Fault.HEAD_DIFFERS: Said(
        "第 {seq} 号封印与 {at} 签名的链头不符：整段链被改写",
        "seal {seq} is not the one in the head signed {at}: the chain was rewritten",
    ),
    Fault.HEAD_NOT_OURS: Said(
        "第 {seq} 号链头的签名不是本数据域的", "the head of seal {seq} was not signed by this realm"
    ),
    Fault.HEAD_UNREADABLE: Said(
        "链头文件中有一行读不懂（在第 {seq} 号之后）", "a head cannot be read (after seal {seq})"
    ),
    Fault.HEADS_MISSING: Said(
        "已有 {seq} 号封印，却没有一个签名链头：链头文件被移走或清空",
        "there are {seq} seals and not one signed head: the file of heads was moved or emptied",
    ),
    Fault.HEADS_CUT: Said(
        "第 {number} 号链头（到第 {seq} 号封印）接的不是它前面那个链头：其间的链头被抽去或调换",
        "head {number} (up to seal {seq}) does not follow the head before it: heads were taken out or exchanged",
    ),
    Fault.HEADS_SHORT: Said(
        "第 {seq} 号起的封印早在 {at} 封存，却没有链头作证：链头文件的末尾被截去（或异常停机后没有再启动过）",
        "seals from {seq} on were made at {at} and no head vouches for them: the end of the file of heads was cut off "
        "(or the program was killed then and has not been started since)",
    ),
    Fault.LINES_GONE: Said(
        "数据库已编号到 {last}，记录只有 {n} 条：有 {gone} 条被连同明细和队列一起删除",
        "the database has given out numbers up to {last}, and there are {n} lines: {gone} were deleted with all of "
        "theirs",
    ),
    Fault.ORPHANS: Said(
        "{table} 表有 {n} 行不属于任何记录（第一行属于不存在的 {row}）",
        "{table} has {n} rows that belong to no line (the first to {row}, which is not there)",
    ),
    Fault.UNREADABLE: Said(
        "{table} 表的 {row} 读不出来（{reason}）：其中是程序从未写入过的内容，或磁盘已损坏",
        "{row} of {table} cannot be read ({reason}): it holds what the program never wrote, or the disk is damaged",
    ),
    Fault.TRUNCATED: Said(
        "{at} 签名的链头有第 {seq} 号封印，而链到第 {last} 号就断了：末尾被截去",
        "the head signed {at} has seal {seq}, but the chain ends at {last}: its end was cut off",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, where, in a sentence; `seq` orders findings along the chain."""

    fault: Fault
    seq: int
    said: Said


@dataclass(slots=True)
class Report:
    """What verification found. The record is true when nothing is found, sealed or not.

    Attributes
    ----------
    n_sealed, n_unsealed : lines
    unsealed_since : wall time of the oldest unsealed line
    erased : details erased, by the number of the order
    findings : the first MOST of them, in the order of the chain; n_findings counts all
    n_heads : signed heads that match
    headed_seq : last seal that a signed head covers, signed at `headed_at` (wall time, ISO 8601)
    n_unvouched : sealed and unsealed lines after that; of these, what was deleted without trace cannot be told
    """

    n_sealed: int = 0
    n_unsealed: int = 0
    unsealed_since: datetime | None = None
    erased: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    n_findings: int = 0
    n_heads: int = 0
    headed_seq: int = 0
    headed_at: str = ""
    MOST = 20

    @property
    def n_unvouched(self) -> int:
        return self.n_sealed - min(self.headed_seq, self.n_sealed) + self.n_unsealed

    @property
    def is_true(self) -> bool:
        return self.n_findings == 0

    @property
    def first(self) -> Finding | None:
        """The first broken place along the chain."""
        return self.findings[0] if self.findings else None

    def add(self, fault: Fault, seq: int, **facts: object) -> None:
        self.n_findings += 1
        said = SENTENCES[fault].with_facts(seq=seq, **facts)
        self.findings.append(Finding(fault, seq, said))
        self.findings.sort(key=lambda finding: finding.seq)
        del self.findings[self.MOST :]
