"""The model providers that the settings set up, and whom they chose for each purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.domain.calls import ModelName
from scout_workers.llm.anthropic import AnthropicProvider
from scout_workers.llm.bedrock import BedrockProvider
from scout_workers.llm.bedrock.client import BedrockOptions
from scout_workers.llm.local import LocalProvider
from scout_workers.llm.models import Choice, Models
from scout_workers.llm.openai import OpenAIProvider
from scout_workers.llm.prices import Price, Prices
from scout_workers.settings import ChoiceSettings, HostedSettings, ProviderSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import SecretStr

    from scout_workers.llm.protocol import ModelProvider
    from scout_workers.settings import Settings


def open_models(settings: Settings) -> Models:
    """Make the providers; nothing is connected before one is asked."""
    providers = {provider.name: provider for provider in _set_up(settings)}
    return Models(providers, choices(settings))


def choices(settings: Settings) -> dict[str, Choice]:
    """Return whom the settings chose, by purpose."""
    return {
        purpose: _choice(chosen)
        for purpose, chosen in settings.models
        if isinstance(chosen, ChoiceSettings)
    }


def limits(settings: Settings) -> dict[str, tuple[int, int]]:
    """Return by provider how many requests and tokens a minute it may be sent; 0: no limit."""
    return {
        name: (section.requests_per_minute, section.tokens_per_minute)
        for name, section in settings.providers
        if isinstance(section, ProviderSettings)
    }


def prices(settings: Settings) -> Prices:
    """Return what models cost: what the settings say, and what is known besides."""
    sections = {
        name: section
        for name, section in settings.providers
        if isinstance(section, ProviderSettings)
    }
    own = {
        name: {
            model: Price(price.input, price.output, price.cached_input)
            for model, price in section.prices.items()
        }
        for name, section in sections.items()
    }
    addresses = {
        name: section.base_url
        for name, section in sections.items()
        if isinstance(section, HostedSettings) and section.base_url
    }
    return Prices(own, addresses)


def _set_up(settings: Settings) -> Iterator[ModelProvider]:
    known, seconds = prices(settings), settings.deadline.attempt_seconds
    yield LocalProvider()
    openai, anthropic = settings.providers.openai, settings.providers.anthropic
    if openai.set_up:
        yield OpenAIProvider(
            known,
            api_key=_revealed(openai.api_key),
            base_url=openai.base_url,
            seconds=seconds,
        )
    if anthropic.set_up:
        yield AnthropicProvider(
            known,
            api_key=_revealed(anthropic.api_key),
            base_url=anthropic.base_url,
            seconds=seconds,
        )
    bedrock = settings.providers.bedrock
    if bedrock.set_up:
        options = BedrockOptions(
            region=bedrock.region,
            endpoint_url=bedrock.endpoint_url,
            access_key_id=_revealed(bedrock.access_key_id),
            secret_access_key=_revealed(bedrock.secret_access_key),
            session_token=_revealed(bedrock.session_token),
        )
        yield BedrockProvider(known, options, seconds=seconds)


def _choice(chosen: ChoiceSettings) -> Choice:
    pairs = (fallback.partition("/") for fallback in chosen.fallbacks)
    others = tuple(ModelName(provider, model) for provider, _, model in pairs)
    return Choice(chosen.provider, chosen.model, others)


def _revealed(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
