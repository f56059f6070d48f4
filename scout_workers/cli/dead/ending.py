"""What `retry` and `drop` have in common: which, how many, are you sure, and then in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from scout_workers.app.operating import Which
from scout_workers.cli.console import print_json
from scout_workers.cli.counting import Counting
from scout_workers.cli.dead.choosing import Command, choosing, chosen, named, narrowed
from scout_workers.cli.errors import DONE, STOPPED, UsageMistakeError, verbose_option
from scout_workers.cli.hand import hand
from scout_workers.cli.opening import opened
from scout_workers.cli.operating import broker_of, confirmed

if TYPE_CHECKING:
    from collections.abc import Callable

    from scout_workers.app.operating import DeadGroup, PostgresBroker


class Ending(NamedTuple):
    """One of the two.

    Attributes:
        verb: "retry".
        past: "retried".
        act: Does it to some; returns how many.
        sure_of_named: Whether those named by their numbers need not be confirmed.
        afterwards: What the person should know then.
    """

    verb: str
    past: str
    act: Callable[..., int]
    sure_of_named: bool
    afterwards: str


def ending_options(past: str) -> Callable[[Command], Command]:
    """Give a command that ends dead messages its words: which of them, how many, and how."""

    def give(command: Command) -> Command:
        for option in (
            verbose_option,
            click.option("--json", "as_json", is_flag=True, help="For programs."),
            click.option("--yes", "-y", is_flag=True, help="Do not ask."),
            click.option("--dry-run", is_flag=True, help=f"Only show what would be {past}."),
            click.option(
                "--limit", type=click.IntRange(min=1), help="No more than so many, oldest first."
            ),
            click.option("--all", "everything", is_flag=True, help="Every dead message there is."),
            choosing,
            click.argument("ids", nargs=-1, metavar="[ID]..."),
        ):
            command = option(command)
        return command

    return give


def end(
    make: Callable[[PostgresBroker], Ending],
    *,
    ids: tuple[str, ...],
    everything: bool,
    limit: int | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Do it to what the options ask for, after a look and a yes; return the exit code."""
    if bool(ids) + narrowed(options) + everything != 1:
        raise UsageMistakeError(
            "Say which, in one way: numbers of `scout-workers dead list`, or filters (--like, "
            "--queue, --actor, --error, --reason, --since), or --all."
        )
    with opened(migrate=False) as app:
        broker = broker_of(app)
        ending = make(broker)
        which = chosen(broker, options)
        if ids:
            which = Which(ids=named(ids), until=which.until)
        with Counting("counting") as counting:
            groups = broker.dead.groups(which, told=counting.moved)
        found = sum(group.messages for group in groups)
        count = found if limit is None else min(found, limit)
        if dry_run or not count:
            _tell(ending, groups, 0, count, as_json=as_json)
            return DONE
        if not yes and not (ids and ending.sure_of_named):
            _preview(groups)
            confirmed(f"{ending.verb.capitalize()} {_messages(count)}?")
        return _act(ending, which, groups, count, limit=limit, as_json=as_json)


def _act(
    ending: Ending,
    which: Which,
    groups: list[DeadGroup],
    count: int,
    *,
    limit: int | None,
    as_json: bool,
) -> int:
    with Counting(f"{ending.past}", count) as walking:
        try:
            done = ending.act(which, by=hand(), most=limit, told=walking.moved)
        except KeyboardInterrupt:
            click.echo(
                f"{_messages(walking.done)} {_were(walking.done)} {ending.past}, the others are "
                "still dead. Run the same command again: it goes on.",
                err=True,
            )
            return STOPPED
    _tell(ending, groups, done, count, as_json=as_json)
    return DONE


def _preview(groups: list[DeadGroup]) -> None:
    for group in groups[:5]:
        cause = group.error or group.reason
        click.echo(f"{group.messages:>9,}  {group.actor} on {group.queue}: {cause[:80]}", err=True)
    if len(groups) > 5:  # noqa: PLR2004 - as many as were shown
        click.echo(f"           and {len(groups) - 5:,} more causes", err=True)


def _tell(ending: Ending, groups: list[DeadGroup], done: int, count: int, *, as_json: bool) -> None:
    if as_json:
        print_json({"found": sum(each.messages for each in groups), "done": done, "groups": groups})
    elif not count:
        click.echo("No dead messages match: nothing is done.")
    elif not done:
        _preview(groups)
        click.echo(f"{_messages(count)} would be {ending.past}.")
    else:
        click.echo(f"{_messages(done)} {_were(done)} {ending.past}{ending.afterwards}.")


def _messages(count: int) -> str:
    return "1 dead message" if count == 1 else f"{count:,} dead messages"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
