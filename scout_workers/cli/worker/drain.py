"""`scout-workers worker drain`: processes finish what they have and leave."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from scout_workers.cli.console import messages, plain
from scout_workers.cli.errors import BAD_INPUT, DONE, STOPPED, UsageMistakeError, verbose_option
from scout_workers.cli.hand import hand
from scout_workers.cli.opening import opened
from scout_workers.cli.operating import broker_of, confirmed
from scout_workers.cli.worker.processes import dead_after, meant, state_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from scout_workers.app.operating import PostgresBroker, WorkerRow

LOOK_SECONDS = 0.5
_KINDLY = "Its supervisor starts it anew; where there is none, nobody does."


@click.command("drain")
@click.argument("names", nargs=-1, metavar="[ID|HOST|HOST:PID]...")
@click.option("--all", "everything", is_flag=True, help="Every process there is.")
@click.option("--wait", is_flag=True, help="Return when they have left.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask, with --all.")
@verbose_option
def command(*, names: tuple[str, ...], everything: bool, wait: bool, yes: bool) -> int:
    """Have worker processes finish what they have, take nothing new, and exit with 0.

    Through the database, so on any machine, within a heartbeat; nothing is lost or run twice.
    A process that shares a `dramatiq` command with others takes them along: the command ends as a
    whole. Its supervisor starts it anew. With --wait exits with 1 if one died instead of leaving.
    """
    if bool(names) == everything:
        raise UsageMistakeError("Name processes (an id, a host, or host:pid), or say --all.")
    with opened(migrate=False) as app:
        broker = broker_of(app)
        silence = dead_after(app)
        workers = broker.workers()
        chosen = workers if everything else meant(workers, names)
        living = [each for each in chosen if state_of(each, silence) != "dead"]
        for each in chosen:
            if each not in living:
                click.echo(
                    f"{_name(each)} was last heard of {each.heartbeat_age:.0f} s ago: it cannot "
                    "hear, and others take over what it had.",
                    err=True,
                )
        if not living:
            click.echo("No worker process is running: nothing is asked.")
            return DONE
        if everything and not yes:
            confirmed(f"Drain {_count(len(living))}, all there are?")
        _ask(broker, living, app.settings.broker.heartbeat_seconds)
        return _await(broker, living, silence) if wait else DONE


def _ask(broker: PostgresBroker, living: Sequence[WorkerRow], seconds: float) -> None:
    asked = broker.fleet.drain([each.id for each in living], hand())
    already = len(living) - asked
    at = sum(each.leased for each in living)
    click.echo(
        f"{_count(asked)} asked to leave"
        + (f", {already:,} on the way before" if already else "")
        + f"; heard within {seconds:g} s. They finish what they have, {at:,} messages now. "
        + _KINDLY
    )


def _await(broker: PostgresBroker, asked: Sequence[WorkerRow], silence: float) -> int:
    waiting: dict[UUID, WorkerRow] = {each.id: each for each in asked}
    lost: list[WorkerRow] = []
    try:
        with messages().status("") as status:
            while waiting:
                there = {each.id: each for each in broker.workers()}
                lost += [
                    each
                    for id_ in waiting
                    if (each := there.get(id_)) and state_of(each, silence) == "dead"
                ]
                gone = {each.id for each in lost}
                waiting = {id_: there[id_] for id_ in waiting if id_ in there and id_ not in gone}
                at = sum(each.leased for each in waiting.values())
                status.update(f"{_count(len(waiting))} to leave yet, with {at:,} messages")
                if waiting:
                    time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        click.echo(
            f"{_count(len(waiting))} to leave yet, and leaves whoever watches: "
            "scout-workers worker list",
            err=True,
        )
        return STOPPED
    for each in lost:
        click.echo(f"{_name(each)} died on its way; others take over what it had.", err=True)
    if len(asked) > len(lost):
        click.echo(f"{_count(len(asked) - len(lost))} left.")
    return BAD_INPUT if lost else DONE


def _count(count: int) -> str:
    return "1 worker process" if count == 1 else f"{count:,} worker processes"


def _name(worker: WorkerRow) -> str:
    return plain(f"{worker.host}:{worker.pid}")
