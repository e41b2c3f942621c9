"""What the pages say of a round: people by stage, every tube and every box; what does not go together, and closing."""

from collections.abc import Iterator

from fangxian.core.drill.rounds.adding_up import Counted

from .reading import Row, facts_of, next_page, table_of, tree_of
from .web import Desk

# What pages call it in English → what the scenario does.
STAGES = {
    "missing": "due", "refused": "refused", "exempt": "exempt", "sampled, tube open": "sampled",
    "in a sealed tube": "tube", "in a box": "box", "on the way": "transit", "received": "received",
    "resulted": "resulted",
}  # fmt: skip
THINGS = {"open": "open", "sealed": "sealed", "on the way": "carried", "received": "received", "void": "void"}
# What a round may be closed with where it is said why.
MAY_BE_EXPLAINED = (
    "people missing",
    "boxes received and never handed over",
    "people called back and not decided",
    "boxes not received in which no tube is on record",
)
SETTLED = {
    "more people": "实物核对：第 11 人确在管内，已通知实验室。Checked: the eleventh is in it; the laboratory knows.",
    "": "已核对实物和记录，属实。Compared with the tube itself and the records: as recorded.",
}


def counted(desk: Desk, tables: Desk, address: str) -> Counted:
    """People by stage, tubes and boxes by label, as pages show them."""
    facts = facts_of(desk.get(address).text)
    stages = {key: number(facts.get(said, "0")) for said, key in STAGES.items()}
    tubes = {
        row.cells["Tube"]: (THINGS[row.cells["State"]], number(row.cells["People"]))
        for row in rows_of(tables, f"{address}/table", "Tubes")
    }
    boxes = {
        row.cells["Box"]: (THINGS[row.cells["State"]], number(row.cells["Tubes"]))
        for row in rows_of(desk, f"{address}/boxes", "Boxes")
    }
    return Counted(stages=stages, tubes=tubes, boxes=boxes)


def rows_of(desk: Desk, path: str, caption: str) -> Iterator[Row]:
    """Every row of a list, page after page."""
    at = path
    while at:
        text = desk.get(at).text
        yield from table_of(text, caption)
        following = next_page(text)
        at = f"{path}{following}" if following else ""


def settle(desk: Desk, address: str) -> int:
    """Say of everything that does not go together what was found; how many there were."""
    n = 0
    while True:
        page = tree_of(desk.get(f"{address}/doubts").text)
        open_ones = [
            (it.about["value"], next((head.text for head in article.all("h2")), ""))
            for article in page.all("article")
            for it in article.all("input")
            if it.about.get("name") == "doubt"
        ]
        if not open_ones:
            return n
        for doubt, title in open_ones:
            how = next(said for part, said in SETTLED.items() if part in title)
            desk.post(f"{address}/doubts", {"doubt": doubt, "how": how, "do": "settle"})
            n += 1


def differences(desk: Desk, address: str) -> list[tuple[str, int]]:
    """What the round's own reconciliation still has."""
    rows = table_of(desk.get(address).text, "Adding up")
    return [(row.cells["What"], number(row.cells["How many"])) for row in rows]


def close(desk: Desk, address: str, *, because: str) -> None:
    desk.post(address, {"do": "close", "because": because})


def number(text: str) -> int:
    """A number as a page writes it, with what parts its thousands."""
    return int("".join(it for it in text if it.isdigit()) or 0)
