"""What a request is about, as far as its own facts tell: the material of the answers."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from scout_workers.fake_llm.writing.pictures import seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scout_workers.fake_llm.question import Question

_CITED_BY: Final = ("id", "ref", "number", "key")
_TOLD_BY: Final = ("headline", "title", "text", "summary", "name")
_NAMED_BY: Final = ("camera", "name", "watch_for", "subject")
_QUOTED: Final = 90  # characters of anything quoted
_SENTENCES: Final = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """The material of one answer.

    Attributes:
        ids: What the facts may be cited by, in their order: texts or numbers.
        headline: One line about it.
        sentences: A few more.
        chance: Decides what is free; the same for the same question.
    """

    ids: tuple[str | int, ...]
    headline: str
    sentences: str
    chance: random.Random

    @classmethod
    def of(cls, question: Question) -> Subject:
        """Find out what a question is about."""
        digest = hashlib.sha256()
        for part in (question.model, question.prompt, question.text):
            digest.update(part.encode() + b"\0")
        for image in question.images:
            digest.update(hashlib.sha256(image).digest())
        facts = list(_facts(question.text))
        ids = tuple(dict.fromkeys(found for fact in facts for found in _ids(fact)))
        pictures = [seen(image) for image in question.images]
        about = next((name for fact in facts for name in _named(fact)), "what was sent")
        told = [text for fact in facts for text in _told(fact)]
        sentences = [
            "Written by fake-llm, which imitates a model and looks at next to nothing.",
            *(f"Picture {n} is {p.light}, {p.width} x {p.height}." for n, p in _counted(pictures)),
            *(f"It was told: {text}" for text in told[:_SENTENCES]),
        ]
        shown = f"{len(pictures)} picture{'s' * (len(pictures) != 1)}" if pictures else ""
        light = f", the first {pictures[0].light}" if pictures else ""
        known = f"{', ' * bool(shown)}{len(told)} facts" if told or not pictures else ""
        return cls(
            ids=ids,
            headline=f"Imitated: {about}: {shown}{light}{known}",
            sentences=" ".join(sentences),
            chance=random.Random(digest.digest()),  # noqa: S311 - the same each time is the point
        )


def _counted(pictures: list[Any]) -> list[tuple[int, Any]]:
    return list(enumerate(pictures[:_SENTENCES], 1))


def _facts(text: str) -> Iterator[Any]:
    """Find the JSON in a text, wherever it stands."""
    decoder = json.JSONDecoder()
    place = 0
    while (start := text.find("{", place)) >= 0:
        try:
            found, place = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            place = start + 1
        else:
            yield found


def _dicts(fact: object) -> Iterator[dict[str, Any]]:
    if isinstance(fact, dict):
        yield fact
        for value in fact.values():
            yield from _dicts(value)
    elif isinstance(fact, list):
        for value in fact:
            yield from _dicts(value)


def _ids(fact: object) -> Iterator[str | int]:
    for each in _dicts(fact):
        for name in _CITED_BY:
            value = each.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool):
                yield value
                break


def _named(fact: object) -> Iterator[str]:
    for each in _dicts(fact):
        for name in _NAMED_BY:
            if isinstance(value := each.get(name), str) and value:
                yield _quoted(value)


def _told(fact: object) -> Iterator[str]:
    for each in _dicts(fact):
        value = next((each[name] for name in _TOLD_BY if isinstance(each.get(name), str)), None)
        if value:
            yield _quoted(value)


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else line[: _QUOTED - 1] + "…"
