"""What a hosted model is asked, before it is put into any provider's words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from scout_workers.llm.hosted.data import fenced

if TYPE_CHECKING:
    from scout_workers.llm.protocol import PreparedImage


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the same for every provider.

    Attributes:
        purpose: What it is for ("describe"), and the name of its prompt.
        facts: What the answer is to be made of: data, whoever wrote it.
        images: Pictures that belong to it, in the order the facts number them.
        schema: JSON schema of the answer.
        output_tokens: The longest answer to pay for.
    """

    purpose: str
    facts: dict[str, Any]
    schema: dict[str, Any]
    output_tokens: int
    images: tuple[PreparedImage, ...] = ()

    @property
    def prompt(self) -> str:
        """What we tell the model: ours alone, the same for everybody's data."""
        return _prompt("rules") + "\n" + _prompt(self.purpose)

    @property
    def data(self) -> str:
        """The facts as they are sent."""
        return fenced(self.facts)


@cache
def _prompt(name: str) -> str:
    return files("scout_workers.llm").joinpath("prompts", f"{name}.md").read_text(encoding="utf-8")
