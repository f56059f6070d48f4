"""`status`, `captures` and `analyses`: what is told of a database whose contents are known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fix_cli import MESSAGE, WORKER
from fix_reports import ANALYZED
from fix_store import straight

if TYPE_CHECKING:
    from uuid import UUID

    from fix_cli import CommandLine
    from fix_store import Database, Yard


@straight
def test_status_counts_everything_by_state(cli: CommandLine, captures: list[UUID]) -> None:
    shown = json.loads(cli.run("status", "--json").out)

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


@straight
def test_status_for_people_names_states_costs_and_that_nobody_works(
    cli: CommandLine, captures: list[UUID]
) -> None:
    shown = cli.run("status")

    assert shown.code == 0
    assert len(captures) == 3
    for words in ("received", "waiting", "completed", "$0.003400", "none is running"):
        assert words in shown.out


def test_status_tells_what_queues_hold_and_who_works(cli: CommandLine, database: Database) -> None:
    database.rows(MESSAGE, "processing", "ready", -300)
    database.rows(MESSAGE, "processing", "scheduled", 3600)
    database.rows(WORKER, "here", 7, "0.1.0", 0)
    database.rows(WORKER, "gone", 8, "0.1.0", 3600)

    shown = cli.run("status")

    assert shown.code == 0, shown.err
    queue = next(line for line in shown.out.splitlines() if line.startswith("processing"))
    assert queue.split()[1:5] == ["1", "1", "0", "0"]
    assert " 5 min " in queue
    states = {
        line.split()[0]: state
        for line in shown.out.splitlines()
        for state in ("alive", "dead")
        if f" {state} " in line and ":" in line
    }
    assert states == {"here:7": "alive", "gone:8": "dead"}


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
