"""What can be wrong with what fake-llm is asked.

Exception
├── ScriptError     whoever starts or steers it asked for something that does not exist
└── Trouble         whoever calls it as a provider is told no, as that provider says it
"""

from __future__ import annotations

from enum import StrEnum


class ScriptError(ValueError):
    """A script, a fault's name or an option that cannot be; the message says what can."""


class Kind(StrEnum):
    """Every no that a provider has; each wire says it its own way."""

    BAD_REQUEST = "bad_request"
    AUTH = "auth"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    TOO_LARGE = "too_large"
    CONTEXT = "context"
    QUOTA = "quota"
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    UNAVAILABLE = "unavailable"
    NOT_READY = "not_ready"
    MODEL_ERROR = "model_error"
    TIMEOUT = "timeout"


class Trouble(Exception):  # noqa: N818 - it is an answer, and no error of ours
    """A request that is answered with a no.

    Attributes:
        kind: Which.
        said: The sentence in the answer; None: the provider's usual one.
        status: Of HTTP; None: the provider's usual one.
    """

    def __init__(self, kind: Kind, said: str | None = None, status: int | None = None) -> None:
        super().__init__(f"{kind}: {said or 'as usual'}")
        self.kind = kind
        self.said = said
        self.status = status
