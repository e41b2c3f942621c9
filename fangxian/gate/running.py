"""A gate process from its start to its end."""

import asyncio
import gc
import json
import logging
import resource
import signal
import socket
import ssl
import sys
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import uvloop

from fangxian.core.refusal import Refusal

from .answering import Gate
from .entrance import Entrance, claim
from .following import Follower
from .journal import Journal
from .pace import Pace
from .repeats import MOST_IN_GENERATION, Repeats
from .site import Site

# A scan leaves nothing behind in a circle; looking for circles as often as a program does by itself took a tenth of the
# processor, with everything that is known and remembered to be looked through.
COLLECT_AFTER: Final = (20_000, 50, 100)
# The journal's thread comes back from the disk for moments only, and the loop can be busy for longer than them.
HAND_OVER_S: Final = 0.0005
LAST_ANSWERS_S = 5.0
SAID_TO_THE_LATE_S = 1.0  # how long whoever is connected already may still ask, and is told that the gate stops
LOOKED_EVERY_S = 0.02
ALIVE_EVERY_S = 5.0
LOOPBACK = "127.0.0.1"
RESERVED_FILES = 64  # for the journal, the snapshot, the keys, and what Python itself opens
MOST_CONNECTIONS = 20_000
FEWEST_CONNECTIONS = 8

log = logging.getLogger("fangxian.gate")


@dataclass(frozen=True, kw_only=True)
class GateSettings:
    """Where a gate reads, writes and listens, and how fast scans may come.

    Attributes
    ----------
    gate_id : parts the journals of several gates of one realm
    own_port : where on loopback this process alone is asked, in plain HTTP; 0 for nowhere
    is_quick : take the usual scans by compiled loops, where numba is there
    shares_port : others listen at host and port too, and whoever started them holds it for all
    pace : None for a door's
    """

    folder: Path
    host: str
    port: int
    origins: Collection[str]
    gate_id: int = 1
    tls: ssl.SSLContext | None = None
    own_port: int = 0
    shares_port: bool = False
    is_quick: bool = False
    pace: Pace | None = None


def run_gate(
    settings: GateSettings, *, on_ready: Callable[[], None], on_alive: Callable[[], None] = lambda: None
) -> None:
    """Answer scans until told to stop by SIGTERM or SIGINT; what was taken in is answered first.

    `on_alive` is called every few seconds, from where scans are answered: once it is not, they are not either.

    Raises
    ------
    Refusal
        `gate.no_realm`, `gate.port_taken`, `journal.in_use`, `journal.not_writable`
    """
    gc.set_threshold(*COLLECT_AFTER)
    sys.setswitchinterval(HAND_OVER_S)
    uvloop.run(_answer_until_told(settings, on_ready, on_alive))


def realm_card(folder: Path) -> dict[str, Any]:
    """realm.json as far as a gate needs it: the realm's id and its ports. Refuses `gate.no_realm`."""
    try:
        card = json.loads((folder / "realm.json").read_text("utf-8"))
        return {"id": str(card["id"]), "kind": str(card["kind"]), "ports": dict(card["ports"])}
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise Refusal(
            "gate.no_realm",
            zh="{folder} 里没有可读的数据域（{reason}）。门岗需要一个数据文件夹；请先运行 fangxian county build，"
            "或用 FANGXIAN_DATA 指到已有的数据文件夹。",
            en="There is no readable realm in {folder} ({reason}). A gate needs a data folder: run fangxian county "
            "build first, or point FANGXIAN_DATA at an existing one.",
            folder=folder,
            reason=type(wrong).__name__,
        ) from wrong


