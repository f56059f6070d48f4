"""Embedding models as they are typed, and what cannot be done with them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from scout_workers.app.errors import EmbeddingChangeError
from scout_workers.cli.errors import UsageMistakeError
from scout_workers.domain.calls import ModelName

if TYPE_CHECKING:
    from collections.abc import Iterator


def model_name(typed: str) -> ModelName:
    """Return the model that is meant.

    Raises:
        UsageMistakeError: It is not of the form provider/model.
    """
    provider, slash, model = typed.strip().partition("/")
    if not (provider and slash and model):
        raise UsageMistakeError(
            f"{typed[:80]!r} is no model: write provider/model, like local/lexical-hash-v1."
        )
    return ModelName(provider, model)


@contextmanager
def mistakes() -> Iterator[None]:
    """Tell what cannot be done with a model as a mistake of whoever asked for it."""
    try:
        yield
    except EmbeddingChangeError as error:
        sentence = str(error)
        raise UsageMistakeError(f"{sentence[:1].upper()}{sentence[1:]}.") from error
