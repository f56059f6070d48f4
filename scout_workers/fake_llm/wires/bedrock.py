"""Amazon Bedrock's runtime as boto3 calls it: Converse, and Invoke for embeddings.

Signatures are not checked: a fake has no secret to check them with.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from scout_workers.fake_llm.errors import Kind, Trouble
from scout_workers.fake_llm.question import Operation, Question, Stop, Usage, Written
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

_STEPS: Final = 3
_PATHS: Final = {"converse": Operation.CHAT, "invoke": Operation.EMBED}
# Status, exception, sentence.
_TROUBLES: Final[dict[Kind, tuple[int, str, str]]] = {
    Kind.BAD_REQUEST: (400, "ValidationException", "The request is not valid."),
    Kind.AUTH: (
        403,
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    ),
    Kind.FORBIDDEN: (
        403,
        "AccessDeniedException",
        "You don't have access to the model with the specified model ID.",
    ),
    Kind.NOT_FOUND: (404, "ResourceNotFoundException", "Could not resolve the foundation model."),
    Kind.TOO_LARGE: (413, "RequestEntityTooLargeException", "The request is too large."),
    Kind.CONTEXT: (400, "ValidationException", "Input is too long for requested model."),
    Kind.QUOTA: (400, "ServiceQuotaExceededException", "You have exceeded your service quota."),
    Kind.RATE_LIMITED: (
        429,
        "ThrottlingException",
        "Too many requests, please wait before trying again.",
    ),
    Kind.OVERLOADED: (503, "ServiceUnavailableException", "Bedrock is unable to process it now."),
    Kind.SERVER_ERROR: (500, "InternalServerException", "The system encountered an error."),
    Kind.UNAVAILABLE: (503, "ServiceUnavailableException", "The service is unavailable."),
    Kind.NOT_READY: (429, "ModelNotReadyException", "The model is not ready for inference."),
    Kind.MODEL_ERROR: (424, "ModelErrorException", "The model failed to process the request."),
    Kind.TIMEOUT: (408, "ModelTimeoutException", "The model took too long."),
}
_STOPS: Final = {Stop.LENGTH: "max_tokens", Stop.REFUSAL: "content_filtered"}


class Bedrock:
    """bedrock-runtime with endpoint_url."""

    name = "bedrock"

    def base_url(self, root: str) -> str:
        """Return the address a client of it is given, of the server's own."""
        return root

    def key(self, request: Request) -> str:
        """Return the access key a request was signed with; empty without one."""
        found = re.search(r"Credential=([^/,]+)/", request.headers.get("authorization", ""))
        return found[1] if found else ""

    def route(
        self, request: Request, steps: tuple[str, ...]
    ) -> tuple[Operation, tuple[str, ...]] | None:
        """Tell what a path is for: /model/{id}/converse."""
        if request.method != "POST" or len(steps) != _STEPS or steps[0] != "model":
            return None
        operation = _PATHS.get(steps[2])
        return None if operation is None else (operation, (steps[1],))

    def read(self, request: Request, operation: Operation, named: tuple[str, ...]) -> Question:
        """Understand a request."""
        body = body_of(request)
        if operation is Operation.EMBED:
            return _embedding(named[0], body)
        text, images = [], []
        for message in needed(body, "messages", list):
            for block in needed(message, "content", list):
                if "image" in block:
                    images.append(image_of(block["image"].get("source", {}).get("bytes")))
                elif "text" in block:
                    text.append(str(block["text"]))
        tool, schema = _wanted(body)
        limits = body.get("inferenceConfig")
        return Question(
            operation,
            named[0],
            prompt="\n".join(str(block.get("text", "")) for block in body.get("system", ())),
            text="\n".join(text),
            images=tuple(images),
            schema=schema,
            tool=tool,
            output_limit=limits.get("maxTokens") if isinstance(limits, dict) else None,
        )

    def answer(self, question: Question, written: Written, request_id: str) -> Reply:
        """Put an answer into its words."""
        headers = {"x-amzn-requestid": request_id}
        usage = written.usage
        if question.operation is Operation.EMBED:
            told = usage or Usage(0)
            headers["x-amzn-bedrock-invocation-latency"] = "12"
            headers["x-amzn-bedrock-input-token-count"] = str(told.input)
            return as_json(200, _vectors(question, written, told), headers)
        given = None if question.tool is None else tool_input(written.text)
        block: dict[str, Any] = {"text": written.text}
        if given is not None and written.stop is not Stop.REFUSAL:
            use = {"toolUseId": f"tooluse_{request_id}", "name": question.tool, "input": given}
            block = {"toolUse": use}
        content = [block] if written.text else []
        body: dict[str, Any] = {
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": _STOPS.get(
                written.stop, "tool_use" if "toolUse" in block else "end_turn"
            ),
            "metrics": {"latencyMs": 12},
        }
        if usage is not None:
            body["usage"] = {
                "inputTokens": usage.input - usage.cached,
                "outputTokens": usage.output,
                "totalTokens": usage.input + usage.output,
                "cacheReadInputTokens": usage.cached,
                "cacheWriteInputTokens": 0,
            }
        return as_json(200, body, headers)

    def refuse(self, trouble: Trouble, request_id: str) -> Reply:
        """Say no in its words."""
        status, name, said = _TROUBLES[trouble.kind]
        headers = {"x-amzn-requestid": request_id, "x-amzn-errortype": f"{name}:http://fake-llm/"}
        return as_json(trouble.status or status, {"message": trouble.said or said}, headers)


