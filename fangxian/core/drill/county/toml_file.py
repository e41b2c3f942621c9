"""The TOML files of a county's data folder, and where one of them cannot be read."""

import re
import tomllib
from typing import Any

from fangxian.core.refusal import Refusal

LONGEST_SHOWN = 60  # characters of the line that a sentence repeats
_WHERE = re.compile(r" \(at line (\d+), column \d+\)")


def read_toml(data: bytes, name: str) -> dict[str, Any]:
    """The tables of a file.

    Refuses
    -------
    county.unreadable
        It is not UTF-8, or not TOML; names the line and repeats it.
    """
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line, reason = data[: error.start].count(b"\n") + 1, f"byte 0x{data[error.start]:02X} is not UTF-8"
    except tomllib.TOMLDecodeError as error:
        where = _WHERE.search(str(error))
        line = int(where[1]) if where else data.rstrip().count(b"\n") + 1
        reason = _WHERE.sub("", str(error))
    text = data.split(b"\n")[line - 1].decode("utf-8", "replace").strip()
    raise Refusal(
        "county.unreadable",
        zh="{name} 第 {line} 行读不懂：{reason}。这一行写的是“{text}”。文件应为 UTF-8 编码的 TOML；"
        "请改正这一行后重试，没有建任何东西。",
        en="Line {line} of {name} cannot be read: {reason}. It says “{text}”. The file should be TOML in UTF-8: "
        "correct the line and try again; nothing was built.",
        name=name,
        line=line,
        reason=reason,
        text=text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…",
    )
