"""The terms under which models are asked: who instead of whom, how often, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scout_workers.domain.gates import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scout_workers.domain.calls import Estimate, ModelName


@dataclass(frozen=True, slots=True)
class Terms:
    """What whoever composes the process knows of providers, and the ledger goes by.

    Attributes:
        fallbacks: By purpose: who is asked, in order, while the first choice cannot be.
        limits: By provider: what it may be asked in a minute, all its models together.
        most: What a call costs at most, in millionths of a dollar; None where no price is known.
    """

    fallbacks: Mapping[str, tuple[ModelName, ...]] = field(default_factory=dict)
    limits: Mapping[str, Limits] = field(default_factory=dict)
    most: Callable[[ModelName, Estimate], int | None] = lambda _name, _estimate: None

    def fallbacks_for(self, purpose: str, first: ModelName) -> tuple[ModelName, ...]:
        """Return who is asked after `first`, each once."""
        return tuple(name for name in self.fallbacks.get(purpose, ()) if name != first)

    def limits_of(self, provider: str) -> Limits:
        """Return a provider's limits; none where nothing is said of it."""
        return self.limits.get(provider, _UNLIMITED)


_UNLIMITED = Limits()
