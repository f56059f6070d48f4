"""What the hosted providers send and what they make of what comes back, over real HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from fix_http import answer
from fix_pictures import gradient, prepared

from scout_workers.domain.calls import Usage
from scout_workers.domain.profiles import ProfileVersion
from scout_workers.llm import answers
from scout_workers.llm.anthropic import AnthropicProvider
from scout_workers.llm.bedrock import BedrockProvider
from scout_workers.llm.bedrock.client import BedrockOptions
from scout_workers.llm.openai import OpenAIProvider
from scout_workers.llm.prices import Price, Prices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fix_http import HTTPServer

    from scout_workers.llm.hosted.provider import HostedProvider

KEY = "sk-hunter2-hunter2"
SAID = {"headline": "A van", "severity": "notice", "flags": [], "observations": []}
PRICES = Prices(
    {name: {"model-1": Price(1, 10, 0.1)} for name in ("openai", "anthropic", "bedrock")}
)


def openai(url: str) -> HostedProvider:
    return OpenAIProvider(PRICES, api_key=KEY, base_url=f"{url}/v1")


def anthropic(url: str) -> HostedProvider:
    return AnthropicProvider(PRICES, api_key=KEY, base_url=url)


def bedrock(url: str) -> HostedProvider:
    options = BedrockOptions("eu-central-1", url, "id", KEY)
    return BedrockProvider(PRICES, options)


OPENAI = {
    "id": "chatcmpl-1",
    "model": "model-1-2026",
    "choices": [{"finish_reason": "stop", "message": {"content": json.dumps(SAID)}}],
    "usage": {
        "prompt_tokens": 1000,
        "completion_tokens": 50,
        "prompt_tokens_details": {"cached_tokens": 400},
    },
}
ANTHROPIC = {
    "id": "msg_1",
    "model": "model-1-2026",
    "stop_reason": "tool_use",
    "content": [{"type": "tool_use", "id": "t", "name": "give_answer", "input": SAID}],
    "usage": {"input_tokens": 600, "cache_read_input_tokens": 400, "output_tokens": 50},
}
BEDROCK = {
    "output": {
        "message": {
            "role": "assistant",
            "content": [{"toolUse": {"toolUseId": "t", "name": "give_answer", "input": SAID}}],
        }
    },
    "stopReason": "tool_use",
    "usage": {
        "inputTokens": 600,
        "outputTokens": 50,
        "totalTokens": 1050,
        "cacheReadInputTokens": 400,
    },
    "metrics": {"latencyMs": 1},
}
EACH: dict[str, tuple[Callable[[str], HostedProvider], dict[str, Any]]] = {
    "openai": (openai, OPENAI),
    "anthropic": (anthropic, ANTHROPIC),
    "bedrock": (bedrock, BEDROCK),
}


@pytest.fixture(params=EACH)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def provider(name: str, http_server: HTTPServer) -> Iterator[HostedProvider]:
    made = EACH[name][0](http_server.url)
    yield made
    made.close()


def a_profile(instructions: str = "Vans.") -> ProfileVersion:
    return ProfileVersion(uuid4(), uuid4(), "any", "model-1", instructions, "")


def test_an_answer_comes_with_its_tokens_its_cost_and_who_gave_it(
    http_server: HTTPServer, provider: HostedProvider, name: str
) -> None:
    body = json.dumps(EACH[name][1]).encode()
    http_server.plays(answer(body, x_request_id="r-1", request_id="r-1", x_amzn_requestid="r-1"))

    given = provider.describe(prepared(gradient()), a_profile())

    assert answers.parse(given.raw).headline == "A van"
    assert given.usage == Usage(input_tokens=1000, output_tokens=50, cached_tokens=400)
    assert (given.cost_microdollars, given.price_source) == (600 + 40 + 500, "settings")
    assert given.served_model == ("model-1" if name == "bedrock" else "model-1-2026")
    assert given.request_id == "r-1"
    assert given.latency_ms >= 0
