"""`scout-workers prune`, and the same by a worker whose clock sends for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from fix_broker import eventually
from fix_store import straight

if TYPE_CHECKING:
    from pathlib import Path

    from fix_cli import CommandLine
    from fix_store import Database, Yard

OLD_EVENT = """
    INSERT INTO scout.events (organization_id, kind, subject_id, payload, created_at, broadcast_at)
    VALUES (%s, 'test', gen_random_uuid(), '{}', now() - interval '31 days', now())
"""
DEAD = """
    INSERT INTO scout_broker.dead_message
        (id, message_id, queue, actor, priority, attempt, enqueued_at, died_at, reason, payload)
    VALUES (%s, 'm', 'default', 'a', 0, 1, now(), now() - %s * interval '1 day', 'failed', '')
"""
COUNT = "SELECT count(*) FROM scout.events"


@straight
def test_what_would_go_is_shown_and_then_it_goes(
    cli: CommandLine, yard: Yard, database: Database
) -> None:
    database.rows(OLD_EVENT, yard.organization_id)
    for days in (29, 31, 32):
        database.rows(DEAD, days, days)
    events, dead = json.loads(cli.run("prune", "--dry-run", "--json").out)
    assert (events["kind"], events["count"]) == ("events", 1)
    assert (dead["kind"], dead["count"]) == ("dead_messages", 2)
    assert database.value(COUNT) == 1
    assert cli.run("prune").out == "Removed 1 events.\nRemoved 2 dead messages.\n"
    assert database.value(COUNT) == 0
    assert database.rows("SELECT id FROM scout_broker.dead_message") == [(29,)]
    assert cli.run("prune", "--dry-run").out == "Nothing is old enough to go.\n"


@straight
@pytest.mark.heavy
def test_a_worker_does_so_when_its_time_comes(
    cli: CommandLine, yard: Yard, database: Database, tmp_path: Path
) -> None:
    database.rows(OLD_EVENT, yard.organization_id)
    assert cli.run("cron", "--once").code == 0
    database.rows(
        "UPDATE scout.schedules SET misfire = 'once', next_at = now() - interval '1 hour' "
        "WHERE name = 'purge'"
    )
    database.rows("DELETE FROM scout.schedules WHERE name <> 'purge'")
    assert cli.given(SCOUT_SCHEDULE__PURGE__MISFIRE="once").run("cron", "--once").code == 0
    process = cli.start("worker", "--queues", "scheduled", log=tmp_path / "log")
    try:
        eventually(lambda: database.value(COUNT) == 0, within=60)
    finally:
        process.terminate()
        process.wait(60)
