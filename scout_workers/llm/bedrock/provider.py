"""Questions put to Bedrock's models by Converse, which has one shape for all of them."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, ClassVar, Final

from scout_workers.domain.calls import Usage
from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.bedrock.client import BedrockOptions, Clients
from scout_workers.llm.hosted.client import (
    ANSWER_BYTES,
    ATTEMPT_SECONDS,
    PROBE_SECONDS,
    unreadable,
)
from scout_workers.llm.hosted.fields import fields, identity, objects, text, tokens
from scout_workers.llm.hosted.provider import HostedProvider
from scout_workers.llm.protocol import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.domain.calls import Answer
    from scout_workers.llm.hosted.question import Question
    from scout_workers.llm.prices import Prices

_TOOL: Final = "give_answer"
_REFUSED: Final = frozenset({"content_filtered", "guardrail_intervened", "refusal"})
_BROKEN_OFF: Final = frozenset({"max_tokens", "model_context_window_exceeded"})


class BedrockProvider(HostedProvider):
    """Converse, with the answer as the input of a tool that the model must use; embeddings.

    Args:
        prices: What its models cost.
        options: Region, server and credentials.
        seconds: The most one call may take.
    """

    name: ClassVar[str] = "bedrock"

    def __init__(
        self,
        prices: Prices,
        options: BedrockOptions,
        *,
        seconds: float = ATTEMPT_SECONDS,
    ) -> None:
        super().__init__(prices)
        self._options = options
        self._seconds = seconds
        self._clients = Clients(options)

    def ask(self, model: str, question: Question) -> Answer:
        """Send one question and return the raw answer (see `HostedProvider.ask`)."""
        from scout_workers.llm.bedrock.failures import asking  # noqa: PLC0415  imports botocore

        asked = _request(question)
        began = time.monotonic()
        with asking(self._seconds, ANSWER_BYTES):
            found: dict[str, Any] = {**self._clients.runtime.converse(modelId=model, **asked)}
        latency_ms = round(1000 * (time.monotonic() - began))
        message = fields(fields(found.get("output")).get("message"))
        stop = found.get("stopReason")
        if not message and stop not in _REFUSED:
            raise unreadable(self.name, "holds no message")
        counts = fields(found.get("usage"))
        cached = tokens(counts, "cacheReadInputTokens")
        fresh = tokens(counts, "inputTokens") + tokens(counts, "cacheWriteInputTokens")
        answer = self.answered(
            _raw(objects(message.get("content"))),
            asked_model=model,
            served_model=model,
            usage=Usage(fresh + cached, tokens(counts, "outputTokens"), cached),
            latency_ms=latency_ms,
            request_id=identity(fields(found.get("ResponseMetadata")).get("RequestId")),
        )
        if stop in _REFUSED:
            raise self.refused(answer)
        if stop in _BROKEN_OFF:
            raise self.broken_off(answer)
        return answer

    def embed(self, model: str, texts: Sequence[str], *, query: bool = False) -> Answer:
        """Turn texts into vectors (see `ModelProvider.embed`)."""
        from scout_workers.llm.bedrock.embedding import Embedding  # noqa: PLC0415  botocore

        return Embedding(self, self._clients, model, self._seconds).of(texts, query=query)

    def probe(self) -> str:
        """List the models, unpaid (see `ModelProvider.probe`)."""
        from scout_workers.llm.bedrock.failures import asking  # noqa: PLC0415  imports botocore

        own = self._options.endpoint_url
        try:
            with asking(min(self._seconds, PROBE_SECONDS), ANSWER_BYTES):
                found = self._clients.control.list_foundation_models()
        except ModelError as error:
            if own is not None and error.error_class is ErrorClass.BAD_REQUEST:
                return f"{own} answers, and lists no models"  # a runtime endpoint has no more
            raise
        count = len(objects(found.get("modelSummaries")))
        where = own or f"AWS {self._clients.runtime.meta.region_name}"
        return f"{where} answers and offers {count} models"

    def close(self) -> None:
        """Close idle connections."""
        self._clients.close()


def _request(question: Question) -> dict[str, Any]:
    content: list[dict[str, Any]] = [
        {"image": {"format": "jpeg", "source": {"bytes": image.jpeg}}} for image in question.images
    ]
    content.append({"text": question.data})
    tool = {
        "name": _TOOL,
        "description": "Gives the answer to the question. Use it once.",
        "inputSchema": {"json": question.schema},
    }
    return {
        "system": [{"text": question.prompt}],
        "messages": [{"role": "user", "content": content}],
        "inferenceConfig": {"maxTokens": question.output_tokens},
        "toolConfig": {
            "tools": [{"toolSpec": tool}],
            "toolChoice": {"tool": {"name": _TOOL}},
        },
    }


def _raw(blocks: list[dict[str, Any]]) -> str:
    """Return the tool's input as JSON, or what the model said instead of using it."""
    for block in blocks:
        if used := fields(block.get("toolUse")):
            return json.dumps(used.get("input"), ensure_ascii=False, separators=(",", ":"))
    return "\n".join(told for block in blocks if (told := text(block.get("text"))))
