"""Sends scans to a gate over HTTP, each when it is due, until it is answered. Part of play_day.

Open loop: a scan goes out at its moment whether or not the ones before it are answered. Nothing is dropped: a
request that the gate could not take is sent again under the same id, which counts once however often it is sent.
"""

import asyncio
import signal
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import msgspec
import uvloop

from fangxian.core.refusal import Refusal

from .day_scans import Request

N_CONNECTIONS: Final = 48
ANSWERED_WITHIN_S: Final = 20.0
FIRST_PAUSE_S: Final = 0.05
LONGEST_PAUSE_S: Final = 1.0
PATIENCE_S: Final = 90.0
TOLD_EVERY_S: Final = 0.5
LENGTH: Final = b"content-length: "
# What passes by itself: the gate hears of a new device, of a new clock, of a disk with room again; a minute goes by.
PASSING: Final = frozenset(
    {
        "scan.from_the_future",
        "scan.too_fast",
        "scan.too_fast_device",
        "scan.too_fast_venue",
        "device.revoked",
        "gate.no_rules",
    }
)
# A code that was renewed since it was made: the person shows the new one.
TO_SHOW_ANEW: Final = frozenset(
    {"code.revoked", "code.expired", "code.key_unknown", "code.key_retired", "code.not_yet_valid"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateAddress:
    """Where the gate listens; `trusted` when it speaks https."""

    host: str
    port: int
    trusted: ssl.SSLContext | None = None

    def __str__(self) -> str:
        return f"{'https' if self.trusted else 'http'}://{self.host}:{self.port}"


@dataclass(slots=True)
class Sent:
    """How far it has come. People, not requests, are counted: those who come along are scanned too."""

    n_sent: int = 0
    n_acknowledged: int = 0
    n_known: int = 0
    n_again: int = 0
    n_requests: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    is_stopped: bool = False


class PersonAnswer(msgspec.Struct):
    """As much of an answer as is counted here."""

    outcome: str = ""
    refusal: str = ""
    recorded: bool = True
    companions: list["PersonAnswer"] = []

    @property
    def is_lost(self) -> bool:
        """Whether somebody was answered and not recorded, as where a gate's disk is full."""
        return not (self.recorded and all(told.recorded for told in self.companions))


_read = msgspec.json.Decoder(PersonAnswer).decode


def send_scans(
    requests: Iterable[Request],
    *,
    gate: GateAddress,
    due_at: Callable[[int], float],
    made_anew: Callable[[int], Request],
    tell: Callable[[Sent, int], None],
    is_over: Callable[[], bool] = lambda: False,
) -> Sent:
    """Send every request when it is due; what came of it. SIGTERM and SIGINT stop it, what is under way is ended.

    Parameters
    ----------
    requests : by their second
    due_at : second of the day → wall time in seconds since 1970
    made_anew : row → its request with codes of now; called in a thread
    tell : called now and then with the counts and the second that is being played
    is_over : asked as often; once it is so, it is stopped as by a signal

    Refuses
    -------
    day.gate_silent
    """
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        return uvloop.run(_Sending(gate, due_at, made_anew, tell, is_over).send(requests))
    finally:
        for number, handler in handlers.items():  # the loop leaves SIGTERM to kill whatever we do next
            signal.signal(number, handler)


class _Line(asyncio.Protocol):
    """One connection to the gate, with one request on its way at a time."""

    def __init__(self) -> None:
        self._got = bytearray()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._answer and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        self._got += data
        ends = self._got.find(b"\r\n\r\n") + 4
        if ends < 4 or self._answer is None or self._answer.done():
            return
        head = bytes(self._got[:ends]).lower()
        begins = head.index(LENGTH) + len(LENGTH)
        n = int(head[begins : head.index(b"\r", begins)])
        if len(self._got) >= ends + n:
            body = bytes(self._got[ends : ends + n])
            self._got.clear()
            self._answer.set_result((int(head[9:12]), body))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body; OSError when the line breaks or nothing comes."""
        if self._transport is None:
            raise ConnectionResetError
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        async with asyncio.timeout(ANSWERED_WITHIN_S):
            return await self._answer

    def hang_up(self) -> None:
        if self._transport:
            self._transport.abort()


class _Sending:
    def __init__(self, gate: GateAddress, due_at: Any, made_anew: Any, tell: Any, is_over: Any) -> None:
        self._gate, self._due_at, self._made_anew, self._tell = gate, due_at, made_anew, tell
        self._is_over = is_over
        self._sent = Sent()
        self._queue: asyncio.Queue[Request | None] = asyncio.Queue()
        self._stop = asyncio.Event()
        self._heard_at = time.monotonic()
        self._second = 0

    async def send(self, requests: Iterable[Request]) -> Sent:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        telling = loop.create_task(self._keep_telling())
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(N_CONNECTIONS):
                    group.create_task(self._work())
                await self._feed(requests)
        except ExceptionGroup as problems:
            raise problems.exceptions[0] from None
        finally:
            telling.cancel()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)
        self._sent.is_stopped = self._stop.is_set()
        self._tell(self._sent, self._second)
        return self._sent

    async def _feed(self, requests: Iterable[Request]) -> None:
        """Let each request go when it is due. One that is late goes at once: it cannot be helped, only shown."""
        for request in requests:
            pause_s = self._due_at(request.second) - time.time()
            if pause_s > 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), pause_s)
            if self._stop.is_set():
                break
            self._second = request.second
            self._queue.put_nowait(request)
        for _ in range(N_CONNECTIONS):
            self._queue.put_nowait(None)

    async def _work(self) -> None:
        line: _Line | None = None
        while (request := await self._queue.get()) is not None:
            if self._stop.is_set():
                continue  # not sent: it is played the next time
            self._sent.n_sent += len(request.ids)
            self._sent.n_requests += 1
            line = await self._deliver(request, line)
        if line:
            line.hang_up()

    async def _deliver(self, request: Request, line: _Line | None) -> _Line | None:
        """Send until it is answered for good, or we are told to stop; the line over which it was, if there is one."""
        pause_s, is_anew = FIRST_PAUSE_S, False
        while True:
            try:
                line = line or await self._connected()
                status, body = await line.ask(_bytes_of(self._gate, request))
                self._heard_at = time.monotonic()
            except (OSError, TimeoutError):
                if line:
                    line.hang_up()
                status, body, line = 503, b"{}", None
            answer = _read(body)
            if answer.refusal in TO_SHOW_ANEW and not is_anew:
                is_anew, request = True, await asyncio.to_thread(self._made_anew, request.row)
            elif status == 503 or answer.refusal in PASSING or answer.is_lost:
                if self._stop.is_set():
                    return line
                self._lose_patience()
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            else:
                self._count(request, answer)
                return line
            self._sent.n_again += 1

    def _count(self, request: Request, answer: PersonAnswer) -> None:
        if answer.refusal == "scan.id_taken":
            self._sent.n_known += len(request.ids)  # recorded in an earlier run, with the code that was shown then
        elif answer.refusal:
            self._sent.refused[answer.refusal] += len(request.ids)
        else:
            for told in (answer, *answer.companions):
                if told.refusal:
                    self._sent.refused[told.refusal] += 1
                else:
                    self._sent.n_acknowledged += 1

    def _lose_patience(self) -> None:
        silent_s = time.monotonic() - self._heard_at
        if silent_s > PATIENCE_S:
            raise gate_silent(self._gate, round(silent_s))

    async def _connected(self) -> _Line:
        make = asyncio.get_running_loop().create_connection
        connect = partial(make, _Line, self._gate.host, self._gate.port, ssl=self._gate.trusted)
        return (await connect())[1]

    async def _keep_telling(self) -> None:
        while True:
            self._tell(self._sent, self._second)
            if self._is_over():
                self._stop.set()
            await asyncio.sleep(TOLD_EVERY_S)


def _bytes_of(gate: GateAddress, request: Request) -> bytes:
    credential = f"Authorization: Bearer {request.token}\r\n" if request.token else ""
    head = f"POST /scan HTTP/1.1\r\nHost: {gate.host}:{gate.port}\r\nContent-Type: application/json\r\n{credential}"
    return f"{head}Content-Length: {len(request.body)}\r\n\r\n".encode() + request.body


def gate_silent(gate: GateAddress, seconds: int) -> Refusal:
    return Refusal(
        "day.gate_silent",
        zh="{address} 的门岗已有 {seconds} 秒没有回答。扫码日需要运行中的门岗。已回答的都已记录；请运行 fangxian run"
        "（或 fangxian gate），再运行一次本命令，它会接着演。",
        en="The gate at {address} has not answered for {seconds} s. A day of scans needs one that runs. What was "
        "answered is on record: start fangxian run (or fangxian gate), then run this again, and it goes on from there.",
        address=gate,
        seconds=seconds,
    )
