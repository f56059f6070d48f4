"""What a look at the broker finds: nothing where all is well, and else a sentence with a remedy."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import dramatiq
import pytest
from fix_broker import rows

from scout_workers.broker import Finding, Health, HealthReport, QueueControl, findings
from scout_workers.broker.health import DeadAges, Pending
from scout_workers.broker.observation import QueueStats, WorkerRow
from scout_workers.broker.vacuum import Holder, ServerView, TableHealth, VacuumReport

if TYPE_CHECKING:
    from scout_workers.broker import PostgresBroker

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DRAINING = False
WELL = HealthReport(
    queues=[QueueStats("default", 3, 0, 1, 0, 2.0, paused=False)],
    controls=[],
    workers=[WorkerRow(uuid4(), "h", 7, "1", ["default"], 4, DRAINING, NOW, 1.0, 1)],
    dead_after=15,
    pending=Pending(1, 3.0, 1, 0.1, 5, 5, 5, 5, 1, 2.0),
    dead=[DeadAges("default", 0, 0, 2, 5, NOW)],
    vacuum=VacuumReport(
        ServerView("scout", sees_all=True, autovacuum=True),
        [TableHealth("message", 10, 40_000, None, NOW, [], 30_000, 8192, 8192)],
        [Holder("session", "9", "app", "scout", "active", 2.0, None, "700", 5, "SELECT 1")],
    ),
)


def bad(report: HealthReport) -> list[Finding]:
    found = [finding for finding in findings(report) if not finding.good]
    assert all(finding.remedy for finding in found)
    return found


def test_a_broker_that_is_well_has_a_good_word_for_each_subject() -> None:
    assert bad(WELL) == []
    assert [finding.subject for finding in findings(WELL)] == [
        *("workers", "queues", "housekeeping", "dead messages", "vacuum")
    ]


def stats(**changes: Any) -> list[QueueStats]:
    return [replace(WELL.queues[0], **changes)]


def control(**changes: Any) -> list[QueueControl]:
    return [replace(QueueControl("default", None, None, None), **changes)]


def holding(**changes: Any) -> VacuumReport:
    return replace(WELL.vacuum, holders=[replace(WELL.vacuum.holders[0], **changes)])


def pending(**changes: Any) -> Pending:
    return replace(WELL.pending, **changes)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"workers": []}, "there is work and no worker"),
        (
            {"workers": [replace(WELL.workers[0], heartbeat_age=60.0)]},
            "h:7 was last heard of 60 s ago and has 1 messages",
        ),
        (
            {"workers": [replace(WELL.workers[0], queues=["other"])]},
            "3 messages wait and no worker serves it",
        ),
        (
            {"controls": control(paused_at=NOW, paused_by="ann")},
            "3 messages wait: ann paused it at 2026-06-01 12:00 UTC",
        ),
        ({"controls": control(global_limit=0)}, "none may run, by its limit of 0"),
        ({"queues": stats(oldest_ready_seconds=1000.0)}, "3 messages wait, the first for 1000 s"),
        ({"pending": pending(orphaned_for=100.0)}, "1 messages are leased to workers that are"),
        ({"pending": pending(due_for=100.0)}, "1 scheduled messages are due, one for 100 s"),
        ({"pending": pending(aborting_for=100.0)}, "1 messages were to be aborted and go on"),
        (
            {"pending": pending(results=20_000, dead=30_000)},
            "20000 results and 30000 dead messages have expired and are still there",
        ),
        (
            {"dead": [DeadAges("default", 1, 2, 3, 4, NOW)]},
            "2 of queue default died within a day, 1 of them within an hour (4 in all)",
        ),
        (
            {
                "vacuum": replace(
                    WELL.vacuum, server=ServerView("s", sees_all=True, autovacuum=False)
                )
            },
            "autovacuum is off",
        ),
        (
            {"vacuum": holding(open_seconds=400.0)},
            "session 9 of 'scout' (app), active, open for 400 s, 5 transactions behind: SELECT 1",
        ),
        (
            {"vacuum": holding(open_seconds=None, behind=20_000, state=None, query=None)},
            "session 9 of 'scout' (app), since when this role is not shown, 20000 transactions",
        ),
        (
            {"vacuum": holding(state="idle in transaction", open_seconds=90.0, idle_seconds=80.0)},
            "session 9 of 'scout' (app), idle in transaction, for 80 s: SELECT 1",
        ),
        (
            {"vacuum": holding(xid=None, behind=None, open_seconds=400.0)},
            "session 9 of 'scout' (app), active, open for 400 s: SELECT 1",
        ),
        (
            {"vacuum": replace(WELL.vacuum, tables=[replace(WELL.vacuum.tables[0], due_at=5000)])},
            "message has 40000 dead rows, and autovacuum was to come at 5000",
        ),
    ],
)
def test_each_thing_amiss_is_one_finding_with_a_remedy(changes: dict[str, Any], text: str) -> None:
    (finding,) = bad(replace(WELL, **changes))
    assert text in finding.text


def test_a_role_that_is_shown_little_is_told_so_and_how_to_be_shown_more() -> None:
    server = ServerView("app", sees_all=False, autovacuum=True)
    report = replace(WELL, vacuum=replace(WELL.vacuum, server=server))
    assert bad(report) == []
    assert findings(report)[-1].remedy == 'GRANT pg_read_all_stats TO "app" would show it'


def test_a_real_look_counts_what_is_there(broker: PostgresBroker, broker_database: str) -> None:
    health = Health(broker.outbox.database, dead_after=15, keep_dead=3600)
    assert [finding.good for finding in findings(health.look())] == [True] * 5

    for _ in range(4):
        broker.enqueue(dramatiq.Message("default", "noop", (), {}, {}))
    rows(
        broker_database,
        "UPDATE scout_broker.message SET state = 'leased', lease_owner = gen_random_uuid(), "
        "leased_at = now() - interval '5 minutes' WHERE id IN "
        "(SELECT id FROM scout_broker.message ORDER BY id LIMIT 2)",
    )
    rows(
        broker_database,
        "UPDATE scout_broker.message SET state = 'scheduled', available_at = now() - "
        "interval '5 minutes' WHERE id = (SELECT max(id) FROM scout_broker.message)",
    )
    rows(
        broker_database,
        "INSERT INTO scout_broker.dead_message (id, message_id, queue, actor, priority, attempt, "
        "enqueued_at, died_at, reason, payload) SELECT n, n, 'default', 'noop', 0, 1, now(), "
        "now() - n * interval '50 minutes', 'failed', '' FROM generate_series(1, 40) n",
    )
    rows(
        broker_database,
        "INSERT INTO scout_broker.result VALUES ('a', '', now() - interval '1 minute')",
    )

    report = health.look()
    assert (report.pending.orphans, report.pending.due, report.pending.results) == (2, 1, 1)
    assert report.pending.dead == 39
    (ages,) = report.dead
    assert (ages.hour, ages.day, ages.week, ages.total) == (1, 28, 40, 40)
    subjects = [finding.subject for finding in bad(report)]
    assert subjects == ["workers", "housekeeping", "housekeeping", "dead messages"]
