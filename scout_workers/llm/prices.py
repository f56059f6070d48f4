"""What a call costs, and what it may cost at most: by the settings, else by genai-prices.

genai-prices brings the prices with it; nothing is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from scout_workers.domain.calls import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scout_workers.domain.calls import Estimate

UNKNOWN: Final = "unknown"
FREE: Final = "free"
OWN: Final = "settings"

_MILLION: Final = Decimal(1_000_000)
# What genai-prices calls our providers.
_THEIR_NAMES: Final = {"openai": "openai", "anthropic": "anthropic", "bedrock": "aws"}


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars a million tokens, which is microdollars a token.

    Attributes:
        cached_input: Of input read from the provider's cache; None: as all input.
    """

    input: float
    output: float = 0.0
    cached_input: float | None = None

    def of(self, usage: Usage) -> int:
        """Return what a call cost, in millionths of a dollar, rounded up."""
        cached = min(usage.cached_tokens, usage.input_tokens)
        cached_price = self.input if self.cached_input is None else self.cached_input
        total = (
            Decimal(str(self.input)) * (usage.input_tokens - cached)
            + Decimal(str(cached_price)) * cached
            + Decimal(str(self.output)) * usage.output_tokens
        )
        return int(total.to_integral_value(ROUND_CEILING))


@dataclass(frozen=True, slots=True)
class Prices:
    """Everything known of what models cost.

    Attributes:
        own: The operator's, by provider and model; they win.
        addresses: By provider: the base_url of another server than its own. Its prices are known
            where genai-prices knows the address.
    """

    own: Mapping[str, Mapping[str, Price]] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)

    def cost(
        self, provider: str, model: str, usage: Usage, *, served: str | None = None
    ) -> tuple[int | None, str]:
        """Return what a call cost, in millionths of a dollar, and where the price comes from.

        None, "unknown": nobody knows the model's price.

        Args:
            provider: Ours for it.
            model: The model that was asked for.
            usage: What the provider counted.
            served: The model that answered, where it says so.
        """
        if provider == "local":
            return 0, FREE
        names = tuple(dict.fromkeys(filter(None, (served, model))))
        for name in (model, *names):
            price = self.own.get(provider, {}).get(name)
            if price is not None:
                return price.of(usage), OWN
        for name in names:
            cost = self._known(provider, name, usage)
            if cost is not None:
                return cost, f"genai-prices {_release()}"
        return None, UNKNOWN

    def most(self, provider: str, model: str, estimate: Estimate) -> int | None:
        """Return what a call may cost at most, in millionths of a dollar; None: nobody knows."""
        usage = Usage(estimate.input_tokens, estimate.output_tokens)
        return self.cost(provider, model, usage)[0]

    def _known(self, provider: str, model: str, usage: Usage) -> int | None:
        # It reads its table of 1,500 models when it is first imported.
        from genai_prices import Usage as Counts  # noqa: PLC0415  see above
        from genai_prices import calc_price  # noqa: PLC0415  see above

        address = self.addresses.get(provider)
        counts = Counts(
            input_tokens=usage.input_tokens,
            cache_read_tokens=min(usage.cached_tokens, usage.input_tokens) or None,
            output_tokens=usage.output_tokens,
        )
        try:
            if address is None:
                found = calc_price(counts, model, provider_id=_THEIR_NAMES.get(provider, provider))
            else:
                found = calc_price(counts, model, provider_api_url=address)
        except LookupError:
            return None
        return int((found.total_price * _MILLION).to_integral_value(ROUND_CEILING))


@cache
def _release() -> str:
    return version("genai-prices")
