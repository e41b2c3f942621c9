"""`fangxian gate --processes N`: one gate to a core, all at one port, each with a journal of its own.

The kernel deals connections out among them (SO_REUSEPORT); this process holds the port for them, starts them, starts
again what dies or stands still, and ends them together. It answers no scan, and nothing of a scan passes through it.
"""

import argparse
import http.client
import logging
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial

from fangxian.core.refusal import Refusal, Said

from . import systemd
from .children import LOOKED_AFTER_EVERY_S, Child, end_all
from .readiness import say_ready

READY_WITHIN_S = 60.0
ASKED_EVERY_S = 5.0
ANSWERS_WITHIN_S = 2.0
STUCK_AFTER_S = 30.0
SILENT_TIMES = 4  # a machine that stood still for a minute has made nobody else stand still
BEGINS_WITHIN_S = 180.0
LOOPBACK = "127.0.0.1"

log = logging.getLogger("fangxian.gate")


@dataclass(slots=True)
class Process:
    """One gate of several, and when it last said something at its own port."""

    child: Child
    own_port: int
    heard_at: float = 0.0
    n_silent: int = 0

    def ask(self) -> bool:
        """Whether it says anything; that it has nothing to go by yet is something."""
        line = http.client.HTTPConnection(LOOPBACK, self.own_port, timeout=ANSWERS_WITHIN_S)
        try:
            line.request("GET", "/healthz")
            line.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()
        self.heard_at = time.monotonic()
        return True

    def end_if_stuck(self) -> None:
        """A process that runs and says nothing, asked again and again, answers nobody: it is killed and started again.

        One that has not spoken yet may have much to read, and is waited for longer.
        """
        if not self.child.is_running or self.ask():
            self.n_silent = 0
            return
        self.n_silent += 1
        silent_s = time.monotonic() - max(self.heard_at, self.child.started_at)
        longest_s = STUCK_AFTER_S if self.heard_at > self.child.started_at else BEGINS_WITHIN_S
        if self.n_silent >= SILENT_TIMES and silent_s > longest_s:
            log.error("gate.stuck: the process at port %(own_port)d, for %(seconds)d s", self._facts(silent_s))
            self.n_silent = 0
            self.child.kill()

    def _facts(self, silent_s: float) -> dict[str, int]:
        return {"own_port": self.own_port, "seconds": round(silent_s)}


def run_several(args: argparse.Namespace, *, port: int, first_own_port: int) -> int:
    """Run them until told to stop by SIGTERM or SIGINT; SIGUSR1 has each started anew, one after the other.

    Refuses
    -------
    gate.port_taken : also for a port of a single process; what else hinders them they say themselves, and all end
    """
    from fangxian.gate.running import hold_port

    signal.signal(signal.SIGTERM, _as_interrupt)
    signal.signal(signal.SIGUSR1, _ask_for_renewal)
    with ExitStack() as held:
        for place in hold_port(args.host, port):
            held.enter_context(place)
        own_ports = range(first_own_port, first_own_port + args.processes)
        for own_port in own_ports:
            for place in hold_port(LOOPBACK, own_port):
                place.close()
        processes = [
            Process(_child(args, k, port=port, own_port=own_port), own_port) for k, own_port in enumerate(own_ports)
        ]
        return _run(processes, partial(say_ready, args, f"{'https' if args.tls else 'http'}://{args.host}:{port}"))


def _run(processes: list[Process], say: Callable[[], None]) -> int:
    children = [process.child for process in processes]
    try:
        for child in children:
            child.start()
        if not _all_answer(processes):
            return 1
        say()
        _look_after(processes)
    except KeyboardInterrupt:
        pass
    finally:
        systemd.notify("STOPPING=1")
        with suppress(KeyboardInterrupt):
            end_all(children)
    return 0


def _all_answer(processes: list[Process]) -> bool:
    """Whether each began; one that cannot has said why in its own words, and no others are left to run without it."""
    deadline, waiting = time.monotonic() + READY_WITHIN_S, list(processes)
    while waiting and time.monotonic() < deadline:
        if any(process.child.has_ended for process in processes):
            return False
        waiting = [process for process in waiting if not process.ask()]
        time.sleep(LOOKED_AFTER_EVERY_S)
    if waiting:
        raise Refusal(
            "gate.not_answering",
            zh="{n} 个门岗进程在 {seconds} 秒内没有应答。上面的输出里有原因；请看过后再启动，数据没有丢失。",
            en="{n} processes of the gate said nothing for {seconds} s. The reason is in the output above: see to it "
            "and start the gate again; no data is lost.",
            n=len(waiting),
            seconds=round(READY_WITHIN_S),
        )
    return True


def _look_after(processes: list[Process]) -> None:
    next_ask = time.monotonic() + ASKED_EVERY_S
    while True:
        for process in processes:
            process.child.look()
        if _renewal.is_asked_for:
            _renewal.is_asked_for = False
            _renew(processes)
        if time.monotonic() >= next_ask:
            for process in processes:
                process.end_if_stuck()
            systemd.notify("WATCHDOG=1")
            next_ask = time.monotonic() + ASKED_EVERY_S
        time.sleep(LOOKED_AFTER_EVERY_S)


def _renew(processes: list[Process]) -> None:
    """Start each anew, as after an update, while the others answer; where one does not come back the rest stay."""
    for process in processes:
        process.child.ask_to_end()
        process.child.end()
        process.child.start()
        deadline = time.monotonic() + READY_WITHIN_S
        while not process.ask():
            for one in processes:
                one.child.look()
            if time.monotonic() > deadline:
                log.error("gate.not_renewed: the process at port %(own_port)d", {"own_port": process.own_port})
                return
            time.sleep(LOOKED_AFTER_EVERY_S)
        systemd.notify("WATCHDOG=1")


def _child(args: argparse.Namespace, k: int, *, port: int, own_port: int) -> Child:
    number = args.id + k
    command = [sys.executable, "-m", "fangxian.cli", "gate", "--one-of-several", "--host", args.host]
    command += ["--port", str(port), "--id", str(number), "--own-port", str(own_port), "--log", args.log]
    command += ["--device-pace", str(args.device_pace), "--venue-pace", str(args.venue_pace)]
    command += ["--tls"] if args.tls else []
    command += ["--quick"] if args.quick else []
    for origin in args.origin or ():
        command += ["--origin", origin]
    name = Said("{number} 号门岗", "Gate {number}").with_facts(number=number)
    say = partial(_log, number) if args.log == "json" else None
    return Child(name, command, systemd.NOT_FOR_CHILDREN, says=say)


def _log(number: int, said: Said) -> None:
    log.warning("gate.again: %(said)s", {"gate": number, "said": said.en})


@dataclass(slots=True)
class _Renewal:
    """Whether SIGUSR1 has come since each was started anew."""

    is_asked_for: bool = False


_renewal = _Renewal()


def _ask_for_renewal(*_) -> None:
    _renewal.is_asked_for = True


def _as_interrupt(*_) -> None:
    raise KeyboardInterrupt
