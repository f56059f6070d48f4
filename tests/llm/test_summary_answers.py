"""A written summary is checked like every answer: cut where it is long, refused where it is odd."""

from __future__ import annotations

import json

import pytest

from scout_workers.domain.errors import ErrorClass
from scout_workers.domain.observations import Severity
from scout_workers.domain.summaries import Summary
from scout_workers.llm import summary_answers
from scout_workers.llm.protocol import ModelError


def an_answer(**changes: object) -> str:
    plain: dict[str, object] = {"headline": "Quiet.", "text": "Nothing.", "severity": "info"}
    return json.dumps(plain | changes)


def test_an_answer_is_read_out_of_prose_and_fences() -> None:
    expected = Summary("Quiet.", "Nothing.", Severity.INFO)
    assert summary_answers.parse(an_answer()) == expected
    assert summary_answers.parse(f"Here it is:\n```json\n{an_answer()}\n```") == expected
    assert summary_answers.parse(an_answer(surplus=1)) == expected


def test_what_is_too_long_is_cut_since_it_is_paid_for() -> None:
    long = summary_answers.parse(an_answer(headline="h" * 999, text="t" * 9999))
    assert len(long.headline) == summary_answers.HEADLINE_LIMIT
    assert len(long.text) == summary_answers.TEXT_LIMIT


def test_markup_addresses_and_controls_become_inert() -> None:
    said = summary_answers.parse(an_answer(text="<img src=x>\nsee http://a.example \u202edne\x07"))
    assert said.text == "\u2039img src=x\u203a see (address removed) dne"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "no JSON",
        "[]",
        an_answer(severity="apocalyptic"),
        an_answer(headline=""),
        an_answer(text=7),
        an_answer(text="\u202e"),
        json.dumps({"headline": "Quiet.", "severity": "info"}),
        "x" * 70_000,
    ],
)
def test_another_shape_is_refused_without_repeating_the_models_words(raw: str) -> None:
    with pytest.raises(ModelError) as caught:
        summary_answers.parse(raw)
    assert caught.value.error_class is ErrorClass.SCHEMA_INVALID
    assert "apocalyptic" not in caught.value.detail


def test_the_schema_asks_for_all_keys_and_no_others() -> None:
    schema = summary_answers.SCHEMA
    assert schema["required"] == list(schema["properties"])
    assert schema["additionalProperties"] is False
