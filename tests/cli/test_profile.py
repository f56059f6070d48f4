from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fix_store import straight

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from fix_cli import CommandLine
    from fix_store import Database, Yard

pytestmark = straight


def test_a_version_is_drafted_compared_made_active_and_retired(
    cli: CommandLine, yard: Yard, database: Database
) -> None:
    assert yard.camera_id
    drafted = cli.run("profile", "draft", "yard", "--instructions", "The gate.")
    assert drafted.out.startswith("yard@2 is a draft.")
    differing = cli.run("profile", "diff", "yard", "yard@2")
    assert "-Anything unusual.\n+The gate." in differing.out
    active = cli.run("profile", "activate", "yard@2", "--reason", "moths")
    assert active.out == "yard@2 is active: new captures of yard are analysed for it.\n"
    shown = json.loads(cli.run("profile", "show", "yard", "--json").out)
    assert shown["version"]["instructions"] == "The gate."
    assert [step["to_state"] for step in shown["history"]] == ["draft", "active"]
    assert shown["history"][1]["reason"] == "moths"
    retired = cli.run("profile", "retire", "yard@2")
    assert "no active version now" in retired.err
    assert cli.run("profile", "show", "yard").code == 2
    states = database.rows("SELECT state FROM scout.profile_versions ORDER BY number")
    assert states == [("retired",), ("retired",)]


def test_a_policy_is_typed_and_a_wrong_one_is_explained(cli: CommandLine, yard: Yard) -> None:
    assert yard.camera_id
    wrong = cli.run("profile", "draft", "yard", "--skip-unchanged", "distnce=4")
    assert wrong.code == 2
    assert "'distnce=4' is no part of a policy: write distance, changed_area" in wrong.err
    assert cli.run("profile", "draft", "yard", "--skip-unchanged", "distance=6").code == 0
    assert "at most 6 of 64 bits" in cli.run("profile", "show", "yard@2").out


def test_a_comparison_asks_before_it_pays_and_sends_each_run_once(
    cli: CommandLine, captures: list[UUID], database: Database, tmp_path: Path
) -> None:
    hostile = "A van by the gate <script>alert(1)</script>"
    database.rows(
        "UPDATE scout.analyses SET headline = %s, flags = %s WHERE headline IS NOT NULL",
        hostile,
        ["<img src=x onerror=alert(1)>"],
    )
    cli.run("profile", "draft", "yard", "--model", "counting-v2", "--instructions", hostile)
    asked = cli.run("eval", "yard@1", "yard@2")
    assert asked.code == 130
    assert "yard@1 (counting / counting-v1) has 2 of 3 pictures to look at" in asked.err
    assert "Have 5 looked at?" in asked.err
    page = tmp_path / "compared.html"
    for _ in range(2):
        told = cli.run("eval", "yard@1", "yard@2", "--json", "--no-wait", "--html", page)
        assert told.code == 1
    assert json.loads(told.out)["verdict"]["pictures"] == len(captures)
    assert database.rows("SELECT queue FROM scout_broker.message") == [("backfill",)] * 5
    shown = page.read_text()
    assert shown.count("A van by the gate &lt;script&gt;") >= 2  # said of a picture, and asked for
    assert "&lt;img src=x" in shown
    assert "<script" not in shown
    assert "<img src=x" not in shown
