"""`broker health` and `broker abort`: what a person and a script learn of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fix_cli import MESSAGE, WORKER

if TYPE_CHECKING:
    from fix_cli import CommandLine
    from fix_store import Database


def test_a_broker_that_is_well_says_so_and_exits_with_0(
    cli: CommandLine, database: Database
) -> None:
    database.rows(MESSAGE, "processing", "ready", -3)
    database.rows(WORKER, "here", 7, "0.1.0", 0)
    shown = cli.run("broker", "health")
    assert shown.code == 0, shown.out + shown.err
    assert shown.out.count("OK ") == 5
    assert "HAND" not in shown.out
    for words in ("processing", "here:7", "Dead messages: none.", "vacuum_threshold=5000"):
        assert words in shown.out


def test_what_needs_a_hand_comes_with_what_to_do_and_an_exit_code(
    cli: CommandLine, database: Database
) -> None:
    database.rows(MESSAGE, "processing", "ready", -3600)
    database.rows(WORKER, "gone", 8, "0.1.0", 3600)
    shown = cli.run("broker", "health")
    assert shown.code == 1
    assert "HAND  workers          gone:8 was last heard of 36" in shown.out
    assert "-> another worker will take them over" in shown.out

    told = cli.run("broker", "health", "--json")
    assert told.code == 1
    data = json.loads(told.out)
    assert [each["subject"] for each in data["findings"] if not each["good"]] == [
        *("workers", "queue processing")
    ]
    assert data["report"]["vacuum"]["tables"]
    assert data["report"]["queues"][0]["oldest_ready_seconds"] > 3000


def test_aborted_messages_are_answered_for_one_by_one(cli: CommandLine, database: Database) -> None:
    for state, seconds in (("ready", 0), ("scheduled", 600), ("ready", 0)):
        database.rows(MESSAGE, "processing", state, seconds)
    ready, scheduled, running = (
        row[0] for row in database.rows("SELECT message_id FROM scout_broker.message ORDER BY id")
    )
    database.rows(
        "UPDATE scout_broker.message SET state = 'leased', lease_owner = gen_random_uuid() "
        "WHERE message_id = %s",
        running,
    )
    shown = cli.run("broker", "abort", ready, running)
    assert shown.code == 0, shown.err
    assert f"{ready} waited, and is a dead message now" in shown.out
    assert f"{running} runs: its worker hears of it within" in shown.out

    told = cli.run("broker", "abort", "--json", scheduled, "nobody's")
    assert told.code == 1
    assert json.loads(told.out) == {scheduled: "waiting", "nobody's": "unknown"}
    dead = database.rows("SELECT message_id, reason FROM scout_broker.dead_message ORDER BY id")
    assert dead == [(ready, "aborted"), (scheduled, "aborted")]
    acts = database.rows(
        "SELECT what, subject, messages FROM scout_broker.operator_act ORDER BY id"
    )
    assert acts == [("message abort", id_, 1) for id_ in (ready, running, scheduled)]


def test_a_broker_that_cannot_says_so(cli: CommandLine) -> None:
    other = cli.given(SCOUT_BROKER__URL="stub://")
    for arguments, words in (
        (("abort", "x"), "StubBroker cannot end a message once sent"),
        (("health",), "StubBroker keeps its messages elsewhere"),
    ):
        shown = other.run("broker", *arguments)
        assert shown.code == 2
        assert words in shown.err
