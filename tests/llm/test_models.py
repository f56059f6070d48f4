"""A profile names its provider; a name nobody set up is an operator's error in one sentence."""

from __future__ import annotations

from uuid import uuid4

import pytest
from fix_pictures import gradient, prepared

from scout_workers.domain.calls import ModelName
from scout_workers.domain.errors import ErrorClass, Verdict
from scout_workers.domain.profiles import ProfileVersion
from scout_workers.llm.local import LocalProvider
from scout_workers.llm.models import Choice, Models
from scout_workers.llm.protocol import ModelError


def a_profile(provider: str) -> ProfileVersion:
    return ProfileVersion(uuid4(), uuid4(), provider, "local-vision-v1", "", "")


def test_the_provider_a_profile_names_is_asked() -> None:
    local = LocalProvider()
    models = Models({"local": local})

    assert models.provider_for(a_profile("local")) is local
    assert models.describe(prepared(gradient()), a_profile("local")).served_model == (
        "local-vision-v1"
    )


def test_an_unknown_provider_says_which_are_set_up() -> None:
    with pytest.raises(ModelError) as caught:
        Models({"local": LocalProvider()}).describe(prepared(gradient()), a_profile("bedrock"))

    assert caught.value.error_class is ErrorClass.BAD_REQUEST
    assert caught.value.error_class.verdict is Verdict.FAIL
    assert caught.value.detail == (
        "the analysis profile asks for the provider 'bedrock', which is not set up here "
        "(set up: local)"
    )


def test_a_purpose_is_answered_by_whom_the_settings_chose() -> None:
    chosen = Choice("openai", "gpt-x", (ModelName("local", "local-writer-v1"),))
    models = Models({"local": LocalProvider()}, {"summarize": chosen})

    assert models.choice("summarize") is chosen
    assert models.choice("summarize").first == ("openai", "gpt-x")
    with pytest.raises(ModelError, match=r"nobody was chosen to embed: set \[models.embed\]"):
        models.choice("embed")


def test_a_model_that_a_provider_does_not_have_is_an_operators_error() -> None:
    with pytest.raises(ModelError) as caught:
        LocalProvider().embed("some-model", ["text"])

    assert caught.value.error_class is ErrorClass.BAD_REQUEST
    assert "not 'some-model'" in caught.value.detail
