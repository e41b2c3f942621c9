"""Requests as a keeper's page sends them, of one length all of them, so that an id is put in at a fixed place."""

import json
from pathlib import Path
from typing import Final, NamedTuple, Self

ID_BYTES: Final = 36
STRIDE: Final = 7919  # rounds begin with other people


class Prepared(NamedTuple):
    """Requests but for their ids: `head_bytes`, then an id, then the rest."""

    requests: list[bytes]
    head_bytes: int

    @classmethod
    def of(cls, requests: list[bytes]) -> Self:
        """Raises ValueError unless all are of one length."""
        if len({len(request) for request in requests}) != 1:
            raise ValueError("requests differ in length")
        return cls(requests, requests[0].index(b'"id":"') + len(b'"id":"'))

    @classmethod
    def read(cls, path: Path, size: int, head_bytes: int) -> Self:
        data = path.read_bytes()
        return cls([data[begins : begins + size] for begins in range(0, len(data), size)], head_bytes)

    def request(self, number: int, run: int = 0) -> bytes:
        """The `number`th scan of a run, under an id of its own."""
        request = self.requests[(number + run * STRIDE) % len(self.requests)]
        id_ = b"%08x-0000-4000-9000-%012x" % (number & 0xFFFFFFFF, number >> 32 | run << 16)
        return request[: self.head_bytes] + id_ + request[self.head_bytes + ID_BYTES :]


class Scans(NamedTuple):
    """Requests in a file, as other programs take them."""

    path: Path
    size: int
    head_bytes: int

    @classmethod
    def written(cls, prepared: Prepared, folder: Path) -> Self:
        path = folder / "requests.bin"
        if not path.exists():
            path.write_bytes(b"".join(prepared.requests))
        return cls(path, len(prepared.requests[0]), prepared.head_bytes)

    @property
    def arguments(self) -> list[str]:
        return [str(self.path), str(self.size), str(self.head_bytes)]


def request_of(*, token: str, code: str, venue: str, at: str, place: int) -> bytes:
    """A request with the whole contract in its body, but for people who come along; its id is noughts."""
    body = json.dumps(
        {
            "id": "0" * ID_BYTES,
            "code": code,
            "venue": venue,
            "scanned_at": at,
            "sent_at": at,
            "presence": "staffed",
            "direction": "in",
            "temperature_c": 36.0 + place % 10 / 10,
        },
        separators=(",", ":"),
    ).encode()
    return (
        b"POST /scan HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (token.encode(), len(body), body)
    )
