"""How messages and results are written: at once, in bulk, with a commit, with an outcome."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from . import direct
from .copying import copied
from .effects import Arrival, KeptResult, result_columns
from .errors import LeaseLostError
from .notes import OUTCOME_SECONDS, note_key
from .row import columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .claimed import ClaimedMessage
    from .database import Database
    from .pool import Connection
    from .row import NewRow

ENQUEUE_SECONDS = 10.0


class Outbox:
    """Writes messages and results; each is there once however often it has to be repeated.

    Args:
        database: Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._context = threading.local()

    @property
    def database(self) -> Database:
        """Where it writes."""
        return self._database

    @contextmanager
    def settling(
        self, message: ClaimedMessage, error: BaseException | None = None
    ) -> Iterator[None]:
        """Make what this thread enqueues or keeps in the block a part of the message's outcome.

        Args:
            message: The message.
            error: How its actor ended, if not well.
        """
        outcome = message.outcome
        outcome.note(error)
        if error is not None:
            # Whatever was gathered was of a better end, whose hooks were interrupted.
            outcome.follow_ups, outcome.results, outcome.arrival = [], {}, None
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
        settling = self._settled_here()
        if settling is None:
            key = note_key()
            self._database.insist(
                lambda connection: direct.insert(connection, self._database.schema, row, key),
                seconds=ENQUEUE_SECONDS,
            )
            return True
        arrival = settling.outcome.arrival
        if replacing is settling:
            settling.outcome.again = row
        elif arrival is not None and row.message_id in arrival.callbacks:
            arrival.rows.append(row)
        else:
            settling.outcome.follow_ups.append(row)
        return False

    def keep(self, key: str, result: KeptResult) -> None:
        """Write a result, or add it to the outcome that is being settled.

        Raises:
            BrokerUnavailableError: Postgres stayed away for ten seconds.
        """
        settling = self._settled_here()
        if settling is not None:
            settling.outcome.results[key] = result
            return
        arrays = result_columns({key: result})
        self._database.insist(
            lambda connection: self._database.run("store_results", arrays, on=connection),
            seconds=ENQUEUE_SECONDS,
        )

    def arrive(self, key: str, ttl_ms: int) -> bool:
        """Add to the outcome that is being settled that it reaches its group's barrier.

        Whether that completes the barrier is only known in the transaction that settles it. Until
        then the group's completion callbacks, when they are enqueued, wait with the arrival.

        Args:
            key: The barrier's.
            ttl_ms: For how long the barrier lives on, in milliseconds.

        Returns:
            False: no message is being settled here whose group has that barrier.
        """
        settling = self._settled_here()
        if settling is None or settling.options.get("group_completion_uuid") != key:
            return False
        callbacks = settling.options.get("group_completion_callbacks") or ()
        ids = frozenset(str(callback["message_id"]) for callback in callbacks)
        settling.outcome.arrival = Arrival(key, ttl_ms, ids)
        return True

    def is_arriving(self, key: str) -> bool:
        """Tell whether the message being settled here reaches that barrier with its outcome."""
        settling = self._settled_here()
        arrival = None if settling is None else settling.outcome.arrival
        return arrival is not None and arrival.key == key

    def put_many(self, rows: Callable[[], Iterable[NewRow]], *, deduplicated: bool) -> None:
        """Write many messages in one commit.

        Args:
            rows: Makes them, for each try again and in its transaction: so the server takes one
                while the next is encoded.
            deduplicated: Whether any of them may have a dedup_key.

        Raises:
            BrokerUnavailableError: Postgres stayed away for ten seconds.
        """
        key = note_key()

        def write(connection: Connection) -> None:
            with connection.transaction():
                noted = self._database.run("note_enqueue", {"key": key}, on=connection)
                if not noted:
                    return  # an earlier try was committed, though its reply was lost
                if deduplicated:
                    self._database.run("insert_messages", columns(rows()), on=connection)
                    return
                ((now,),) = noted
                data = copied(rows(), now=now, encoding=connection.info.encoding)
                self._database.copy("copy_messages", data, on=connection)

        self._database.insist(write, seconds=ENQUEUE_SECONDS)

    def put_in(self, connection: Connection, rows: Sequence[NewRow]) -> None:
        """Write messages on the caller's transaction.

        Raises:
            psycopg.Error: As the statement raises; the transaction is the caller's.
        """
        if len(rows) == 1:
            self._database.run("enqueue_in", rows[0]._asdict(), on=connection)
        elif rows:
            self._database.run("enqueue_many_in", columns(rows), on=connection)

    def ack_in(self, connection: Connection, message: ClaimedMessage) -> None:
        """Acknowledge a message on the caller's transaction.

        Raises:
            LeaseLostError: The message is somebody else's by now.
            psycopg.Error: As the statement raises; the transaction is the caller's.
        """
        ((held,),) = self._database.run("ack_in", message.lease._asdict(), on=connection)
        if not held:
            raise LeaseLostError(
                f"the lease {message.lease} is no longer ours: nothing may be written"
            )
        message.outcome.acked_in = note_key(ahead=OUTCOME_SECONDS)

    def _settled_here(self) -> ClaimedMessage | None:
        message: ClaimedMessage | None = getattr(self._context, "message", None)
        return message
