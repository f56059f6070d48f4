"""The wire formats: how each provider is asked, answers, and says no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from scout_workers.fake_llm.wires.anthropic import Anthropic
from scout_workers.fake_llm.wires.bedrock import Bedrock
from scout_workers.fake_llm.wires.openai import OpenAI

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scout_workers.fake_llm.http import Request
    from scout_workers.fake_llm.question import Operation
    from scout_workers.fake_llm.wires.wire import Wire

WIRES: Final[Mapping[str, Wire]] = {wire.name: wire for wire in (OpenAI(), Anthropic(), Bedrock())}

__all__ = ["WIRES", "routed"]


def routed(request: Request) -> tuple[Wire, Operation, tuple[str, ...]] | None:
    """Find what a request is for: its wire, the operation, and what its path names.

    A path may begin with a wire's name (/openai/v1/models), which settles what is else guessed
    from the headers.
    """
    steps = [unquote(step) for step in request.path.strip("/").split("/")]
    named = WIRES.get(steps[0])
    wires = list(WIRES.values()) if named is None else [named]
    for wire in wires:
        found = wire.route(request, tuple(steps if named is None else steps[1:]))
        if found is not None:
            return (wire, *found)
    return None
