"""OpenAI, and every server that speaks like it: vLLM, Ollama, LM Studio, OpenRouter and others."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, ClassVar, Final

from scout_workers.domain.calls import Usage
from scout_workers.llm.hosted.client import ATTEMPT_SECONDS, VECTORS_BYTES, Client, unreadable
from scout_workers.llm.hosted.fields import fields, identity, objects, text, tokens
from scout_workers.llm.hosted.provider import HostedProvider
from scout_workers.llm.hosted.vectors import in_order, packed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.domain.calls import Answer
    from scout_workers.llm.hosted.client import Received
    from scout_workers.llm.hosted.question import Question
    from scout_workers.llm.prices import Prices

BASE_URL: Final = "https://api.openai.com/v1"


class OpenAIProvider(HostedProvider):
    """Chat completions with a JSON schema, and embeddings.

    Args:
        prices: What its models cost.
        api_key: The key; None where the server wants none.
        base_url: Of a compatible server; None: OpenAI's own.
        seconds: The most one call may take.
    """

    name: ClassVar[str] = "openai"

    def __init__(
        self,
        prices: Prices,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        seconds: float = ATTEMPT_SECONDS,
    ) -> None:
        super().__init__(prices)
        # Others know the older name only, and OpenAI's own newer models the newer one only.
        self._limit_name = "max_tokens" if base_url else "max_completion_tokens"
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        url = (base_url or BASE_URL).rstrip("/")
        self._client = Client(self.name, url, headers, seconds)

    def ask(self, model: str, question: Question) -> Answer:
        """Send one question and return the raw answer (see `HostedProvider.ask`)."""
        received = self._client.post("/chat/completions", self._request(model, question))
        choice = next(iter(objects(received.body.get("choices"))), None)
        if choice is None:
            raise unreadable(self.name, "holds no choice")
        message = fields(choice.get("message"))
        refusal = text(message.get("refusal"))
        answer = self._answer(model, text(message.get("content"), refusal), received)
        if refusal or choice.get("finish_reason") == "content_filter":
            raise self.refused(answer)
        if choice.get("finish_reason") == "length":
            raise self.broken_off(answer)
        return answer

    def embed(self, model: str, texts: Sequence[str], *, query: bool = False) -> Answer:
        """Turn texts into vectors (see `ModelProvider.embed`)."""
        del query  # its models do not tell the two apart
        asked = {"model": model, "input": list(texts), "encoding_format": "float"}
        received = self._client.post("/embeddings", asked, limit=VECTORS_BYTES)
        vectors = in_order(self.name, objects(received.body.get("data")), len(texts))
        return self._answer(model, packed(self.name, vectors, len(texts)), received)

    def probe(self) -> str:
        """List the models, unpaid (see `ModelProvider.probe`)."""
        found = objects(self._client.get("/models").body.get("data"))
        return f"{self._client.base_url} answers and offers {len(found)} models"

    def close(self) -> None:
        """Close idle connections."""
        self._client.close()

    def _request(self, model: str, question: Question) -> dict[str, Any]:
        content: list[dict[str, Any]] = [{"type": "text", "text": question.data}]
        for image in question.images:
            data = base64.b64encode(image.jpeg).decode()
            url = f"data:image/jpeg;base64,{data}"
            content.append({"type": "image_url", "image_url": {"url": url}})
        schema = {"name": question.purpose, "schema": question.schema, "strict": True}
        return {
            "model": model,
            self._limit_name: question.output_tokens,
            "messages": [
                {"role": "system", "content": question.prompt},
                {"role": "user", "content": content},
            ],
            "response_format": {"type": "json_schema", "json_schema": schema},
        }

    def _answer(self, model: str, raw: str, received: Received) -> Answer:
        counts = fields(received.body.get("usage"))
        cached = fields(counts.get("prompt_tokens_details"))
        return self.answered(
            raw,
            asked_model=model,
            served_model=text(received.body.get("model"), model),
            usage=Usage(
                input_tokens=tokens(counts, "prompt_tokens"),
                output_tokens=tokens(counts, "completion_tokens"),
                cached_tokens=tokens(cached, "cached_tokens"),
            ),
            latency_ms=received.latency_ms,
            request_id=identity(received.headers.get("x-request-id") or received.body.get("id")),
        )
