"""What was asked and what is answered, whichever wire it comes by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Operation(StrEnum):
    """What a provider can be asked for."""

    CHAT = "chat"
    EMBED = "embed"
    MODELS = "models"

    @property
    def paid(self) -> bool:
        """Whether an answer costs anything."""
        return self is not Operation.MODELS


@dataclass(frozen=True, slots=True)
class Question:
    """One request, understood.

    Attributes:
        prompt: The system's words.
        text: The user's words, facts and all.
        images: As they came, decoded from base64.
        schema: JSON schema the answer must fit; None: any words will do.
        tool: Name of the tool whose input the answer must be; None: it is text.
        output_limit: Most tokens of the answer.
        texts: What is to be embedded.
        dimensions: Of the vectors; None: the model's own number.
        style: Of the answer, where a wire has several ("float", "base64", "titan", "cohere").
    """

    operation: Operation
    model: str
    prompt: str = ""
    text: str = ""
    images: tuple[bytes, ...] = ()
    schema: dict[str, Any] | None = None
    tool: str | None = None
    output_limit: int | None = None
    texts: tuple[str, ...] = ()
    dimensions: int | None = None
    style: str = ""


class Stop(StrEnum):
    """Why an answer ended."""

    END = "end"
    LENGTH = "length"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens; `cached` are among `input`."""

    input: int
    output: int = 0
    cached: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """An answer before it is put into a wire's words.

    Attributes:
        text: What the model says: the JSON document where a schema was given.
        usage: What is billed; None: the answer does not tell.
    """

    text: str
    served_model: str
    usage: Usage | None
    stop: Stop = Stop.END
    vectors: tuple[tuple[float, ...], ...] = ()
