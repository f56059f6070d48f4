"""Which dead messages a command is about: its options, and the filter they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from scout_workers.app.operating import Which
from scout_workers.cli import moments
from scout_workers.cli.console import plain
from scout_workers.cli.errors import UsageMistakeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scout_workers.app.operating import DeadMessage, PostgresBroker

Command = TypeVar("Command", bound="Callable[..., object]")

REASONS = ("failed", "max_deliveries", "undecodable", "aborted")
_FILTERS = ("queue", "actor", "error", "reason", "like", "since")


def choosing(command: Command) -> Command:
    """Give a command the options that say which dead messages it is about."""
    for option in (
        click.option("--since", metavar=moments.METAVAR, help=f"Died since: {moments.HELP}; UTC."),
        click.option("--like", metavar="ID", help="All that died of the same as this one."),
        click.option(
            "--reason",
            type=click.Choice(REASONS),
            help="max_deliveries: took its worker with it, again and again.",
        ),
        click.option(
            "--error",
            metavar="TEXT",
            help="A part of the error, in any case; an N stands for numbers and ids as in `list`.",
        ),
        click.option("--actor", help="Only this actor's."),
        click.option("--queue", help="Only this queue's."),
    ):
        command = option(command)
    return command


def chosen(broker: PostgresBroker, options: dict[str, Any]) -> Which:
    """Return what the options ask for, and nothing that dies from now on.

    Raises:
        UsageMistakeError: They make no sense, or name one that is not there.
    """
    said = {name: options[name] for name in ("queue", "actor", "error", "reason")}
    if (since := options["since"]) is not None:
        said["since"] = moments.moment(since, "UTC")
    if options["like"] is not None:
        like = the_dead(broker, options["like"])
        same = {"queue": like.queue, "actor": like.actor, "reason": like.reason}
        if any(said[name] not in {None, value} for name, value in same.items()):
            raise UsageMistakeError(
                "--like says the queue, the actor and the reason already: leave those out."
            )
        said |= same | {"cause": like.cause}
    return broker.dead.until_now(Which(**said))


def narrowed(options: dict[str, Any]) -> bool:
    """Tell whether any filter was given."""
    return any(options[name] is not None for name in _FILTERS)


def named(ids: tuple[str, ...]) -> list[int]:
    """Return the numbers of dead messages that were typed.

    Raises:
        UsageMistakeError: One is no number.
    """
    for each in ids:
        if not each.isascii() or not each.isdigit() or len(each) > 18:  # noqa: PLR2004 - fits a bigint
            raise UsageMistakeError(
                f"{plain(each[:40])!r} is no dead message's number: see `scout-workers dead list`."
            )
    return [int(each) for each in ids]


def the_dead(broker: PostgresBroker, identity: str) -> DeadMessage:
    """Return the dead message of that number, or the latest of that message's id.

    Raises:
        UsageMistakeError: It is not among the dead.
    """
    number = identity.isascii() and identity.isdigit() and len(identity) <= 18  # noqa: PLR2004 - as above
    which = Which(ids=[int(identity)]) if number else Which(message_id=identity)
    found = broker.dead.find(which, most=1)
    if not found:
        raise UsageMistakeError(
            f"{plain(identity[:80])!r} is not among the dead messages (retried, dropped, or never "
            "there): see `scout-workers dead list`."
        )
    return found[0]
