from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fix_pictures import encoded, gradient
from wire_questions import OPENAI, picture

from scout_workers.llm import answers
from scout_workers.llm.answer_schema import ANSWER_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable

    from fix_fake_llm import Asks

    from scout_workers.fake_llm import FakeLLM


JPEG = encoded(gradient())


def described(fake_llm: FakeLLM, ask: Asks, schema: dict[str, Any], salt: int) -> str:
    content = [{"type": "text", "text": f'{{"camera":"yard {salt}"}}'}, picture(JPEG)]
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema, "strict": True}}
    body = OPENAI | {"messages": [{"role": "user", "content": content}], "response_format": form}
    answered = ask(f"{fake_llm.base_url('openai')}/chat/completions", body)
    return str(answered.body["choices"][0]["message"]["content"])


def test_descriptions_are_those_our_parser_takes(fake_llm: FakeLLM, ask: Asks) -> None:
    for salt in range(20):
        raw = described(fake_llm, ask, ANSWER_SCHEMA, salt)

        description = answers.parse(raw)
        assert description.headline.startswith(f"Imitated: yard {salt}: 1 picture")
        assert description.observations


def test_the_same_question_is_answered_in_the_same_words(fake_llm: FakeLLM, ask: Asks) -> None:
    one, other = (described(fake_llm, ask, ANSWER_SCHEMA, 0) for _ in range(2))

    assert one == other
    assert one != described(fake_llm, ask, ANSWER_SCHEMA, 1)


@pytest.mark.parametrize(
    ("inner", "right"),
    [
        ({"type": "string", "enum": ["a"]}, lambda value: value == "a"),
        ({"const": 7}, lambda value: value == 7),
        ({"type": "integer", "minimum": 3, "maximum": 4}, lambda value: value in {3, 4}),
        ({"type": "boolean"}, lambda value: value in {True, False}),
        ({"type": ["string", "null"], "maxLength": 5}, lambda value: len(value) <= 5),
        ({"type": "array", "items": {"type": "number"}, "minItems": 5}, lambda v: len(v) == 5),
        ({"anyOf": [{"type": "null"}, {"type": "string"}]}, lambda v: v is None or bool(v)),
        ({"$ref": "#/$defs/day"}, lambda value: value == "2026-01-05"),
        ({"type": "null"}, lambda value: value is None),
    ],
)
def test_every_part_of_a_schema_is_kept_to(
    fake_llm: FakeLLM, ask: Asks, inner: dict[str, Any], right: Callable[[Any], bool]
) -> None:
    schema = {
        "type": "object",
        "properties": {"it": inner},
        "required": ["it"],
        "additionalProperties": False,
        "$defs": {"day": {"type": "string", "format": "date"}},
    }

    assert right(json.loads(described(fake_llm, ask, schema, 0))["it"])
