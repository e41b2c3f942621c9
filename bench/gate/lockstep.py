"""Scans sent 64 at a time, each answer read whole and looked at: what warms a gate up, and what samples its answers."""

import json
import socket
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from bench.gate.wrk import N_CONNECTIONS


class Answer(NamedTuple):
    status: int
    body: bytes


def ask_all(port: int, requests: Iterable[bytes]) -> Counter[str]:
    """How many were answered with what: the outcome of a scan that is on record, or what was wrong."""
    lines = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(N_CONNECTIONS)]
    told: Counter[str] = Counter()
    left = iter(requests)
    while some := list(islice(left, N_CONNECTIONS)):
        asked = lines[: len(some)]
        for line, request in zip(asked, some, strict=True):
            line.sendall(request)
        told.update(said(read_answer(line)) for line in asked)
    for line in lines:
        line.close()
    return told


def read_answer(line: socket.socket) -> Answer:
    data = b""
    while (ends := data.find(b"\r\n\r\n")) < 0:
        data += _more(line)
    head = data[:ends].lower()
    begins = head.index(b"content-length: ") + len(b"content-length: ")
    whole = ends + 4 + int(head[begins:].split(b"\r\n", 1)[0])
    while len(data) < whole:
        data += _more(line)
    return Answer(int(head.split(b" ", 2)[1]), data[ends + 4 :])


def said(answer: Answer) -> str:
    """The outcome of an answer to a keeper; anything else in words."""
    told = json.loads(answer.body)
    if answer.status != 200:
        return f"{answer.status} {told.get('refusal')}"
    if told.get("recorded") is False:
        return "not recorded"
    return str(told["outcome"])


def _more(line: socket.socket) -> bytes:
    data = line.recv(65536)
    if not data:
        raise ConnectionError("the server hung up")
    return data
