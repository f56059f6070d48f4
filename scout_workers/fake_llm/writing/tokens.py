"""Believable numbers of tokens: four characters each, and pictures by their size."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from scout_workers.fake_llm.question import Usage
from scout_workers.fake_llm.writing.pictures import seen

if TYPE_CHECKING:
    from scout_workers.fake_llm.question import Question

_CHARACTERS_A_TOKEN: Final = 4
_PIXELS_A_TOKEN: Final = 750
_CACHED_FROM: Final = 1024  # tokens: shorter prompts are not worth a provider's cache


class Cache:
    """Remembers long system prompts, as providers do, by their digest."""

    def __init__(self) -> None:
        self._known: set[bytes] = set()

    def hit(self, prompt: str) -> int:
        """Return how many tokens of a prompt were sent before, and remember it."""
        count = of_text(prompt)
        if count < _CACHED_FROM:
            return 0
        digest = hashlib.sha256(prompt.encode()).digest()
        known = digest in self._known
        self._known.add(digest)
        return count if known else 0


def of_text(text: str) -> int:
    """Return the tokens of a text."""
    return -(-len(text) // _CHARACTERS_A_TOKEN)


def usage(question: Question, answer: str, cache: Cache) -> Usage:
    """Return what an answer would be billed for."""
    pictures = sum(
        max(1, picture.width * picture.height // _PIXELS_A_TOKEN)
        for picture in map(seen, question.images)
    )
    return Usage(
        input=of_text(question.prompt) + of_text(question.text) + pictures,
        output=of_text(answer),
        cached=cache.hit(question.prompt),
    )
