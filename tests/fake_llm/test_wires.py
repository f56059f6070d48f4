from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from wire_questions import (
    ANTHROPIC,
    BY_FORMAT,
    BY_TOOL,
    CONVERSE,
    FACTS,
    OPENAI,
    SCHEMA,
    TEXT,
    VERSION,
    bedrock,
    picture,
)

if TYPE_CHECKING:
    from fix_fake_llm import Asks

    from scout_workers.fake_llm import FakeLLM


def fits(document: dict[str, Any]) -> bool:
    known = {each["id"] for each in FACTS["evidence"]}
    return (
        set(document) == set(SCHEMA["required"])
        and document["severity"] in {"info", "warning"}
        and 0 <= document["confidence"] <= 1
        and len(document["headline"]) <= 40
        and bool(document["evidence"])
        and set(document["evidence"]) <= known
    )


def test_openai_answers_by_the_schema_and_cites_what_it_was_given(
    fake_llm: FakeLLM, ask: Asks
) -> None:
    answered = ask(f"{fake_llm.base_url('openai')}/chat/completions", OPENAI)

    choice = answered.body["choices"][0]
    assert fits(json.loads(choice["message"]["content"]))
    assert choice["finish_reason"] == "stop"
    assert answered.body["model"] == "gpt-5-mini"
    assert answered.body["usage"]["prompt_tokens"] > len(TEXT) // 5
    assert answered.headers["x-request-id"] == fake_llm.till.entries[0].request_id


def test_anthropic_answers_by_a_forced_tool_and_by_a_format(fake_llm: FakeLLM, ask: Asks) -> None:
    url = f"{fake_llm.base_url('anthropic')}/v1/messages"

    tool = ask(url, BY_TOOL, **VERSION).body
    format_ = ask(url, BY_FORMAT, **VERSION).body

    assert fits(tool["content"][0]["input"])
    assert (tool["stop_reason"], tool["content"][0]["name"]) == ("tool_use", "give_answer")
    assert fits(json.loads(format_["content"][0]["text"]))
    assert format_["stop_reason"] == "end_turn"
    assert format_["usage"]["output_tokens"] > 0


def test_bedrock_answers_the_real_client_by_a_tool_and_by_a_format(fake_llm: FakeLLM) -> None:
    client = bedrock(fake_llm.root)
    structure = {"jsonSchema": {"schema": json.dumps(SCHEMA), "name": "insights"}}
    by_format = {
        **{name: CONVERSE[name] for name in ("modelId", "messages")},
        "outputConfig": {"textFormat": {"type": "json_schema", "structure": structure}},
    }

    tool = client.converse(**CONVERSE)
    text = client.converse(**by_format)

    assert fits(tool["output"]["message"]["content"][0]["toolUse"]["input"])
    assert tool["stopReason"] == "tool_use"
    assert tool["usage"]["totalTokens"] > 0
    assert tool["ResponseMetadata"]["RequestId"] == fake_llm.till.entries[0].request_id
    assert fits(json.loads(text["output"]["message"]["content"][0]["text"]))
    assert fake_llm.till.entries[0].model == CONVERSE["modelId"]


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("429", 429, "ThrottlingException"),
        ("overloaded", 503, "ServiceUnavailableException"),
        ("500", 500, "InternalServerException"),
        ("model-error", 424, "ModelErrorException"),
        ("model-timeout", 408, "ModelTimeoutException"),
        ("403", 403, "AccessDeniedException"),
        ("404", 404, "ResourceNotFoundException"),
        ("context", 400, "ValidationException"),
        ("quota", 400, "ServiceQuotaExceededException"),
    ],
)
def test_bedrocks_errors_are_those_the_real_client_knows(
    fake_llm: FakeLLM, fault: str, status: int, code: str
) -> None:
    fake_llm.plays(fault)

    with pytest.raises(ClientError) as raised:
        bedrock(fake_llm.root).converse(**CONVERSE)

    assert raised.value.response["Error"]["Code"] == code
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.parametrize(
    ("model", "body", "vectors"),
    [
        ("amazon.titan-embed-text-v2:0", {"inputText": "a van", "dimensions": 256}, 1),
        ("cohere.embed-english-v3", {"texts": ["a", "b"], "input_type": "search_query"}, 2),
    ],
)
def test_bedrock_embeds_with_titan_and_cohere(
    fake_llm: FakeLLM, model: str, body: dict[str, object], vectors: int
) -> None:
    answered = bedrock(fake_llm.root).invoke_model(modelId=model, body=json.dumps(body))

    found = json.loads(answered["body"].read())
    assert len([found["embedding"]] if "embedding" in found else found["embeddings"]) == vectors
    assert len(found.get("embedding", ())) in {0, 256}
    headers = answered["ResponseMetadata"]["HTTPHeaders"]
    assert int(headers["x-amzn-bedrock-input-token-count"]) > 0


