"""`vacuum-report` as a person and a program read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fix_cli import CommandLine


def test_tables_holders_and_a_good_word(cli: CommandLine) -> None:
    shown = cli.run("vacuum-report", "--all")
    assert shown.code == 0, shown.err
    assert shown.out.startswith("OK    vacuum ")
    for words in ("scout_broker.message", "scout.llm_calls", "Open transactions and snapshots"):
        assert words in shown.out

    told = json.loads(cli.run("vacuum-report", "--json").out)
    assert [each["good"] for each in told["findings"]] == [True]
    assert told["look"]["freezing"]["age"] > 0
