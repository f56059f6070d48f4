"""`dead`: what killed messages is seen, one is looked at, and some get another life or none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from dramatiq import Message
from fix_typed import told

from scout_workers.cli.dead.contents import identity
from scout_workers.cli.hand import hand

if TYPE_CHECKING:
    from fix_cli import CommandLine
    from fix_store import Database
    from fix_typed import Typed

CAPTURE = "3f2b1c00-0000-4000-8000-00000000abcd"
SECRET = "my password is swordfish"  # noqa: S105 - what must not be shown

INSERT = """
    INSERT INTO scout_broker.dead_message
        (id, message_id, queue, actor, priority, attempt, enqueued_at, died_at, reason, error,
         payload)
    VALUES (%s, %s, %s, %s, 0, 3, now() - interval '2 days', now() - %s * interval '1 hour', %s,
            %s, %s)
"""


def die(database: Database, number: int, hours: int, reason: str, error: str | None) -> None:
    queue, actor = ("events", "deliver_event") if number > 90 else ("processing", "analyze_capture")
    options = {"retries": 2, "traceback": "Traceback: in line 7", "deferrals": 4}
    message: Message[Any] = Message(queue, actor, (CAPTURE, SECRET), {"note": SECRET}, options)
    payload = b"\x00" if reason == "undecodable" else message.encode()
    database.rows(INSERT, number, f"id-{number}", queue, actor, hours, reason, error, payload)


@pytest.fixture
def graveyard(database: Database) -> Database:
    for number in range(1, 8):
        die(database, number, number, "failed", f"OSError: no space for {number} bytes")
    die(database, 8, 1, "max_deliveries", None)
    die(database, 9, 1, "undecodable", "[red]bold\x1b[2J")
    die(database, 91, 200, "failed", "TimeoutError: 8 s")
    return database


def test_dead_messages_are_seen_by_cause_and_one_by_one(typed: Typed, graveyard: Database) -> None:
    del graveyard
    shown = typed("dead list")
    first = shown.out.splitlines()[2]
    for words in ("7", "processing", "analyze_capture", "failed", "OSError: no space for N bytes"):
        assert words in first
    assert "\x1b" not in shown.out
    assert "10 dead messages of 4 causes." in shown.err
    assert "3 more with --limit" in typed("dead list --limit 1").err
    by_filter = {
        "--queue events": [1],
        "--actor deliver_event": [1],
        "--reason max_deliveries": [1],
        "--since 3h": [2, 1, 1],
        "--like 3": [7],
        "--queue nothing": [],
    }
    for line, counts in by_filter.items():
        groups = told(typed(f"dead list --json {line}"))
        assert [group["messages"] for group in groups] == counts, line
    assert told(typed("dead list --json --error", "FOR N BYTES"))[0]["messages"] == 7
    assert [each["id"] for each in told(typed("dead list --singly --json --error 6"))] == [6]

    shown = typed("dead show 6")
    for words in (CAPTURE, "(a text of 24)", "delivered 3 times, 2 retries, 4 deferrals",
                  "no space for 6 bytes", "7 dead messages", "dead retry --like 6"):  # fmt: skip
        assert words in shown.out
    assert "Traceback" not in shown.out
    assert "Traceback: in line 7" in typed("dead show id-6 --traceback").out
    as_data = told(typed("dead show id-6 --json"))
    assert as_data["message"]["id"] == 6
    assert "traceback" not in as_data["contents"]
    assert "cannot be read" in typed("dead show 9").out
    assert SECRET not in shown.out + json.dumps(as_data)


def test_dead_messages_get_another_life_or_none_and_it_is_on_record(
    typed: Typed, graveyard: Database
) -> None:
    ready = "SELECT count(*) FROM scout_broker.message"
    assert "7 dead messages would be retried" in typed("dead retry --like 1 --dry-run").out
    assert graveyard.value(ready) == 0
    asked = typed("dead retry --like 1")
    assert (asked.code, "Retry 7 dead messages? Nobody is at a terminal" in asked.err) == (2, True)

    assert "1 dead message was retried: ready at the end" in typed("dead retry 1").out
    assert "6 dead messages were retried" in typed("dead retry --like 2 --yes").out
    assert "nothing is done" in typed("dead retry 1 2 3").out
    assert graveyard.value(ready) == 7
    assert typed("dead drop 8").code == 2, "what is gone for good is confirmed"
    assert told(typed("dead drop --all --yes --limit 2 --json"))["done"] == 2
    assert graveyard.rows("SELECT id FROM scout_broker.dead_message") == [(91,)]

    acts = told(typed("broker acts --json"))
    assert [(act["what"], act["messages"]) for act in acts] == [
        *(("dead drop", 2), ("dead retry", 6), ("dead retry", 1)),
    ]
    assert {act["by"] for act in acts} == {hand()}
    assert acts[1]["details"]["cause"] == "OSError: no space for N bytes"
    assert "dead retry" in typed("broker acts").out


def test_what_makes_no_sense_is_refused_with_what_does(typed: Typed) -> None:
    for line, words in {
        "dead retry --yes": "Say which, in one way",
        "dead retry 1 --queue x": "Say which, in one way",
        "dead drop --all --queue x": "Say which, in one way",
        "dead retry one": "'one' is no dead message's number",
        "dead show 5": "'5' is not among the dead messages",
        "dead list --like 5": "'5' is not among the dead messages",
        "dead list --since soon": "'soon' is no moment",
    }.items():
        refused = typed(line)
        assert (refused.code, words in refused.err) == (2, True), refused.err


def test_whoever_sits_at_a_terminal_is_asked_and_may_say_no(
    cli: CommandLine, graveyard: Database
) -> None:
    code, shown = cli.on_terminal("dead", "drop", "--like", "1", typing="n\n")
    assert (code, "Drop 7 dead messages? [y/N]" in shown) == (130, True), shown
    assert graveyard.value("SELECT count(*) FROM scout_broker.dead_message") == 10


def test_of_arguments_identities_are_shown_and_of_all_else_the_size() -> None:
    shown = [CAPTURE, UUID(CAPTURE), "2026-06-21", "2026-06-21T04:00:00+00:00", 7, None, "12345"]
    assert [identity(value) for value in shown] == [str(value) for value in shown]
    hidden = {"sk-live-abcdef": "(a text of 14)", SECRET: "(a text of 24)"}
    assert {value: identity(value) for value in hidden} == hidden
    assert identity([CAPTURE] * 12) == f"[{', '.join([CAPTURE] * 10)}, … 12 in all]"
    assert identity({"token": SECRET}) == "(a mapping of 1)"
    assert identity(b"swordfish") == "(a bytes)"
