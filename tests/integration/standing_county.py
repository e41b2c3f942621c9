"""Fushan at 2% of its people, built once for all files that stand on it, one after the other.

It stays in a transaction that is open from the first test that needs it until the first that does not; what a file puts
on record beside it, and what a test changes, is in savepoints of that, and goes with them. Building it takes some four
seconds of processor on either database, and a dozen of files need it.
"""

import pytest

from tests.made_once import FUSHAN, fushan_data


class StandingCounty:
    """Where it is built, and left again; one a process."""

    def __init__(self) -> None:
        self._transaction = self._unblock = self._told = None

    def stand(self, unblock) -> dict:
        """What `build_county` told; `unblock()` lets the database be used."""
        if self._transaction is None:
            from django.db import transaction

            self._transaction, self._unblock = transaction.atomic(), unblock
            with unblock():
                self._transaction.__enter__()
                try:
                    self._told = _built()
                except BaseException:
                    self.leave()
                    raise
        return self._told

    def leave(self) -> None:
        """As if it had never been built."""
        if self._transaction is None:
            return
        from django.db import transaction

        with self._unblock():
            transaction.set_rollback(True)
            self._transaction.__exit__(None, None, None)
        self._transaction = None


def _built() -> dict:
    from fangxian.ops.procedures import build_county as building

    made = fushan_data()  # what `read_county` makes of the files and the seed
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "read_county", lambda *_, **__: made)
        return building.build_county(folder=FUSHAN, seed=1, scale=0.02, by="program:test", step=lambda *_: None)


def stands_on_it(item) -> bool:
    return "fushan_of_this_file" in getattr(item, "fixturenames", ())
