"""A group of commands that are imported when they are run, so that help is quick."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from collections.abc import Mapping


class Door(NamedTuple):
    """A command before it is imported.

    Attributes:
        module: The module of the group's package whose `command` it is.
        summary: Its line in the list of commands.
    """

    module: str
    summary: str


class Doors(click.Group):
    """A group whose commands are imported when they are asked for.

    Args:
        package: The package the commands' modules are in.
        doors: Each command's name and where it is, in the order they are listed.
    """

    def __init__(self, *args: Any, package: str, doors: Mapping[str, Door], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._package = package
        self._doors = doors

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order given."""
        del ctx
        return list(self._doors)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command."""
        del ctx
        door = self._doors.get(cmd_name)
        if door is None:
            return None
        command = import_module(f"{self._package}.{door.module}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing one."""
        del ctx
        lines = [(name, door.summary) for name, door in self._doors.items()]
        if lines:
            with formatter.section("Commands"):
                formatter.write_dl(lines)
