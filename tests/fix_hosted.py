"""The three hosted providers, each pointed at a server of the test, and what each would be told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from fix_pictures import gradient, prepared

from scout_workers.domain.profiles import ProfileVersion
from scout_workers.llm.anthropic import AnthropicProvider
from scout_workers.llm.bedrock import BedrockProvider
from scout_workers.llm.bedrock.client import BedrockOptions
from scout_workers.llm.openai import OpenAIProvider
from scout_workers.llm.prices import Price, Prices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fix_http import HTTPServer

    from scout_workers.domain.calls import Answer
    from scout_workers.llm.hosted.provider import HostedProvider

KEY = "sk-hunter2-hunter2"
SAID = {"headline": "A van", "severity": "notice", "flags": [], "observations": []}
PRICES = Prices(
    {name: {"model-1": Price(1, 10, 0.1)} for name in ("openai", "anthropic", "bedrock")}
)


def openai(url: str, seconds: float = 20.0) -> HostedProvider:
    return OpenAIProvider(PRICES, api_key=KEY, base_url=f"{url}/v1", seconds=seconds)


def anthropic(url: str, seconds: float = 20.0) -> HostedProvider:
    return AnthropicProvider(PRICES, api_key=KEY, base_url=url, seconds=seconds)


def bedrock(url: str, seconds: float = 20.0) -> HostedProvider:
    options = BedrockOptions("eu-central-1", url, "id", KEY)
    return BedrockProvider(PRICES, options, seconds=seconds)


MAKERS: dict[str, Callable[..., HostedProvider]] = {
    "openai": openai,
    "anthropic": anthropic,
    "bedrock": bedrock,
}


def success(name: str, *, stop: str | None = None, said: dict[str, Any] = SAID) -> bytes:
    """A provider's whole answer, which cost 1,000 tokens, 400 of them cached, and 50 more."""
    bodies: dict[str, dict[str, Any]] = {
        "openai": {
            "id": "chatcmpl-1",
            "model": "model-1-2026",
            "choices": [
                {"finish_reason": stop or "stop", "message": {"content": json.dumps(said)}}
            ],
            "usage": {
                "prompt_tokens": 1000,
                "completion_tokens": 50,
                "prompt_tokens_details": {"cached_tokens": 400},
            },
        },
        "anthropic": {
            "id": "msg_1",
            "model": "model-1-2026",
            "stop_reason": stop or "tool_use",
            "content": [{"type": "tool_use", "id": "t", "name": "give_answer", "input": said}],
            "usage": {"input_tokens": 600, "cache_read_input_tokens": 400, "output_tokens": 50},
        },
        "bedrock": {
            "output": {
                "message": {
                    "role": "assistant",
                    "content": [{"toolUse": {"toolUseId": "t", "name": "give", "input": said}}],
                }
            },
            "stopReason": stop or "tool_use",
            "usage": {
                "inputTokens": 600,
                "outputTokens": 50,
                "totalTokens": 1050,
                "cacheReadInputTokens": 400,
            },
            "metrics": {"latencyMs": 1},
        },
    }
    return json.dumps(bodies[name]).encode()


def a_profile(instructions: str = "Vans.") -> ProfileVersion:
    return ProfileVersion(
        id=uuid4(),
        profile_id=uuid4(),
        provider="any",
        model="model-1",
        instructions=instructions,
        content_hash="",
    )


def described(provider: HostedProvider, instructions: str = "Vans.") -> Answer:
    return provider.describe(prepared(gradient()), a_profile(instructions))


def texts_of(name: str, body: dict[str, Any]) -> tuple[str, str]:
    """Return what a request tells the model itself, and what it hands over as data."""
    if name == "openai":
        system, user = body["messages"]
        assert (system["role"], user["role"]) == ("system", "user")
        return system["content"], user["content"][0]["text"]
    [message] = body["messages"]
    told = body["system"] if name == "anthropic" else body["system"][0]["text"]
    return told, message["content"][-1]["text"]


@pytest.fixture(params=MAKERS)
def hosted_name(request: pytest.FixtureRequest) -> str:
    """Each of the three, one after the other."""
    return str(request.param)


@pytest.fixture
def hosted(hosted_name: str, http_server: HTTPServer) -> Iterator[HostedProvider]:
    """That provider, pointed at the scripted server."""
    made = MAKERS[hosted_name](http_server.url)
    yield made
    made.close()