def most_connections() -> int:
    """How many connections there may be at once, having raised this process's number of files to what it may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = MOST_CONNECTIONS + RESERVED_FILES
    wanted = enough if hard == resource.RLIM_INFINITY else hard
    with suppress(ValueError, OSError):  # some systems allow less than they say
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
        soft = max(soft, wanted)
    return max(FEWEST_CONNECTIONS, min(MOST_CONNECTIONS, soft - RESERVED_FILES))


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


async def _answer_until_told(
    settings: GateSettings, on_ready: Callable[[], None], on_alive: Callable[[], None]
) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    follower = Follower(settings.folder / "gate", realm=realm_card(settings.folder)["id"], wall_ms=wall_ms)
    follower.look()
    journal = Journal.open(
        settings.folder / "journal", gate_id=settings.gate_id, county_ms=lambda: _county_ms(follower)
    )
    if journal.n_cut_bytes:
        said = "journal.cut_off: %(n_bytes)d bytes, %(n_records)d records unfinished, for which nobody was answered"
        log.warning(said, {"n_bytes": journal.n_cut_bytes, "n_records": journal.n_cut_records})
    repeats = Repeats(journal.recent_records(MOST_IN_GENERATION))
    gate = Gate(
        follower, journal, repeats, wall_ms=wall_ms, later=loop.call_soon, pace=settings.pace, gate_id=settings.gate_id
    )
    site = Site(gate, origins=settings.origins, most=most_connections(), later=loop.call_soon)
    if settings.is_quick:
        gate.is_lane_wanted = True
        _give_lane(gate, site, loop)
    entrances = [await _listen(settings, site)]
    if settings.own_port:
        own = replace(settings, host=LOOPBACK, port=settings.own_port, tls=None, shares_port=False)
        entrances.append(await _listen(own, site))
    journal.start(loop, on_commit=gate.on_commit, on_failure=gate.on_failure)
    loop.set_exception_handler(lambda _loop, context: _note(gate, context.get("exception")))
    going_on = follower.follow(), site.let_go_of_the_silent(), journal.watch(), _say_alive(on_alive)
    tasks = [loop.create_task(task) for task in going_on]
    gc.collect()
    gc.freeze()
    on_ready()
    try:
        await _told_to_stop(stop, tasks)
    finally:
        for task in tasks:
            task.cancel()
        await _take_leave(entrances, site)
        journal.close()
        await _last_answers(site)


def _give_lane(gate: Gate, site: Site, loop: asyncio.AbstractEventLoop) -> None:
    """Without its loops a gate answers all the same, only fewer; `/healthz` says so."""
    try:
        from .quick.joining import give_lane  # numba, which takes a second and some memory

        give_lane(gate, site, loop)
    except ImportError:
        log.warning("gate.no_lane: numba is not there, so scans are taken one by one")
    except Exception as error:  # loops that cannot be compiled on this machine
        gate.faults.note(error)
        log.warning("gate.no_lane: its loops cannot be had, so scans are taken one by one")


def _note(gate: Gate, error: BaseException | None) -> None:
    """A bug outside of any request, without the words that the loop has for it: they name what a callback was given."""
    gate.faults.note(error if isinstance(error, Exception) else RuntimeError())


async def _say_alive(on_alive: Callable[[], None]) -> None:
    while True:
        on_alive()
        await asyncio.sleep(ALIVE_EVERY_S)


async def _told_to_stop(stop: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
    """Until the signal comes; a task that ends by itself has a bug, and takes the process with it."""
    waiting = asyncio.ensure_future(stop.wait())
    done, _ = await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    for task in done - {waiting}:
        task.result()


async def _take_leave(entrances: list[Entrance], site: Site) -> None:
    """Let nobody in any more, answer what was taken in, and tell whoever asks now that it was not."""
    for entrance in entrances:
        entrance.close()
    site.stop()
    began = time.monotonic()
    while site.connections and time.monotonic() - began < LAST_ANSWERS_S:
        if time.monotonic() - began >= SAID_TO_THE_LATE_S and not site.is_busy:
            return
        await asyncio.sleep(LOOKED_EVERY_S)


async def _last_answers(site: Site) -> None:
    """Let the answers to what the journal has just made durable go out, then hang up."""
    await asyncio.sleep(0)
    for connection in tuple(site.connections):
        connection.hang_up()
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_ANSWERS_S):
            while site.connections:
                await asyncio.sleep(0.01)


def _county_ms(follower: Follower) -> int:
    """County time for the journal's segments; the wall's until the first keys are there."""
    return follower.keys.clock.county_ms(wall_ms()) if follower.keys else wall_ms()


async def _listen(settings: GateSettings, site: Site) -> Entrance:
    try:
        entrance = Entrance(site, settings.host, settings.port, settings.tls, is_shared=settings.shares_port)
        await entrance.open()
        return entrance
    except OSError as error:
        raise _port_taken(settings.host, settings.port, error) from error


def hold_port(host: str, port: int) -> list[socket.socket]:
    """Hold a port for several gates of one's own until these sockets are closed. Refuses `gate.port_taken`."""
    try:
        return claim(host, port)
    except OSError as error:
        raise _port_taken(host, port, error) from error


def _port_taken(host: str, port: int, error: OSError) -> Refusal:
    return Refusal(
        "gate.port_taken",
        zh="门岗不能在 {host} 的 {port} 端口上接听（{reason}）：多半是另一个程序占着它，或本机没有这个地址。"
        "请停掉那个程序，或用 --host、--port 换一个。",
        en="The gate cannot listen on port {port} of {host} ({reason}): most likely another program has it, or "
        "this machine has no such address. Stop that program, or choose others with --host and --port.",
        host=host,
        port=port,
        reason=error.strerror or str(error),
    )
