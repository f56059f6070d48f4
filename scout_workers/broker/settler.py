"""Settles outcomes in batches: one thread, one transaction for whatever has gathered meanwhile."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import psycopg

from . import effects
from .background import Background
from .errors import BrokerUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from uuid import UUID

    from .claimed import ClaimedMessage
    from .database import Database
    from .pool import Connection

logger = logging.getLogger(__name__)

LARGEST_BATCH = 1000
# From so many outcomes a second on, commits are this far apart: a commit takes half a millisecond,
# so that without a pause a fast queue would be settled in fives.
BUSY_PER_SECOND = 1000.0
BUSY_PAUSE_SECONDS = 0.01


class Settler:
    """Writes down what became of claimed messages.

    The rows of a batch, with the follow-ups of each, are settled in one transaction. While the
    server is away the batch is kept and repeated in order: every statement is fenced, so repeating
    it is safe, and the leases of what it holds stay alive by the heartbeat.

    Args:
        database: Where.
        settled: Called with each message whose settlement is known, and whether it took effect;
            False: the lease was somebody else's by then, and nothing of the outcome happened.
    """

    def __init__(
        self, database: Database, settled: Callable[[Sequence[ClaimedMessage], set[int]], None]
    ) -> None:
        self._database = database
        self._settled = settled
        self._waiting: deque[ClaimedMessage] = deque()
        self._repeating = False
        self._settled_at = time.monotonic()
        self._emptied = threading.Condition()
        self._thread = Background("broker-settler", self.run_once)

    def start(self) -> None:
        """Start settling."""
        self._thread.start()

    def submit(self, message: ClaimedMessage) -> None:
        """Hand in a message whose outcome is complete."""
        self._waiting.append(message)
        self._thread.wake()

    def flush(self, timeout: float) -> bool:
        """Wait until everything handed in is settled; False if it was not in time."""
        with self._emptied:
            return self._emptied.wait_for(lambda: not self._waiting, timeout)

    def stop(self, timeout: float) -> bool:
        """Settle what was handed in and stop; False if that did not succeed in time."""
        flushed = self.flush(timeout)
        self._thread.stop()
        return self._thread.join(timeout) and flushed

    def run_once(self) -> float | None:
        """Settle one batch, if there is one."""
        batch = self._next_batch()
        if not batch:
            return None
        self._settle(batch)
        with self._emptied:
            # Only now: what is in the queue is what is not yet known to be settled.
            for _ in batch:
                self._waiting.popleft()
            self._emptied.notify_all()
        since, self._settled_at = self._settled_at, time.monotonic()
        if len(batch) < LARGEST_BATCH and len(batch) > BUSY_PER_SECOND * (self._settled_at - since):
            time.sleep(BUSY_PAUSE_SECONDS)
        return 0.0

    def _next_batch(self) -> list[ClaimedMessage]:
        """Return the first outcomes, as far as they show one and the same owner's leases."""
        batch = [self._waiting[i] for i in range(min(len(self._waiting), LARGEST_BATCH))]
        return list(takewhile(lambda m: m.lease.owner == batch[0].lease.owner, batch))

    def _settle(self, batch: list[ClaimedMessage]) -> None:
        try:
            took_effect = self._database.once(
                lambda connection: self._write(connection, batch), trusting=True
            )
        except BrokerUnavailableError:
            self._repeating = True
            raise
        except psycopg.Error:
            if len(batch) == 1:
                logger.exception("outcome of %s was refused and is dropped", batch[0].lease)
                took_effect = set()
            else:
                # One of them is at fault: the others must not suffer for it.
                for message in batch:
                    self._settle([message])
                return
        # After a lost reply a row that is gone may well have been settled by our first try.
        repeated, self._repeating = self._repeating, False
        known = {message.lease.id for message in batch} if repeated else took_effect
        self._settled(batch, known)

    def _write(self, connection: Connection, batch: Sequence[ClaimedMessage]) -> set[int]:
        acks, retries, deaths, untouched = _sorted_by_outcome(batch)
        if not effects.any_of(batch):
            # One statement is a transaction by itself.
            if len(acks) == len(batch):
                return self._run(connection, "settle_acks", tokens(acks))
            if len(retries) == len(batch):
                return self._run(connection, "settle_retries", _again(retries))
        with connection.transaction():
            done: set[int] = set()
            if acks:
                done |= self._run(connection, "settle_acks", tokens(acks))
            if retries:
                done |= self._run(connection, "settle_retries", _again(retries))
            if deaths:
                done |= self._run(connection, "settle_deaths", tokens(deaths) | _causes(deaths))
            if untouched:
                done |= self._run(connection, "release", tokens(untouched))
            ended = [m for m in batch if m.lease.id in done or m.was_acked_in()]
            effects.write(self._database, connection, ended)
            return done

    def _run(self, connection: Connection, name: str, parameters: dict[str, Any]) -> set[int]:
        return {row[0] for row in self._database.run(name, parameters, on=connection)}


def _sorted_by_outcome(
    batch: Sequence[ClaimedMessage],
) -> tuple[list[ClaimedMessage], ...]:
    acks, retries, deaths, untouched = [], [], [], []
    for message in batch:
        if message.outcome.untouched:
            untouched.append(message)
        elif message.outcome.dead:
            deaths.append(message)
        elif message.outcome.again is not None:
            retries.append(message)
        else:
            acks.append(message)
    return acks, retries, deaths, untouched


def tokens(messages: Sequence[ClaimedMessage]) -> dict[str, Any]:
    """Return what every settling statement checks the leases of one owner by."""
    return {
        "ids": [message.lease.id for message in messages],
        "attempts": [message.lease.attempt for message in messages],
        "owner": messages[0].lease.owner,
    }


def by_owner(messages: Iterable[ClaimedMessage]) -> list[list[ClaimedMessage]]:
    """Sort messages by the id they were claimed under; a process has a new one after a fence."""
    owners: dict[UUID, list[ClaimedMessage]] = {}
    for message in messages:
        owners.setdefault(message.lease.owner, []).append(message)
    return list(owners.values())


def _again(messages: Sequence[ClaimedMessage]) -> dict[str, Any]:
    rows = [message.outcome.again for message in messages if message.outcome.again is not None]
    return tokens(messages) | {
        "queues": [row.queue for row in rows],
        "priorities": [row.priority for row in rows],
        "delays_ms": [row.delay_ms for row in rows],
        "payloads": [row.payload for row in rows],
    }


def _causes(messages: Sequence[ClaimedMessage]) -> dict[str, list[Any]]:
    return {
        "reasons": [message.outcome.reason for message in messages],
        "errors": [message.outcome.error for message in messages],
    }
