"""Against what one would take otherwise: the same scan as one durable insert, and a durable SET of Redis."""

import statistics
from collections.abc import Callable
from contextlib import ExitStack
from typing import Final

from bench.gate import wrk
from bench.gate.county import first_of_each_door
from bench.gate.freshly import kept_fresh
from bench.gate.lockstep import ask_all
from bench.gate.opponents.postgres import Inserts, inserting
from bench.gate.opponents.redis import is_there, redis, set_round
from bench.gate.pinned import BOTH, free_port, serving_gate
from bench.gate.report import VOID, Table, aimed, ratio_by_rounds
from bench.gate.run import Run
from bench.gate.scans import Scans
from bench.gate.wrk import Round

N_ROUNDS: Final = 3
ROUND_S: Final = 2
N_SETS: Final = 60_000
GATE, DJANGO, FASTAPI, REDIS = "this gate", "Django + PostgreSQL", "FastAPI + asyncpg + PostgreSQL", "Redis SET"
CORES: Final = {GATE: "1", DJANGO: "2", FASTAPI: "2", REDIS: "1"}
AIMS: Final = {DJANGO: aimed("25", "50"), FASTAPI: aimed("12", "25"), REDIS: aimed("0.5", "1")}


def measure(run: Run) -> Table:
    """Rounds of each by turns; whoever is not asked stands idle."""
    scans, county, port = Scans.written(run.prepared, run.folder), run.county("against"), free_port()
    with ExitStack() as stack:
        inserts = stack.enter_context(inserting(run.folder))
        ask: dict[str, Callable[[int], Round]] = {
            GATE: lambda nth: wrk.scan_round(port, scans, nth, ROUND_S),
            DJANGO: lambda nth: wrk.scan_round(inserts.django, scans, 100 + nth, ROUND_S, cores=BOTH),
            FASTAPI: lambda nth: wrk.scan_round(inserts.fastapi, scans, 200 + nth, ROUND_S, cores=BOTH),
        }
        if is_there():
            redis_port = stack.enter_context(redis(run.folder))
            ask[REDIS] = lambda _nth: set_round(redis_port, N_SETS)
        stack.enter_context(kept_fresh(county))
        stack.enter_context(serving_gate(county.files.realm, port))
        ask_all(port, first_of_each_door(run.prepared))
        for name in (DJANGO, FASTAPI):
            ask[name](90)
        n_before = inserts.n_rows()
        rounds: dict[str, list[Round]] = {name: [] for name in ask}
        for nth in range(1, N_ROUNDS + 1):
            for name, one in ask.items():
                rounds[name].append(one(nth))
        return _table(rounds, _why_void(rounds, inserts, n_before))


def _why_void(rounds: dict[str, list[Round]], inserts: Inserts, n_before: int) -> str:
    """Who answered without a row in the table was not durable, and the comparison would not be one."""
    n_answered = sum(one.n for name in (DJANGO, FASTAPI) for one in rounds[name])
    n_more = inserts.n_rows() - n_before - n_answered
    most = 2 * (N_ROUNDS + 1) * wrk.N_CONNECTIONS
    return "" if abs(n_more) <= most else f"{VOID}{n_more:+} rows beside the answers"


def _table(rounds: dict[str, list[Round]], void: str) -> Table:
    rates = {name: [one.rate for one in found] for name, found in rounds.items()}
    rows = []
    for name, found in rounds.items():
        n_wrong = sum(one.n_wrong for one in found)
        said = f"{VOID}{n_wrong} answers were not 200" if n_wrong else AIMS.get(name, "")
        if name in (DJANGO, FASTAPI):
            said = void or said
        p50, p99 = (statistics.median(it) for it in zip(*((one.p50_ms, one.p99_ms) for one in found), strict=True))
        figures = f"{statistics.median(rates[name]):,.0f}", ratio_by_rounds(rates[GATE], rates[name])
        rows.append((name, *figures, f"{p50:.2f} / {p99:.2f}", CORES[name], said))
    notes = [
        f"64 connections, medians of {N_ROUNDS} rounds of {ROUND_S} s by turns, and of their ratios",
        "everybody waits for the disk",
        "the two with PostgreSQL store the scan as it was sent: they open no code, know nobody and decide nothing",
    ]
    notes += [
        f"the client's own core was full in a round of {name}: it may bear more"
        for name, found in rounds.items()
        if max(one.busy for one in found) > wrk.BUSY
    ]
    if REDIS not in rounds:
        notes.append("Redis is not installed here: that row is missing")
    columns = ("durable", "a second", "the gate ÷ it", "p50 / p99 ms", "cores", "at least")
    return Table("against", "与一次落盘写入相比 Beside one durable insert", columns, rows, notes)
