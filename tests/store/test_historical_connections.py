"""History leaves connections to live work, however many threads of it want one."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from contextvars import copy_context
from typing import TYPE_CHECKING

import pytest

from scout_workers import phases
from scout_workers.broker import Pool
from scout_workers.store import Store, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def narrow(store_url: str) -> Iterator[Store]:
    """A store of three connections, two of them for history."""
    pool = Pool(store_url, application_name="scout_app", max_size=3)
    yield Store(pool, checkout_seconds=0.3, historical_connections=2)
    pool.close()


def _hold(store: Store, stack: ExitStack, *, historical: bool) -> None:
    """Hold a transaction in a thread of its own until the stack is closed."""
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with ExitStack() as inner:
            phases.mark_historical(historical=historical)
            inner.enter_context(store.transaction())
            held.set()
            over.wait(30)

    thread = threading.Thread(target=hold, name="holder")
    thread.start()
    stack.callback(thread.join)
    stack.callback(over.set)
    assert held.wait(10)


def test_with_all_of_historys_connections_in_use_live_work_has_one_and_history_waits(
    narrow: Store,
) -> None:
    with ExitStack() as stack:
        for _ in range(2):
            _hold(narrow, stack, historical=True)
        with pytest.raises(StoreUnavailableError, match="history"):
            copy_context().run(_one, narrow)
        with narrow.transaction():
            pass
    copy_context().run(_one, narrow)


def _one(store: Store) -> None:
    """One short transaction of history's, in a context of its own."""
    phases.mark_historical(historical=True)
    with store.transaction():
        pass


def test_control_unmarked_history_takes_the_last_connection_too(narrow: Store) -> None:
    with ExitStack() as stack:
        for _ in range(3):
            _hold(narrow, stack, historical=False)
        with pytest.raises(StoreUnavailableError), narrow.transaction():
            pass
