"""What asking finds beside what is known of a school class: a table of `diaries`, where its data are."""

from pathlib import Path
from typing import Final

from bench.exposure import diaries
from bench.gate.report import Table

FOLDER: Final = Path(__file__).resolve().parents[3] / "shared" / "data" / "sociopatterns"


def table() -> Table:
    found, by_asking, by_class, by_both = diaries.recall_by_duration(diaries.read(FOLDER))
    rows = []
    for one in found:
        until = f" to {one.until_s // 60} min" if one.until_s < 10**9 else " min and more"
        shares = (f"{n / one.n:.0%}" for n in (one.n_interview, one.n_scans, one.n_both))
        rows.append((f"{one.from_s // 60}{until}", f"{one.n:,}", *shares))
    columns = ("faced one another that day", "contacts", "by asking alone", "by class alone", "by both")
    notes = [
        f"an average pupil named {by_asking} others; the class proposes {by_class}, both together {by_both}",
        "SocioPatterns, Thiers 2013: badges of 327 pupils, and diaries of those who were asked, 5 December 2013; "
        "contacts are counted from the side of whoever was asked",
    ]
    return Table("asked", "只问与又问又扫 Asking, and asking beside scanning", columns, rows, notes)
