"""What 300 viewers of the live situation cost: a small county runs, and each viewer asks once a second.

    viewers   /situation.json as a page asks for it: kept connection, its ticket, If-None-Match, gzip
    bare      /healthz of the same server, the lightest answer through all of Django, by the same connections

Rounds of the two are interleaved. Printed: answers a second, how long they took (median, 99 of 100, longest), and
the processor time of the pages' server for one answer, with the ratio to `bare`.
"""

import argparse
import asyncio
import os
import re
import statistics
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from tests.integration.running_county import built, running  # noqa: E402

EVERY_S = 1.0
TICKET = "fangxian_situation"
TICKS = os.sysconf("SC_CLK_TCK")
KINDS = {"viewers": "/situation.json", "bare": "/healthz"}


@dataclass(slots=True)
class Round:
    """What one round found: seconds of each answer, how many had which status, the server's processor seconds."""

    took: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    cpu_s: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--viewers", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=15.0, help="length of a round")
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="fangxian-bench-") as folder,
        running(built(Path(folder) / "data"), "--no-day") as county,
    ):
        cookies = _signed_in(f"http://127.0.0.1:{county.port}")
        found: dict[str, list[Round]] = {kind: [] for kind in KINDS}
        for _ in range(chosen.rounds):
            for kind, path in KINDS.items():
                found[kind].append(asyncio.run(_round(county, path, dict(cookies), chosen)))
    _print(found, chosen)


def _signed_in(site: str) -> dict[str, str]:
    """The cookies of a commander of the demo, with the ticket to the live file."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    form = browser.open(f"{site}/sign-in").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
    told = urllib.parse.urlencode({"csrfmiddlewaretoken": token, "role": "commander"}).encode()
    browser.open(urllib.request.Request(f"{site}/sign-in", told, {"Referer": f"{site}/sign-in"})).read()
    deadline = time.monotonic() + 60
    while TICKET not in {cookie.name for cookie in jar}:
        assert time.monotonic() < deadline, "no ticket to the live file came"
        with _whatever():
            browser.open(f"{site}/situation.json").read()
        time.sleep(0.2)
    return {cookie.name: cookie.value for cookie in jar}


@contextmanager
def _whatever():
    """The file is there only once the worker has written it."""
    try:
        yield
    except urllib.error.HTTPError as answer:
        answer.close()


async def _round(county, path: str, cookies: dict[str, str], chosen) -> Round:
    found, before = Round(), _cpu_s(county)
    ends = time.monotonic() + chosen.seconds
    begins = [nth * EVERY_S / chosen.viewers for nth in range(chosen.viewers)]
    await asyncio.gather(*(_view(county.port, path, cookies, after, ends, found) for after in begins))
    found.cpu_s = _cpu_s(county) - before
    return found


async def _view(port: int, path: str, cookies: dict[str, str], after: float, ends: float, found: Round) -> None:
    """One viewer: a connection that is kept, a question a second whenever the last answer came."""
    await asyncio.sleep(after)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    etag, due = "", time.monotonic()
    while due < ends:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        held = "; ".join(f"{name}={value}" for name, value in cookies.items())
        asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\nCookie: {held}\r\n"
        writer.write((asked + (f"If-None-Match: {etag}\r\n" if etag else "") + "\r\n").encode())
        told = (await reader.readuntil(b"\r\n\r\n")).decode()
        cookies |= dict(re.findall(rf"({TICKET})=([^;]+);", told))  # a ticket lasts a minute; the next one is as good
        head = told.lower()
        if length := re.search(r"content-length: (\d+)", head):
            await reader.readexactly(int(length[1]))
        found.took.append(time.monotonic() - due)
        status = int(head.split()[1])
        found.statuses[status] = found.statuses.get(status, 0) + 1
        etag = named[1] if (named := re.search(r'etag: ("[^"]+")', head)) else etag
        due += EVERY_S
    writer.close()


def _cpu_s(county) -> float:
    """Processor seconds of the pages' server and whatever it has started."""
    pids, seconds = [county.pid_of("granian")], 0.0
    while pids:
        pid = pids.pop()
        try:
            stat = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            pids += [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        except FileNotFoundError:
            continue
        seconds += (int(stat[11]) + int(stat[12])) / TICKS
    return seconds


def _print(found: dict[str, list[Round]], chosen) -> None:
    print(
        f"{chosen.viewers} connections, a question a second each; {chosen.rounds} rounds of {chosen.seconds:g} s each"
    )
    print(f"{'':<9}{'answers/s':>10}{'median ms':>11}{'p99 ms':>9}{'max ms':>9}{'cpu ms/answer':>15}  statuses")
    cpu = {}
    for kind, rounds in found.items():
        took = sorted(it for one in rounds for it in one.took)
        statuses: dict[int, int] = {}
        for one in rounds:
            for status, n in one.statuses.items():
                statuses[status] = statuses.get(status, 0) + n
        cpu[kind] = statistics.median(1000 * one.cpu_s / len(one.took) for one in rounds)
        print(
            f"{kind:<9}{len(took) / chosen.rounds / chosen.seconds:>10.0f}{1000 * took[len(took) // 2]:>11.1f}"
            f"{1000 * took[int(len(took) * 0.99)]:>9.1f}{1000 * took[-1]:>9.1f}{cpu[kind]:>15.2f}  {statuses}"
        )
    print(f"processor time of an answer ÷ bare: {cpu['viewers'] / cpu['bare']:.2f}")


if __name__ == "__main__":
    main()
