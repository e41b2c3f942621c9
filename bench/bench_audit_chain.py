"""What the audit chain costs: a small action by 16 writers on PostgreSQL, with and without it.

    without   lock an account, look at its appointments, appoint it, note it on the account; commit
    line      the same, and its line with sealed details in the same transaction
    chain     the same, and the sealer chaining lines beside the writers, four times a second

Rounds of the three are interleaved, so that a noisy machine is noisy for all. The server is a private one
whose commits wait for the disk. Printed: actions per second and the ratio to `without`; the processor time of
one action, writers, sealer and server together, which says the same where others use the machine too; and
whether the chain verifies afterwards with every committed line in it.
"""

import argparse
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from private_postgres import PrivatePostgres  # noqa: E402

N_ACCOUNTS = 400
KINDS = ("without", "line", "chain")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--writers", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="length of a round")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fangxian-bench-") as folder, PrivatePostgres(durable=True) as server:
        _lay(Path(folder) / "realm", server.url)
        found = {kind: [] for kind in KINDS}
        for _ in range(chosen.rounds):
            for kind in KINDS:
                found[kind].append(_round(kind, chosen, server.folder))
        _print(found, chosen)


def _lay(realm: Path, url: str) -> None:
    """A realm, and Django loaded for it. This process opens no connection: the writers are forked from it."""
    from fangxian.ops.realm.clock import CountyClock
    from fangxian.ops.realm.folder import create_realm

    clock = CountyClock.of_the_wall("Asia/Shanghai")
    create_realm(realm, kind="demo", county="fushan", division_code="141027", clock=clock)
    os.environ |= {
        "FANGXIAN_DATA": str(realm),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "fangxian.ops.config.settings",
    }
    import django

    django.setup()
    from django.conf import settings

    settings.DATABASES["default"]["OPTIONS"]["pool"] = False  # a writer is a process here, and has one connection
    _in_child(_open_accounts)


def _open_accounts() -> None:
    from django.core.management import call_command

    from fangxian.ops.accounts.actions import open_accounts, open_units
    from fangxian.ops.accounts.models import Account, Unit

    call_command("migrate", verbosity=0)
    unit = Unit(name_zh="县指挥部", name_en="County headquarters", kind=Unit.Kind.HEADQUARTERS, area_path="141027")
    open_units(units=[unit], by="program:bench")
    accounts = [Account(username=f"grid-{number}", display_name="", unit=unit) for number in range(N_ACCOUNTS)]
    open_accounts(accounts=accounts, by="program:bench")


def _round(kind: str, chosen, server: Path) -> tuple[float, float]:
    """Actions per second of all writers together, and processor milliseconds of one action."""
    processes, n_writers = multiprocessing.get_context("fork"), chosen.writers
    n_children = n_writers + (kind == "chain")
    ready, stop, done = processes.Barrier(n_children + 1), processes.Event(), processes.Array("q", n_writers)
    targets = [(_write, (kind != "without", ready, stop, done, number)) for number in range(n_writers)]
    if kind == "chain":
        targets.append((_seal, (ready, stop)))
    children = [processes.Process(target=target, args=args) for target, args in targets]
    for child in children:
        child.start()
    ready.wait(60)  # everybody is connected and has done one action
    began, cpu_before_s, before = time.perf_counter(), _cpu_s(children, server), sum(done)
    time.sleep(chosen.seconds)
    n_actions = sum(done) - before
    rate = n_actions / (time.perf_counter() - began)
    cpu_ms = 1000 * (_cpu_s(children, server) - cpu_before_s) / n_actions
    stop.set()
    for child in children:
        child.join()
        assert child.exitcode == 0
    if kind == "line":
        _in_child(_seal_all)  # not left over for the round after this one
    return rate, cpu_ms


def _cpu_s(children: list, server: Path) -> float:
    """Processor seconds used so far by writers, sealer and every process of the server."""
    postmaster = (server / "data" / "postmaster.pid").read_text().split()[0]
    pids, ticks = {str(child.pid) for child in children}, 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            fields = path.read_text().rpartition(")")[2].split()
            parent, used = fields[1], fields[11:13]
            if path.parent.name in pids or postmaster in (path.parent.name, parent):
                ticks += sum(map(int, used))
    return ticks / os.sysconf("SC_CLK_TCK")


def _in_child(target) -> None:
    child = multiprocessing.get_context("fork").Process(target=target)
    child.start()
    child.join()
    assert child.exitcode == 0


def _write(with_line: bool, ready, stop, done, number: int) -> None:
    from fangxian.ops.accounts.models import Account

    rng = random.Random(number)
    ids = list(Account.objects.order_by("username").values_list("pk", flat=True))
    _act(rng.choice(ids), with_line)
    ready.wait(60)
    while not stop.is_set():
        _act(rng.choice(ids), with_line)
        done[number] += 1


def _act(account_id, with_line: bool) -> None:
    from datetime import timedelta

    from django.db import transaction

    from fangxian.ops.accounts.models import Account, Appointment
    from fangxian.ops.audit.actions import record
    from fangxian.ops.realm.current import county_now

    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        now = county_now()
        Appointment.objects.filter(account=account, role="sampler", ends_at=None).exists()
        appointment = Appointment(account=account, role="sampler", area_path="141027100", begins_at=now)
        appointment.ends_at = now + timedelta(minutes=1)
        appointment.save(force_insert=True)
        Account.objects.filter(pk=account_id).update(unit_since=now)
        if with_line:
            record(
                "bench.appointed",
                by=f"account:{account_id}",
                about=[f"account:{account_id}"],
                details={"role": "sampler", "area_path": "141027100", "begins_at": now.isoformat()},
                unit=account.unit_id,
            )


def _seal(ready, stop) -> None:
    from fangxian.ops.audit.actions import seal_waiting

    ready.wait(60)
    while not stop.wait(0.25):
        seal_waiting()
    _seal_all()


def _seal_all() -> None:
    from fangxian.ops.audit.actions import seal_all

    seal_all()


def _verify() -> None:
    from fangxian.ops.audit.models import AuditLine
    from fangxian.ops.audit.verification import verify

    began = time.perf_counter()
    report = verify()
    took = time.perf_counter() - began
    assert report.is_true, report.findings
    assert report.n_sealed == AuditLine.objects.count()
    print(f"  chain true, {report.n_sealed:,} lines sealed, none lost; verified in {took:.1f} s")


def _print(found: dict[str, list[tuple[float, float]]], chosen) -> None:
    print(f"{chosen.writers} writers, {chosen.rounds} rounds of {chosen.seconds:g} s, {os.cpu_count()} cores")
    base_rate, base_ms = map(statistics.median, zip(*found["without"], strict=True))
    for kind, rounds in found.items():
        rates, cpu = zip(*rounds, strict=True)
        rate, ms = statistics.median(rates), statistics.median(cpu)
        print(
            f"  {kind:8} {rate:7,.0f} actions/s ({min(rates):,.0f} … {max(rates):,.0f}), "
            f"costs {1 - rate / base_rate:6.1%};  {ms:6.2f} ms of processor an action, costs {1 - base_ms / ms:6.1%}"
        )
    _in_child(_verify)


if __name__ == "__main__":
    main()
