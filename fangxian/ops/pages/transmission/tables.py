"""The tree as a table, row by row as the picture is read; its figures; what of it needs a hand; the links as a file."""

import csv
import io
from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from fangxian.core.exposure.chains import Link, chain_figures, serial_interval_days
from fangxian.core.exposure.tree import lay_out
from fangxian.core.refusal import Said
from fangxian.ops.cases.vocabulary import CERTAINTIES, SETTINGS
from fangxian.ops.pages.parts import Need
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.pages.transmission.words import (
    DOUBTS,
    NOBODY_KNOWN,
    doubts_said,
    infector_said,
    number_said,
    number_unbroken,
    settings_of,
)
from fangxian.ops.pages.words import in_words, joined
from fangxian.ops.situation.contacts_before import ContactBefore
from fangxian.ops.situation.transmission import Branch, SeenChains

# Excel and WPS read a file as UTF-8 only when it begins with this.
BOM = "\ufeff"


def case_table(seen: SeenChains, keys: Sequence[UUID], *, paging: Paging) -> Table:
    """One row a case, in the order given."""
    rows = [_row(seen, key) for key in keys[paging.slice]]
    return Table(
        caption=Said("传播关系", "Who infected whom"),
        columns=(
            Column("number", Said("病例", "Case")),
            Column("onset_on", Said("发病", "Onset"), kind="date"),
            Column("infector", Said("传染来源（把握）", "Infected by (how sure)"), wide=True),
            Column("interval", Said("间隔（天）", "Interval (days)"), kind="number"),
            Column("setting", Said("场合", "Setting")),
            Column("generation", Said("代次", "Generation"), kind="number"),
            Column("n_infected", Said("传染了几人", "Infected"), kind="number"),
            Column("doubts", Said("存疑", "Doubts"), wide=True),
        ),
        rows=rows,
        href=lambda row: row["href"],
        paging=paging,
        empty=Said("没有这样的病例。", "There are no such cases."),
        empty_next=Said("放宽筛选再看。", "Filter for less."),
    )


def _row(seen: SeenChains, key: UUID) -> dict:
    case, links = seen.cases[key], seen.chains.infectors[key]
    return {
        "href": "" if case.is_elsewhere else f"/cases/{case.id}",
        "number": number_unbroken(seen, key),
        "onset_on": case.onset_on,
        "infector": infector_said(seen, key) if links else NOBODY_KNOWN,
        "interval": serial_interval_days(seen.chains, links[0]) if links else None,
        "setting": settings_of(seen, key),
        "generation": seen.chains.generation[key],
        "n_infected": len(seen.chains.infected[key]),
        "doubts": joined(doubts_said(seen, key), "；", "; "),
    }


def before_table(rows: Sequence[ContactBefore], *, may_link: bool) -> Table:
    """Cases who were on a list of contacts before, each leading to where the link is put on record."""
    columns = (
        Column("number", Said("病例", "Case")),
        Column("ring", Said("曾是", "Had been")),
        Column("of_number", Said("哪个病例的接触者", "A contact of case")),
        Column("through", Said("经由", "Through"), read=_through, wide=True),
    )
    return Table(
        caption=Said("先是接触者的病例", "Cases who had been contacts"),
        columns=columns,
        rows=rows,
        href=lambda it: _link_form(it) if may_link else f"/contacts/{it.contact}",
    )


def _through(it: ContactBefore) -> Said:
    if not it.is_through:
        return Said("直接接触", "met the case")
    if it.likely_number:
        return Said(f"关联密接，现为病例 {it.likely_number}", f"the contact between, now case {it.likely_number}")
    return Said("关联密接，没有成为病例", "the contact between, who is no case")


def _link_form(it: ContactBefore) -> str:
    ends = {"infector": it.likely_number, "infected": it.number}
    return "/transmission/link?" + urlencode({key: value for key, value in ends.items() if value})


def rows_of(seen: SeenChains, branch: Branch, doubt: str) -> list[UUID]:
    """The cases of the table in the order in which the picture is read; with a doubt, those of whom it holds.

    Who has no link is in no picture, and stands in the order of numbers.
    """
    if doubt == "unlinked":
        return [key for key in seen.chains.cases if key in seen.doubtful[doubt]]
    read = [branch.keys[node] for node in lay_out(branch.infector, branch.day).node.tolist()]
    return [key for key in read if not doubt or key in seen.doubtful[doubt]]


def needs_of(seen: SeenChains, query: dict[str, str]) -> list[Need]:
    """What an investigator has to settle, each with the rows it is about."""
    return [
        Need(what=said, count=n, href="?" + urlencode({**query, "doubt": doubt}) + "#links")
        for doubt, said in DOUBTS.items()
        if (n := len(seen.doubtful[doubt]))
    ]


def circles_said(seen: SeenChains) -> list[str]:
    """Each circle as a round of numbers."""
    return [
        " → ".join(in_words(number_said(seen, key)) for key in (*circle, circle[0])) for circle in seen.chains.circles
    ]


def figures_of(seen: SeenChains) -> dict[str, object]:
    figures = chain_figures(seen.chains)
    return {
        "n_cases": figures.n_cases,
        "n_linked": sum(map(len, seen.linked)),
        "n_clusters": figures.n_linked_clusters,
        "largest": figures.largest,
        "most_infected": figures.most_infected,
        "n_generations": figures.n_generations,
        "interval_median_days": figures.interval_median_days,
        "interval_mean_days": figures.interval_mean_days and round(figures.interval_mean_days, 2),
        "n_intervals": figures.n_intervals,
        "n_unknown_intervals": figures.n_unknown_intervals,
    }


def clusters_said(seen: SeenChains) -> list[tuple[str, Said]]:
    """The clusters to choose from, by the number of their first case."""
    found = []
    for cluster in seen.linked:
        number = seen.cases[cluster[0]].number
        found.append((number, Said(f"{number} 起，{len(cluster)} 例", f"{number} and others, {len(cluster)} cases")))
    return found


def links_csv(seen: SeenChains, keys: Sequence[UUID]) -> str:
    """One row a link between these cases, with a heading in both languages."""
    wanted = set(keys)
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n").writerow
    write([
        "传染来源 infector", "发病 onset", "被传染者 infected", "发病 onset", "间隔天数 serial interval, days",
        "代次 generation", "场合 setting", "把握 certainty", "存疑 doubts",
    ])  # fmt: skip
    for link in seen.chains.links:
        if link.infector in wanted and link.infected in wanted:
            write(_link_row(seen, link))
    return BOM + out.getvalue()


def _link_row(seen: SeenChains, link: Link[UUID]) -> list[object]:
    told = seen.links[link.infector, link.infected]
    generation = seen.chains.generation[link.infected]
    return [
        in_words(number_said(seen, link.infector)),
        seen.cases[link.infector].onset_on or "",
        in_words(number_said(seen, link.infected)),
        seen.cases[link.infected].onset_on or "",
        "" if (days := serial_interval_days(seen.chains, link)) is None else days,
        "" if generation is None else generation,
        in_words(SETTINGS[told.setting]),
        in_words(CERTAINTIES[told.certainty]),
        in_words(joined(doubts_said(seen, link.infected), "；", "; ")),
    ]
