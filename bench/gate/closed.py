"""Closed loop: durable scans a second over 64 connections, beside a bare hello of the same run."""

import statistics
from collections import Counter
from typing import Final

from bench.gate import wrk
from bench.gate.county import first_of_each_door
from bench.gate.freshly import kept_fresh
from bench.gate.journal import n_recorded
from bench.gate.lockstep import ask_all
from bench.gate.pinned import SERVER, free_port, serving_gate, serving_granian
from bench.gate.report import VOID, Table, aimed, ratio_by_rounds
from bench.gate.run import Run
from bench.gate.scans import Scans

N_ROUNDS: Final = 3
ROUND_S: Final = 3
OUTCOMES: Final = {"admit", "verify", "refuse"}


def measure(run: Run) -> Table:
    """Rounds of both by turns, each alone on the server's core while it is asked."""
    scans, county, rounds, hellos = Scans.written(run.prepared, run.folder), run.county("closed"), [], []
    realm, port, hello_port = county.files.realm, free_port(), free_port()
    serving_hello = serving_granian("bench.gate.hello:app", "rsgi", hello_port, folder=run.folder, cores=SERVER)
    with kept_fresh(county), serving_gate(realm, port) as gate, serving_hello as bare:
        told = ask_all(port, first_of_each_door(run.prepared))
        wrk.hello_round(hello_port, 1)
        for nth in range(1, N_ROUNDS + 1):
            rounds.append(wrk.scan_round(port, scans, nth, ROUND_S, server=gate))
            hellos.append(wrk.hello_round(hello_port, ROUND_S, server=bare))
    n_more = n_recorded(realm) - told.total() - sum(one.n for one in rounds)
    return _table(rounds, hellos, _why_void(rounds, told, n_more), told)


def _why_void(rounds: list[wrk.Round], told: Counter[str], n_more: int) -> str:
    """Of a scan that is answered there is a record; wrk leaves at most one on each connection unread at its end."""
    if wrong := sum(one.n_wrong for one in rounds):
        return f"{VOID}{wrong} answers were not 200"
    if others := set(told) - OUTCOMES:
        return f"{VOID}{others}"
    if not 0 <= n_more <= N_ROUNDS * wrk.N_CONNECTIONS:
        return f"{VOID}{n_more:+} records beside the answers"
    return ""


def _table(rounds: list[wrk.Round], hellos: list[wrk.Round], void: str, told: Counter[str]) -> Table:
    rates = [[one.rate for one in some] for some in (rounds, hellos)]
    scans, hello = map(statistics.median, rates)
    n = sum(one.n for one in rounds)
    figures = f"{scans:,.0f}", ratio_by_rounds(*rates), *_of(rounds)
    rows = [
        ("durable scans", *figures, void or aimed("0.6", "0.9")),
        ("bare hello", f"{hello:,.0f}", "1", *_of(hellos), ""),
    ]
    notes = [
        f"medians of {N_ROUNDS} rounds of {ROUND_S:g} s by turns, and of their ratios; rounds: "
        + ", ".join(f"{one.rate:,.0f} ÷ {other.rate:,.0f}" for one, other in zip(rounds, hellos, strict=True)),
        "processor time is the server's, with all its threads and the kernel's part; other programs at work change it "
        "less than they change rates",
        f"{n + told.total():,} answered, as many records on disk; of the first {told.total():,}, read one by one: "
        + ", ".join(f"{count:,} {word}" for word, count in told.most_common()),
    ]
    if max(one.busy for one in rounds + hellos) > wrk.BUSY:
        notes.append("wrk's own core was full in a round: what it asked could have answered more")
    columns = ("64 connections", "a second", "÷ hello", "p50 / p99 ms", "processor µs", "wrk's core", "at least")
    return Table("closed", "答多少算多少 As many as are answered (closed loop)", columns, rows, notes)


def _of(rounds: list[wrk.Round]) -> tuple[str, str, str]:
    p50, p99, cpu_us, busy = map(
        statistics.median, zip(*((one.p50_ms, one.p99_ms, one.cpu_us, one.busy) for one in rounds), strict=True)
    )
    return f"{p50:.2f} / {p99:.2f}", f"{cpu_us:.1f}", f"{busy:.0%}"