def test_vectors_are_the_same_for_a_text_and_near_for_a_similar_one(
    fake_llm: FakeLLM, ask: Asks
) -> None:
    texts = ["a white van at the gate", "the white van left the gate", "rain on the lens"]
    body = {"model": "text-embedding-3-small", "input": [*texts, texts[0]]}

    data = ask(f"{fake_llm.base_url('openai')}/embeddings", body).body["data"]

    one, near, far, again = (each["embedding"] for each in data)
    assert one == again
    assert len(one) == 1536
    assert product(one, near) > product(one, far) + 0.2


def product(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_each_wire_lists_its_models_on_the_same_path(fake_llm: FakeLLM, ask: Asks) -> None:
    openai = ask(f"{fake_llm.root}/v1/models", method="GET").body
    anthropic = ask(f"{fake_llm.root}/v1/models", method="GET", **VERSION).body

    assert openai["data"][0]["id"].startswith("gpt")
    assert anthropic["data"][0]["id"].startswith("claude")
    assert fake_llm.till.billed == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"model": ""}, "model: field required"),
        ({"messages": []}, "messages: field required"),
        ({"stream": True}, "answers whole"),
        (
            {"messages": [{"role": "user", "content": [picture(b"GIF? no")]}]},
            "could not process image",
        ),
        (
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {
                        "name": "open",
                        "strict": True,
                        "schema": {"type": "object", "properties": {"a": {"type": "string"}}},
                    },
                }
            },
            "additionalProperties must be false",
        ),
    ],
)
def test_a_request_that_the_provider_would_refuse_is_refused_and_costs_nothing(
    fake_llm: FakeLLM, ask: Asks, wrong: dict[str, object], said: str
) -> None:
    answered = ask(f"{fake_llm.base_url('openai')}/chat/completions", OPENAI | wrong)

    assert answered.status == 400
    assert said in answered.body["error"]["message"]
    assert fake_llm.till.billed == []


def test_anthropic_wants_its_version_and_a_limit(fake_llm: FakeLLM, ask: Asks) -> None:
    url = f"{fake_llm.root}/v1/messages"

    assert ask(url, ANTHROPIC).status == 400
    without = {name: value for name, value in ANTHROPIC.items() if name != "max_tokens"}
    assert ask(url, without, **VERSION).body["error"]["type"] == "invalid_request_error"


def test_an_answer_longer_than_its_limit_is_cut_and_says_so(fake_llm: FakeLLM, ask: Asks) -> None:
    answered = ask(
        f"{fake_llm.base_url('openai')}/chat/completions", OPENAI | {"max_completion_tokens": 5}
    )

    choice = answered.body["choices"][0]
    assert choice["finish_reason"] == "length"
    assert len(choice["message"]["content"]) == 20


def test_each_provider_declines_in_its_own_way(fake_llm: FakeLLM, ask: Asks) -> None:
    fake_llm.plays("refusal")

    openai = ask(f"{fake_llm.base_url('openai')}/chat/completions", OPENAI).body
    anthropic = ask(f"{fake_llm.root}/v1/messages", BY_TOOL, **VERSION).body
    converse = bedrock(fake_llm.root).converse(**CONVERSE)

    assert openai["choices"][0]["message"]["content"] is None
    assert openai["choices"][0]["message"]["refusal"]
    assert anthropic["stop_reason"] == "refusal"
    assert converse["stopReason"] == "content_filtered"


def test_a_long_prompt_sent_twice_is_counted_as_cached(fake_llm: FakeLLM, ask: Asks) -> None:
    long = [{"role": "system", "content": "Watch. " * 800}, {"role": "user", "content": "Now."}]
    url = f"{fake_llm.base_url('openai')}/chat/completions"

    first, second = (ask(url, OPENAI | {"messages": long}).body["usage"] for _ in range(2))

    assert first["prompt_tokens_details"]["cached_tokens"] == 0
    assert second["prompt_tokens_details"]["cached_tokens"] == 1400
