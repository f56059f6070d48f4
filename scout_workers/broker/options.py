"""How a worker process behaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .claimer import Polling
from .heart import Pulse

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How a worker process behaves.

    Attributes:
        concurrency: Queue to the most un-acked claims this process may hold.
        polling: How often to look for messages.
        pulse: How often to beat, and when silence means death.
        max_deliveries: After how many workers it took with it a message is dead.
        keep_dead: For how many seconds dead messages are kept; None: for ever.
        version: What the worker table shows.
    """

    concurrency: Mapping[str, int] = field(default_factory=dict)
    polling: Polling = field(default_factory=Polling)
    pulse: Pulse = field(default_factory=Pulse)
    max_deliveries: int = 5
    keep_dead: float | None = 30 * 86400.0
    version: str = ""
