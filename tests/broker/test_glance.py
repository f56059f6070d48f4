"""What queues hold at a glance: as the whole count says it, and counted no further than asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fix_broker import rows
from fix_million import STATISTICS, WORKER, explain, lease

from scout_workers.broker import glance

if TYPE_CHECKING:
    from fix_million import Plans

    from scout_workers.broker import PostgresBroker

FILL = """
    INSERT INTO scout_broker.message
        (message_id, queue, actor, priority, state, available_at, lease_owner, payload)
    SELECT n, q.name, 'noop', n % 3, s.state, now() + s.age, s.owner, ''
    FROM generate_series(1, 7) n, (VALUES ('a'), ('b c'), ('z')) q (name),
        (VALUES ('ready', interval '-60 s', NULL::uuid),
                ('scheduled', interval '90 s', NULL),
                ('leased', interval '-90 s', gen_random_uuid())) s (state, age, owner)
    WHERE NOT (q.name = 'z' AND s.state = 'ready')
"""
DEAD = """
    INSERT INTO scout_broker.dead_message
        (id, message_id, queue, actor, priority, attempt, enqueued_at, died_at, reason, payload)
    SELECT -n, n, 'of the dead', 'noop', 0, 1, now(), now() - n * interval '10 hours', 'failed', ''
    FROM generate_series(1, 4) n
"""


def test_a_glance_says_what_the_whole_count_says(
    broker: PostgresBroker, broker_database: str
) -> None:
    rows(broker_database, FILL)
    rows(broker_database, DEAD)
    broker.controls.pause("told of", by="ann")
    broker.controls.limit("a", 3)

    found = {each.queue: each for each in glance(broker.outbox.database)}

    for each in broker.queue_stats():
        seen = found[each.queue]
        counts = (each.ready, each.scheduled, each.leased, each.dead)
        assert (seen.ready, seen.scheduled, seen.leased, seen.dead) == counts
    assert sorted(found) == ["a", "b c", "of the dead", "told of", "z"]
    assert found["of the dead"].died_within_a_day == 2
    assert found["told of"].paused_by == "ann"
    assert (found["a"].global_limit, found["z"].global_limit) == (3, None)
    assert found["b c"].oldest_ready_seconds == pytest.approx(60, abs=30)
    assert found["b c"].next_due_seconds == pytest.approx(90, abs=30)
    assert found["z"].oldest_ready_seconds is None

    few = {each.queue: each for each in glance(broker.outbox.database, most=2)}
    # Two of each of three priorities; of what is scheduled and leased two in all.
    assert few["a"].ready == 6
    assert sum(each.scheduled for each in few.values()) == 2
    assert sum(each.leased for each in few.values()) == 2
    assert (few["of the dead"].dead, few["of the dead"].died_within_a_day) == (2, 2)


@pytest.mark.heavy
@pytest.mark.timeout(900)
@pytest.mark.parametrize("known", STATISTICS)
def test_a_glance_at_two_millions_reads_what_it_counts_and_no_more(
    million: Plans, known: str
) -> None:
    with million.knowing(known) as connection:
        lease(connection, 500, WORKER)
        found = explain(connection, "glance", most=1000)
        whole = explain(connection, "queue_stats")
    assert found.rows == 10
    assert "Seq Scan" not in found.scans
    # Nine queues of ready ones, two with a second priority; a page a row at the very most.
    assert found.buffers <= 20_000
    assert whole.buffers > 2 * found.buffers  # the control
