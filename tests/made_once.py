"""What is made once for all processes of a run of tests, by whoever of them needs it first.

`make test` runs a dozen of processes, and each builds the same small county: some eight seconds of processor each time.
"""

import atexit
import copyreg
import fcntl
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import MappingProxyType

FUSHAN = Path(__file__).resolve().parents[1] / "counties" / "fushan"
QUICK_START = Path(__file__).with_name("quick_start")  # on PYTHONPATH a program reads itself in two thirds of the time
SHARED = "FANGXIAN_TESTS_SHARED"  # where it is kept: set by tools/run_checks.py, else by the first process of a run


def _table(rows: dict) -> MappingProxyType:
    return MappingProxyType(rows)


copyreg.pickle(MappingProxyType, lambda table: (_table, (dict(table),)))


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """The file or folder of this name as `make(path)` left it, now or before. Copy it before you change it."""
    path = Path(os.environ.get(SHARED) or _of_this_process()) / name
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            unfinished = path.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            make(unfinished)
            unfinished.rename(path)
    return path


@cache
def _of_this_process() -> str:
    """Where it is kept by a bench, which is no run of tests; gone when it ends."""
    folder = tempfile.mkdtemp(prefix="fangxian-shared-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def fushan_data():
    """Fushan at 2% of its people as `read_county` makes it of the seed 1: the same each time, and drawn slowly."""
    return pickle.loads(made_once("fushan.pickle", _read_fushan).read_bytes())


def _read_fushan(path: Path) -> None:
    from fangxian.ops.procedures.build_county import read_county

    path.write_bytes(pickle.dumps(read_county(FUSHAN, seed=1, scale=0.02, step=lambda *_: None)))
