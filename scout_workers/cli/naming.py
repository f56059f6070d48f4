"""What people call cameras and organizations; a mistyped name is answered with the near ones."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from scout_workers.cli.console import plain
from scout_workers.cli.errors import UsageMistakeError
from scout_workers.store import cameras, organizations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.store import Transaction
    from scout_workers.store.cameras import Camera
    from scout_workers.store.organizations import Organization

_MOST_NAMED = 8


def name_option(ctx: click.Context, parameter: click.Parameter, value: str) -> str:
    """Check a new name, as a callback of its option or argument."""
    del ctx
    name = value.strip()
    if not name or not name.isprintable():
        raise click.BadParameter("a name has at least one letter and is one line", param=parameter)
    return name


def organization_of(tx: Transaction, name: str | None) -> Organization:
    """Return the organization of that name; None: the only one there is.

    Raises:
        UsageMistakeError: There is none of that name, or several and none was named.
    """
    known = organizations.everyone(tx)
    if name is None:
        if len(known) == 1:
            return known[0]
        raise UsageMistakeError(
            f"There are several organizations, name one with --organization: {_some(known)}."
            if known
            else "There is no organization yet: `scout-workers import` makes one with its pictures."
        )
    for each in known:
        if each.name == name:
            return each
    raise UsageMistakeError(
        f"There is no organization {plain(name)!r}. {_meant(name, [each.name for each in known])}"
    )


def clock_of(tx: Transaction, name: str | None) -> str:
    """Return the zone by which days are meant: that organization's, the only one's, or UTC."""
    known = organizations.everyone(tx)
    meant = [each.time_zone for each in known if name in {None, each.name}]
    return meant[0] if len(meant) == 1 else "UTC"


def camera_of(tx: Transaction, name: str, organization: str | None) -> Camera:
    """Return the camera of that name, of the organization of that name.

    Args:
        tx: The transaction.
        name: The camera's.
        organization: Whose it is; None: of whichever organization has the only one of that name.

    Raises:
        UsageMistakeError: There is none, or several organizations have one.
    """
    whose = None if organization is None else organization_of(tx, organization)
    found = cameras.named(tx, name, whose.id if whose else None)
    if len(found) == 1:
        return found[0]
    if found:
        some = _some([each.organization for each in found])
        raise UsageMistakeError(
            f"Several organizations have a camera {plain(name)!r}, name one with --organization: "
            f"{some}."
        )
    others = cameras.named(tx, None, whose.id if whose else None)
    of = f" of {plain(whose.name)}" if whose else ""
    raise UsageMistakeError(
        f"There is no camera {plain(name)!r}{of}. {_meant(name, [each.name for each in others])}"
    )


def _meant(name: str, known: Sequence[str]) -> str:
    if not known:
        return "There is none at all yet."
    near = get_close_matches(name.casefold(), [each.casefold() for each in known], n=3)
    meant = [plain(each) for each in dict.fromkeys(known) if each.casefold() in near]
    if meant:
        return f"Did you mean {' or '.join(meant)}?"
    some = ", ".join(plain(each) for each in list(dict.fromkeys(known))[:_MOST_NAMED])
    more = " …" if len(set(known)) > _MOST_NAMED else ""
    return f"There are: {some}{more}."


def _some(known: Sequence[Organization]) -> str:
    names = ", ".join(plain(each.name) for each in known[:_MOST_NAMED])
    return names + (" …" if len(known) > _MOST_NAMED else "")
