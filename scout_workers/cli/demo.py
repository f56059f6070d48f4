"""`scout-workers demo`: from pictures to observations while you watch."""

from __future__ import annotations

from pathlib import Path

import click

from scout_workers.cli.console import output
from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.opening import load_settings
from scout_workers.demo.run import run
from scout_workers.imports import ImportFolderError


@click.command("demo")
@click.argument("folder", required=False, metavar="[DIR]", type=click.Path(path_type=Path))
@verbose_option
def command(folder: Path | None) -> int:
    """Have a worker describe the pictures in DIR, or a drawn day of a yard camera without it.

    Everything it needs is started, and nothing is left running. The pictures, what was seen of
    them, and a contact sheet are kept; a second run goes on where the first one ended.
    """
    try:
        return run(load_settings(), folder, output())
    except ImportFolderError as error:
        raise UsageMistakeError(str(error)) from error
