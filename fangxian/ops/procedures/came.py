"""What came of rows that were taken in: for the counts, for the file that goes back, and for a receipt."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from fangxian.core.refusal import Refusal

Thing, Result = TypeVar("Thing"), TypeVar("Result")
NEW, MERGED, KNOWN, REFUSED = "new", "merged", "known", "refused"


@dataclass(slots=True)
class Came:
    """By row number: what became of it and our id of it; why it was refused; what it was taken without."""

    outcome: dict[int, str] = field(default_factory=dict)
    subject: dict[int, UUID] = field(default_factory=dict)
    refused: dict[int, Refusal] = field(default_factory=dict)
    remarks: dict[int, Refusal] = field(default_factory=dict)

    def took(self, row: int, outcome: str, subject: UUID, remarks: Sequence[Refusal] = ()) -> None:
        self.outcome[row], self.subject[row] = outcome, subject
        if remarks:
            self.remark(row, *remarks)

    def remark(self, row: int, *remarks: Refusal) -> None:
        """All that a row was taken without goes back in one reason; its code is the first one's."""
        if len(remarks) == 1 and row not in self.remarks:
            self.remarks[row] = remarks[0]
            return
        every = [*filter(None, [self.remarks.get(row)]), *remarks]
        facts = {
            "all_zh": "另外，".join(it.said.zh for it in every),
            "all_en": " Also, ".join(it.said.en for it in every),
        }
        self.remarks[row] = Refusal(every[0].code, zh="{all_zh}", en="{all_en}", **facts)

    def refuse(self, row: int, refusal: Refusal) -> None:
        self.outcome[row], self.refused[row] = REFUSED, refusal

    def add(self, other: "Came") -> None:
        self.outcome |= other.outcome
        self.subject |= other.subject
        self.refused |= other.refused
        self.remarks |= other.remarks

    def counts(self) -> dict[str, int]:
        words = Counter(self.outcome.values())
        counted = {f"n_{word}": words[word] for word in (NEW, MERGED, KNOWN, REFUSED)}
        return counted | {"n_remarked": len(self.remarks)}


def in_parts(things: Sequence[Thing], act: Callable[[Sequence[Thing]], Sequence[Result]]) -> list[Result | Refusal]:
    """What `act` gives for each thing, in order; of what it refuses as a set the halves are tried, down to the one."""
    if not things:
        return []
    try:
        return list(act(things))
    except Refusal as refusal:
        if len(things) == 1:
            return [refusal]
    half = len(things) // 2
    return in_parts(things[:half], act) + in_parts(things[half:], act)


def id_of_another(outer_id: str, here: str, there: str) -> Refusal:
    return Refusal(
        "lists.id_of_another",
        zh="编号“{outer_id}”在这个来源以前的名单里是“{here}”，这一行却是“{there}”，没有收下。"
        "同一来源的同一编号应是同一个人。请核对；如果是另一份名单自己的编号，请在上传时把“名单来自”写成另一个名称。",
        en="The id “{outer_id}” was “{here}” in an earlier list of this source; this row says “{there}” and was not "
        "taken. One id of one source should be one person. Check it; if it is another list with ids of its own, "
        "upload it under another source.",
        outer_id=outer_id,
        here=here,
        there=there,
    )


def name_differs(here: str, there: str) -> Refusal:
    """A remark: who a row is about is known by document or phone, under another name."""
    return Refusal(
        "lists.name_differs",
        zh="这一行按证件号或电话与在册的“{here}”是同一个人，姓名却写作“{there}”；在册的姓名没有改。一个人应只有一个姓名。"
        "请核对：若是两个人，多半是号码写错了，改正后重新上传这一行；若是一个人，以哪个为准请在其页面上更正。",
        en="by document or phone this row is about “{here}”, who is on record, yet its name is “{there}”; the name on "
        "record stays. One person should have one name. Check it: if they are two, a number is most likely mistyped, "
        "so correct it and upload this row again; if they are one, correct the name on their page where it is wrong.",
        here=here,
        there=there,
    )
