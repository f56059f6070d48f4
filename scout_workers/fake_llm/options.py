"""How a fake-llm is started."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path  # noqa: TC003 - of a dataclass that is printed
from typing import TYPE_CHECKING

from scout_workers.fake_llm.pace import Latency

if TYPE_CHECKING:
    from scout_workers.fake_llm.pace import Limit
    from scout_workers.fake_llm.script import Step


@dataclass(frozen=True, slots=True)
class Options:
    """What can be chosen.

    Attributes:
        port: 0: any that is free.
        latency: Of every answer; a no comes at once.
        limit: Of all requests that are paid for together; None: none.
        key: The only key that is accepted; empty: any, or none.
        steps: What goes wrong.
        seed: Of what is left to chance.
        log: File the till is written to, a line of JSON a request.
        certificate: PEM file with certificate and key; None: plain HTTP.
    """

    host: str = "127.0.0.1"
    port: int = 0
    latency: Latency = field(default_factory=Latency)
    limit: Limit | None = None
    key: str = ""
    steps: tuple[Step, ...] = ()
    seed: int = 0
    log: Path | None = None
    certificate: Path | None = None
