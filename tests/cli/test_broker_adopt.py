from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
import pytest
from fix_broker import eventually, rows
from fix_dramatiq_pg import TheirTable

if TYPE_CHECKING:
    from pathlib import Path

    from fix_cli import CommandLine

ADOPT = ("broker", "adopt", "dramatiq-pg")
COUNT = "SELECT count(*) FROM scout_broker.message"
WAITS = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND application_name = 'scout_adopt' "
    "AND wait_event_type = 'Lock'"
)
SECRET = "s3cret-canary"  # noqa: S105 - it must not show anywhere


@pytest.fixture
def here(store_url: str) -> TheirTable:
    return TheirTable(store_url)


def test_a_dry_run_shows_what_would_be_moved_and_changes_nothing(
    cli: CommandLine, here: TheirTable, store_url: str
) -> None:
    here.add(1, 2)
    here.add(3, delay=60_000, queue="odd")
    here.add(4, state="rejected")
    (running,) = here.add(5, state="consumed")
    before = here.states()
    with here.held(running):
        shown = cli.run(*ADOPT, "--dry-run")
        told = cli.run(*ADOPT, "--dry-run", "--rejected", "--json")

    assert shown.code == told.code == 0
    assert "Would move 3 of 5 messages:" in shown.out
    lines = [" ".join(line.split()) for line in shown.out.splitlines()]
    assert "default work queued 2 moves" in lines
    assert "odd work delayed 1 moves" in lines
    assert "default work rejected 1 stays; --rejected moves it" in lines
    assert (
        "default work consumed, held by a living worker 1 stays: it may be running right now"
        in lines
    )
    assert "No worker here serves odd" in shown.err
    found = {(row["queue"], row["state"]): row for row in json.loads(told.out)["found"]}
    assert found["default", "rejected"]["moves"] is True
    assert found["default", "held"]["moves"] is False
    assert found["odd", "delayed"]["served"] is False
    assert here.states() == before
    assert rows(store_url, COUNT) == [(0,)]


def test_messages_are_moved_and_a_second_run_finds_nothing(
    cli: CommandLine, here: TheirTable, store_url: str
) -> None:
    here.add(1, 2)
    here.add(3, state="consumed")
    first = cli.run(*ADOPT)
    second = cli.run(*ADOPT, "--consumed", "--json")
    third = cli.run(*ADOPT, "--dry-run")

    assert first.code == 0
    assert "Moved 2 messages." in first.out
    assert "stays; --consumed moves it" in first.out
    assert second.code == 0
    assert json.loads(second.out)["moved"] == {"alive": 1, "dead": 0, "undecodable": 0}
    assert json.loads(second.out)["left"] == []
    assert third.out == "There is no undelivered message.\n"
    assert rows(store_url, COUNT) == [(3,)]


def test_what_was_asked_for_and_cannot_be_moved_exits_with_1(
    cli: CommandLine, here: TheirTable
) -> None:
    (running,) = here.add(1, state="consumed")
    here.write([("00000000-0000-0000-0000-000000000001", "default", "queued", "7")])
    with here.held(running):
        shown = cli.run(*ADOPT, "--consumed")

    assert shown.code == 1
    assert "1 of them cannot be read as messages" in shown.out
    assert "Stop dramatiq-pg's workers and run the same command again." in shown.err


def test_another_database_is_named_without_its_password(
    cli: CommandLine, empty_database: str, store_url: str
) -> None:
    TheirTable(empty_database, schema="theirs", prefix="its_").add(1, 2)
    url = empty_database.replace("postgresql://", "dramatiq-pg://")
    where = ("--schema", "theirs", "--prefix", "its_")
    moved = cli.run(*ADOPT, "--from", url, *where)
    missing = cli.run(*ADOPT, "--from", url)
    away = cli.run(*ADOPT, "--from", f"postgresql://u:{SECRET}@127.0.0.1:1/d", "--verbose")
    unreadable = cli.run(*ADOPT, "--from", f"postgresql://u:{SECRET}@b@127.0.0.1:x:y/d%")

    assert (moved.code, moved.out) == (0, "Moved 2 messages.\n")
    assert rows(store_url, COUNT) == [(2,)]
    assert missing.code == 3
    assert "dramatiq.queue is no table of dramatiq-pg's" in missing.err
    assert away.code == 3
    assert "the database of dramatiq.queue does not answer" in away.err
    assert unreadable.code == 2
    password = urlsplit(empty_database).password or SECRET
    for shown in (moved, missing, away, unreadable):
        assert SECRET not in shown.out + shown.err
        assert password not in shown.out + shown.err


def test_messages_are_not_adopted_into_a_broker_that_is_not_ours(
    cli: CommandLine, here: TheirTable
) -> None:
    here.add(1)
    shown = cli.given(SCOUT_BROKER__URL="stub://").run(*ADOPT)
    assert shown.code == 3
    assert "only ours adopts messages: unset it" in shown.err
    assert here.states() == {1: "queued"}


def test_ctrl_c_tells_how_far_it_came_and_the_same_command_goes_on(
    cli: CommandLine, here: TheirTable, store_url: str, tmp_path: Path
) -> None:
    here.add(*range(1_200))
    here.write([("00000000-0000-0000-0000-000000000001", "default", "queued", "7")])
    log = tmp_path / "log"
    with psycopg.connect(store_url) as another:
        # The third batch has a row that becomes a dead message, and must wait here.
        another.execute("LOCK TABLE scout_broker.dead_message IN EXCLUSIVE MODE")
        process = cli.start(*ADOPT, log=log)
        eventually(lambda: rows(store_url, WAITS) == [(1,)])
        os.kill(process.pid, signal.SIGINT)
        code = process.wait(30)
    assert code == 130, log.read_text()
    assert "Moved 1,000 of 1,201 messages. Run the same command again" in log.read_text()
    assert rows(store_url, COUNT) == [(1_000,)]

    again = cli.run(*ADOPT)
    assert again.code == 1
    assert "Moved 201 messages." in again.out
    assert rows(store_url, COUNT) == [(1_200,)]
