"""Ends messages by their ids, whether they wait or are being worked on."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from .acts import SOMEBODY, Acts

if TYPE_CHECKING:
    from collections.abc import Callable

    from .database import Database
    from .pool import Connection

ABORT_SECONDS = 10.0


class Aborted(StrEnum):
    """What was done about a message.

    WAITING: It was ready or scheduled, and is a dead message now, with the reason 'aborted'.
    RUNNING: A worker has it, and learns of it with its next heartbeat. One that no thread has begun
        with dies then; of one that runs the calls are cut off, and it is dead if it ends in any
        error, done if it came to its end all the same.
    UNKNOWN: No such message waits or runs: it is done or dead, or there never was one.
    """

    WAITING = "waiting"
    RUNNING = "running"
    UNKNOWN = "unknown"


class Aborts:
    """Ends messages.

    Args:
        database: Where.
        asked: Called when a request was left that may be for this very process.
    """

    def __init__(self, database: Database, *, asked: Callable[[], None]) -> None:
        self._database = database
        self._acts = Acts(database)
        self._asked = asked

    def abort(self, message_id: str, *, by: str = SOMEBODY) -> Aborted:
        """End a message; reads the whole table of messages that wait and run.

        A message is not retried once it was aborted, nor run again when its worker dies: the
        request stays with it until it is dead or done. Several messages may have one id (a message
        enqueued again by its own actor): all of them end, and RUNNING counts before WAITING.

        Args:
            message_id: Dramatiq's id of it.
            by: Who says so, for the record.

        Raises:
            BrokerUnavailableError: The server stayed away for ten seconds, or broke off: it may
                have been done.
        """
        waiting, running = self._database.reach(
            lambda connection: self._ended(connection, message_id, by), seconds=ABORT_SECONDS
        )
        if running:
            self._asked()
            return Aborted.RUNNING
        return Aborted.WAITING if waiting else Aborted.UNKNOWN

    def _ended(self, connection: Connection, message_id: str, by: str) -> tuple[int, int]:
        with connection.transaction():
            parameters = {"message_id": message_id}
            ((waiting, running),) = self._database.run("abort", parameters, on=connection)
            if waiting or running:
                act = self._acts.begin(
                    "message abort", message_id, by=by, details={}, on=connection
                )
                self._acts.count(act, int(waiting) + int(running), on=connection)
                self._acts.end(act, on=connection)
            return int(waiting), int(running)
