"""The one place where an error becomes a sentence and an exit code.

What is expected to go wrong (see `explanations`) is told in plain words on standard error, without
a traceback; `--verbose` or SCOUT_DEBUG=1 adds it. No secret of the settings is ever written.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scout_workers.settings import Settings

DONE: Final = 0
BAD_INPUT: Final = 1
WRONG_USE: Final = 2
ENVIRONMENT_FAILED: Final = 3
STOPPED: Final = 130  # as a shell says of a command ended by Ctrl-C
PIPE_CLOSED: Final = 141

Decorated = TypeVar("Decorated", bound="Callable[..., Any]")


class UsageMistakeError(Exception):
    """What was asked for cannot be done as asked; the message says how to ask."""


class Boundary:
    """Runs a command, and turns whatever it raises into one clear sentence.

    Attributes:
        settings: The command's settings once they are loaded, to name the database in messages
            and to keep its password out of them.
    """

    def __init__(self) -> None:
        self.verbose = os.environ.get("SCOUT_DEBUG", "0") not in {"", "0", "false"}
        self.settings: Settings | None = None

    def run(self, command: click.Command, arguments: Sequence[str]) -> int:
        """Run `command` and return the process's exit code."""
        try:
            result = command.main(
                list(arguments), prog_name="scout-workers", standalone_mode=False, obj=self
            )
            sys.stdout.flush()
        except click.ClickException as error:
            error.show()
            return error.exit_code
        except (KeyboardInterrupt, click.Abort):
            click.echo("Stopped.", err=True)
            return STOPPED
        except BrokenPipeError:
            # `| head` has seen enough. Python would complain again when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return PIPE_CLOSED
        except Exception as error:  # noqa: BLE001 - the boundary: nothing is swallowed, all is told
            return self._tell(error)
        return result if isinstance(result, int) else DONE

    def _tell(self, error: Exception) -> int:
        # Imported now: knowing every package's errors would make `--help` slow.
        explained = import_module("scout_workers.cli.explanations").explain(error, self.settings)
        if self.verbose:
            lines = "".join(traceback.format_exception(error))
            click.echo(explained.scrub(lines), err=True)
        click.echo(f"Error: {explained.scrub(explained.sentence)}", err=True)
        code: int = explained.exit_code
        return code


def _set_verbose(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's own order
    boundary = ctx.ensure_object(Boundary)
    boundary.verbose = boundary.verbose or value
    # Libraries warn of what the boundary is about to say better; at DEBUG some write secrets.
    level = logging.WARNING if boundary.verbose else logging.CRITICAL
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", force=True)
    if boundary.verbose:
        logging.getLogger("scout_workers").setLevel(logging.DEBUG)


def verbose_option(decorated: Decorated) -> Decorated:
    """Give a command `--verbose`, wherever on the line it stands."""
    return click.option(
        "-v",
        "--verbose",
        is_flag=True,
        expose_value=False,
        callback=_set_verbose,
        help="Show tracebacks and logs of what goes wrong.",
    )(decorated)
