from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scout_workers.store import organizations, profiles
from scout_workers.store.profiles import Contents

if TYPE_CHECKING:
    from uuid import UUID

    from fix_cli import CommandLine
    from fix_store import Database, Yard

WAITING = "SELECT queue, actor FROM scout_broker.message"
RERUN = ("analyses", "rerun")


def _second_version(yard: Yard) -> None:
    with yard.store.transaction() as tx:
        contents = Contents("counting", "counting-v2", "")
        profiles.draft(tx, yard.organization_id, yard.camera_id, contents, by="ann")


def test_a_rerun_asks_before_models_are_paid_and_twice_is_once(
    cli: CommandLine, yard: Yard, captures: list[UUID], database: Database
) -> None:
    _second_version(yard)
    told = cli.run(*RERUN, "--camera", "yard", "--profile-version", "yard@2")
    assert told.code == 130
    assert "Have 3 analysed?" in told.err
    assert database.rows(WAITING) == []

    done = cli.run(*RERUN, "--camera", "yard", "--profile-version", "yard@2", "--yes")
    assert (done.code, done.err) == (0, "")
    assert "3 of 3 captures are to be analysed now." in done.out
    assert database.rows(WAITING) == [("backfill", "analyze_capture")] * len(captures)

    again = cli.run(*RERUN, "--camera", "yard", "--profile-version", "yard@2", "--json")
    assert again.code == 1
    assert json.loads(again.out) == {"captures": 3, "asked": 0}
    assert len(database.rows(WAITING)) == 3


def test_a_dry_run_only_counts(cli: CommandLine, captures: list[UUID], database: Database) -> None:
    counted = cli.run(*RERUN, "--camera", "yard", "--again", "clean lens", "--dry-run", "--json")
    assert counted.code == 0
    assert json.loads(counted.out)["models"] == [
        {
            "provider": "counting",
            "model": "counting-v1",
            "captures": len(captures),
            "under_way": 0,
            "wanted": 3,
        }
    ]
    assert database.rows(WAITING) == []


def test_a_mistyped_camera_is_answered_with_the_one_that_was_meant(
    cli: CommandLine, yard: Yard
) -> None:
    told = cli.run(*RERUN, "--camera", "yrad")
    assert told.code == 2
    assert told.err == "Error: There is no camera 'yrad'. Did you mean yard?\n"
    assert cli.run(*RERUN, "--profile-version", "yard@7").err == (
        "Error: yard has no version 7. There are: yard@1 (active).\n"
    )
    assert "is no moment: write a day" in cli.run(*RERUN, "--since", "once").err
    with yard.store.transaction() as tx:
        organizations.find_or_create(tx, "Bolt")
    assert "name one with --organization: Acme, Bolt" in cli.run(*RERUN).err
