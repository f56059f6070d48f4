"""What every wire format can do, and what they share."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, Protocol

from scout_workers.fake_llm.errors import Kind, Trouble
from scout_workers.fake_llm.http import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scout_workers.fake_llm.http import Request
    from scout_workers.fake_llm.question import Operation, Question, Written


class Wire(Protocol):
    """One provider's way of speaking."""

    @property
    def name(self) -> str:
        """The provider's name."""
        ...

    def base_url(self, root: str) -> str:
        """Return the address a client of it is given, of the server's own."""
        ...

    def key(self, request: Request) -> str:
        """Return the key a request came with; empty without one."""
        ...

    def route(
        self, request: Request, steps: tuple[str, ...]
    ) -> tuple[Operation, tuple[str, ...]] | None:
        """Tell what a path is for, and what it names; None: not this wire's."""
        ...

    def read(self, request: Request, operation: Operation, named: tuple[str, ...]) -> Question:
        """Understand a request.

        Raises:
            Trouble: The provider would refuse it.
        """
        ...

    def answer(self, question: Question, written: Written, request_id: str) -> Reply:
        """Put an answer into this provider's words."""
        ...

    def refuse(self, trouble: Trouble, request_id: str) -> Reply:
        """Say no in this provider's words."""
        ...


def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object a request holds.

    Raises:
        Trouble: It holds none.
    """
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Trouble(Kind.BAD_REQUEST, "the body is no JSON") from error
    if not isinstance(body, dict):
        raise Trouble(Kind.BAD_REQUEST, "the body is no JSON object")
    return body


def needed(body: Mapping[str, Any], name: str, kind: type) -> Any:  # noqa: ANN401 - JSON
    """Return a field that a request must have.

    Raises:
        Trouble: It has not, or it is empty or of another type.
    """
    value = body.get(name)
    if not isinstance(value, kind) or not value:
        raise Trouble(Kind.BAD_REQUEST, f"{name}: field required")
    return value


def image_of(data: object) -> bytes:
    """Return a picture's bytes from their base64.

    Raises:
        Trouble: They are none, or of no picture a provider takes.
    """
    try:
        image = base64.b64decode(data if isinstance(data, str) else "", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Trouble(Kind.BAD_REQUEST, "image: no valid base64") from error
    known = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF")
    if not image.startswith(known):
        raise Trouble(Kind.BAD_REQUEST, "image: could not process image")
    return image


def closed_schema(schema: object, place: str = "schema") -> dict[str, Any]:
    """Return a schema that is as strict as structured output asks for.

    Raises:
        Trouble: An object in it leaves other keys open, or leaves one of its own out of `required`.
    """
    if not isinstance(schema, dict):
        raise Trouble(Kind.BAD_REQUEST, f"{place}: must be an object")
    properties = schema.get("properties")
    if isinstance(properties, dict):
        if schema.get("additionalProperties") is not False:
            raise Trouble(Kind.BAD_REQUEST, f"{place}: additionalProperties must be false")
        if set(schema.get("required", ())) != set(properties):
            raise Trouble(Kind.BAD_REQUEST, f"{place}: required must name every property")
        for name, inner in properties.items():
            closed_schema(inner, f"{place}.{name}")
    if isinstance(schema.get("items"), dict):
        closed_schema(schema["items"], f"{place}[]")
    for choice in schema.get("anyOf", ()):
        closed_schema(choice, place)
    return schema


def tool_schema(tools: object, name: str | None) -> tuple[str, dict[str, Any]]:
    """Return the name and input schema of the tool the model must use.

    Args:
        tools: Each with `name` and `input_schema`.
        name: Of the tool; None: any, so the first.

    Raises:
        Trouble: There is no such tool.
    """
    for tool in tools if isinstance(tools, list) else ():
        if isinstance(tool, dict) and name in {None, tool.get("name")}:
            schema = tool.get("input_schema")
            if isinstance(schema, dict):
                return str(tool.get("name")), schema
    raise Trouble(Kind.BAD_REQUEST, f"tool_choice: there is no tool {name!r}")


def tool_input(text: str) -> dict[str, Any] | None:
    """Return an answer as a tool's input; None where it is nothing but words.

    What is broken JSON on another wire is an empty input here: broken it could not be sent.
    """
    if not text.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else None


def as_json(status: int, body: object, headers: Mapping[str, str]) -> Reply:
    """Make a reply of an object."""
    return Reply(status, json.dumps(body, separators=(",", ":")).encode(), headers)