def _wanted(body: dict[str, Any]) -> tuple[str | None, dict[str, Any] | None]:
    """Return the tool that must be used, and the schema of the answer; either may be None."""
    form = (body.get("outputConfig") or {}).get("textFormat")
    if form:
        try:
            told = json.loads(form["structure"]["jsonSchema"]["schema"])
        except (KeyError, TypeError, ValueError) as error:
            raise Trouble(Kind.BAD_REQUEST, "outputConfig: no JSON schema") from error
        return None, closed_schema(told, "outputConfig.schema")
    config = body.get("toolConfig") or {}
    choice = config.get("toolChoice") or {}
    if "tool" not in choice and "any" not in choice:
        return None, None
    specs = [tool["toolSpec"] for tool in config.get("tools", ()) if "toolSpec" in tool]
    tools = [
        {"name": spec.get("name"), "input_schema": spec.get("inputSchema", {}).get("json")}
        for spec in specs
    ]
    return tool_schema(tools, choice.get("tool", {}).get("name"))


def _embedding(model: str, body: dict[str, Any]) -> Question:
    if "cohere" in model:
        texts = needed(body, "texts", list)
        needed(body, "input_type", str)
        styles = body.get("embedding_types")
        style = "cohere-by-type" if styles else "cohere"
        size = body.get("output_dimension")
    else:
        texts = [needed(body, "inputText", str)]
        style, size = "titan", body.get("dimensions")
    if not all(isinstance(text, str) and text for text in texts):
        raise Trouble(Kind.BAD_REQUEST, "texts: none of them may be empty")
    return Question(Operation.EMBED, model, texts=tuple(texts), dimensions=size, style=style)


def _vectors(question: Question, written: Written, usage: Usage) -> dict[str, Any]:
    vectors = written.vectors
    if question.style == "titan":
        # One text a request: fewer than one vector is none.
        only = vectors[0] if vectors else ()
        return {
            "embedding": only,
            "embeddingsByType": {"float": only},
            "inputTextTokenCount": usage.input,
        }
    by_type = question.style == "cohere-by-type"
    return {
        "id": "fake-llm",
        "response_type": "embeddings_by_type" if by_type else "embeddings_floats",
        "embeddings": {"float": vectors} if by_type else vectors,
        "texts": question.texts,
    }
