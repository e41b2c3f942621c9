"""The machine of a run, and what its disk does by itself."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from bench.gate.journal import Syncs, solo_syncs
from bench.gate.pinned import CLIENT, ROOT, SERVER

IN_MEMORY: Final = {"tmpfs", "ramfs"}
QUIET: Final = 0.7  # a load average above it is somebody else's


class Machine(NamedTuple):
    """What figures depend on beside the program."""

    cpu: str
    n_cores: int
    system: str
    python: str
    disk: str
    syncs: Syncs
    load: float
    commit: str
    at: datetime

    @classmethod
    def found(cls, folder: Path) -> "Machine":
        return cls(
            cpu=_cpu(),
            n_cores=os.cpu_count() or 1,
            system=f"Linux {platform.release().partition('-')[0]}",
            python=platform.python_version(),
            disk=_file_system(folder),
            syncs=solo_syncs(folder),
            load=os.getloadavg()[0],
            commit=_commit(),
            at=datetime.now(UTC),
        )

    @property
    def said(self) -> list[str]:
        """Sentences, for the top of a run."""
        server, client = min(SERVER), min(CLIENT)
        said = [
            f"{self.at:%Y-%m-%d}, commit {self.commit}; {self.cpu}, {self.n_cores} cores; {self.system}, Python "
            f"{self.python}; journals on {self.disk}",
            f"servers on core {server}, clients on core {client}"
            + ("" if server != client else ": THIS MACHINE HAS ONE CORE, no figure here means anything"),
            f"one fdatasync of 64 records alone: {self.syncs.median_ms:.2f} ms (p99 {self.syncs.p99_ms:.2f})",
        ]
        if self.disk in IN_MEMORY:
            said.append("THE JOURNALS ARE IN MEMORY: a sync costs nothing, and no figure here is durable")
        if self.load > QUIET:
            said.append(f"OTHER PROGRAMS WERE AT WORK when this began (load {self.load:.1f}): believe no figure here")
        return said


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _file_system(folder: Path) -> str:
    """The kind of file system a folder is on: the longest mount point that leads to it."""
    mounts = [line.split()[1:3] for line in Path("/proc/self/mounts").read_text().splitlines()]
    return max((place, kind) for place, kind in mounts if folder.resolve().is_relative_to(place))[1]


def _commit() -> str:
    found = subprocess.run(["git", "log", "-1", "--format=%h"], cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"
