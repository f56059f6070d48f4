"""What a listener does, and who wants to hear of what."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Protocol

from scout_workers.domain.errors import ScoutError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scout_workers.domain.events import Event


class ListenerError(ScoutError):
    """A listener did not take an event."""


class Listener(Protocol):
    """Takes events."""

    def tell(self, event: Event) -> None:
        """Tell it of an event, once. It may know it already: `event.id` says so.

        Raises:
            ListenerError: It did not take it, or not in time.
            TransactionHeldError: A transaction is open.
        """
        ...

    def describe(self) -> str:
        """Say in a few words what it is, without a secret."""
        ...


@dataclass(frozen=True, slots=True)
class Target:
    """A listener, and what it wants to hear of.

    Attributes:
        organizations: Names; empty: all.
        kinds: Patterns as of file names; empty: all.
    """

    listener: Listener
    organizations: frozenset[str] = frozenset()
    kinds: tuple[str, ...] = ()

    def wants(self, event: Event) -> bool:
        """Whether it is to be told of an event."""
        if self.organizations and event.organization not in self.organizations:
            return False
        return not self.kinds or any(fnmatchcase(event.kind, each) for each in self.kinds)


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody who listens.

    Attributes:
        targets: By the name the settings give them.
        log: Whether the log is among them.
        max_age_seconds: How long one that does not take an event is tried.
    """

    targets: Mapping[str, Target] = field(default_factory=dict)
    log: bool = True
    max_age_seconds: float = 72 * 3600.0

    def wanting(self, event: Event) -> list[str]:
        """Name the targets that are to be told of an event."""
        return [name for name, target in self.targets.items() if target.wants(event)]
