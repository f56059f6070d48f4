"""The providers that can be imitated: fake-llm, and the settings that point everything at it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from scout_workers.fake_llm import FakeLLM, Options, serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Models(NamedTuple):
    """A provider's models: for looking and writing, and for vectors if it has any."""

    writes: str
    embeds: str | None


PROVIDERS: Final[Mapping[str, Models]] = {
    "openai": Models("gpt-5-mini", "text-embedding-3-small"),
    "anthropic": Models("claude-haiku-4-5", None),
    "bedrock": Models("anthropic.claude-haiku-4-5-20251001-v1:0", "amazon.titan-embed-text-v2:0"),
}
_WRITING: Final = ("DESCRIBE", "SUMMARIZE", "INSIGHTS", "PROPOSE_PROFILE")


@contextmanager
def imitated(provider: str | None) -> Iterator[FakeLLM | None]:
    """Have this process and its children ask an imitated provider, for the length of a block.

    The server is a thread of this process: it cannot outlive it. A key that the environment holds
    is covered by one that is none.

    Args:
        provider: One of `PROVIDERS`; None: nothing is imitated.

    Raises:
        OSError: There is no port to be had.
    """
    if provider is None:
        yield None
        return
    before = dict(os.environ)
    with serving(Options()) as fake:
        os.environ.update(pointing(fake) | choosing(provider))
        try:
            yield fake
        finally:
            os.environ.clear()
            os.environ.update(before)


def pointing(fake: FakeLLM, key: str = "fake") -> dict[str, str]:
    """Return the variables that point every provider at a server."""
    return {
        "SCOUT_PROVIDERS__OPENAI__BASE_URL": fake.base_url("openai"),
        "SCOUT_PROVIDERS__OPENAI__API_KEY": key,
        "SCOUT_PROVIDERS__ANTHROPIC__BASE_URL": fake.base_url("anthropic"),
        "SCOUT_PROVIDERS__ANTHROPIC__API_KEY": key,
        "SCOUT_PROVIDERS__BEDROCK__ENDPOINT_URL": fake.base_url("bedrock"),
        "SCOUT_PROVIDERS__BEDROCK__REGION": "us-east-1",
        "SCOUT_PROVIDERS__BEDROCK__ACCESS_KEY_ID": key,
        "SCOUT_PROVIDERS__BEDROCK__SECRET_ACCESS_KEY": "fake",
    }


def choosing(provider: str) -> dict[str, str]:
    """Return the variables that have a provider asked for all it can write.

    Its vectors are not among them: they would be the installation's from then on, which is not
    for an imitation to decide (`vectors`).
    """
    chosen = {f"SCOUT_MODELS__{purpose}__PROVIDER": provider for purpose in _WRITING}
    writes = PROVIDERS[provider].writes
    return chosen | {f"SCOUT_MODELS__{purpose}__MODEL": writes for purpose in _WRITING}
