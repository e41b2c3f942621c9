"""What a program that runs for long writes on its error stream: lines for people, or one JSON object a line.

Nothing that somebody sent may get there. So of an exception its kind and its places in the program are written, never
what it says, which may hold a code or a document; and of libraries' loggers only that they had something to say.
"""

import json
import logging
import re
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any, Final

KINDS: Final = ("plain", "json")
OURS: Final = "fangxian"
EVENT: Final = re.compile(r"[a-z_]+(?:\.[a-z_]+)*(?=: )")
MOST_PLACES: Final = 12

log = logging.getLogger("fangxian.program")


def add_log_option(parser: Any) -> None:
    parser.add_argument(
        "--log", choices=KINDS, default="plain", help="on the error stream: lines for people, or a JSON object a line"
    )


def set_up_log(kind: str, program: str, **always: object) -> None:
    """Log on the error stream from now on, bugs that nobody caught too; `always` stands in each JSON line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(program, always) if kind == "json" else PlainLines(program))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.raiseExceptions = False  # a line that cannot be written would be written out by Python, with what is in it
    sys.excepthook = lambda _kind, error, _trace: note_uncaught(error)
    sys.unraisablehook = lambda found: note_uncaught(found.exc_value)
    threading.excepthook = lambda found: note_uncaught(found.exc_value)


def note_uncaught(error: BaseException | None) -> None:
    """Log a bug that nobody caught."""
    kind, trace = type(error).__name__, error.__traceback__ if error else None
    log.critical("program.fault: %(kind)s at %(places)s", {"kind": kind, "places": " < ".join(places_of(trace)) or "—"})


def places_of(trace: TracebackType | None) -> list[str]:
    """Where in the program it happened, innermost first: files and lines, and nothing of what they held."""
    found = [f"{Path(frame.f_code.co_filename).name}:{line}" for frame, line in walk_tb(trace)]
    return found[: -MOST_PLACES - 1 : -1]


class PlainLines(logging.Formatter):
    """Time, program, level if it is more than a note, and what is said."""

    def __init__(self, program: str) -> None:
        super().__init__()
        self._program = program

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created).astimezone().isoformat(sep=" ", timespec="seconds")
        level = f" {record.levelname}" if record.levelno > logging.INFO else ""
        return f"{at} {self._program}{level} {_said(record)}{_where(record)}"


class JsonLines(logging.Formatter):
    """`time`, `level`, `program`, `event`, `message`, and a field for each thing that the line names."""

    def __init__(self, program: str, always: Mapping[str, object]) -> None:
        super().__init__()
        self._always = {"program": program, **always}

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        event = EVENT.match(record.msg) if isinstance(record.msg, str) else None
        line = {"time": at, "level": record.levelname.lower(), **self._always}
        line["event"] = event[0] if event and _is_ours(record) else record.name
        if isinstance(record.args, Mapping) and _is_ours(record):
            line |= record.args
        return json.dumps(line | {"message": _said(record) + _where(record)}, ensure_ascii=False, default=str)


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] == OURS


def _said(record: logging.LogRecord) -> str:
    return record.getMessage() if _is_ours(record) else f"{record.name} has something to say"


def _where(record: logging.LogRecord) -> str:
    if not record.exc_info or not record.exc_info[1]:
        return ""
    return f" ({type(record.exc_info[1]).__name__} at {' < '.join(places_of(record.exc_info[2]))})"
