"""What an actor may reach for: given once by whoever composes the process."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scout_workers.listeners.protocol import Audience

if TYPE_CHECKING:
    from scout_workers.blobs.protocol import BlobStore
    from scout_workers.housekeeping import Purge, Sweep
    from scout_workers.llm.models import Models
    from scout_workers.store import Store


class Resources(NamedTuple):
    """The parts an actor works with: what is remembered, who describes, where images lie."""

    store: Store
    models: Models
    blobs: BlobStore


class NotProvidedError(RuntimeError):
    """An actor ran in a process that gave it nothing to work with."""


_provided: list[Resources] = []


def provide(given: Resources) -> None:
    """Give the actors of this process their resources, in place of earlier ones."""
    _provided[:] = [given]


def resources() -> Resources:
    """Return what was provided.

    Raises:
        NotProvidedError: Nothing was: the worker has not booted, or not through our stack.
    """
    if not _provided:
        raise NotProvidedError(
            "no resources were provided in this process: run actors by `scout-workers worker` or "
            "`dramatiq scout_workers.worker`, or call resources.provide first"
        )
    return _provided[0]


_listening: list[Audience] = [Audience()]


def provide_audience(given: Audience) -> None:
    """Give the actors of this process those who are told of events; before, the log is alone."""
    _listening[:] = [given]


def audience() -> Audience:
    """Return those who are told of events."""
    return _listening[0]


_housekeepers: list[tuple[Sweep, Purge]] = []


def provide_housekeepers(sweep: Sweep, purge: Purge) -> None:
    """Give the actors of this process what looks after the rest, in place of earlier ones."""
    _housekeepers[:] = [(sweep, purge)]


def sweeper() -> Sweep:
    """Return what finds what was left behind.

    Raises:
        NotProvidedError: Nothing was provided.
    """
    return _housekeeping()[0]


def purger() -> Purge:
    """Return what removes what grew old.

    Raises:
        NotProvidedError: Nothing was provided.
    """
    return _housekeeping()[1]


def _housekeeping() -> tuple[Sweep, Purge]:
    if not _housekeepers:
        raise NotProvidedError("nothing looks after this process: call provide_housekeepers first")
    return _housekeepers[0]
