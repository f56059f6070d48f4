"""`scout-workers backfill`: what a person types, sees, and may stop at any moment."""

from __future__ import annotations

import json
import signal
from functools import partial
from typing import TYPE_CHECKING

import pytest
from fix_broker import eventually
from fix_import import fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fix_cli import CommandLine
    from fix_store import Database

STATE = "SELECT state FROM scout.backfills"
WAITING = "SELECT count(*) FROM scout_broker.message WHERE queue = 'backfill'"


@pytest.fixture
def history(cli: CommandLine, folder: Path, database: Database) -> Database:
    """A camera's pictures of the past: captures nobody was told of."""
    fill(folder, 12)
    assert cli.run("import", folder, "--camera", "yard").code == 0
    database.rows("DELETE FROM scout_broker.message")
    return database


@pytest.fixture
def worker(cli: CommandLine, tmp_path: Path) -> Iterator[None]:
    process = cli.start("worker", log=tmp_path / "worker.log")
    yield
    process.terminate()
    process.wait(60)


def _done(database: Database, count: int) -> bool:
    completed = database.value("SELECT count(*) FROM scout.analyses WHERE state = 'completed'")
    return bool(completed == count)


def test_a_plan_tells_what_it_would_take_and_changes_nothing(
    cli: CommandLine, history: Database
) -> None:
    shown = cli.run("backfill", "plan")

    assert shown.code == 0
    assert "12 captures without analysis of every camera of default" in shown.out
    assert "$0.00" in shown.out
    assert "8 slots × 1 process ÷ 0.20 s (no worker is running" in shown.out
    dry = cli.run("backfill", "run", "--sample", "5", "--from", "1d", "--dry-run", "--json")
    plan = json.loads(dry.out)
    assert plan["survey"] == {"looked_at": 12, "wanted": 5, "without_profile": 0}
    assert plan["forecast"]["cost_microdollars"] == 0
    assert history.rows(STATE) == []


@pytest.mark.usefixtures("worker")
def test_run_brings_history_to_the_workers_and_says_how_it_went(
    cli: CommandLine, history: Database
) -> None:
    shown = cli.run("backfill", "run", "--max-in-flight", "4")

    assert shown.code == 0, shown.err
    assert "12 of 12 (100%)" in shown.out
    assert "scout-workers   completed" in shown.out
    assert _done(history, 12)
    again = cli.run("backfill", "run")
    assert again.code == 0
    assert "0 captures without analysis" in again.out
    listed = json.loads(cli.run("backfill", "list", "--json").out)
    assert [(each["state"], each["completed"]) for each in listed] == [("completed", 12)]


@pytest.mark.heavy
def test_ctrl_c_ends_the_watching_and_the_workers_go_on(
    cli: CommandLine, history: Database, tmp_path: Path
) -> None:
    watcher = cli.start("backfill", "run", "--max-in-flight", "4", "--oldest-first")
    eventually(lambda: history.rows(STATE) == [("running",)], within=60)
    second = cli.run("backfill", "run", "--detach")
    watcher.send_signal(signal.SIGINT)
    _, err = watcher.communicate(timeout=60)

    assert "A backfill of the same selection is running already" in second.err
    assert watcher.returncode == 130
    assert "It goes on in the workers." in err
    assert "No worker serves it now" in err
    assert "Traceback" not in err
    worker = cli.start("worker", log=tmp_path / "worker.log")
    eventually(partial(_done, history, 12), within=60)
    eventually(lambda: history.rows(STATE) == [("completed",)], within=60)
    worker.terminate()
    worker.wait(60)
    assert history.value("SELECT count(*) FROM scout.analyses") == 12


@pytest.mark.heavy
def test_paused_resumed_and_cancelled_it_is_told_who_did_so(
    cli: CommandLine, history: Database
) -> None:
    begun = cli.run("backfill", "run", "--detach", "--max-cost", "5", "--until", "8h")
    assert begun.code == 0, begun.err
    name = str(history.value("SELECT id FROM scout.backfills"))[:8]

    paused = cli.run("backfill", "pause", name)
    assert f"Backfill {name} is paused: 0 of 12 are done. Go on with it: " in paused.out
    resumed = cli.run("backfill", "resume", name, "--rate", "30", "--max-in-flight", "2")
    assert f"Backfill {name} is running" in resumed.out
    assert history.rows("SELECT rate, max_in_flight FROM scout.backfills") == [(30.0, 2)]
    cancelled = cli.run("backfill", "cancel", name)
    assert f"Backfill {name} is cancelled" in cancelled.out

    shown = cli.run("backfill", "status")
    assert "cancelled: by an operator" in shown.out
    told = json.loads(cli.run("backfill", "status", name, "--json").out)
    assert [each["change"] for each in told["history"]] == [
        "planned",
        "running",
        "paused",
        "running",
        "cancelled",
    ]
    assert cli.run("backfill", "resume", name).code == 2


def test_status_says_when_it_gives_way_to_live_work_and_to_whose(
    cli: CommandLine, history: Database
) -> None:
    assert cli.run("backfill", "run", "--detach", "--yield-at", "5").code == 0
    assert "gives way" not in cli.run("backfill", "status").err
    history.rows(
        "INSERT INTO scout_broker.message (message_id, queue, actor, payload)"
        " SELECT n, 'default', 'noop', '' FROM generate_series(1, 7) n RETURNING 1"
    )

    shown = cli.run("backfill", "status")

    assert "feeds nothing for now" in shown.err
    assert "default 7 (nothing is fed from 5 on)" in shown.err
    told = json.loads(cli.run("backfill", "status", "--json").out)
    assert told["live_waiting"] == {"default": 7}


def test_a_file_of_ids_is_taken_and_nothing_else(
    cli: CommandLine, history: Database, tmp_path: Path
) -> None:
    ids = [str(row[0]) for row in history.rows("SELECT id FROM scout.captures LIMIT 3")]
    file = tmp_path / "ids.txt"
    file.write_text("# three of them\n" + "\n".join([*ids, ids[0], str(history_of_nobody())]))

    assert cli.run("backfill", "run", "--ids", file, "--detach").code == 0

    listed = history.rows("SELECT capture_id::text, state FROM scout.backfill_items")
    assert sorted(listed) == sorted((each, "waiting") for each in ids)
    assert history.value("SELECT total FROM scout.backfills") == 3
    assert history.value(WAITING) == 0


def history_of_nobody() -> str:
    return "00000000-0000-0000-0000-000000000001"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plan", "--camera", "nowhere"], "Organization default has no camera 'nowhere'"),
        (["plan", "--organization", "nobody"], "There is no organization 'nobody'"),
        (["plan", "--from", "yesterday"], "'yesterday' is no moment: write 2026-05-01"),
        (["run", "--until", "25:00"], "'25:00' is no time of a day"),
        (["status", "ffff"], "There is no backfill 'ffff'"),
        (["pause", "xyz"], "'xyz' is no id"),
    ],
)
@pytest.mark.usefixtures("history")
def test_what_cannot_be_done_is_said_with_what_to_do(
    cli: CommandLine, arguments: list[str], said: str
) -> None:
    shown = cli.run("backfill", *arguments)
    assert shown.code == 2
    assert said in shown.err
