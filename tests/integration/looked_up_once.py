"""Who is signed in is read at their first page, not at each, where two dozen people open thousands of pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore

from fangxian.ops.accounts.queries import appointments_of


@contextmanager
def everybody_looked_up_once() -> Iterator[None]:
    """A quarter of a page's processor: session, account and appointments, four statements.

    What a page does to whoever opens it, it does to a copy. Nobody's rights may change meanwhile.
    """
    sessions, accounts = {}, {}
    load, get_user = SessionStore.load, ModelBackend.get_user

    def load_once(self):
        key = self.session_key
        if not sessions.get(key):
            sessions[key] = load(self)
        return dict(sessions[key])

    def get_user_once(self, user_id):
        if user_id not in accounts:
            accounts[user_id] = get_user(self, user_id)
            appointments_of(accounts[user_id])  # is remembered by the account, and so by its copies
        return copy(accounts[user_id])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SessionStore, "load", load_once)
        patch.setattr(ModelBackend, "get_user", get_user_once)
        yield
