"""What a limit of so many a minute means to a gate (GCRA), and how a closed one lets its line in.

A bucket that fills at a steady rate and holds little: what may come at once counts against the
minute like all else, so that no minute anywhere has more than the limit. A hundredth of a limit
may come at once, and the rate is two hundredths below the limit, so that what is late on its way
to the provider does not make a minute too full there either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scout_workers.domain.calls import Estimate

MINUTE = 60.0
BURST = 0.01
MARGIN = 0.02

OVERSUPPLY = 0.8
"""A line is let in a little faster than the gate lets through, so that nothing of it is unused."""

CLOSED_SPACING_SECONDS = 0.05
"""Between two of the line before a gate that has no limit but was closed: twenty a second."""

LONGEST_PLACE_SECONDS = 600.0
"""Nobody is told to come later than that, but by the provider: limits may be raised meanwhile."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a provider may be asked in a minute, by all workers together; 0: no limit of ours."""

    requests_per_minute: int = 0
    tokens_per_minute: int = 0

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return self.requests_per_minute > 0 or self.tokens_per_minute > 0

    def passing(self, estimate: Estimate, *, backfill: bool) -> dict[str, float]:
        """Return what one call means to the gate, as `gates_pass` takes it, in seconds."""
        request = _interval(self.requests_per_minute)
        token = _interval(self.tokens_per_minute)
        tokens = estimate.input_tokens + estimate.output_tokens
        # History leaves half of what may come at once to live work.
        share = 0.5 if backfill else 1.0
        return {
            "request_seconds": request,
            "request_slack": _slack(self.requests_per_minute, request) * share,
            "token_seconds": token * tokens,
            "token_slack": _slack(self.tokens_per_minute, token) * share,
            "spacing": max(request, token * tokens) * OVERSUPPLY or CLOSED_SPACING_SECONDS,
        }

    def token_seconds(self, tokens: int) -> float:
        """How long the bucket takes to make up for so many tokens."""
        return _interval(self.tokens_per_minute) * tokens

    def used(self, requests_ahead: float, tokens_ahead: float) -> float | None:
        """Say how much of what may be asked just now is used: 0 to 1; None: there is no limit.

        Args:
            requests_ahead: Seconds until the bucket of requests is full again.
            tokens_ahead: Likewise, of tokens.
        """
        shares = [
            ahead / (_slack(limit, _interval(limit)) + _interval(limit))
            for limit, ahead in (
                (self.requests_per_minute, requests_ahead),
                (self.tokens_per_minute, tokens_ahead),
            )
            if limit > 0
        ]
        return min(max(shares), 1.0) if shares else None


def _interval(per_minute: int) -> float:
    """Seconds from one to the next; 0 where there is no limit."""
    if per_minute <= 0:
        return 0.0
    at_once = int(per_minute * BURST)
    return MINUTE / (per_minute - (int(per_minute * MARGIN) if at_once else 0))


def _slack(per_minute: int, interval: float) -> float:
    """How far the bucket may be in debt when another one comes."""
    return int(per_minute * BURST) * interval
