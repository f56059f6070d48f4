"""What `list` and `show` have in common: filters, and ids that may be abbreviated."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from scout_workers.cli.errors import UsageMistakeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

Command = TypeVar("Command", bound="Callable[..., object]")

_MOST_SHOWN = 5
_PLURALS = {"analysis": "analyses", "summary": "summaries"}


def filters(states: Sequence[str]) -> Callable[[Command], Command]:
    """Give a list command its options: organization, camera, state, limit and JSON."""

    def decorate(command: Command) -> Command:
        for option in (
            click.option("--json", "as_json", is_flag=True, help="For programs."),
            click.option(
                "--limit",
                type=click.IntRange(min=1, max=100_000),
                default=20,
                show_default=True,
                help="The most to list.",
            ),
            click.option("--state", type=click.Choice(states), help="Only those in this state."),
            click.option("--organization", help="Only this organization's."),
            click.option("--camera", help="Only those of cameras of this name."),
        ):
            command = option(command)
        return command

    return decorate


def the_one(what: str, prefix: str, find: Callable[[str], list[UUID]]) -> UUID:
    """Return the only id that begins with `prefix`.

    Args:
        what: What it is an id of, for messages.
        prefix: As it was typed.
        find: Returns the ids it may mean.

    Raises:
        UsageMistakeError: None does, or several do, or it is no id.
    """
    listing = f"`scout-workers {_PLURALS.get(what) or f'{what}s'} list`"
    try:
        found = find(prefix)
    except ValueError as error:
        raise UsageMistakeError(f"{error}: see {listing}.") from error
    if not found:
        raise UsageMistakeError(f"There is no {what} {prefix!r}: see {listing}.")
    if len(found) > 1:
        some = ", ".join(str(each) for each in found[:_MOST_SHOWN])
        more = " …" if len(found) > _MOST_SHOWN else ""
        raise UsageMistakeError(f"{prefix!r} begins several ids, type more of it: {some}{more}")
    return found[0]
