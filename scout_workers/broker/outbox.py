"""How messages get into the table: at once, in bulk, with the caller's commit, with an outcome."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from .errors import LeaseLostError
from .row import columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .claimed import ClaimedMessage
    from .database import Database
    from .pool import Connection
    from .row import NewRow

ENQUEUE_SECONDS = 10.0


class Outbox:
    """Writes messages; each enqueue is one message however often it has to be repeated.

    Args:
        database: Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._context = threading.local()

    @contextmanager
    def settling(self, message: ClaimedMessage) -> Iterator[None]:
        """Make what this thread enqueues in the block a part of the message's outcome."""
        self._context.message = message
        try:
            yield
        finally:
            self._context.message = None

    def put(self, row: NewRow, *, replacing: object = None) -> bool:
        """Write one message, or add it to the outcome that is being settled.

        Args:
            row: The message.
            replacing: The claimed message this row is the new contents of, if it is.

        Returns:
            Whether it is in the table now.

        Raises:
            BrokerUnavailableError: Postgres stayed away for ten seconds.
        """
        settling: ClaimedMessage | None = getattr(self._context, "message", None)
        if settling is None:
            self._database.insist(
                lambda connection: self._database.run("insert_message", asdict(row), on=connection),
                seconds=ENQUEUE_SECONDS,
            )
            return True
        if replacing is settling:
            settling.outcome.again = row
        else:
            settling.outcome.follow_ups.append(row)
        return False

    def put_many(self, rows: Sequence[NewRow]) -> None:
        """Write many messages in one commit.

        Raises:
            BrokerUnavailableError: Postgres stayed away for ten seconds.
        """
        arrays = columns(rows)
        self._database.insist(
            lambda connection: self._database.run("insert_messages", arrays, on=connection),
            seconds=ENQUEUE_SECONDS,
        )

    def put_in(self, connection: Connection, row: NewRow) -> None:
        """Write one message on the caller's transaction.

        Raises:
            psycopg.Error: As the statement raises; the transaction is the caller's.
        """
        self._database.run("enqueue_in", asdict(row), on=connection)

    def ack_in(self, connection: Connection, message: ClaimedMessage) -> None:
        """Acknowledge a message on the caller's transaction.

        Raises:
            LeaseLostError: The message is somebody else's by now.
            psycopg.Error: As the statement raises; the transaction is the caller's.
        """
        ((held,),) = self._database.run("ack_in", asdict(message.lease), on=connection)
        if not held:
            raise LeaseLostError(
                f"the lease {message.lease} is no longer ours: nothing may be written"
            )
        message.outcome.acked_in = True
