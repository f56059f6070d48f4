"""Anthropic's Messages API."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, ClassVar, Final

from scout_workers.domain.calls import Usage
from scout_workers.llm.hosted.client import ATTEMPT_SECONDS, Client, unreadable
from scout_workers.llm.hosted.fields import fields, identity, objects, text, tokens
from scout_workers.llm.hosted.provider import HostedProvider

if TYPE_CHECKING:
    from scout_workers.domain.calls import Answer
    from scout_workers.llm.hosted.client import Received
    from scout_workers.llm.hosted.question import Question
    from scout_workers.llm.prices import Prices

BASE_URL: Final = "https://api.anthropic.com"
_VERSION: Final = "2023-06-01"
_TOOL: Final = "give_answer"
_BROKEN_OFF: Final = frozenset({"max_tokens", "model_context_window_exceeded"})


class AnthropicProvider(HostedProvider):
    """Messages whose answer is the input of a tool that the model must use.

    That is how JSON of a given schema is asked for from every model it has, old and new. It has
    no embeddings.

    Args:
        prices: What its models cost.
        api_key: The key; None where the server wants none.
        base_url: Of a compatible server; None: Anthropic's own.
        seconds: The most one call may take.
    """

    name: ClassVar[str] = "anthropic"

    def __init__(
        self,
        prices: Prices,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        seconds: float = ATTEMPT_SECONDS,
    ) -> None:
        super().__init__(prices)
        headers = {"anthropic-version": _VERSION} | ({"x-api-key": api_key} if api_key else {})
        url = (base_url or BASE_URL).rstrip("/").removesuffix("/v1")
        self._client = Client(self.name, url, headers, seconds)

    def ask(self, model: str, question: Question) -> Answer:
        """Send one question and return the raw answer (see `HostedProvider.ask`)."""
        received = self._client.post("/v1/messages", _request(model, question))
        blocks = objects(received.body.get("content"))
        stop = received.body.get("stop_reason")
        if not blocks and stop is None:
            raise unreadable(self.name, "holds no content")
        answer = self._answer(model, _raw(blocks), received)
        if stop == "refusal":
            raise self.refused(answer)
        if stop in _BROKEN_OFF:
            raise self.broken_off(answer)
        return answer

    def probe(self) -> str:
        """List the models, unpaid (see `ModelProvider.probe`)."""
        found = objects(self._client.get("/v1/models?limit=1000").body.get("data"))
        return f"{self._client.base_url} answers and offers {len(found)} models"

    def close(self) -> None:
        """Close idle connections."""
        self._client.close()

    def _answer(self, model: str, raw: str, received: Received) -> Answer:
        counts = fields(received.body.get("usage"))
        cached = tokens(counts, "cache_read_input_tokens")
        # Its input_tokens leave out what was read from a cache or written to it.
        fresh = tokens(counts, "input_tokens") + tokens(counts, "cache_creation_input_tokens")
        return self.answered(
            raw,
            asked_model=model,
            served_model=text(received.body.get("model"), model),
            usage=Usage(fresh + cached, tokens(counts, "output_tokens"), cached),
            latency_ms=received.latency_ms,
            request_id=identity(received.headers.get("request-id") or received.body.get("id")),
        )


def _request(model: str, question: Question) -> dict[str, Any]:
    content: list[dict[str, Any]] = [
        {
            "type": "image",
            "source": {
                "type": "base64",
                "media_type": "image/jpeg",
                "data": base64.b64encode(image.jpeg).decode(),
            },
        }
        for image in question.images
    ]
    content.append({"type": "text", "text": question.data})
    tool = {
        "name": _TOOL,
        "description": "Gives the answer to the question. Use it once.",
        "input_schema": question.schema,
    }
    return {
        "model": model,
        "max_tokens": question.output_tokens,
        "system": question.prompt,
        "messages": [{"role": "user", "content": content}],
        "tools": [tool],
        "tool_choice": {"type": "tool", "name": _TOOL},
    }


def _raw(blocks: list[dict[str, Any]]) -> str:
    """Return the tool's input as JSON, or what the model said instead of using it."""
    for block in blocks:
        if block.get("type") == "tool_use":
            return json.dumps(block.get("input"), ensure_ascii=False, separators=(",", ":"))
    return "\n".join(text(block.get("text")) for block in blocks if block.get("type") == "text")
