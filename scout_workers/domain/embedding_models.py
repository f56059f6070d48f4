"""Which model makes the vectors, and what is known of models before one is asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class ModelState(StrEnum):
    """What an embedding model is for at the moment."""

    BUILDING = "building"
    ACTIVE = "active"
    RETIRED = "retired"

    @property
    def is_fed(self) -> bool:
        """Whether new texts are embedded with it."""
        return self is not ModelState.RETIRED


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """A model of the registry.

    Attributes:
        dimensions: How many numbers a vector of it has.
        schema: Where the server keeps pgvector's types.
    """

    id: int
    provider: str
    model: str
    dimensions: int
    state: ModelState
    schema: str

    @property
    def name(self) -> str:
        """Provider and model as settings and the command line write them."""
        return f"{self.provider}/{self.model}"


DIMENSIONS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "local/lexical-hash-v1": 512,
        "openai/text-embedding-3-small": 1536,
        "openai/text-embedding-3-large": 3072,
        "bedrock/amazon.titan-embed-text-v2:0": 1024,
        "bedrock/cohere.embed-english-v3": 1024,
        "bedrock/cohere.embed-multilingual-v3": 1024,
    }
)
"""Dimensions of models that need not be asked for them."""

NOTHING_IN_COMMON: Final[Mapping[str, float]] = MappingProxyType({"local/lexical-hash-v1": 0.15})
"""By model: the similarity below which two texts share nothing but chance.

Of a model that is not here nobody has measured it: its nearest are shown however far they are.
"""
