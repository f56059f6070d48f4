"""Who is asked for what, and how to reach them: the sections [models.…] and [providers.…]."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from .sections import Section

Limit = Annotated[int, Field(ge=0)]
Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class ChoiceSettings(Section):
    """Who is asked for one purpose, and who instead while the first cannot answer."""

    provider: str = Field(min_length=1, description="Provider that is asked.")
    model: str = Field(min_length=1, description="Model of that provider.")
    fallbacks: tuple[str, ...] | str = Field(
        description='Who is asked while the first is overloaded or fails, in order: "openai/model".'
    )

    @field_validator("fallbacks")
    @classmethod
    def _provider_and_model(cls, fallbacks: tuple[str, ...] | str) -> tuple[str, ...]:
        # A variable holds them as one text, with commas.
        listed = fallbacks.split(",") if isinstance(fallbacks, str) else fallbacks
        names = tuple(name for each in listed if (name := each.strip()))
        for name in names:
            provider, slash, model = name.partition("/")
            if not (provider and slash and model):
                raise ValueError(f'{name!r} is not of the form "provider/model"')
        return names


class EmbedSettings(ChoiceSettings):
    """Who embeds texts and queries: one model and nobody instead."""

    @field_validator("fallbacks")
    @classmethod
    def _nobody_instead(cls, fallbacks: tuple[str, ...] | str) -> tuple[str, ...] | str:
        if fallbacks:
            raise ValueError(
                "there are none for vectors, since those of two models cannot be compared: leave "
                "it empty, and change the model with `scout-workers embeddings build`"
            )
        return fallbacks


class ModelsSettings(Section):
    """Who is asked for each purpose."""

    describe: ChoiceSettings
    summarize: ChoiceSettings
    insights: ChoiceSettings
    propose_profile: ChoiceSettings
    embed: EmbedSettings


class PriceSettings(Section):
    """What a model costs, in dollars a million tokens, where that is not widely known."""

    input: Dollars
    output: Dollars = 0.0
    cached_input: Dollars | None = None


class ProviderSettings(Section):
    """What all providers' sections have."""

    requests_per_minute: Limit = Field(
        description="Most calls a minute, of all workers together; 0: no limit."
    )
    tokens_per_minute: Limit = Field(
        description="Most tokens a minute, of all workers together; 0: no limit."
    )
    prices: dict[str, PriceSettings] = Field(
        default_factory=dict,
        description="By model: dollars a million tokens (input, output, cached_input), above "
        "what is known of its price.",
    )


class HostedSettings(ProviderSettings):
    """A provider reached over HTTP with one key."""

    base_url: str | None = Field(
        default=None, description="Address of a compatible server; not set: the provider's own."
    )
    api_key: SecretStr | None = Field(default=None, description="Key of the provider.")

    @field_validator("base_url")
    @classmethod
    def _is_http(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return url

    @property
    def set_up(self) -> bool:
        """Whether anybody said how to reach it."""
        return self.api_key is not None or self.base_url is not None


class BedrockSettings(ProviderSettings):
    """Amazon Bedrock."""

    region: str | None = Field(
        default=None, description="AWS region of the models; with it Bedrock is set up."
    )
    endpoint_url: str | None = Field(
        default=None, description="Address of another server than AWS."
    )
    access_key_id: SecretStr | None = Field(
        default=None, description="AWS access key; not set: as boto3 finds it."
    )
    secret_access_key: SecretStr | None = Field(
        default=None, description="AWS secret key; goes with access_key_id."
    )
    session_token: SecretStr | None = Field(
        default=None, description="AWS session token of temporary keys."
    )

    @property
    def set_up(self) -> bool:
        """Whether anybody said where it is."""
        return self.region is not None or self.endpoint_url is not None


class ProvidersSettings(Section):
    """How to reach each provider; `local` needs nothing."""

    openai: HostedSettings
    anthropic: HostedSettings
    bedrock: BedrockSettings

    def named(self, provider: str) -> ProviderSettings | None:
        """Return a provider's section; None: it has none, and no limits."""
        section = getattr(self, provider, None) if provider in type(self).model_fields else None
        return section if isinstance(section, ProviderSettings) else None
