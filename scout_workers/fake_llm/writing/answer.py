"""A question's answer, before anything is made to go wrong with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scout_workers.fake_llm.question import Operation, Question, Stop, Usage, Written
from scout_workers.fake_llm.writing import tokens
from scout_workers.fake_llm.writing.documents import document
from scout_workers.fake_llm.writing.subject import Subject
from scout_workers.fake_llm.writing.vectors import vector

if TYPE_CHECKING:
    from scout_workers.fake_llm.writing.tokens import Cache

_CHARACTERS_A_TOKEN = 4


def written(question: Question, cache: Cache) -> Written:
    """Answer a question: the same question always in the same words.

    Args:
        question: What was asked.
        cache: What a provider would remember of prompts.
    """
    if question.operation is Operation.EMBED:
        vectors = tuple(
            vector(text, question.model, question.dimensions) for text in question.texts
        )
        usage = Usage(sum(tokens.of_text(text) for text in question.texts))
        return Written("", question.model, usage, vectors=vectors)
    text = _said(question)
    stop = Stop.END
    limit = question.output_limit
    if limit is not None and tokens.of_text(text) > limit:
        text, stop = text[: limit * _CHARACTERS_A_TOKEN], Stop.LENGTH
    usage = tokens.usage(question, text, cache)
    return Written(text, question.model, usage, stop)


def _said(question: Question) -> str:
    subject = Subject.of(question)
    if question.schema is None:
        return f"{subject.headline}. {subject.sentences}"
    return json.dumps(document(question.schema, subject), ensure_ascii=False)
