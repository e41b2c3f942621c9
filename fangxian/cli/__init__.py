"""cli parses, calls, prints. `fangxian --help` lists the commands; each module here is one of them."""

import argparse

from fangxian import __version__
from fangxian.core.refusal import Refusal

from .console import say_refusal


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit status is 0, 1 for a refusal said in words, 2 for a wrong call, 130 for Ctrl-C."""
    args = _parser().parse_args(argv)
    try:
        return args.run(args) or 0
    except Refusal as refusal:
        say_refusal(refusal)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    from . import (
        audit,
        county,
        day,
        erase,
        expose,
        gate,
        ingest,
        journal,
        keys,
        plan,
        realm,
        rulebook,
        run,
        scenario,
        worker,
    )

    parser = argparse.ArgumentParser(
        prog="fangxian",
        description="防线 · a county's response to an infectious disease, from the door to the all-clear",
    )
    parser.add_argument("--version", action="version", version=f"fangxian {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    of_people = (run, county, day, plan, scenario, rulebook, audit, expose, erase, keys, realm)
    for command in (*of_people, worker, gate, ingest, journal):
        command.add_parser(commands)
    return parser
