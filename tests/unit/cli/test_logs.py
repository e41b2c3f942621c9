"""What a program that runs for long writes on its error stream."""

import json
import logging
import sys
import threading

import pytest

from fangxian.cli import logs
from fangxian.cli.logs import set_up_log

SECRET = "FXP1ABC-SECRET"
log = logging.getLogger("fangxian.test")


@pytest.fixture
def logged(capsys):
    """What was written since it was set up, line by line; logging is put back afterwards."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions, sys.excepthook, sys.unraisablehook
    threads = threading.excepthook

    def lines(kind=None, **always):
        if kind:
            set_up_log(kind, "gate", **always)
        return capsys.readouterr().err.splitlines()

    yield lines
    root.handlers, root.level, logging.raiseExceptions, sys.excepthook, sys.unraisablehook = before
    threading.excepthook = threads


def broken():
    raise KeyError(SECRET)


def test_a_json_line_has_time_level_event_and_each_thing_it_names(logged):
    logged("json", gate=3)
    log.warning("scan.too_fast: device %(device)d", {"device": 7})
    (line,) = logged()
    found = json.loads(line)
    assert found.pop("time").endswith("+00:00")
    assert found == {
        "level": "warning", "program": "gate", "gate": 3, "event": "scan.too_fast", "device": 7,
        "message": "scan.too_fast: device 7",
    }  # fmt: skip


def test_a_line_without_a_code_has_its_loggers_name_for_an_event_and_one_of_several_lines_is_one(logged):
    logged("json")
    log.info("two\nlines of %s", "text")
    (line,) = logged()
    assert (json.loads(line)["event"], json.loads(line)["message"]) == ("fangxian.test", "two\nlines of text")


def test_a_plain_line_says_the_level_only_of_what_is_more_than_a_note(logged):
    logged("plain")
    log.info("said")
    log.error("gate.fault: it")
    first, second = logged()
    assert first.endswith(" gate said")
    assert second.endswith(" gate ERROR gate.fault: it")


@pytest.mark.parametrize("kind", ["plain", "json"])
def test_of_an_exception_its_kind_and_place_are_written_and_never_what_it_says(logged, kind):
    logged(kind)
    try:
        broken()
    except KeyError:
        log.exception("gate.fault: it")
    (line,) = logged()
    assert "KeyError at test_logs.py:" in line
    assert SECRET not in line


@pytest.mark.parametrize("kind", ["plain", "json"])
def test_a_bug_that_nobody_caught_is_a_line_like_others_in_a_thread_too(logged, kind):
    logged(kind)
    thread = threading.Thread(target=broken)
    thread.start()
    thread.join()
    try:
        broken()
    except KeyError as error:
        sys.excepthook(KeyError, error, error.__traceback__)
    lines = logged()
    assert ["program.fault: KeyError at test_logs.py:" in line for line in lines] == [True, True]
    assert SECRET not in "".join(lines)


@pytest.mark.parametrize("kind", ["plain", "json"])
def test_what_a_library_says_is_not_written_since_it_may_name_what_was_sent(logged, kind):
    logged(kind)
    logging.getLogger("asyncio").error("Exception in callback %s", SECRET)
    (line,) = logged()
    assert "asyncio has something to say" in line
    assert SECRET not in line


def test_a_line_that_cannot_be_written_is_left_out(logged):
    logged("json")
    log.error("gate.fault: %(missing)s", {"given": SECRET})
    assert SECRET not in "".join(logged())


def test_the_innermost_places_are_kept_of_a_deep_one(logged):
    def deep(n):
        return broken() if n == 0 else deep(n - 1)

    try:
        deep(50)
    except KeyError as error:
        places = logs.places_of(error.__traceback__)
    assert len(places) == logs.MOST_PLACES
    assert places[0].startswith("test_logs.py:")
