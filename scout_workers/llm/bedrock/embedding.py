"""Vectors of Bedrock's embedding models: Titan takes one text a call, Cohere up to 96."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

from scout_workers.domain.calls import Usage
from scout_workers.domain.errors import ErrorClass
from scout_workers.llm.bedrock.failures import asking
from scout_workers.llm.hosted.client import VECTORS_BYTES
from scout_workers.llm.hosted.fields import fields, identity, tokens
from scout_workers.llm.hosted.vectors import packed
from scout_workers.llm.protocol import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scout_workers.domain.calls import Answer
    from scout_workers.llm.bedrock.client import Clients
    from scout_workers.llm.hosted.provider import HostedProvider

_COUNT: Final = "x-amzn-bedrock-input-token-count"
_COHERE_CHARACTERS: Final = 2048


class Embedding:
    """One batch of texts on its way through a model.

    Args:
        provider: Makes the receipt.
        clients: Reach Bedrock.
        model: Which model.
        seconds: The most the whole batch may take.
    """

    def __init__(
        self, provider: HostedProvider, clients: Clients, model: str, seconds: float
    ) -> None:
        self._provider = provider
        self._clients = clients
        self._model = model
        self._seconds = seconds
        self._began = time.monotonic()
        self._tokens = 0
        self._request_id: str | None = None

    def of(self, texts: Sequence[str], *, query: bool) -> Answer:
        """Return the raw answer for all the texts.

        Raises:
            ModelError: Bedrock refused, failed or did not answer in time; where a part of the
                texts was paid for before, with that receipt.
        """
        try:
            with asking(self._seconds, VECTORS_BYTES):
                vectors = self._vectors(texts, query=query)
            return self._receipt(packed(self._provider.name, vectors, len(texts)))
        except ModelError as error:
            if self._tokens and error.answer is None:
                error.answer = self._receipt("")
            raise

    def _vectors(self, texts: Sequence[str], *, query: bool) -> list[object]:
        if "cohere.embed" in self._model:
            asked = {
                "texts": [text[:_COHERE_CHARACTERS] for text in texts],
                "input_type": "search_query" if query else "search_document",
                "truncate": "END",
                "embedding_types": ["float"],
            }
            found = self._invoked(asked).get("embeddings")
            listed = found.get("float") if isinstance(found, dict) else found
            return listed if isinstance(listed, list) else []
        if "titan-embed" in self._model:
            return [self._invoked({"inputText": text}).get("embedding") for text in texts]
        raise ModelError(
            ErrorClass.BAD_REQUEST,
            f"bedrock: {self._model!r} is no embedding model known here: choose one of Titan's or "
            "Cohere's",
            unsent=True,
        )

    def _invoked(self, asked: dict[str, Any]) -> dict[str, Any]:
        reply = self._clients.runtime.invoke_model(
            modelId=self._model,
            body=json.dumps(asked),
            contentType="application/json",
            accept="application/json",
        )
        body = fields(json.loads(reply["body"].read()))
        metadata = reply["ResponseMetadata"]
        told = metadata["HTTPHeaders"].get(_COUNT, "")
        counted = int(told) if told.isdecimal() else 0
        self._tokens += tokens(body, "inputTextTokenCount") or counted
        self._request_id = identity(metadata.get("RequestId"))
        return body

    def _receipt(self, raw: str) -> Answer:
        return self._provider.answered(
            raw,
            asked_model=self._model,
            served_model=self._model,
            usage=Usage(input_tokens=self._tokens),
            latency_ms=round(1000 * (time.monotonic() - self._began)),
            request_id=self._request_id,
        )
