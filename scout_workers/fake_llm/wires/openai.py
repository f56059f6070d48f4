"""OpenAI's chat completions and embeddings, which half the world's servers speak."""

from __future__ import annotations

import base64
import struct
import time
from typing import TYPE_CHECKING, Any, Final

from scout_workers.fake_llm.errors import Kind, Trouble
from scout_workers.fake_llm.question import Operation, Question, Stop, Written
from scout_workers.fake_llm.wires.wire import as_json, body_of, closed_schema, image_of, needed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scout_workers.fake_llm.http import Reply, Request

MODELS: Final = ("gpt-5-mini", "gpt-4o-mini", "text-embedding-3-small")

_PATHS: Final[dict[tuple[str, ...], tuple[str, Operation]]] = {
    ("v1", "chat", "completions"): ("POST", Operation.CHAT),
    ("v1", "embeddings"): ("POST", Operation.EMBED),
    ("v1", "models"): ("GET", Operation.MODELS),
}
_FINISH: Final = {Stop.END: "stop", Stop.LENGTH: "length", Stop.REFUSAL: "stop"}
_INVALID: Final = "invalid_request_error"
# Status, type, code, sentence.
_TROUBLES: Final[dict[Kind, tuple[int, str, str | None, str]]] = {
    Kind.BAD_REQUEST: (400, _INVALID, None, "Invalid request."),
    Kind.AUTH: (401, _INVALID, "invalid_api_key", "Incorrect API key provided."),
    Kind.FORBIDDEN: (403, _INVALID, "model_not_allowed", "You may not use this model."),
    Kind.NOT_FOUND: (404, _INVALID, "model_not_found", "The model does not exist."),
    Kind.TOO_LARGE: (413, _INVALID, None, "The request is too large."),
    Kind.CONTEXT: (
        400,
        _INVALID,
        "context_length_exceeded",
        "This model's maximum context length is 128000 tokens. Please send less.",
    ),
    Kind.QUOTA: (
        429,
        "insufficient_quota",
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    Kind.RATE_LIMITED: (429, "requests", "rate_limit_exceeded", "Rate limit reached."),
    Kind.OVERLOADED: (503, "server_error", None, "The engine is currently overloaded."),
    Kind.SERVER_ERROR: (500, "server_error", None, "The server had an error."),
    Kind.UNAVAILABLE: (503, "service_unavailable_error", None, "Service Unavailable."),
    Kind.NOT_READY: (503, "server_error", "model_loading", "The model is still loading."),
    Kind.MODEL_ERROR: (500, "server_error", "model_error", "The model produced invalid content."),
    Kind.TIMEOUT: (408, "timeout", "timeout", "Request timed out."),
}


class OpenAI:
    """Any server with base_url …/v1."""

    name = "openai"

    def base_url(self, root: str) -> str:
        """Return the address a client of it is given, of the server's own."""
        return f"{root}/v1"

    def key(self, request: Request) -> str:
        """Return the key a request came with; empty without one."""
        return request.headers.get("authorization", "").removeprefix("Bearer ").strip()

    def route(
        self, request: Request, steps: tuple[str, ...]
    ) -> tuple[Operation, tuple[str, ...]] | None:
        """Tell what a path is for; models asked for in Anthropic's way are Anthropic's."""
        method, operation = _PATHS.get(steps, ("", Operation.MODELS))
        if method != request.method or "anthropic-version" in request.headers:
            return None
        return operation, ()

    def read(self, request: Request, operation: Operation, named: tuple[str, ...]) -> Question:
        """Understand a request."""
        del named
        if operation is Operation.MODELS:
            return Question(operation, "")
        body = body_of(request)
        model = needed(body, "model", str)
        if operation is Operation.EMBED:
            return _embedding(model, body)
        if body.get("stream"):
            raise Trouble(Kind.BAD_REQUEST, "stream: fake-llm answers whole")
        prompt, text, images = [], [], []
        for message in needed(body, "messages", list):
            for part in _parts(message):
                if part.get("type") == "image_url":
                    images.append(image_of(_data(part)))
                elif message.get("role") in {"system", "developer"}:
                    prompt.append(str(part.get("text", "")))
                else:
                    text.append(str(part.get("text", "")))
        return Question(
            operation,
            model,
            prompt="\n".join(prompt),
            text="\n".join(text),
            images=tuple(images),
            schema=_schema(body.get("response_format")),
            output_limit=body.get("max_completion_tokens") or body.get("max_tokens"),
        )

    def answer(self, question: Question, written: Written, request_id: str) -> Reply:
        """Put an answer into its words."""
        headers = {"x-request-id": request_id, "openai-processing-ms": "12"}
        if question.operation is Operation.MODELS:
            listed = [{"id": model, "object": "model", "owned_by": "fake-llm"} for model in MODELS]
            return as_json(200, {"object": "list", "data": listed}, headers)
        if question.operation is Operation.EMBED:
            return as_json(200, _vectors(question, written), headers)
        refused = written.stop is Stop.REFUSAL
        message = {
            "role": "assistant",
            "content": None if refused else written.text,
            "refusal": written.text if refused else None,
        }
        choice = {"index": 0, "message": message, "finish_reason": _FINISH[written.stop]}
        body: dict[str, Any] = {
            "id": f"chatcmpl-{request_id.removeprefix('req_')}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": written.served_model,
            "choices": [choice],
            "system_fingerprint": "fp_fake_llm",
        }
        if (usage := written.usage) is not None:
            body["usage"] = {
                "prompt_tokens": usage.input,
                "completion_tokens": usage.output,
                "total_tokens": usage.input + usage.output,
                "prompt_tokens_details": {"cached_tokens": usage.cached},
            }
        return as_json(200, body, headers)

    def refuse(self, trouble: Trouble, request_id: str) -> Reply:
        """Say no in its words."""
        status, kind, code, said = _TROUBLES[trouble.kind]
        error = {"message": trouble.said or said, "type": kind, "param": None, "code": code}
        return as_json(trouble.status or status, {"error": error}, {"x-request-id": request_id})


def _parts(message: object) -> Iterator[dict[str, Any]]:
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, str):
        yield {"type": "text", "text": content}
    elif isinstance(content, list):
        yield from (part for part in content if isinstance(part, dict))
    else:
        raise Trouble(Kind.BAD_REQUEST, "messages: content must be a text or a list of parts")


