from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fix_store import straight

if TYPE_CHECKING:
    from uuid import UUID

    from fix_cli import CommandLine

pytestmark = straight


def test_organizations_and_cameras_are_added_listed_and_shown(
    cli: CommandLine, captures: list[UUID]
) -> None:
    assert cli.run("organization", "add", "Bolt", "--time-zone", "Europe/Berlin").code == 0
    assert cli.run("camera", "add", "gate", "--organization", "Bolt").out == "gate is added.\n"
    listed = json.loads(cli.run("organization", "list", "--json").out)
    assert [(each["name"], each["time_zone"], each["captures"]) for each in listed] == [
        ("Acme", "UTC", len(captures)),
        ("Bolt", "Europe/Berlin", 0),
    ]
    shown = json.loads(cli.run("camera", "show", "yard", "--json").out)
    assert shown["states"] == {"completed": 1, "waiting": 2}
    wrong = cli.run("organization", "set-time-zone", "Acme", "Europe/Berlim")
    assert (wrong.code, wrong.err) == (
        2,
        "Error: Nobody knows the time zone 'Europe/Berlim': write it like Europe/Berlin.\n",
    )
    assert "Did you mean Acme?" in cli.run("organization", "show", "Acem").err
