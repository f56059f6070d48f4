"""`scout-workers dead retry`: another life for dead messages."""

from __future__ import annotations

from typing import Any

import click

from scout_workers.cli.dead.ending import Ending, end, ending_options


@click.command("retry")
@ending_options("retried")
def command(**asked: Any) -> int:
    """Give dead messages another life, at the end of their queues, all their retries before them.

    For example: scout-workers dead retry --like 4711, or --actor analyze_capture --since 2h.
    In small commits: stopped anywhere, each is dead or ready, and the same command goes on.
    What dies of the same again meanwhile stays dead. Asks before it does, and puts it on record.
    """
    return end(
        lambda broker: Ending(
            *("retry", "retried", broker.dead.retry),
            sure_of_named=True,
            afterwards=": ready at the end of their queues",
        ),
        **asked,
    )
