"""The terms under which models are asked: who is asked instead of whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scout_workers.domain.calls import ModelName


@dataclass(frozen=True, slots=True)
class Terms:
    """What whoever composes the process knows of providers, and the ledger goes by.

    Attributes:
        fallbacks: By purpose: who is asked, in order, while the first choice is overloaded.
    """

    fallbacks: Mapping[str, tuple[ModelName, ...]] = field(default_factory=dict)

    def fallbacks_for(self, purpose: str, first: ModelName) -> tuple[ModelName, ...]:
        """Return who is asked after `first`, each once."""
        return tuple(name for name in self.fallbacks.get(purpose, ()) if name != first)
