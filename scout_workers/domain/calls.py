"""What a model call cost and what came back: the facts the ledger keeps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class CallStatus(StrEnum):
    """Where a ledger row stands.

    `started` may have been paid; `in_doubt` was started by a worker that never came back with a
    receipt; `void` was started but provably never sent.
    """

    STARTED = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    VOID = "void"


class Lane(StrEnum):
    """Which of a provider's two lanes a call takes: history has what live captures leave."""

    LIVE = "live"
    BACKFILL = "backfill"


class ModelName(NamedTuple):
    """A model, and whose it is."""

    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a call may need at most, in tokens, said before it is made: an upper bound."""

    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's raw answer, before anybody parses it.

    Attributes:
        raw: The answer's text exactly as it came.
        cost_microdollars: What it cost, in millionths of a dollar; None where no price is known.
        price_source: Where the price came from ("free", "genai-prices 0.0.30" …).
        latency_ms: Wall-clock time of the call.
        request_id: The provider's own id of the request, where it gives one.
    """

    raw: str
    served_model: str
    usage: Usage
    cost_microdollars: int | None
    price_source: str
    latency_ms: int
    request_id: str | None = None
