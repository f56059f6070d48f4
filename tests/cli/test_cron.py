"""`scout-workers cron`: what operators and crontabs do with the schedule."""

from __future__ import annotations

import json
import shutil
import signal
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fix_broker import eventually
from fix_schedule import SENT

if TYPE_CHECKING:
    from fix_cli import CommandLine
    from fix_store import Database

SCHEDULE = """
[nightly]
cron = "30 2 * * *"
time_zone = "Europe/Berlin"
actor = "purge"

[often]
cron = "*/5 * * * *"
actor = "sweep"
"""
DUE = "UPDATE scout.schedules SET next_at = now() - interval '1 hour' WHERE name = 'often'"


@pytest.fixture
def scheduled(cli: CommandLine, tmp_path: Path) -> CommandLine:
    """The command with a schedule of its own."""
    settings = tmp_path / "settings"
    shutil.copytree(Path(__file__).parents[2] / "settings", settings)
    (settings / "schedule.toml").write_text(SCHEDULE)
    return cli.given(SCOUT_SETTINGS_DIR=str(settings))


def test_a_crontab_sends_what_is_due_once(scheduled: CommandLine, database: Database) -> None:
    shown = scheduled.run("cron", "--once")
    assert shown.code == 0, shown.err
    assert shown.out.startswith("Nothing is due; the next time is ")
    database.rows(DUE)

    assert scheduled.run("cron", "--once").out.startswith("Sent often for ")
    assert scheduled.run("cron", "--once").out.startswith("Nothing is due; ")
    assert database.rows(SENT) == [("sweep",)]


def test_a_process_of_its_own_looks_on_until_it_is_told_to_stop(
    scheduled: CommandLine, database: Database, tmp_path: Path
) -> None:
    assert scheduled.run("cron", "--once").code == 0
    database.rows(DUE)
    process = scheduled.start("cron", log=tmp_path / "log")
    try:
        eventually(lambda: database.rows(SENT) == [("sweep",)])
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0, (tmp_path / "log").read_text()
    finally:
        process.kill()
    assert "often: sent for" in (tmp_path / "log").read_text()


def test_an_operator_sees_pauses_resumes_and_runs(
    scheduled: CommandLine, database: Database
) -> None:
    assert "schedule.toml is brought in when" in scheduled.run("cron", "list").err
    scheduled.run("cron", "--once")

    listed = json.loads(scheduled.run("cron", "list", "--json").out)
    assert [(each["name"], each["state"], each["last_run"]) for each in listed] == [
        ("nightly", "active", None),
        ("often", "active", None),
    ]
    assert "is paused." in scheduled.run("cron", "pause", "nightly").out
    shown = scheduled.run("cron", "list")
    assert " paused " in next(line for line in shown.out.splitlines() if "nightly" in line)
    assert scheduled.run("cron", "next", "nightly").err == "nightly does not run: it is paused.\n"
    assert "is resumed: its next run is" in scheduled.run("cron", "resume", "nightly").out

    assert scheduled.run("cron", "run", "nightly").out.startswith("Sent purge for nightly")
    assert database.rows(SENT) == [("purge",)]
    shown = scheduled.run("cron", "show", "nightly")
    for words in ("30 2 * * *", "Europe/Berlin", "purge()", "operator", "02:30:00 CE"):
        assert words in shown.out

    unknown = scheduled.run("cron", "pause", "nightli")
    assert unknown.code == 2
    assert "There is no schedule 'nightli'; did you mean nightly?" in unknown.err


def test_the_next_runs_are_told_by_both_clocks(scheduled: CommandLine) -> None:
    scheduled.run("cron", "--once")
    following = json.loads(scheduled.run("cron", "next", "--json").out)
    moments = [datetime.fromisoformat(each) for each in following["often"]]
    assert len(moments) == 5
    assert {b - a for a, b in pairwise(moments)} == {timedelta(minutes=5)}
    assert moments[0] > datetime.now(UTC) - timedelta(minutes=5)
    assert len(json.loads(scheduled.run("cron", "next", "-n", "2", "--json").out)["nightly"]) == 2
