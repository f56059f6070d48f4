"""The law: nobody thinks while holding a connection.

`store.transaction()` marks the context with `holding_transaction()`; every model and blob call
begins with `outside_transaction()`. A call made while a transaction is open in the same context
raises `TransactionHeldError`, in tests and in production alike.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_open_transactions: ContextVar[int] = ContextVar("open_transactions", default=0)
_historical: ContextVar[bool] = ContextVar("historical", default=False)


class TransactionHeldError(RuntimeError):
    """A slow call was attempted while this context held a database transaction."""


@contextmanager
def holding_transaction() -> Iterator[None]:
    """Mark the current context as holding a transaction until the block ends."""
    token = _open_transactions.set(_open_transactions.get() + 1)
    try:
        yield
    finally:
        _open_transactions.reset(token)


def transaction_is_open() -> bool:
    """Whether this context holds a transaction."""
    return _open_transactions.get() > 0


def outside_transaction(what: str) -> None:
    """Refuse to go on while this context holds a transaction.

    Args:
        what: The slow call about to be made, as the error should name it ("model call").

    Raises:
        TransactionHeldError: A `store.transaction()` block is open in this context.
    """
    if transaction_is_open():
        raise TransactionHeldError(
            f"{what} inside store.transaction(): finish the transaction first, then make the "
            "call. A connection held while a model thinks is a connection nobody else has.",
        )


def mark_historical(*, historical: bool) -> None:
    """Say whether this context works on history, which leaves connections to live work."""
    _historical.set(historical)


def work_is_historical() -> bool:
    """Whether this context works on history."""
    return _historical.get()
