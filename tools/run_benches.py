"""`make bench`: run every measurement in bench/ and print what it printed.

Measurements are not tests: they never fail for being slow. They say what was measured, on what, and the
ratio to something bare run beside it. A bench may `from private_postgres import PrivatePostgres`.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    scripts = sorted((ROOT / "bench").glob("bench_*.py"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tools")}
    status = 0
    for script in scripts:
        print(f"\n── {script.relative_to(ROOT)}", flush=True)
        status |= subprocess.call([sys.executable, str(script), *sys.argv[1:]], cwd=ROOT, env=environment)
    if not scripts:
        print("There is no measurement in bench/ yet.")
    return status


if __name__ == "__main__":
    sys.exit(main())
