"""What the system counts of this process, under the names that Prometheus' own clients give it."""

import os
import resource
import time
from pathlib import Path
from typing import Final

_SELF: Final = Path("/proc/self")
_BEGAN: Final = time.time()


def system_text() -> str:
    """Prometheus text: processor time, memory, files, when it began. What the system does not tell is left out."""
    figures = {
        "process_cpu_seconds_total": ("counter", "Processor time, of the system too.", time.process_time()),
        "process_start_time_seconds": ("gauge", "When it began, since 1970.", _BEGAN),
        "process_max_fds": ("gauge", "Files it may have open.", resource.getrlimit(resource.RLIMIT_NOFILE)[0]),
    }
    try:
        pages = int((_SELF / "statm").read_text().split()[1])
        figures["process_resident_memory_bytes"] = ("gauge", "Memory it holds.", pages * resource.getpagesize())
        figures["process_open_fds"] = ("gauge", "Files it has open.", len(os.listdir(_SELF / "fd")))
    except OSError:
        pass  # no Linux
    lines = [
        f"# HELP {name} {said}\n# TYPE {name} {kind}\n{name} {value:.15g}"
        for name, (kind, said, value) in figures.items()
    ]
    return "\n".join(lines) + "\n"
