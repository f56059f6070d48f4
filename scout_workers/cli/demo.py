"""`scout-workers demo`: from pictures to observations while you watch."""

from __future__ import annotations

from pathlib import Path

import click

from scout_workers.cli.console import output
from scout_workers.cli.errors import UsageMistakeError, verbose_option
from scout_workers.cli.opening import load_settings
from scout_workers.demo.imitated import PROVIDERS, imitated
from scout_workers.demo.run import run
from scout_workers.imports import ImportFolderError


@click.command("demo")
@click.argument("folder", required=False, metavar="[DIR]", type=click.Path(path_type=Path))
@click.option(
    "--provider",
    type=click.Choice(list(PROVIDERS)),
    help="Ask this provider, imitated on loopback (see fake-llm), instead of the local one.",
)
@verbose_option
def command(folder: Path | None, provider: str | None) -> int:
    """Have a worker describe the pictures in DIR, or a drawn day of a yard camera without it.

    Everything it needs is started, and nothing is left running. The pictures, what was seen of
    them, and a contact sheet are kept; a second run goes on where the first one ended.

    With --provider the same way is gone by a real provider's adapter, over HTTP, to a server of
    our own that answers in its words: no key is needed, and nothing leaves this machine.
    """
    try:
        with imitated(provider) as fake:
            return run(load_settings(), folder, output(), fake)
    except ImportFolderError as error:
        raise UsageMistakeError(str(error)) from error
