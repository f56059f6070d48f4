"""Everything the store raises on its own account; statements raise psycopg's errors as they are.

StoreError
├── StoreUnavailableError       no connection could be had: nothing was begun
├── StoreBusyError              what all share was taken for longer than one waits for it
└── CommitLostError             a statement's error was swallowed, so COMMIT could only roll back
phases.TransactionHeldError
└── NestedTransactionError      a transaction was begun inside another one
"""

from __future__ import annotations

import psycopg

from scout_workers.phases import TransactionHeldError


class StoreError(Exception):
    """Base of the store's own errors."""


class StoreUnavailableError(StoreError):
    """No connection could be had: the server is away, or the pool is exhausted."""


class StoreBusyError(StoreError):
    """What the whole fleet shares was not to be had in time: nothing was done, come again soon."""


class CommitLostError(StoreError):
    """The transaction had failed before its commit, so that nothing of it was kept."""


class NestedTransactionError(TransactionHeldError):
    """A transaction was begun in a context that holds one already."""


def is_away(error: BaseException) -> bool:
    """Whether it tells of a database that was not there, and of nothing that was asked of it.

    It could not be reached, or it ended the session: it was shut down, crashed, is starting, has no
    connection left, or was told to by somebody.
    """
    if isinstance(error, StoreUnavailableError | psycopg.errors.IdleInTransactionSessionTimeout):
        return True
    if not isinstance(error, psycopg.OperationalError):
        return False
    # One that libpq raises, because nobody answered, has no SQLSTATE.
    state = error.sqlstate
    return state is None or state.startswith(("08", "57P")) or state == _TOO_MANY_CONNECTIONS


_TOO_MANY_CONNECTIONS = "53300"
