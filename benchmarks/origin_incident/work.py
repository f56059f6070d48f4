"""The work of all ways: captures to be asked about, a model that takes its time, short jobs."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from scout_workers.domain.calls import Answer, Usage
from scout_workers.phases import outside_transaction
from scout_workers.store import cameras, captures, organizations, profiles
from scout_workers.store.captures import NewCapture

if TYPE_CHECKING:
    import random
    import threading

    from scout_workers.app import App
    from scout_workers.store.transaction import Transaction

CALL_SECONDS: Final = (5.0, 30.0)
PATIENCE_SECONDS: Final = 10.0
"""How long a connection is waited for, and how long the strict server lets a transaction idle."""

CAPTURES: Final = 5000
FILL: Final = """
INSERT INTO scout.captures
    (organization_id, camera_id, bucket, key, captured_at, size_bytes, sha256, source)
SELECT %s, %s, 'captures', 'bench/' || n, timestamptz '2026-01-01' + n * interval '1 minute', 1,
       repeat('0', 64), 'bench'
FROM generate_series(1, %s) AS n
RETURNING id
"""
RAW: Final = json.dumps(
    {"headline": "The model took its time.", "severity": "info", "flags": [], "observations": []}
)


class TurnOverError(Exception):
    """The turn ended while the model was at it: neither done nor failed."""


class Work:
    """What is to be done, whoever does it.

    Args:
        app: Its database gets the captures.
        scale: Of the model's seconds.
    """

    def __init__(self, app: App, scale: float) -> None:
        self.scale = scale
        with app.store.transaction() as tx:
            self._organization = organizations.find_or_create(tx, "bench")
            self._camera = cameras.find_or_create(tx, self._organization, "yard")
            profiles.ensure_active(
                tx,
                self._organization,
                self._camera,
                provider="local",
                model="slow",
                instructions="",
            )
        with app.pool.connection() as connection:
            rows = connection.execute(FILL, [self._organization, self._camera, CAPTURES])
            self._captures = itertools.cycle([UUID(str(row[0])) for row in rows])
        app.pool.close()

    def next_capture(self) -> UUID:
        """Return one that nobody was asked about yet."""
        return next(self._captures)

    def ask(self, chance: random.Random, over: threading.Event) -> Answer:
        """Ask the model; outside a transaction, as far as the law can see.

        Raises:
            TransactionHeldError: Inside `store.transaction()`.
            TurnOverError: The turn ended first.
        """
        outside_transaction("model call")
        seconds = chance.uniform(*CALL_SECONDS) * self.scale
        if over.wait(seconds):
            raise TurnOverError
        return Answer(RAW, "slow", Usage(1000, 50), 100, "bench", int(seconds * 1000))

    def short_job(self, tx: Transaction) -> None:
        """Do a short job: a capture arrives."""
        key = uuid4().hex
        capture = NewCapture(
            organization_id=self._organization,
            camera_id=self._camera,
            bucket="captures",
            key=key,
            captured_at=datetime.now(UTC),
            size_bytes=1,
            sha256=key * 2,
            source="bench",
        )
        assert captures.insert(tx, capture) is not None
