"""Nothing a model writes gets past the schema, and what it slips on is put right locally."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scout_workers.domain.errors import ErrorClass
from scout_workers.domain.observations import Description, Observation, Region, Severity
from scout_workers.llm import answer_schema, answers, checked
from scout_workers.llm.protocol import ModelError

WORD = re.compile(r"[a-z][a-z0-9_]{0,39}")


def an_observation(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "changed_region",
        "text": "A lighter region appeared.",
        "severity": "notice",
        "confidence": 0.8,
        "region": {"x": 0.25, "y": 0.5, "width": 0.25, "height": 0.25},
        "flags": ["changed"],
        **changes,
    }


def an_answer(**changes: Any) -> dict[str, Any]:
    return {
        "headline": "A lighter region appeared.",
        "severity": "notice",
        "flags": ["changed"],
        "observations": [an_observation()],
        **changes,
    }


EXPECTED = Description(
    headline="A lighter region appeared.",
    severity=Severity.NOTICE,
    flags=("changed",),
    observations=(
        Observation(
            kind="changed_region",
            text="A lighter region appeared.",
            severity=Severity.NOTICE,
            confidence=0.8,
            region=Region(0.25, 0.5, 0.25, 0.25),
            flags=("changed",),
        ),
    ),
)
GOOD = json.dumps(an_answer())


def invalid(raw: str) -> str:
    with pytest.raises(ModelError) as caught:
        answers.parse(raw)
    assert caught.value.error_class is ErrorClass.SCHEMA_INVALID
    return caught.value.detail


def test_a_good_answer_is_returned_as_it_stands() -> None:
    assert answers.parse(GOOD) == EXPECTED


@pytest.mark.parametrize(
    "raw",
    [
        f"```json\n{GOOD}\n```",
        f"```\n{GOOD}```",
        f"Here is what I see:\n\n{GOOD}\n\nLet me know if you need more.",
        GOOD + "}",
        GOOD + "\n```",
        "\ufeff" + GOOD,
        GOOD.replace("]", ",]").replace("}", " ,\n}"),
        f'As {{"asked"}}: {GOOD}',
        f'{{"thinking": "first a draft"}} {GOOD}',
        f"{{not json}} {GOOD}",
    ],
)
def test_slips_are_put_right_without_asking_again(raw: str) -> None:
    assert answers.parse(raw) == EXPECTED


def test_commas_within_sentences_survive_the_repair_of_commas() -> None:
    sentence = 'He said "stop,]" and, }'
    raw = json.dumps(an_answer(headline=sentence))[:-1] + ",}"

    assert answers.parse(raw).headline == sentence


def test_what_may_be_left_out_may_be_left_out() -> None:
    assert answers.parse('{"headline": "Nothing new", "severity": "info"}') == Description(
        "Nothing new", Severity.INFO, ()
    )


def test_keys_nobody_asked_for_are_left_behind() -> None:
    raw = json.dumps(an_answer(reasoning="…", run="rm -rf /"))

    assert answers.parse(raw) == EXPECTED


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("", "the answer holds no JSON object"),
        ("I cannot help with that.", "the answer holds no JSON object"),
        ("[1, 2]", "the answer holds no JSON object"),
        (GOOD[:-20], "severity: field required"),
        (json.dumps(an_answer(severity="apocalyptic")), "severity: input should be"),
        (json.dumps(an_answer(headline="")), "headline: string should have at least 1"),
        (json.dumps(an_answer(headline="\x00\u200b ")), "headline: string should have at least 1"),
        (json.dumps(an_answer(headline=7)), "headline: input should be a valid string"),
        (json.dumps(an_answer(flags="changed")), "flags: input should be a valid list"),
        (json.dumps(an_answer(flags=["../../etc"])), "flags.0: string should match pattern"),
        (json.dumps(an_answer(flags=["http://x.test"])), "flags.0: string should match pattern"),
        (json.dumps(an_answer(observations=[an_observation(kind="<b>")])), "observations.0.kind"),
        (
            json.dumps(an_answer(observations=[an_observation(confidence=95)])),
            "observations.0.confidence: input should be less than or equal to 1",
        ),
        (json.dumps(an_answer(observations=[an_observation(confidence="high")])), "confidence"),
        (json.dumps(an_answer(observations=[an_observation(confidence=True)])), "confidence"),
        (
            json.dumps(
                an_answer(
                    observations=[
                        an_observation(region={"x": 640, "y": 2, "width": 3, "height": 4})
                    ]
                )
            ),
            "observations.0.region.x: input should be less than or equal to 1.02",
        ),
        ('{"headline": "x", "severity": "info", "flags": NaN}', "the answer holds no JSON object"),
    ],
)
def test_anything_else_out_of_place_is_schema_invalid_and_says_where(raw: str, told: str) -> None:
    assert told in invalid(raw)


def test_the_models_own_words_are_not_repeated_in_the_error() -> None:
    assert "canary" not in invalid(json.dumps(an_answer(severity="canary", flags=["canary!"])))


def test_severities_and_words_may_be_written_loosely() -> None:
    raw = json.dumps(an_answer(severity="Notice", flags=["Changed", " changed ", "Low-Contrast"]))

    answer = answers.parse(raw)

    assert answer.severity is Severity.NOTICE
    assert answer.flags == ("changed", "low_contrast")


def test_a_region_a_hair_outside_the_picture_is_brought_inside() -> None:
    region = {"x": -0.01, "y": 0.75, "width": 0.51, "height": 0.27}
    raw = json.dumps(an_answer(observations=[an_observation(region=region)]))

    assert answers.parse(raw).observations[0].region == Region(0, 0.75, 0.5, 0.25)


def test_too_long_and_too_many_are_cut_since_the_answer_is_paid_for() -> None:
    raw = json.dumps(
        an_answer(
            headline="x" * 5000,
            flags=[f"flag_{number}" for number in range(100)],
            observations=[an_observation(text="y" * 1000)] * 40,
        )
    )

    answer = answers.parse(raw)

    assert len(answer.headline) == answer_schema.HEADLINE_LIMIT
    assert answer.headline.endswith("…")
    assert len(answer.flags) == answer_schema.FLAGS_LIMIT
    assert len(answer.observations) == answer_schema.OBSERVATIONS_LIMIT


def test_an_answer_beyond_its_cap_is_not_even_looked_at() -> None:
    assert "the limit is 65,536" in invalid(GOOD + " " * 70_000)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a\nb\t\x00c\x1b[31m", "a b c [31m"),
        ("a\u202eevil\u2066\u200d\ud800b", "aevilb"),
        ("see https://evil.test/x?y=1 now", "see (address removed) now"),
        ("see WWW.evil.test", "see (address removed)"),
        ("javascript://%0aalert(1)", "(address removed)"),
        ("<script>x</script> 3 < 5", "\u2039script\u203ax\u2039/script\u203a 3 \u2039 5"),
    ],
)
def test_sentences_come_out_inert(written: str, kept: str) -> None:
    assert answers.parse(json.dumps(an_answer(headline=written))).headline == kept


@pytest.mark.parametrize(
    "raw",
    [
        "{" * 65_000,
        '{"a":' * 13_000,
        "[" * 65_000,
        '"' + '\\"' * 32_000,
        '{"' + '\\"' * 32_000,
        '{"headline": "' + "a" * 65_000 + '", "severity": "info"}',
        '{"headline": ' + "9" * 60_000 + "}",
        "{," * 32_000,
        json.dumps(an_answer(observations=[{}] * 15_000)),
    ],
    ids=str.__len__,
)
def test_answers_made_to_hang_the_parser_do_not(raw: str) -> None:
    began = time.thread_time()
    outcome(raw[: checked.RAW_LIMIT])
    assert time.thread_time() - began < 2


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=20,
)
nearly_observations = st.fixed_dictionaries(
    {"kind": st.text(max_size=60), "text": st.text(max_size=900)},
    optional={
        "severity": st.sampled_from(["info", "Warning", "bad"]),
        "confidence": st.floats() | st.integers(-1, 2),
        "region": st.none()
        | st.fixed_dictionaries(
            {side: st.floats(-0.1, 1.1) for side in ("x", "y", "width", "height")}
        ),
        "flags": st.lists(st.text(max_size=60), max_size=20) | anything,
    },
) | st.just(an_observation())
nearly_answers = st.fixed_dictionaries(
    {"headline": st.text(max_size=500), "severity": st.sampled_from(["info", "critical"])},
    optional={
        "flags": st.lists(st.sampled_from(["dark", "x" * 90, "Two Words"]), max_size=40),
        "observations": st.lists(nearly_observations, max_size=40),
    },
)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400) | nearly_answers.map(json.dumps) | anything.map(json.dumps))
@example(json.dumps(an_answer()))
def test_whatever_is_written_the_outcome_is_within_the_caps_or_a_model_error(raw: str) -> None:
    check(outcome(raw))


@settings(max_examples=200, deadline=None)
@given(st.text('{}[],:"\\ \nabtrue0123456789.e-', max_size=300), st.integers(0, len(GOOD)))
def test_a_bent_answer_never_raises_anything_else(noise: str, place: int) -> None:
    check(outcome(GOOD[:place] + noise + GOOD[place:]))


def outcome(raw: str) -> Description | ModelError:
    try:
        return answers.parse(raw)
    except ModelError as error:
        return error


def check(answer: Description | ModelError) -> None:
    if isinstance(answer, ModelError):
        assert answer.error_class is ErrorClass.SCHEMA_INVALID
        assert answer.detail
        return
    sentences = [answer.headline, *(seen.text for seen in answer.observations)]
    words = [*answer.flags, *(w for seen in answer.observations for w in (seen.kind, *seen.flags))]

    assert len(answer.headline) <= answer_schema.HEADLINE_LIMIT
    assert len(answer.observations) <= answer_schema.OBSERVATIONS_LIMIT
    for sentence in sentences:
        assert 0 < len(sentence) <= answer_schema.TEXT_LIMIT
        assert not re.search(r"[\x00-\x1f\x7f-\x9f<>]|://", sentence)
        assert sentence.encode()
    assert all(WORD.fullmatch(word) for word in words)
    for seen in answer.observations:
        assert len(seen.flags) <= answer_schema.FLAGS_LIMIT
        assert 0 <= seen.confidence <= 1
        if seen.region is not None:
            assert 0 <= seen.region.x <= seen.region.x + seen.region.width <= 1 + 1e-9
            assert 0 <= seen.region.y <= seen.region.y + seen.region.height <= 1 + 1e-9


def test_the_schema_asks_for_every_key_and_for_no_other() -> None:
    def objects(schema: object) -> list[dict[str, Any]]:
        if isinstance(schema, list):
            return [found for inner in schema for found in objects(inner)]
        if not isinstance(schema, dict):
            return []
        mine = [schema] if schema.get("type") == "object" else []
        return mine + [found for inner in schema.values() for found in objects(inner)]

    found = objects(answer_schema.ANSWER_SCHEMA)

    assert len(found) == 3
    for schema in found:
        assert schema["required"] == list(schema["properties"])
        assert schema["additionalProperties"] is False
    assert found[0]["properties"].keys() == an_answer().keys()
    assert found[1]["properties"].keys() == an_observation().keys()
