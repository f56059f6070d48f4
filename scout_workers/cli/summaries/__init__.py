"""`scout-workers summaries`: read what was written about hours and days, or have it written."""

from __future__ import annotations

import click

from scout_workers.cli.summaries.list import list_summaries
from scout_workers.cli.summaries.make import make
from scout_workers.cli.summaries.show import show


@click.group("summaries")
def command() -> None:
    """Read what was written about hours and days, or have it written.

    An hour is summed up a while after it is over and its pictures are described, a day after the
    last of its hours, by itself. Late pictures make another summary; the old one is kept.
    """


for each in (list_summaries, show, make):
    command.add_command(each)
