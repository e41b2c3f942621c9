"""The laboratory's work by its pages: plates laid, machines begun and ended, files uploaded, results released."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import numpy as np
import xlsxwriter

from fangxian.core.drill.rounds.bench import CHANNELS, Act, PlateWork, cycles
from fangxian.core.drill.rounds.scene import Somebody
from fangxian.core.drill.rounds.words import CALLED_BACK, RESULTS
from fangxian.core.laboratory.judging import Outcome
from fangxian.core.refusal import Refusal

from .counting import number, rows_of
from .preparing import AS_TYPED
from .reading import Form, table_of, tree_of
from .web import Desk

SMALL_PLATE, LARGE_PLATE = (30, "32"), "96"
HEADERS = ("孔位", "样本编号", "靶标", "Ct值")
CONTROLS: Mapping[str, Mapping[str, float | None]] = {
    "NC": {"ORF1ab": None, "N": None, "IC": None},
    "PC": {"ORF1ab": 26.4, "N": 26.9, "IC": 27.2},
}
SENT, FILES = "/laboratory/sent", "/laboratory/files"
# What another laboratory writes in its list.
SAID = {
    Outcome.NEGATIVE: "阴性", Outcome.POSITIVE: "阳性", Outcome.SINGLE_TARGET: "单靶标阳性", Outcome.GREY: "灰区",
    Outcome.INVALID: "无效",
}  # fmt: skip
# What pages call it in English → what it is.
OUTCOMES = {said.en: str(outcome) for outcome, said in RESULTS.items()}
ANSWERED = ("what", "found", "sampled_at", "resulted_at")
BROKEN = "运行中停机 stopped in its run"


@dataclass(slots=True, kw_only=True)
class Laboratory:
    """The county's own laboratory at work.

    Attributes
    ----------
    desk, second : who does the work, and who releases what the first entered
    planner, address : who says that people were reached, and the round
    plates, batches : number of a plate → the address of it, of its results; of those read again with an “a” behind it
    awaited : number → the file of which not every row was taken, as the site had not sent what it did
    released : batches that are out, each with when
    held : plate → who is positive in a tube of their own, with when they were sampled
    confirmed : what came of each of them at the second laboratory
    seed : draws the curves
    """

    desk: Desk
    second: Desk
    now: Callable[[], datetime]
    seed: Sequence[int]
    plates: MutableMapping[str, str]
    batches: MutableMapping[str, str]
    awaited: MutableMapping[str, str]
    released: MutableMapping[str, str]
    held: Mapping[int, Sequence[tuple[Somebody, datetime]]]
    confirmed: list[str]
    planner: Desk
    address: str
    _own: tuple[str, str] = ("", "")

    def is_there(self) -> bool:
        """Whether the county has a laboratory of its own with machines."""
        try:
            rows = table_of(self.desk.get("/laboratory/all").text, "Laboratories")
        except Refusal:
            return False
        address = next((it.hrefs[0] for it in rows if it.cells["Whose"] == "own" and it.hrefs), "")
        self._own = address, address.rstrip("/").rpartition("/")[2]
        return bool(address)

    def do(self, act: Act, *, is_again: bool) -> None:
        """One thing; `is_again`: a run was stopped there, so that it may have been done already."""
        try:
            getattr(self, f"_{act.what}")(act)
        except Refusal:
            if not is_again:
                raise

    def results(self) -> dict[str, str]:
        """What pages say of each tube that was tested, by label; of several runs the last."""
        found: dict[str, str] = {}
        for key in sorted(self.batches, key=lambda it: (int(it.rstrip("a")), it)):
            for row in rows_of(self.second, self.batches[key], "Results"):
                found[row.cells["Tube"]] = OUTCOMES[row.cells["Result"]]
        return found

    @property
    def kept(self) -> dict[str, object]:
        """What a run that goes on needs."""
        names = ("plates", "batches", "awaited", "released", "confirmed")
        return {it: getattr(self, it) for it in names}

    @property
    def problems(self) -> list[str]:
        """Plates of which a file was never taken whole."""
        return [f"P{int(it):04}" for it in self.awaited]

    def out_at(self, numbers: Iterable[int]) -> datetime | None:
        """When the last result of these plates was released; None where none was."""
        keys = [key for it in numbers for key in (str(it), f"{it}a")]
        moments = [self.released[self.batches[key]] for key in keys if self.batches.get(key) in self.released]
        return max(map(datetime.fromisoformat, moments), default=None)

    def called_back(self) -> dict[str, int]:
        """How many are called back, by how far they are."""
        page = tree_of(self.planner.get(f"{self.address}/results").text)
        said = next(it.text for it in page.all("section") if it.about.get("id") == "list")
        counts = {key: re.search(rf"{re.escape(words.en)} ([\d,  ]+)", said) for key, words in CALLED_BACK.items()}
        return {key: number(it[1]) for key, it in counts.items() if it}

    def _lay(self, act: Act) -> None:
        most, small = SMALL_PLATE
        wells = small if len(act.plate.tubes) <= most else LARGE_PLATE
        told = {"n_wells": wells, "barcodes": "\n".join(act.plate.tubes)}
        try:
            address = self.desk.post("/laboratory/plates", told).to
        except Refusal:
            address = self._laid_before(act.plate)
            if not address:
                raise
        self.plates[str(act.plate.number)] = address

    def _laid_before(self, plate: PlateWork) -> str:
        """The plate that a stopped run laid and did not note."""
        rows = table_of(self.desk.get("/laboratory/plates?state=laid").text, "Plates")
        for address in (it.hrefs[0] for it in rows if it.hrefs):
            if plate.tubes[0] in self.desk.get(address).text:
                return address
        return ""

    def _send(self, act: Act) -> None:
        """Boxes to an outside laboratory; their list goes along."""
        page = self.desk.get(SENT).text
        ticks = {
            label: tick.about["value"]
            for row in tree_of(page).all("tr")
            for tick in row.all("input")
            if tick.about.get("name") == "box"
            for label in row.text.split()
        }
        told = [("laboratory", _named(page, act.plate.laboratory))]
        told += [("box", ticks[label]) for label in act.plate.boxes if label in ticks]
        self.plates[str(act.plate.number)] = self.desk.post(SENT, told).to

    def _returned(self, plate: PlateWork) -> tuple[str, bytes]:
        """The list that went along, with a result in each row, as the other laboratory sends it back."""
        address = self.plates[str(plate.number)]
        says = dict(zip(plate.tubes, plate.says, strict=True))
        head, *rows = csv.reader(io.StringIO(self.desk.get(f"{address}/list.csv").text.removeprefix("\ufeff")))
        at = f"{self.now():%Y-%m-%d %H:%M}"
        target = io.StringIO()
        csv.writer(target).writerows(
            [head, *([box, label, sealed, SAID[says[label]], at] for box, label, sealed, *_ in rows if label in says)]
        )
        return f"returned-{plate.number}.csv", target.getvalue().encode("utf-8-sig")

    def _begin(self, act: Act) -> None:
        address = self.plates[str(act.plate.number)]
        machines = Form.of(self.desk.get(address).text, instrument="").choices["instrument"]
        named = [key for key, said in machines.items() if said.startswith(f"{act.machine}（")]
        self.desk.post(address, {"do": "begin", "instrument": [*named, *machines][0]})

    def _end(self, act: Act) -> None:
        self.desk.post(self.plates[str(act.plate.number)], {"do": "end"})

    def _break(self, act: Act) -> None:
        self.desk.post(self.plates[str(act.plate.number)], {"do": "break", "why": BROKEN})
        self._machine(act.machine, {"do": "stop", "why": BROKEN})

    def _mend(self, act: Act) -> None:
        self._machine(act.machine, {"do": "go"})

    def _machine(self, name: str, what: dict[str, str]) -> None:
        machines = Form.of(self.desk.get(self._own[0]).text, instrument="").choices["instrument"]
        key = next(key for key, said in machines.items() if said == name)
        self.desk.post(self._own[0], {**what, "instrument": key})

    def _read(self, act: Act) -> None:
        """Upload the instrument's file, or what another laboratory sent back, and enter what it says."""
        laboratory = self._own[1]
        if act.plate.laboratory:
            name, content = self._returned(act.plate)
            laboratory = _named(self.desk.get(FILES).text, act.plate.laboratory)
        else:
            rows = list(self._rows(act.plate))
            name, content = as_xlsx(rows) if act.plate.number % 5 == 1 else as_csv(rows, "gb18030", act.plate.number)
        page = self.desk.post(FILES, {"laboratory": laboratory}, [("file", name, content)]).to
        page = urlsplit(page).path
        form = Form.of(self.desk.get(page).text, measured_at="")
        told = [(key, value) for key, value in form.fields if key not in ("measured_at", "do")]
        told += [("measured_at", self.now().strftime(AS_TYPED)), ("do", "enter")]
        asked = parse_qs(urlsplit(self.desk.post(page, told).to).query)
        if sum(int(asked.get(it, ["0"])[0]) for it in ("new", "known")) != len(act.plate.tubes):
            self.awaited[str(act.plate.number)] = page
        if batches := self._batches_of(page):
            self.batches[str(act.plate.number)] = batches[0]

    def _batches_of(self, page: str) -> list[str]:
        links = (it.about.get("href", "") for it in tree_of(self.desk.get(page).text).all("a"))
        return [it for it in links if it.startswith("/laboratory/review/")]

    def _again(self, act: Act) -> None:
        """Read a file once more, now that the site has sent what it did."""
        key = str(act.plate.number)
        if key not in self.awaited:
            return
        page = self.awaited[key]
        form = Form.of(self.desk.get(page).text, measured_at="")
        told = [(name, value) for name, value in form.fields if name != "do"]
        self.desk.post(page, [*told, ("do", "again")])
        known = set(self.batches.values())
        if new := [it for it in self._batches_of(page) if it not in known]:
            self.batches[f"{key}a"] = new[0]
            del self.awaited[key]

    def _rows(self, plate: PlateWork) -> Iterator[tuple[str, str, str, float | str]]:
        rng = np.random.default_rng([*self.seed, plate.number])
        curves = {label: cycles(says, rng) for label, says in zip(plate.tubes, plate.says, strict=True)}
        for sample, of_channel in {**curves, **CONTROLS}.items():
            for channel in CHANNELS:
                ct = of_channel[channel]
                yield "", sample, channel, "NoCt" if ct is None else ct

    def _release(self, act: Act) -> None:
        """By another person than entered them."""
        for key in (str(act.plate.number), f"{act.plate.number}a"):
            batch = self.batches.get(key, "")
            if batch and batch not in self.released:
                self.second.post(batch, {"do": "all"})
                self.released[batch] = self.now().isoformat()

    def _call(self, act: Act) -> None:
        """Everybody called back is reached, and it is said so."""
        page = f"{self.address}/results?state=awaited"
        ticks = [it for it in tree_of(self.planner.get(page).text).all("input") if it.about.get("name") == "who"]
        if ticks:
            self.planner.post(page, [("do", "called"), *(("who", it.about["value"]) for it in ticks)])

    def _second(self, act: Act) -> None:
        """Another laboratory tests whoever is positive in a tube of their own, and finds the same."""
        for who, sampled_at in self.held.get(act.plate.number, ()):
            page = self.second.post("/results", {"number": who.document_number}).to
            form = Form.of(self.second.get(page).text, what="", resulted_at="")
            told = [(name, value) for name, value in form.fields if name not in ANSWERED]
            told += [("what", next(iter(form.choices["what"]))), ("found", "positive")]
            told += [("sampled_at", sampled_at.strftime(AS_TYPED)), ("resulted_at", self.now().strftime(AS_TYPED))]
            came = parse_qs(urlsplit(self.second.post(page, told).to).query).get("came", [""])
            self.confirmed.append(came[0])


def _named(page: str, laboratory: str) -> str:
    """The key of an outside laboratory, as a page offers it.

    Raises
    ------
    LookupError
        The county has none of this name.
    """
    choices = Form.of(page, laboratory="").choices["laboratory"]
    found = [key for key, said in choices.items() if said.startswith(laboratory)]
    if not found:
        raise LookupError(laboratory)
    return found[0]


def as_xlsx(rows: Sequence[tuple]) -> tuple[str, bytes]:
    """A file as one instrument exports it."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Results")
        for nth, row in enumerate([HEADERS, *rows]):
            sheet.write_row(nth, 0, row)
    return "results.xlsx", target.getvalue()


def as_csv(rows: Sequence[tuple], encoding: str, number: int) -> tuple[str, bytes]:
    """The same as another writes it."""
    target = io.StringIO()
    csv.writer(target).writerows([HEADERS, *rows])
    return f"run-{number:04}.csv", target.getvalue().encode(encoding)
