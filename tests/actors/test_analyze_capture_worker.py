"""The actor under a real worker: many threads, duplicates, a failing model, a failing database."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING

import psycopg
import pytest
from dramatiq.middleware import CurrentMessage
from fix_broker import eventually, working
from fix_deliveries import adopted
from fix_store import straight

from scout_workers import messages
from scout_workers.broker import EngineOptions, PostgresBroker
from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.protocol import ModelError
from scout_workers.middleware.retries import VerdictRetries
from scout_workers.store import ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fix_deliveries import Deliveries

SETTLED = "SELECT count(*) FROM scout.analyses WHERE settled_at IS NOT NULL"
UNTOLD = "SELECT count(*) FROM scout.events WHERE broadcast_at IS NULL"
WRONG = """
SELECT c.key, array_agg(DISTINCT a.state), count(DISTINCT o.id), array_agg(DISTINCT l.status)
FROM scout.captures c
LEFT JOIN scout.analyses a ON a.capture_id = c.id
LEFT JOIN scout.observations o ON o.analysis_id = a.id
LEFT JOIN scout.llm_calls l ON l.subject_id = a.id
GROUP BY c.key
HAVING count(DISTINCT a.id) <> 1 OR count(DISTINCT o.id) <> 2 OR min(a.state) <> 'completed'
    OR count(DISTINCT l.id) FILTER (WHERE l.status = 'succeeded') <> 1
    OR bool_or(l.status = 'started')
"""


@pytest.fixture
def worker_broker(deliveries: Deliveries, store_route: str) -> Iterator[PostgresBroker]:
    """Our broker with retries and deferrals that come at once."""
    del deliveries  # provides the actors' resources
    retries = VerdictRetries(max_retries=50, min_backoff=1, max_backoff=5)
    broker = adopted(
        PostgresBroker(
            store_route,
            middleware=[CurrentMessage(), retries],
            options=EngineOptions(concurrency={"processing": 8, "default": 2}),
        )
    )
    yield broker
    broker.close()


def _in_doubt(deliveries: Deliveries) -> int:
    query = "SELECT count(*) FROM scout.llm_calls WHERE status = 'in_doubt'"
    return int(deliveries.database.value(query))


def _settled(deliveries: Deliveries, captures: int) -> Callable[[], bool]:
    def done() -> bool:
        return deliveries.database.value(SETTLED) == captures and not deliveries.waiting()

    return done


def test_each_of_many_captures_sent_three_times_has_one_result_whatever_the_model_does(
    deliveries: Deliveries, worker_broker: PostgresBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "LOOK_AGAIN_SECONDS", 0.05)
    seed = random.randrange(1 << 30)
    chance, lock = random.Random(seed), threading.Lock()

    def sometimes(*error_classes: ErrorClass) -> Callable[[], None]:
        first = iter([True])  # one is sure: there are seeds by which no paid call is in doubt

        def fail() -> None:
            with lock:
                fails = next(first, False) or chance.random() < 0.3
                error_class = chance.choice(error_classes)
            if fails:
                raise ModelError(error_class, "not now", retry_after=0.01)

        return fail

    deliveries.provider.before = sometimes(ErrorClass.SERVER_ERROR, ErrorClass.RATE_LIMITED)
    deliveries.provider.after = sometimes(ErrorClass.NETWORK, ErrorClass.TIMEOUT)
    captures = [deliveries.capture(number) for number in range(1, 21)]
    for capture_id in captures * 3:
        messages.analyze_capture(capture_id).send()
    with working(worker_broker, threads=10):
        eventually(_settled(deliveries, len(captures)), within=60)

    assert deliveries.database.rows(WRONG) == [], f"seed {seed}"
    in_doubt = _in_doubt(deliveries)
    assert in_doubt > 0, f"seed {seed}"
    assert len(deliveries.provider.paid) == len(captures) + in_doubt, f"seed {seed}"
    assert deliveries.database.value(UNTOLD) == 0


STORM = 50


@straight
def test_while_sessions_are_ended_at_random_nothing_is_paid_twice_and_no_retry_is_spent(
    deliveries: Deliveries, worker_broker: PostgresBroker
) -> None:
    for each in worker_broker.middleware:
        if isinstance(each, VerdictRetries):
            each.max_retries = 0  # one that is spent is the message's death
    captures = [deliveries.capture(number) for number in range(1, 41)]
    over, ended = threading.Event(), list[tuple[bool]]()

    def storm() -> None:
        with psycopg.connect(deliveries.database.url, autocommit=True) as connection:
            while len(ended) < STORM and not over.wait(0.02):
                ended.extend(
                    connection.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE datname = current_database() AND application_name = 'scout_app' "
                        "ORDER BY random() LIMIT 1"
                    ).fetchall()
                )

    for capture_id in captures:
        messages.analyze_capture(capture_id).send()
    thread = threading.Thread(target=storm, name="storm")
    thread.start()
    try:
        with working(worker_broker, threads=10):
            eventually(_settled(deliveries, len(captures)), within=60)
    finally:
        over.set()
        thread.join()

    assert len(ended) > 10
    assert deliveries.database.rows(WRONG) == []
    assert len(deliveries.provider.paid) == len(captures)
