"""`status`, `captures` and `analyses`: what is told of a database whose contents are known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fix_cli import MESSAGE, WORKER
from fix_reports import ANALYZED
from fix_store import straight

from scout_workers.domain.backfills import Selection, Throttle
from scout_workers.store import backfills, budgets, switches

if TYPE_CHECKING:
    from uuid import UUID

    from fix_cli import CommandLine
    from fix_store import Database, Yard


@straight
def test_status_counts_everything_by_state_where_that_is_asked_for(
    cli: CommandLine, captures: list[UUID]
) -> None:
    shown = json.loads(cli.run("status", "--json", "--counts").out)

    counts = {(each["subject"], each["state"]): each["count"] for each in shown["counts"]}
    assert counts == {
        ("captures", "received"): 2,
        ("captures", "readable"): 1,
        ("analyses", "completed"): 1,
        ("analyses", "waiting"): 2,
        ("calls", "in_doubt"): 1,
        ("calls", "succeeded"): 1,
    }
    costs = {each["state"]: each["cost_microdollars"] for each in shown["counts"]}
    assert costs["succeeded"] == 3400
    assert costs["in_doubt"] is None
    assert len(captures) == 3

    people = cli.run("status", "--counts")
    assert people.code == 0  # nobody works, and nothing is to be done
    for words in ("Nothing needs a hand", "waiting", "completed", "$0.003400", "none is running"):
        assert words in people.out


@straight
def test_status_tells_all_there_is_and_exits_with_1_for_what_needs_a_hand(
    cli: CommandLine, yard: Yard, database: Database
) -> None:
    database.rows(MESSAGE, "processing", "ready", -1500)
    database.rows(MESSAGE, "processing", "scheduled", 3600)
    database.rows(MESSAGE, "events", "ready", -1)
    database.rows(MESSAGE, "insights", "ready", -7200)
    database.rows(WORKER, "here", 7, "0.1.0", -3600)  # of a slow machine too
    database.rows(
        "UPDATE scout_broker.worker SET queues = '{processing,events}'; "
        "INSERT INTO scout_broker.queue_control VALUES ('events', now(), 'ann', 5);"
        "INSERT INTO scout_broker.dead_message (id, message_id, queue, actor, priority, attempt,"
        " enqueued_at, reason, payload) SELECT -n, n, 'events', 'x', 0, 1, now(), 'failed', ''"
        " FROM generate_series(1, 3) n;"
        "INSERT INTO scout.schedules (name, cron, time_zone, actor, misfire, next_at) VALUES"
        " ('sweep', '* * * * *', 'UTC', 'sweep', 'skip', now() - interval '1 hour');"
        "INSERT INTO scout.provider_gates (provider, model, closed_until, closed_reason) VALUES"
        " ('openai', 'gpt', now() + interval '90 min', 'rate_limited')"
    )
    database.rows(
        "INSERT INTO scout.provider_gates (provider, model, requests_until) VALUES"
        " ('anthropic', '', now() + interval '1 hour')"
    )
    with yard.store.transaction() as tx:
        budgets.set_limit(tx, yard.organization_id, "day", 0)
        switches.pause(
            tx, switches.provider("bedrock"), reason="401", paused_by=switches.THE_PROVIDER
        )
        switches.pause(tx, switches.backfill(), reason="quiet, please", paused_by="ann")
        wanted = Selection(yard.organization_id)
        backfill_id, _ = backfills.plan(tx, wanted, Throttle(), wish="all", by="t", total=9)
        backfills.start(tx, backfill_id, by="t")
    database.rows("UPDATE scout.backfills SET next_step_at = now() - interval '1 hour'")
    limited = cli.given(SCOUT_PROVIDERS__ANTHROPIC__REQUESTS_PER_MINUTE="60")

    shown = limited.run("status")

    assert shown.code == 1, shown.err
    lines = shown.out.splitlines()
    assert lines[0] == "6 things need a hand: 3 messages wait, 1 worker is alive."
    hands = [line.split(":")[0] for line in lines if line.startswith("HAND")]
    assert hands == [
        *("HAND  queue events", "HAND  queue insights", "HAND  queue processing"),
        *("HAND  provider bedrock", f"HAND  backfill {str(backfill_id)[:8]}", "HAND  schedules"),
    ]
    for words in (
        "NOTE  queue events: 1 wait: paused by ann since",
        "      -> scout-workers queue resume events",
        "NOTE  provider openai/gpt: asked us to stay away for another 1 h 2",
        "NOTE  history: paused by ann since ",
        "NOTE  budget of Acme: the day's is spent",
        "HAND  queue insights: 1 wait and no living worker serves it",
        "and 6 that hold nothing",
        "here:7",
        "scout_app",
        "Schedules: 1 due, 0 to come",
    ):
        assert words in shown.out
    queues = {line.split()[0]: line.split()[1:] for line in lines if line[:1].isalpha()}
    assert queues["processing"][:8] == [*("1", "1", "0", "12", "-", "0"), "25", "min"]
    assert queues["events"][:6] == ["1", "0", "0", "4", "5", "3"]
    assert queues["anthropic"][:2] == ["open", "100%"]

    told = json.loads(limited.run("status", "--json").out)
    assert told["needs_a_hand"] is True
    assert len(told["concerns"]) == 10
    assert {"server", "providers", "budgets", "backfills", "schedules"} <= set(told)
    assert "counts" not in told


def test_who_works_and_who_is_gone_is_told_with_their_threads(
    cli: CommandLine, database: Database
) -> None:
    database.rows(WORKER, "here", 7, "0.1.0", -3600)  # of a slow machine too
    database.rows(WORKER, "gone", 8, "0.1.0", 3600)

    shown = cli.run("status")

    assert shown.code == 1
    assert "HAND  worker gone:8: was last heard of 1 h 0 min ago and holds 0 messages" in shown.out
    states = {
        line.split()[0]: state
        for line in shown.out.splitlines()
        for state in ("alive", "dead")
        if f" {state} " in line and line.startswith(("here", "gone"))
    }
    assert states == {"here:7": "alive", "gone:8": "dead"}


def test_a_broker_that_does_not_tell_is_said_to_do_so(cli: CommandLine) -> None:
    shown = cli.given(SCOUT_BROKER__URL="stub://").run("status")

    assert shown.code == 0, shown.err
    assert "dramatiq.StubBroker does not tell what its queues hold." in shown.out


@straight
def test_lists_are_narrowed_by_their_options(cli: CommandLine, captures: list[UUID]) -> None:
    waiting = ("--state", "received", "--camera", "yard", "--organization", "Acme", "--limit", "1")
    listed = json.loads(cli.run("captures", "list", "--json", *waiting).out)
    done = json.loads(cli.run("analyses", "list", "--json", "--state", "completed").out)

    assert [each["id"] for each in listed] == [str(captures[2])]
    assert [(each["id"], each["capture_id"]) for each in done] == [
        (str(ANALYZED), str(captures[0]))
    ]


def test_a_list_of_nothing_says_so(cli: CommandLine) -> None:
    for what in ("captures", "analyses"):
        shown = cli.run(what, "list")
        assert (shown.code, shown.out, shown.err) == (0, "", f"No {what} match.\n")


@straight
def test_a_capture_is_shown_with_all_that_is_known_of_it(
    cli: CommandLine, captures: list[UUID]
) -> None:
    shown = cli.run("captures", "show", str(captures[0])[:13])

    assert shown.code == 0, shown.err
    for words in (
        f"Capture {captures[0]}",
        str(cli.data_dir / "blobs" / "pictures" / "yard" / "0001.jpg"),
        f"Analysis {ANALYZED}",
        "A van by the gate",
        "Anything unusual.",
        "A yard by day.",
        "25 x 25 % at 10, 50 %",
        "in_doubt",
        "timeout",
        "1,200 / 1,200",
        "$0.003400",
        "test prices",
        "counting-v1b",
    ):
        assert words in shown.out


@straight
def test_a_models_words_neither_colour_nor_steer_the_terminal(
    cli: CommandLine, captures: list[UUID]
) -> None:
    shown = cli.run("analyses", "show", str(ANALYZED))

    assert captures
    assert "A [bold]van[/bold]\\x1b[31m" in shown.out
    assert "\x1b" not in shown.out


@straight
def test_an_analysis_is_shown_for_programs(cli: CommandLine, captures: list[UUID]) -> None:
    shown = json.loads(cli.run("analyses", "show", "0e0", "--json").out)

    assert shown["capture"]["id"] == str(captures[0])
    (analysis,) = shown["capture"]["analyses"]
    assert next(each["body"] for each in analysis["observations"]) == "A yard by day."
    assert [each["status"] for each in analysis["calls"]] == ["in_doubt", "succeeded"]


@straight
def test_a_capture_nobody_has_begun_on_says_so(cli: CommandLine, captures: list[UUID]) -> None:
    assert "No analysis yet" in cli.run("captures", "show", str(captures[2])).out


@straight
def test_an_abbreviation_of_several_ids_names_them(
    cli: CommandLine, yard: Yard, database: Database
) -> None:
    for number in (1, 2):
        yard.capture(number)
    database.rows("UPDATE scout.captures SET id = ('aaaa' || substr(id::text, 5))::uuid")

    shown = cli.run("captures", "show", "aaaa")

    assert shown.code == 2
    assert shown.err.startswith("Error: 'aaaa' begins several ids, type more of it: aaaa")
