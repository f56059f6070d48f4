"""`why` as a person and a program read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fix_cli import MESSAGE

if TYPE_CHECKING:
    from fix_cli import CommandLine
    from fix_store import Database


def test_a_sentence_a_command_and_an_exit_code(cli: CommandLine, database: Database) -> None:
    database.rows(MESSAGE, "processing", "ready", -7200)

    shown = cli.run("why", "processing")
    assert shown.code == 0, shown.err
    assert shown.out == (
        "1 message waits in queue processing, the first for 2 h 0 min: no worker is alive.\n"
        "-> scout-workers worker\n"
    )

    told = cli.run("why", "7000001", "--json")
    assert told.code == 1
    assert json.loads(told.out)["state"] == "unknown"

    mistake = cli.run("why", "procesing")
    assert mistake.code == 2
    assert mistake.err.startswith("Error: 'procesing' names nothing here: write a queue (")
