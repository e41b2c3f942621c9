"""What a program's dataclasses are made of is compiled once in a run: tests/quick_start/sitecustomize.py."""

import json
import os
import subprocess
import sys

from tests.made_once import QUICK_START, SHARED

PROGRAM = """
import json, sys
from dataclasses import dataclass, make_dataclass

many = [make_dataclass(f"Many{n}", [(f"field{n}", int)], frozen=True, slots=True) for n in range(40)]
one, same, other = many[7](field7=1), many[7](field7=1), many[7](field7=2)
try:
    one.field7 = 3
    refuses = False
except AttributeError:
    refuses = True
compiled = getattr(sys.modules.get("sitecustomize"), "compiled", None)
answers = [repr(one), one == same, one == other, hash(one) == hash(same), refuses]
print(json.dumps({"answers": answers, "new": compiled and compiled.n_new}))
"""


def told(shared):
    environment = {key: value for key, value in os.environ.items() if key not in {SHARED, "PYTHONPATH"}}
    if shared:
        environment |= {SHARED: str(shared), "PYTHONPATH": str(QUICK_START)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_second_program_compiles_nothing_and_its_classes_do_what_they_do_without(tmp_path):
    without, first, second = told(None), told(tmp_path), told(tmp_path)
    assert first["answers"] == second["answers"] == without["answers"] == ["Many7(field7=1)", True, False, True, True]
    assert without["new"] is None
    assert first["new"] > 100
    assert second["new"] == 0


def test_a_torn_file_is_as_none_and_is_written_anew(tmp_path):
    kept = tmp_path / f"compiled-{sys.implementation.cache_tag}"
    kept.write_bytes(b"torn")
    assert told(tmp_path)["answers"][0] == "Many7(field7=1)"
    assert told(tmp_path)["new"] == 0
