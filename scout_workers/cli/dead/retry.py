"""`scout-workers dead retry`: another life for dead messages."""

from __future__ import annotations

from typing import Any

import click

from scout_workers.cli.dead.choosing import choosing
from scout_workers.cli.dead.ending import Ending, end
from scout_workers.cli.errors import verbose_option


@click.command("retry")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@choosing
@click.option("--all", "everything", is_flag=True, help="Every dead message there is.")
@click.option("--limit", type=click.IntRange(min=1), help="No more than so many, oldest first.")
@click.option("--dry-run", is_flag=True, help="Only show what would be retried.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(
    *,
    ids: tuple[str, ...],
    everything: bool,
    limit: int | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
    **options: Any,
) -> int:
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
        ids,
        everything=everything,
        limit=limit,
        dry_run=dry_run,
        yes=yes,
        as_json=as_json,
        options=options,
    )
