"""`scout-workers broker adopt`: move the undelivered messages of another broker into ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import psycopg
from psycopg.conninfo import conninfo_to_dict

from scout_workers.app.adopting import adoption
from scout_workers.cli.broker.adopt_report import (
    Plan,
    as_data,
    show_found,
    show_moved,
    warn_of_queues,
)
from scout_workers.cli.console import print_json
from scout_workers.cli.counting import Counting
from scout_workers.cli.errors import BAD_INPUT, DONE, STOPPED, verbose_option
from scout_workers.cli.opening import opened

if TYPE_CHECKING:
    from scout_workers.app.adopting import Adoption


def _database(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    del ctx
    if value is None:
        return None
    url = value.strip()
    if url.startswith("dramatiq-pg://"):
        url = "postgresql" + url.removeprefix("dramatiq-pg")
    try:
        conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        readable = False
    else:
        readable = bool(url)
    if not readable:
        # It is not repeated: its password is somewhere in it.
        raise click.BadParameter(
            "write it like postgresql://user:password@host:5432/database, with every @ : / % # in "
            "the password as %40 %3A %2F %25 %23",
            param=parameter,
        )
    return url


@click.command("adopt")
@click.argument("broker", type=click.Choice(["dramatiq-pg"]))
@click.option(
    "--from",
    "source",
    metavar="URL",
    callback=_database,
    help="The database its table is in; the password may come from PGPASSWORD or a .pgpass file. "
    "Default: the one our messages are in.",
)
@click.option("--schema", default="dramatiq", show_default=True, help="The schema of its table.")
@click.option("--prefix", default="", help="What its table's name begins with, if anything.")
@click.option(
    "--consumed",
    is_flag=True,
    help="Also what a worker consumed and never acknowledged, if no live connection holds it. It "
    "may have been done in part; and a worker that lost its connection may be at it right now, so "
    "stop dramatiq-pg's workers first. What a living worker holds is never moved.",
)
@click.option("--rejected", is_flag=True, help="Also what is dead, to be among the dead here.")
@click.option("--dry-run", is_flag=True, help="Only show what would be moved; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@verbose_option
def command(
    *,
    broker: str,
    source: str | None,
    schema: str,
    prefix: str,
    consumed: bool,
    rejected: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Move the undelivered messages of another broker into ours.

    What is queued, and what is delayed with its time, is moved in small commits: stopped or killed,
    run it again, and it goes on; no message is lost, and none is there twice. dramatiq-pg's
    producers and workers may run meanwhile. Exits with 1 if something asked for could not be moved.
    """
    del broker  # there is one
    with (
        opened(migrate=not dry_run) as app,
        adoption(app, source=source, schema=schema, prefix=prefix) as adopting,
    ):
        plan = Plan(consumed, rejected, frozenset(app.settings.queues))
        if not dry_run:
            return _move(adopting, plan, as_json=as_json)
        found = adopting.survey()
    if as_json:
        print_json({"found": as_data(found, plan)})
    else:
        show_found(found, plan)
        warn_of_queues(found, plan)
    return DONE


def _move(adopting: Adoption, plan: Plan, *, as_json: bool) -> int:
    found = adopting.survey()
    progress = Counting("moving", sum(each.messages for each in found if plan.moves(each.state)))
    try:
        with progress:
            moved = adopting.move(
                consumed=plan.consumed, rejected=plan.rejected, told=progress.moved
            )
    except KeyboardInterrupt:
        click.echo(
            f"Moved {progress.done:,} of {progress.total:,} messages. Run the same command again: "
            "it goes on.",
            err=True,
        )
        return STOPPED
    left = adopting.survey()
    if as_json:
        print_json(
            {
                "found": as_data(found, plan),
                "moved": moved._asdict(),
                "left": as_data(left, plan),
            }
        )
    else:
        show_moved(moved, left, plan)
        warn_of_queues(found, plan)
    kept = any(plan.wanted(each.state) for each in left)
    return BAD_INPUT if moved.undecodable or kept else DONE
