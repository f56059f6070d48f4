"""Having texts gathered for embedding soon after they were written: together, and not each alone.

Every finished piece of work asks for it, and a process sends one message for all that ask within a
few seconds. The message waits a little longer than that, so that it finds what they committed;
what it does not find (a process that died, a broker that lost it) the schedule's own gathering
does, every minute.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from scout_workers import messages

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from scout_workers.store import Store, Transaction

EVERY_SECONDS: Final = 4.0
DELAY_MS: Final = 5000


def gather_texts() -> messages.Envelope:
    """Have texts that wait for their vectors put together in batches.

    Not on the actor's own queue, where a scheduled sweep may take its time.
    """
    return messages.Envelope("gather_texts", messages.EMBEDDINGS, ())


def embed_texts(batch_id: UUID, *, historical: bool = False) -> messages.Envelope:
    """Have a batch of texts embedded; historical ones never stand in the way of live ones."""
    queue = messages.BACKFILL if historical else messages.EMBEDDINGS
    return messages.Envelope("embed_texts", queue, (str(batch_id),))


class Gathering:
    """One message for whoever asks within a few seconds.

    Args:
        clock: Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sent = float("-inf")

    def soon(self, store: Store, tx: Transaction) -> None:
        """Have what this transaction wrote gathered soon after its commit.

        Does nothing where there are no vectors. Two who ask at the very same time may both send;
        the second message finds nothing to do.
        """
        if not store.vectors or self._clock() - self._sent < EVERY_SECONDS:
            return
        gather_texts().send(tx, delay=DELAY_MS)
        # Not before: a transaction that fails takes its message with it.
        tx.after_commit(self._mark)

    def _mark(self) -> None:
        self._sent = self._clock()


_process = Gathering()


def soon(store: Store, tx: Transaction) -> None:
    """Have what this transaction wrote gathered soon after its commit (`Gathering.soon`)."""
    _process.soon(store, tx)
