"""Anthropic's Messages API: structured output, or the input of a tool that must be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from scout_workers.fake_llm.errors import Kind, Trouble
from scout_workers.fake_llm.question import Operation, Question, Stop, Written
from scout_workers.fake_llm.wires.wire import (
    as_json,
    body_of,
    closed_schema,
    image_of,
    needed,
    tool_input,
    tool_schema,
)

if TYPE_CHECKING:
    from scout_workers.fake_llm.http import Reply, Request

MODELS: Final = ("claude-sonnet-4-5", "claude-haiku-4-5")

_PATHS: Final[dict[tuple[str, ...], tuple[str, Operation]]] = {
    ("v1", "messages"): ("POST", Operation.CHAT),
    ("v1", "models"): ("GET", Operation.MODELS),
}
_INVALID: Final = "invalid_request_error"
# Status, type, sentence.
_TROUBLES: Final[dict[Kind, tuple[int, str, str]]] = {
    Kind.BAD_REQUEST: (400, _INVALID, "Invalid request."),
    Kind.AUTH: (401, "authentication_error", "invalid x-api-key"),
    Kind.FORBIDDEN: (403, "permission_error", "Your API key may not use this resource."),
    Kind.NOT_FOUND: (404, "not_found_error", "model: not found"),
    Kind.TOO_LARGE: (413, "request_too_large", "Request exceeds the maximum size"),
    Kind.CONTEXT: (400, _INVALID, "prompt is too long: 214000 tokens > 200000 maximum"),
    Kind.QUOTA: (400, _INVALID, "Your credit balance is too low to access the API."),
    Kind.RATE_LIMITED: (429, "rate_limit_error", "This request would exceed your rate limit."),
    Kind.OVERLOADED: (529, "overloaded_error", "Overloaded"),
    Kind.SERVER_ERROR: (500, "api_error", "Internal server error"),
    Kind.UNAVAILABLE: (503, "api_error", "Service unavailable"),
    Kind.NOT_READY: (503, "api_error", "The model is not ready"),
    Kind.MODEL_ERROR: (500, "api_error", "The model failed"),
    Kind.TIMEOUT: (504, "timeout_error", "Request timed out"),
}
_STOPS: Final = {Stop.LENGTH: "max_tokens", Stop.REFUSAL: "refusal"}


class Anthropic:
    """Any server with /v1/messages."""

    name = "anthropic"

    def base_url(self, root: str) -> str:
        """Return the address a client of it is given, of the server's own."""
        return root

    def key(self, request: Request) -> str:
        """Return the key a request came with; empty without one."""
        return request.headers.get("x-api-key", "")

    def route(
        self, request: Request, steps: tuple[str, ...]
    ) -> tuple[Operation, tuple[str, ...]] | None:
        """Tell what a path is for."""
        method, operation = _PATHS.get(steps, ("", Operation.MODELS))
        return (operation, ()) if method == request.method else None

    def read(self, request: Request, operation: Operation, named: tuple[str, ...]) -> Question:
        """Understand a request."""
        del named
        if "anthropic-version" not in request.headers:
            raise Trouble(Kind.BAD_REQUEST, "anthropic-version: header is required")
        if operation is Operation.MODELS:
            return Question(operation, "")
        body = body_of(request)
        if body.get("stream"):
            raise Trouble(Kind.BAD_REQUEST, "stream: fake-llm answers whole")
        text, images = [], []
        for message in needed(body, "messages", list):
            for block in _blocks(message.get("content") if isinstance(message, dict) else None):
                if block.get("type") == "image":
                    source = needed(block, "source", dict)
                    images.append(image_of(source.get("data")))
                else:
                    text.append(str(block.get("text", "")))
        tool, schema = _wanted(body)
        return Question(
            operation,
            needed(body, "model", str),
            prompt="\n".join(
                str(block.get("text", "")) for block in _blocks(body.get("system", ""))
            ),
            text="\n".join(text),
            images=tuple(images),
            schema=schema,
            tool=tool,
            output_limit=needed(body, "max_tokens", int),
        )

    def answer(self, question: Question, written: Written, request_id: str) -> Reply:
        """Put an answer into its words."""
        headers = {"request-id": request_id, "anthropic-organization-id": "fake-llm"}
        if question.operation is Operation.MODELS:
            listed = [{"type": "model", "id": model, "display_name": model} for model in MODELS]
            return as_json(200, {"data": listed, "has_more": False}, headers)
        given = None if question.tool is None else tool_input(written.text)
        block: dict[str, Any] = {"type": "text", "text": written.text}
        if given is not None and written.stop is not Stop.REFUSAL:
            use = f"toolu_{request_id.removeprefix('req_')}"
            block = {"type": "tool_use", "id": use, "name": question.tool, "input": given}
        usual = "tool_use" if block["type"] == "tool_use" else "end_turn"
        body: dict[str, Any] = {
            "id": f"msg_{request_id.removeprefix('req_')}",
            "type": "message",
            "role": "assistant",
            "model": written.served_model,
            "content": [block] if written.text else [],
            "stop_reason": _STOPS.get(written.stop, usual),
            "stop_sequence": None,
        }
        if (usage := written.usage) is not None:
            body["usage"] = {
                "input_tokens": usage.input - usage.cached,
                "output_tokens": usage.output,
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": usage.cached,
            }
        return as_json(200, body, headers)

    def refuse(self, trouble: Trouble, request_id: str) -> Reply:
        """Say no in its words."""
        status, kind, said = _TROUBLES[trouble.kind]
        error = {"type": kind, "message": trouble.said or said}
        body = {"type": "error", "error": error, "request_id": request_id}
        return as_json(trouble.status or status, body, {"request-id": request_id})


def _blocks(content: object) -> list[dict[str, Any]]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    if not isinstance(content, list):
        raise Trouble(Kind.BAD_REQUEST, "messages: content must be a text or a list of blocks")
    return [block for block in content if isinstance(block, dict)]


def _wanted(body: dict[str, Any]) -> tuple[str | None, dict[str, Any] | None]:
    """Return the tool that must be used, and the schema of the answer; either may be None."""
    output = body.get("output_config")
    form = output.get("format") if isinstance(output, dict) else body.get("output_format")
    if isinstance(form, dict) and form.get("type") == "json_schema":
        return None, closed_schema(form.get("schema"), "output_config.format.schema")
    choice = body.get("tool_choice")
    if isinstance(choice, dict) and choice.get("type") in {"tool", "any"}:
        return tool_schema(body.get("tools"), choice.get("name"))
    return None, None
