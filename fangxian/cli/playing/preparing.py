"""A round is prepared by its pages: samplers appointed, sites put up, lists uploaded, sampling begun."""

import csv
import io
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from urllib.parse import urlencode

import xlsxwriter

from fangxian.core.drill.rounds.scene import Scene, Somebody, Stand
from fangxian.core.refusal import Refusal, Said

from .counting import number, rows_of
from .reading import Form, table_of, tree_of
from .web import Desk, refused

SAMPLER = "sampler-1"
AS_TYPED = "%Y-%m-%dT%H:%M"
LONGEST_SENDER = 38
HEADERS = ("姓名", "身份证号", "联系电话", "班级")
LOOKED_EVERY_S, JOB_WITHIN_S = 0.5, 600.0
APPOINTING, SITES, LISTS = (
    Said("任命各乡镇的采样员", "Appointing samplers for the townships"),
    Said("设采样点", "Putting up sites"),
    Said("上传名册", "Uploading rosters"),
)
READING = Said("名册导入", "Rosters coming in")
Step = Callable[[Said, int, int], None]


def appoint_samplers(security: Desk, towns: Iterable[str], step: Step) -> None:
    """The demo's sampler may take samples in all these townships."""
    rows = table_of(security.get(f"/accounts?{urlencode({'name': SAMPLER})}").text, "Accounts")
    address = next((href for row in rows for href in row.hrefs if "/accounts/" in href), "")
    if not address:
        raise _no_sampler()
    wanted = sorted(towns)
    for done, town in enumerate(wanted):
        step(APPOINTING, done, len(wanted))
        answer = security.asker.ask("GET", f"{address}/appoint?role=sampler")
        form = Form.of(security.get(f"{address}/appoint?role=sampler").text, area="") if answer.status < 400 else None
        if form is None or town not in form.choices.get("area", {}):
            continue  # a small county may have no such township
        try:
            security.post(f"{address}/appoint", {"role": "sampler", "area": town, "ends_on": ""})
        except Refusal:
            continue  # appointed there already: the page says so, and it is what is wanted
    step(APPOINTING, len(wanted), len(wanted))


def prepare(planner: Desk, scene: Scene, *, name: str, begins_at: datetime, ends_at: datetime) -> str:
    """A new round; its address."""
    form = planner.form("/rounds", pool_size="")
    disease = next(iter(form.choices["disease"]))
    told = [
        ("name", name), ("disease", disease), ("pool_size", str(scene.size)),
        ("begins_at", begins_at.strftime(AS_TYPED)), ("ends_at", ends_at.strftime(AS_TYPED)),
    ]  # fmt: skip
    schools = {f"school: {it.name}" for it in scene.stands} if not scene.areas else set()
    groups = [key for key, said in form.choices.get("groups", {}).items() if said in schools]
    told += [("areas", it) for it in scene.areas] + [("groups", it) for it in groups]
    return planner.post("/rounds", told).to


def put_up_sites(planner: Desk, address: str, stands: Sequence[Stand], step: Step) -> list[str]:
    """Every site that is not there yet; the ids of all, in their order."""
    known = sites_of(planner, address)
    of_groups = Form.of(planner.get(address).text, n_tables="").choices.get("groups", {})
    for nth, stand in enumerate(stands):
        step(SITES, nth, len(stands))
        if stand.name in known:
            continue
        told = [("do", "site"), ("name", stand.name), ("area", stand.area_path), ("n_tables", str(stand.n_tables))]
        told += [("serves", it) for it in stand.serves]
        if stand.name in of_groups:  # a school's own people come to it, wherever they live
            told.append(("groups", stand.name))
        planner.post(address, told)
    step(SITES, len(stands), len(stands))
    known = sites_of(planner, address)
    return [known[stand.name] for stand in stands]


def sites_of(planner: Desk, address: str) -> dict[str, str]:
    """The sites in use by name."""
    try:
        form = Form.of(planner.get(address).text, site="")
    except LookupError:
        return {}
    return {text.partition(" ")[2]: key for key, text in form.choices["site"].items()}


def upload_lists(planner: Desk, address: str, stands: Sequence[Stand], step: Step) -> dict[str, tuple[int, int]]:
    """Each school's list, its columns confirmed as the page proposes; rows taken and sent back, by school.

    Lists that came before are not sent again.
    """
    before = {row.cells.get("From", "") for row in table_of(planner.get(f"{address}/lists").text, "Lists that came")}
    pages = list[str]()
    for nth, stand in enumerate(stands):
        step(LISTS, nth, len(stands))
        sender = stand.name[:LONGEST_SENDER]
        if sender in before or not stand.people:
            continue
        # One in nine schools has an old program that writes GB18030.
        file = ("list.csv", as_csv(stand.people)) if nth % 9 == 4 else ("list.xlsx", as_xlsx(stand.people))
        page = planner.post(f"{address}/lists", {"sender": sender}, [("file", *file)]).to
        planner.post(page, Form.of(planner.get(page).text, column_0="").fields)
        pages.append(page)
    step(LISTS, len(stands), len(stands))
    _await(planner, pages, step)
    rows = rows_of(planner, f"{address}/lists", "Lists that came")
    return {row.cells["From"]: (number(row.cells["Taken"]), number(row.cells["Returned"])) for row in rows}


def _await(planner: Desk, pages: Sequence[str], step: Step) -> None:
    """Until the worker has taken every list in."""
    for nth, page in enumerate(pages):
        step(READING, nth, len(pages))
        deadline = time.monotonic() + JOB_WITHIN_S
        while (answer := planner.get(page)).is_running:
            if time.monotonic() > deadline:
                raise refused(page, answer)
            time.sleep(LOOKED_EVERY_S)
    step(READING, len(pages), max(len(pages), 1))


def as_xlsx(people: Sequence[Somebody]) -> bytes:
    """A list as a school keeps it."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("名册")
        for nth, row in enumerate([HEADERS, *_rows(people)]):
            sheet.write_row(nth, 0, row)
    return target.getvalue()


def as_csv(people: Sequence[Somebody]) -> bytes:
    """The same as an old program writes it."""
    target = io.StringIO()
    csv.writer(target).writerows([HEADERS, *_rows(people)])
    return target.getvalue().encode("gb18030")


def _rows(people: Sequence[Somebody]) -> list[tuple[str, ...]]:
    return [(it.name, it.document_number, it.phone, it.group) for it in people]


def take_register(planner: Desk, address: str) -> None:
    planner.post(address, {"do": "roster"})


def say_alone(planner: Desk, address: str, n: int) -> None:
    """How many have a tube of their own, by which the round's plan and its kits reckon."""
    planner.post(f"{address}/plan", {"n": str(n)})


def begin(planner: Desk, address: str) -> None:
    planner.post(address, {"do": "open"})


def is_open(planner: Desk, address: str) -> bool:
    """Whether sampling has begun: only then is there a table to go to."""
    links = tree_of(planner.get(address).text).all("a")
    return any(it.about.get("href", "").endswith("/table") for it in links)


def _no_sampler() -> Refusal:
    return Refusal(
        "scenario.no_sampler",
        zh="这个县没有演示用的采样员（{name}），没有演。应为 fangxian county build 建成的演示县。",
        en="This county has no sampler to play with ({name}), so nothing was played. It should be a demo county as "
        "fangxian county build makes it.",
        name=SAMPLER,
    )