def _data(part: dict[str, Any]) -> str:
    url = part.get("image_url")
    address = url.get("url") if isinstance(url, dict) else None
    head, comma, data = address.partition(",") if isinstance(address, str) else ("", "", "")
    if not comma or not head.startswith("data:image/") or not head.endswith(";base64"):
        raise Trouble(Kind.BAD_REQUEST, "image_url: must be a data URL here")
    return data


def _schema(form: object) -> dict[str, Any] | None:
    if not isinstance(form, dict) or form.get("type") == "text":
        return None
    if form.get("type") == "json_object":
        return {"type": "object"}
    asked = needed(form, "json_schema", dict)
    needed(asked, "name", str)
    schema: dict[str, Any] = needed(asked, "schema", dict)
    return closed_schema(schema, "response_format.schema") if asked.get("strict") else schema


def _embedding(model: str, body: dict[str, Any]) -> Question:
    asked = body.get("input")
    texts = [asked] if isinstance(asked, str) else asked
    if not isinstance(texts, list) or not texts or not all(isinstance(t, str) and t for t in texts):
        raise Trouble(Kind.BAD_REQUEST, "input: must be a text or texts, none of them empty")
    return Question(
        Operation.EMBED,
        model,
        texts=tuple(texts),
        dimensions=body.get("dimensions"),
        style=str(body.get("encoding_format", "float")),
    )


def _vectors(question: Question, written: Written) -> dict[str, Any]:
    listed = [
        {"object": "embedding", "index": index, "embedding": _encoded(vector, question.style)}
        for index, vector in enumerate(written.vectors)
    ]
    body: dict[str, Any] = {"object": "list", "data": listed, "model": written.served_model}
    if (usage := written.usage) is not None:
        body["usage"] = {"prompt_tokens": usage.input, "total_tokens": usage.input}
    return body


def _encoded(vector: tuple[float, ...], style: str) -> object:
    if style == "base64":
        return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
    return vector
