"""`scout-workers dead drop`: dead messages are deleted for good."""

from __future__ import annotations

from typing import Any

import click

from scout_workers.cli.dead.ending import Ending, end, ending_options


@click.command("drop")
@ending_options("dropped")
def command(**asked: Any) -> int:
    """Delete dead messages for good; what they were about is not done, and nobody is told.

    For example: scout-workers dead drop --reason aborted, or --like 4711.
    In small commits: stopped anywhere, the same command goes on. Asks before it does, and puts it
    on record.
    """
    return end(
        lambda broker: Ending(
            *("drop", "dropped", broker.dead.drop), sure_of_named=False, afterwards=" for good"
        ),
        **asked,
    )
