"""The file of a mapped base is cut while a gate uses it: whoever cuts it waits until the gate has it in its memory."""

import os
from functools import partial
from threading import Thread

import pytest

from fangxian.gate import following, opening
from fangxian.gate.following import Follower
from tests.unit.gate import gate_files as county
from tests.unit.gate.doors import Wall


@pytest.fixture
def follower(files, monkeypatch):
    """A gate's, with its base mapped as a large one is."""
    monkeypatch.setattr(following, "open_file", partial(_open_mapped, opening.open_file))
    follower = Follower(files.folder, realm=county.REALM, wall_ms=Wall())
    follower.look()
    held = follower.knowledge.columns[0].obj
    if not isinstance(held, opening.Mapped) or held.lease < 0:
        pytest.skip("this disk gives no lease")
    return follower


def _open_mapped(open_file, path, verify, *, breathe, mapped_from=0):
    return open_file(path, verify, breathe=breathe, mapped_from=mapped_from)


def test_a_base_in_use_is_read_apart_before_its_file_is_cut(files, follower):
    path = files.folder / f"base-{county.BASE}.fxs"
    known = follower.knowledge.find(county.GREEN)
    cutting = Thread(target=os.truncate, args=(path, 0))
    cutting.start()
    while follower.base_asked_back() is None:
        assert cutting.is_alive(), "it was cut without a word"
    assert path.stat().st_size > 0
    follower.look()
    cutting.join(30)
    assert path.stat().st_size == 0
    assert follower.knowledge.find(county.GREEN) == known
    assert follower.troubles == {}


def test_nobody_waits_for_a_base_that_is_used_no_more(files, follower):
    follower.knowledge = None
    os.truncate(files.folder / f"base-{county.BASE}.fxs", 0)


def test_where_no_lease_is_given_a_base_is_read_and_not_mapped(files, monkeypatch):
    monkeypatch.setattr(opening, "_lease", lambda file: False)
    monkeypatch.setattr(following, "open_file", partial(_open_mapped, opening.open_file))
    follower = Follower(files.folder, realm=county.REALM, wall_ms=Wall())
    follower.look()
    assert not isinstance(follower.knowledge.columns[0].obj, opening.Mapped)
