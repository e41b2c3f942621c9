"""How well and how quick rows of several lists are brought together, against the truth of the lists.

    .venv/bin/python bench/bench_compare.py [--rows 100000] [--lists declared,pushed] [--seed 1] [--write]

The lists are invented (core/drill/lists): two in five rows are repeats, cells are dirty in the ways that are printed.
Precision and recall count pairs of rows. With --write the tables go to docs/reference/performance-compare.md.
"""

import argparse
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]
PATH = "docs/reference/performance-compare.md"
AIM = 0.98
AIM_S = 60
HEAD = """# 比对的准与快 How well and how quick lists are brought together

*由 `make bench-compare` 量得并写出，请勿手改。 Measured and written by `make bench-compare`; not to be edited.*

名单是编造的，其中没有真人，每一行是谁都有数：五分之二的行是重复，各项按下表所列的方式弄脏。准确率、召回率按“同属一人的
两行”计。目标写在旁边，达不到也照写。

The lists are invented and nobody in them exists; whose each row is, is known. Two rows in five are repeats, and cells
are dirty in the ways below. Precision and recall count pairs of rows. Aims stand beside them, met or not.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000, help="of each list (default: %(default)s)")
    parser.add_argument("--lists", default="", help="declared, grid, pushed; default: two, then all three")
    parser.add_argument("--scale", type=float, default=1.0, help="of the county's people (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help=f"write {PATH}")
    chosen = parser.parse_args()
    from bench.gate.report import printed
    from bench.imports import page

    said, tables = page.machine(), []
    print(*said, sep="\n", flush=True)
    for lists in [chosen.lists] if chosen.lists else ["declared,pushed", "declared,grid,pushed"]:
        for table in measured(tuple(lists.split(",")), chosen.rows, chosen.scale, chosen.seed):
            tables.append(table)
            print(printed(table), flush=True)
    if chosen.write:
        from bench.gate.report import written

        head = "\n".join(f"* {line}" for line in said)
        (ROOT / PATH).write_text(f"{HEAD}\n{head}\n\n{written(tables)}", "utf-8")
        print(f"\nWritten to {PATH}.")


def measured(roles: tuple[str, ...], n: int, scale: float, seed: int) -> list:
    """One set of lists: how long each step took, and how well it came out, in all, by key and by way."""
    from bench import compared
    from bench.gate.report import Table
    from fangxian.core.drill.lists.scoring import score, scores_by_way
    from fangxian.core.matching.matching import match

    lists = compared.write(roles, n=n, scale=scale, seed=seed)
    written = [row for it in lists.values() for row in it.rows]
    truth = [one for it in lists.values() for one in it.truth]
    done = [one for it in lists.values() for one in it.ways]
    spent = [(time.process_time(), time.monotonic(), "")]
    rows = compared.read(written)
    spent.append((time.process_time(), time.monotonic(), "reading"))
    ways, places = compared.once_each(written, rows)
    names = iter(("finding pairs", "number", "name", "born", "sex", "phone", "address", "joining"))
    matching = match(ways, step=lambda _: spent.append((time.process_time(), time.monotonic(), next(names))))
    made = [int(matching.people.person[place]) for place in places]
    title = f"{len(roles)} lists of {n:,} rows: {', '.join(roles)}"
    return [
        _times(Table, title, spent, len(written), len(ways), len(matching.pairs.one)),
        _scores(Table, title, score(truth, made), _by_list(lists, truth, made), matching, truth, places),
        _ways(Table, title, scores_by_way(truth, made, done), Counter(way for ways in done for way in ways or ("",))),
        _keys(Table, title, matching, truth, places, made),
    ]


def _times(table, title: str, spent, n_rows: int, n_ways: int, n_pairs: int):
    rows = [
        (name, f"{cpu - before[0]:.1f}", f"{clock - before[1]:.1f}", "")
        for before, (cpu, clock, name) in pairwise(spent)
    ]
    total = spent[-1][0] - spent[0][0]
    rows.append(("all", f"{total:.1f}", f"{spent[-1][1] - spent[0][1]:.1f}", f"aim {AIM_S} s of processor"))
    notes = [f"{n_rows:,} rows, {n_ways:,} different ways of being written, {n_pairs:,} pairs weighed"]
    return table("times", f"{title}: seconds", ("step", "processor s", "clock s", ""), rows, notes)


def _scores(table, title: str, found, by_list, matching, truth, places):
    rows = [("all pairs of rows", *_cells(found))]
    rows += [(name, *_cells(it)) for name, it in by_list.items()]
    whose = dict(zip(places, truth, strict=True))
    n_right = sum(whose[it.one] == whose[it.other] for it in matching.people.doubts)
    notes = [
        f"left for a person to decide: {len(matching.people.doubts):,} pairs, of which {n_right:,} are one person",
        f"people found: {matching.people.n:,}; truly there: {len(set(truth)):,}",
        f"keys that too many rows share: {matching.n_blocks_left_out:,}, of {matching.n_rows_left_out:,} rows",
    ]
    return table("scores", f"{title}: how well", COLUMNS, rows, notes)


COLUMNS = ("of", "pairs truly one", "precision", "recall", "")


def _cells(it) -> tuple[str, str, str, str]:
    met = "" if min(it.precision, it.recall) >= AIM else f"below the aim of {AIM}"
    return f"{it.n_true:,}", f"{it.precision:.4f}", f"{it.recall:.4f}", met


def _by_list(lists, truth, made) -> dict:
    """Within each list, and between each two of them."""
    from fangxian.core.drill.lists.scoring import Score, score

    found, begins, parts = {}, 0, {}
    for role, it in lists.items():
        part = slice(begins, begins + len(it.rows))
        parts[role], begins = part, part.stop
        found[f"within {role}"] = score(truth[part], made[part])
    names = list(parts)
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            both = score(truth[parts[one]] + truth[parts[other]], made[parts[one]] + made[parts[other]])
            inside = [found[f"within {one}"], found[f"within {other}"]]
            figures = [
                getattr(both, name) - sum(getattr(it, name) for it in inside)
                for name in ("n_true", "n_made", "n_right")
            ]
            found[f"between {one} and {other}"] = Score(*figures)
    return found


def _ways(table, title: str, scores, counts):
    rows = [(way or "(clean)", f"{counts[way]:,}", *_cells(it)[1:]) for way, it in scores.items()]
    return table("ways", f"{title}: by what was done to a row", ("way", "rows", *COLUMNS[2:]), rows, [])


def _keys(table, title: str, matching, truth, places, made):
    """Of the pairs that were weighed, by the strongest key they share: how many are one, how many were made so."""
    whose = [0] * (max(places) + 1)
    for place, one in zip(places, truth, strict=True):
        whose[place] = one
    sums: dict[str, list[int]] = {}
    levels = {field: codes.tolist() for field, codes in matching.pairs.levels.items()}
    person = matching.people.person.tolist()
    from fangxian.core.matching.pairs import LEVELS

    for pair, (one, other) in enumerate(zip(matching.pairs.one.tolist(), matching.pairs.other.tolist(), strict=True)):
        at = {field: LEVELS[codes[pair]] for field, codes in levels.items()}
        found = sums.setdefault(_key(at), [0, 0, 0])
        is_true, is_made = whose[one] == whose[other], person[one] == person[other]
        found[0] += is_true
        found[1] += is_made
        found[2] += is_true and is_made
    from fangxian.core.drill.lists.scoring import Score

    rows = [(key, *_cells(Score(*sums[key]))) for key in KEYS if key in sums]
    return table("keys", f"{title}: by the strongest key two rows share", COLUMNS, rows, [])


KEYS = ("number", "phone", "name, birth", "name, house", "name, village", "other")


def _key(at: dict[str, str]) -> str:
    has_name = at["name"] in ("same", "sound", "near", "masked")
    if at["number"] == "same":
        return "number"
    if at["phone"] == "same":
        return "phone"
    if has_name and at["born"] == "same":
        return "name, birth"
    if has_name and at["address"] == "home":
        return "name, house"
    return "name, village" if has_name and at["address"] == "unit" else "other"


if __name__ == "__main__":
    main()
