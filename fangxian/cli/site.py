"""The install this command works on: which data folder, opened once, its database brought up to date."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from fangxian.core.refusal import Refusal

SETTINGS = "fangxian.ops.config.settings"


def data_folder() -> Path:
    return Path(os.environ.get("FANGXIAN_DATA", "data")).absolute()


def has_realm() -> bool:
    return (data_folder() / "realm.json").exists()


def counties_folder() -> Path:
    """Where county folders are looked for: FANGXIAN_COUNTIES, else `counties/` beside the program."""
    beside = Path(__file__).resolve().parents[2] / "counties"
    return Path(os.environ.get("FANGXIAN_COUNTIES", beside)).absolute()


def start() -> None:
    """Open the data folder and load Django. Refuses in words when folder or database cannot be used."""
    import django

    os.environ["FANGXIAN_DATA"] = str(data_folder())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    django.setup()
    _refuse_newer_database()


def realm():
    from fangxian.ops.realm.current import the_realm

    return the_realm()


def bring_up_to_date() -> None:
    """Make the tables, or apply the migrations this program has and the database has not."""
    from django.core.management import call_command

    from fangxian.ops.realm import first_tables

    if _known_migrations() <= _applied_migrations():
        return
    if first_tables.is_empty():
        first_tables.lay_tables()
    else:
        call_command("migrate", interactive=False, verbosity=0)


def _refuse_newer_database() -> None:
    known = _known_migrations()
    ours = {app for app, _ in known}
    strangers = sorted(f"{app}.{name}" for app, name in _applied_migrations() - known if app in ours)
    if strangers:
        raise Refusal(
            "realm.newer_database",
            zh="数据库里有本程序不认识的改动（{strangers}），说明它被更新的防线用过。没有改动任何内容；请用更新的防线打开它。",
            en="The database holds changes this program does not know ({strangers}): a newer Fangxian has used it. "
            "Nothing was touched: open it with the newer Fangxian.",
            strangers=", ".join(strangers[:3]),
        )


def _known_migrations() -> set[tuple[str, str]]:
    """(app, name) of each migration this program has, by the names of their files.

    Every command starts with this. Django's loader would read all of them and the tables they make: half as long as
    all else that a command does before it begins.
    """
    from django.apps import apps

    found = set()
    for app in apps.get_app_configs():
        with suppress(ModuleNotFoundError):  # an app without tables
            package = import_module(f"{app.name}.migrations")
            found |= {(app.label, each.name) for each in iter_modules(package.__path__) if each.name[0] not in "_~"}
    return found


def _applied_migrations() -> set[tuple[str, str]]:
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return set(MigrationRecorder(connection).applied_migrations())


@contextmanager
def locked(realm) -> Iterator[None]:
    """Hold the data folder for one running county; a second one is refused."""
    with (realm.path / "running.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refusal(
                "run.already_running",
                zh="{path} 这个数据域正在运行。一个数据域只能运行一次；请使用已打开的页面，或先停掉它。",
                en="The realm in {path} is running already. One realm runs once: use its open pages, or stop it first.",
                path=realm.path,
            ) from None
        yield
