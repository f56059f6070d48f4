"""How vacuum keeps up with both schemas: what a real look tells, and what is made of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg
import pytest

from scout_workers.app import vacuum
from scout_workers.broker.bloat import Freezing
from scout_workers.broker.vacuum import Holder, ServerView, TableHealth, VacuumReport

if TYPE_CHECKING:
    from fix_store import Database

    from scout_workers.app import App

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HEALTH = TableHealth("scout.captures", 10, 0, None, NOW, [], 5000, 8192, 8192)
WELL = vacuum.VacuumLook(
    VacuumReport(ServerView("scout", sees_all=True, autovacuum=True), [HEALTH], []),
    [vacuum.VacuumTable(HEALTH, 100 << 20, 10 << 20)],
    Freezing(50_000_000, 200_000_000),
)


def test_a_look_tells_of_both_schemas_who_holds_back_and_what_is_to_spare(
    wondering: App, store_url: str, database: Database
) -> None:
    database.rows(
        "INSERT INTO scout_broker.result SELECT n, repeat('x', 200)::bytea, now() "
        "FROM generate_series(1, 20000) n"
    )
    database.rows("DELETE FROM scout_broker.result WHERE mod(key::int, 10) <> 0")
    database.rows("ANALYZE scout_broker.result")
    with psycopg.connect(store_url, application_name="somebody's shell") as holding:
        holding.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        holding.execute("SELECT 1")
        found = vacuum.look(wondering)

    tables = {each.health.name: each for each in found.tables}
    assert {"scout.captures", "scout_broker.message"} <= set(tables)
    result = tables["scout_broker.result"]
    assert result.spare_ratio == pytest.approx(0.9, abs=0.05)
    assert found.freezing.age < found.freezing.due_at
    (holder,) = (
        each for each in found.report.holders if each.application_name == "somebody's shell"
    )
    assert holder.state == "idle in transaction"
    assert holder.xid is not None
    assert "pg_terminate_backend" in holder.remedy


def test_each_thing_amiss_is_one_finding_with_what_to_do() -> None:
    (good,) = vacuum.findings(WELL)
    assert good.good

    slot = Holder("slot", "old_standby", None, None, "inactive", None, None, "700", 20_000, None)
    report = replace(
        WELL.report, tables=[replace(HEALTH, dead=20_000, due_at=30_000)], holders=[slot]
    )
    (held,) = vacuum.findings(replace(WELL, report=report))
    assert "the inactive replication slot 'old_standby'" in held.text
    assert "pg_drop_replication_slot('old_standby')" in held.remedy

    (late,) = vacuum.findings(replace(WELL, freezing=Freezing(400_000_000, 200_000_000)))
    assert not late.good
    assert "VACUUM (FREEZE)" in late.remedy

    roomy = replace(WELL, tables=[vacuum.VacuumTable(HEALTH, 200 << 20, 150 << 20)])
    _, spare = vacuum.findings(roomy)
    assert spare.good  # nobody need do anything
    assert "about 157 MB of 210 MB hold nothing" in spare.text
