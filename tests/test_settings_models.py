"""Who is asked for what, and how each provider is reached, as the settings say it."""

from __future__ import annotations

import os

import pytest

from scout_workers.app.providers import open_models
from scout_workers.settings import SettingsError, describe, load

CANARY = "hunter2"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith("SCOUT_") or name.endswith("_API_KEY"):
            monkeypatch.delenv(name)


def test_everything_is_asked_of_the_local_provider_unless_somebody_says_otherwise() -> None:
    models = open_models(load())

    chosen = {
        purpose: models.choice(purpose).first
        for purpose in ("describe", "summarize", "insights", "propose_profile", "embed")
    }

    assert {provider for provider, _ in chosen.values()} == {"local"}
    assert chosen["embed"].model == "lexical-hash-v1"
    assert models.names == ("local",)


def test_a_variable_chooses_a_model_and_its_fallbacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOUT_MODELS__DESCRIBE__PROVIDER", "openai")
    monkeypatch.setenv("SCOUT_MODELS__DESCRIBE__MODEL", "gpt-x")
    monkeypatch.setenv("SCOUT_MODELS__DESCRIBE__FALLBACKS", "openai/meta/llama-4, bedrock/nova")

    choice = open_models(load()).choice("describe")

    assert choice.first == ("openai", "gpt-x")
    assert choice.fallbacks == (("openai", "meta/llama-4"), ("bedrock", "nova"))


@pytest.mark.parametrize("fallbacks", ['["bedrock/nova"]', "bedrock/nova", "bedrock/nova,"])
def test_fallbacks_in_a_variable_may_be_json(
    monkeypatch: pytest.MonkeyPatch, fallbacks: str
) -> None:
    monkeypatch.setenv("SCOUT_MODELS__INSIGHTS__FALLBACKS", fallbacks)

    assert load().models.insights.fallbacks == ("bedrock/nova",)


@pytest.mark.parametrize("wrong", ["nova", "bedrock/", "/nova"])
def test_a_fallback_without_a_provider_or_a_model_is_refused(wrong: str) -> None:
    with pytest.raises(SettingsError, match='not of the form "provider/model"'):
        load(models={"insights": {"fallbacks": (wrong,)}})


@pytest.mark.parametrize("given", ["openai/text-embedding-3-small", '["bedrock/nova"]'])
def test_vectors_have_no_fallback_and_the_error_says_how_their_model_is_changed(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("SCOUT_MODELS__EMBED__FALLBACKS", given)

    with pytest.raises(SettingsError, match=r"cannot be compared.*embeddings build") as refused:
        load()

    assert "SCOUT_MODELS__EMBED__FALLBACKS" in str(refused.value)
    monkeypatch.setenv("SCOUT_MODELS__EMBED__FALLBACKS", "")
    assert load().models.embed.fallbacks == ()


def test_the_usual_variables_stand_in_for_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "theirs")
    monkeypatch.setenv("SCOUT_PROVIDERS__ANTHROPIC__API_KEY", "ours")

    settings = load()
    providers, rows = settings.providers, {row.name: row for row in describe(settings)}

    assert providers.openai.set_up
    assert not providers.bedrock.set_up
    assert providers.anthropic.api_key is not None
    assert providers.anthropic.api_key.get_secret_value() == "ours"
    assert rows["providers.openai.api_key"].origin == "OPENAI_API_KEY"
    assert rows["providers.anthropic.api_key"].origin == "SCOUT_PROVIDERS__ANTHROPIC__API_KEY"
    assert CANARY not in f"{settings!r} {rows}"


def test_a_price_of_ones_own_stands_in_a_file_or_in_a_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCOUT_PROVIDERS__OPENAI__PRICES", '{"llama-4": {"input": 0.1}}')

    price = load().providers.openai.prices["llama-4"]

    assert (price.input, price.output, price.cached_input) == (0.1, 0.0, None)


def test_a_table_in_a_variable_that_is_no_json_names_the_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCOUT_PROVIDERS__OPENAI__PRICES", "llama-4=0.1")

    with pytest.raises(SettingsError, match=r"^SCOUT_PROVIDERS__OPENAI__PRICES: .* JSON object"):
        load()


def test_limits_of_a_provider_without_a_section_are_none() -> None:
    providers = load(providers={"openai": {"requests_per_minute": 600}}).providers

    assert providers.named("local") is None
    limited = providers.named("openai")
    assert limited is not None
    assert (limited.requests_per_minute, limited.tokens_per_minute) == (600, 0)


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"openai": {"base_url": "localhost:8000"}}, "must begin with http:// or https://"),
        ({"openai": {"requests_per_minute": -1}}, "greater than or equal to 0"),
        ({"openai": {"prices": {"x": {"input": -1}}}}, "greater than or equal to 0"),
        ({"cohere": {}}, "there is no setting providers.cohere"),
    ],
)
def test_providers_that_cannot_work_are_refused(values: dict[str, object], complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        load(providers=values)
