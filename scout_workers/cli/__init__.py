"""The doors a person uses: `scout-workers COMMAND`, one file a command.

Commands are imported when they are run, so that help is quick: nothing here, nor in `errors`,
imports a database driver, an image library or boto3.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import click

from scout_workers import __version__
from scout_workers.cli.errors import Boundary, verbose_option

if TYPE_CHECKING:
    from collections.abc import Mapping


class Door(NamedTuple):
    """A command before it is imported.

    Attributes:
        module: The module of this package whose `command` it is.
        summary: Its line in the list of commands.
    """

    module: str
    summary: str


COMMANDS: Mapping[str, Door] = {
    "demo": Door("demo", "See a worker describe a drawn day, or the pictures of a folder."),
    "import": Door("import_pictures", "Import a folder of pictures of one camera."),
    "worker": Door("worker", "Run the worker: the stock dramatiq command, fitted to the queues."),
    "status": Door("status", "Show how much is done, waiting and failed, and who works on it."),
    "captures": Door("captures", "List captures, or show one with all that is known of it."),
    "analyses": Door("analyses", "List analyses, or show one with its observations and calls."),
    "migrate": Door("migrate", "Bring the database up to date, or show how it stands."),
    "doctor": Door("doctor", "Say what this is connected to, what is wrong, and what to do."),
}


class Doors(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of a newcomer's day."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command."""
        del ctx
        door = COMMANDS.get(cmd_name)
        if door is None:
            return None
        command = import_module(f"{__name__}.{door.module}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing one."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, door.summary) for name, door in COMMANDS.items()])


@click.command(
    cls=Doors,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done; 1 done, but something in it is bad (a refused picture, a finding "
    "of doctor's); 2 asked for in a wrong way; 3 the database, the blob store or this machine "
    "would not; 130 stopped with Ctrl-C.",
)
@click.version_option(__version__, "-V", "--version", message="scout-workers %(version)s")
@verbose_option
def doors() -> None:
    """Watch cameras' pictures with vision models, on Dramatiq and plain Postgres.

    With no DATABASE_URL a Postgres of its own is started and kept in the data folder.
    """


def main() -> None:
    """Run the command line of this process and exit with its code."""
    sys.exit(Boundary().run(doors, sys.argv[1:]))
