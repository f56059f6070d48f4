"""The whole script of faults that fake-llm knows, met by each real provider over real HTTP."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from fix_hosted import MAKERS, described

from scout_workers import deadline
from scout_workers.domain.errors import ErrorClass
from scout_workers.fake_llm import FAULTS
from scout_workers.llm import answers
from scout_workers.llm.protocol import ModelError

if TYPE_CHECKING:
    from scout_workers.domain.calls import Answer
    from scout_workers.fake_llm import FakeLLM

LIMIT = 0.4

WHAT_FOLLOWS: dict[ErrorClass | None, tuple[str, ...]] = {
    None: ("ok", "wrong-type", "prose", "no-usage", "other-model", "hostile"),
    ErrorClass.RATE_LIMITED: ("429", "429-date", "429-bare", "quota"),
    ErrorClass.OVERLOADED: ("529", "overloaded", "503", "503-later", "not-ready"),
    ErrorClass.SERVER_ERROR: ("500", "502", "model-error"),
    ErrorClass.TIMEOUT: (
        "model-timeout",
        "silence",
        "stall",
        "head-drip",
        "body-drip",
        "chunk-drip",
    ),
    ErrorClass.NETWORK: (
        "reset-before",
        "reset-after",
        "reset-midway",
        "hang-up",
        "truncated-body",
        "truncated-chunks",
        "broken-envelope",
        "huge",
        "html",
    ),
    ErrorClass.AUTH: ("401", "403"),
    ErrorClass.BAD_REQUEST: ("400", "404", "redirect"),
    ErrorClass.CONTEXT_TOO_LONG: ("413", "context"),
    ErrorClass.REFUSED: ("refusal",),
    ErrorClass.SCHEMA_INVALID: ("truncated-json", "wrong-schema", "prose-only", "empty", "length"),
}
EXPECTED = {fault: follows for follows, faults in WHAT_FOLLOWS.items() for fault in faults}
ENDLESS = {"silence", "stall", "head-drip", "body-drip", "chunk-drip"}
EITHER = {"endless"}  # over the limit of bytes or out of time, whichever is sooner


def outcome(provider: object, fault: str) -> tuple[ErrorClass | None, Answer | None]:
    """Return how a question ends, and what was paid for as far as we were told."""
    try:
        if fault in ENDLESS:
            with deadline.starting(LIMIT):
                answer = described(provider)  # type: ignore[arg-type]  # one of the three
        else:
            answer = described(provider)  # type: ignore[arg-type]  # as above
        answers.parse(answer.raw)
    except ModelError as error:
        return error.error_class, error.answer
    return None, answer


def test_every_fault_has_its_expected_end() -> None:
    assert set(EXPECTED) | EITHER == set(FAULTS)


@pytest.mark.parametrize("name", MAKERS)
def test_each_provider_meets_every_fault_as_the_table_says(fake_llm: FakeLLM, name: str) -> None:
    provider = MAKERS[name](fake_llm.base_url(name).removesuffix("/v1"))
    fake_llm.plays("ok")
    described(provider)  # what is imported and connected once is not the first fault's

    wrong = {}
    for fault, expected in EXPECTED.items():
        fake_llm.plays(fault)
        asked = len(fake_llm.till.entries)
        began = time.monotonic()
        found, paid = outcome(provider, fault)
        took = time.monotonic() - began
        if found != expected or (fault in ENDLESS and took > LIMIT + 0.5):
            wrong[fault] = (found, expected, round(took, 2))
        if fault in {"refusal", "length"} and (paid is None or not paid.usage.output_tokens):
            wrong[fault] = (found, expected, "no receipt")  # type: ignore[assignment]  # for people
        if len(fake_llm.till.entries) != asked + 1:
            wrong[fault] = (found, expected, "asked again")  # type: ignore[assignment]  # likewise

    provider.close()
    assert wrong == {}
