"""Work that threads share: who does what, and what is left when one of them fails."""

import multiprocessing
import time
from threading import Event

import pytest

from fangxian.core.exposure.threads import map_with


@pytest.mark.parametrize("n_threads", [1, 2])
def test_work_comes_back_in_its_order(n_threads):
    assert list(map_with(n_threads)(abs, [-1, -2, -3])) == [1, 2, 3]


def test_a_process_that_was_forked_since_does_all_of_it_itself():
    list(map_with(2)(abs, [1, 2]))
    child = multiprocessing.get_context("fork").Process(target=lambda: list(map_with(2)(abs, [1, 2])))
    child.start()
    child.join(60)
    alive = child.is_alive()
    child.kill()
    assert not alive


def test_what_one_part_raises_waits_for_those_that_others_have_begun():
    begun, done = Event(), []

    def work(part):
        if part == 0:
            begun.wait(60)
            raise ValueError(part)
        begun.set()
        time.sleep(0.05)
        done.append(part)

    with pytest.raises(ValueError, match="0"):
        map_with(2)(work, [0, 1])
    assert done == [1]
