"""`queue`: what is said of queues while workers run, who said it, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fix_cli import MESSAGE, WORKER
from fix_typed import told

from scout_workers.cli.hand import hand
from scout_workers.settings import load

if TYPE_CHECKING:
    from fix_store import Database
    from fix_typed import Typed

SETTINGS = load(env="test")
SLOTS = SETTINGS.queues
LOOK = f"{SETTINGS.broker.max_poll_interval_ms / 1000:g} s"
BEAT = f"{SETTINGS.broker.heartbeat_seconds:g} s"


def _line(typed: Typed, queue: str) -> dict[str, Any]:
    lines = {line["queue"]: line for line in told(typed("queue list --json"))}
    found: dict[str, Any] = lines[queue]
    return found


def test_a_queue_is_paused_with_a_reason_and_goes_on_and_both_are_on_record(
    typed: Typed, database: Database
) -> None:
    for state in ("ready", "ready", "scheduled"):
        database.rows(MESSAGE, "processing", state, 0)
    paused = typed("queue pause processing --until 8h --reason", "the CRM is down")
    assert paused.code == 0, paused.err
    for words in ("processing is paused", f"claimed after {LOOK}", "none of its messages", "2 wait",
                  "It goes on at 2", "scout-workers queue resume processing"):  # fmt: skip
        assert words in paused.out, words
    line = _line(typed, "processing")
    assert (line["ready"], line["scheduled"], line["paused_by"]) == (2, 1, hand())
    assert line["paused_until"] > line["paused_at"]
    assert "the CRM is down" in typed("queue list").out

    again = typed("queue pause processing --reason", "another")
    assert (again.code, "was paused already" in again.out) == (0, True)
    assert "the CRM is down. That is left as it is" in again.out
    resumed = typed("queue resume processing").out
    assert f"claimed from again within {LOOK}; 2 wait. No worker serves it" in resumed
    assert "processing was not paused" in typed("queue resume processing").out
    assert _line(typed, "processing")["paused_by"] is None
    acts = told(typed("broker acts --json --subject processing"))
    assert [act["what"] for act in acts] == ["queue resume", "queue pause"]
    assert acts[1]["details"]["because"] == "the CRM is down"


def test_limits_are_set_shown_and_taken_away_and_say_when_they_hold(
    typed: Typed, database: Database
) -> None:
    database.rows(WORKER, "here", 7, "0.1.0", 0)
    database.rows(MESSAGE, "processing", "ready", 0)
    database.rows(
        "UPDATE scout_broker.message SET state = 'leased', lease_owner = gen_random_uuid()"
    )
    shown = typed("queue limit processing --fleet 10 --process 90")
    for words in ("at most 10 in the whole fleet (the limit was none)", f"within {LOOK}",
                  f"at most 90 in each process (it was {SLOTS['processing']})", f"within {BEAT}",
                  "1 message is being worked on and comes to its end"):  # fmt: skip
        assert words in shown.out, words
    assert "no more than 12 threads" in shown.err
    line = _line(typed, "processing")
    assert [line[name] for name in ("fleet_limit", "process_limit", "slots", "processes")] == [
        *(10, 90, SLOTS["processing"], 1),
    ]
    assert f"90 (not {SLOTS['processing']})" in typed("queue list").out
    shown = typed("queue limit processing --fleet none")
    assert "any number in the whole fleet (the limit was 10)" in shown.out
    shown = typed("queue limit processing --process none")
    assert "as it was started with" in shown.out
    assert (_line(typed, "processing") | {"queue": ""})["process_limit"] is None
    acts = told(typed("broker acts --json --subject processing"))
    assert [act["details"] for act in acts] == [
        *({"process": "none"}, {"fleet": "none"}, {"process": 90}, {"fleet": 10}),
    ]


def test_what_is_no_queue_or_no_limit_is_refused_with_what_is(
    typed: Typed, database: Database
) -> None:
    for line, words in {
        "queue pause procesing --reason x": "there are: processing, backfill",
        "queue resume procesing": "Did you mean processing?",
        "queue limit nothing --fleet 1": "There is no queue 'nothing'",
        "queue pause processing": "Missing option '--reason'",
        "queue pause processing --reason x --until 2020-01-01": "is over already",
        "queue pause processing --reason x --until soon": "'soon' is no moment",
        "queue limit processing": "Say which limit",
        "queue limit processing --fleet -1": "'-1' is no limit",
        "queue limit processing --process many": "'many' is no limit",
    }.items():
        refused = typed(line)
        assert (refused.code, words in refused.err) == (2, True), refused.err
    assert database.rows("SELECT queue FROM scout_broker.queue_control") == []
