"""`scout-workers dead drop`: dead messages are deleted for good."""

from __future__ import annotations

from typing import Any

import click

from scout_workers.cli.dead.choosing import choosing
from scout_workers.cli.dead.ending import Ending, end
from scout_workers.cli.errors import verbose_option


@click.command("drop")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@choosing
@click.option("--all", "everything", is_flag=True, help="Every dead message there is.")
@click.option("--limit", type=click.IntRange(min=1), help="No more than so many, oldest first.")
@click.option("--dry-run", is_flag=True, help="Only show what would be dropped.")
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
    """Delete dead messages for good; what they were about is not done, and nobody is told.

    For example: scout-workers dead drop --reason aborted, or --like 4711.
    In small commits: stopped anywhere, the same command goes on. Asks before it does, and puts it
    on record.
    """
    return end(
        lambda broker: Ending(
            *("drop", "dropped", broker.dead.drop), sure_of_named=False, afterwards=" for good"
        ),
        ids,
        everything=everything,
        limit=limit,
        dry_run=dry_run,
        yes=yes,
        as_json=as_json,
        options=options,
    )
