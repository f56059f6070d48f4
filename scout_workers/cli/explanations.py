"""What every expected error means for the person at the keyboard, and what is never printed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote

import psycopg
from pydantic import SecretStr

from scout_workers.cli.errors import BAD_INPUT, ENVIRONMENT_FAILED, WRONG_USE, UsageMistakeError
from scout_workers.cli.place import Place, place_of
from scout_workers.cli.postgres_errors import postgres_sentence
from scout_workers.domain.errors import ScoutError
from scout_workers.phases import TransactionHeldError
from scout_workers.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from scout_workers.settings import Settings

_MASK = "******"
_SHORTEST_SECRET = 3


@dataclass(frozen=True, slots=True)
class Explained:
    """An error in words.

    Attributes:
        sentence: What is wrong and what to do; several lines where several things are wrong.
        secrets: Texts that `scrub` keeps out of whatever is printed.
    """

    sentence: str
    exit_code: int
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def scrub(self, text: str) -> str:
        """Return `text` without any secret in it."""
        for secret in self.secrets:
            text = text.replace(secret, _MASK)
        return text


def explain(error: BaseException, settings: Settings | None) -> Explained:
    """Put an error into words.

    Args:
        error: Whatever ended a command.
        settings: Those the command had loaded, if it had come that far.
    """
    place = place_of(settings)
    secrets = tuple(_secrets(settings, place)) if settings is not None else ()
    sentence, exit_code = _sentence(error, place)
    return Explained(sentence.strip(), exit_code, secrets)


def _sentence(error: BaseException, place: Place) -> tuple[str, int]:
    if isinstance(error, SettingsError | UsageMistakeError):
        return str(error), WRONG_USE
    for cause in _chain(error):
        if isinstance(cause, psycopg.Error) and (said := postgres_sentence(cause, place)):
            return said, ENVIRONMENT_FAILED
    if (said := _own_words(error, place)) is not None:
        return said, ENVIRONMENT_FAILED
    mistake = f"This is a mistake in scout-workers: {type(error).__name__}: {error}"
    return f"{mistake}\nPlease report it with what --verbose shows in addition.", BAD_INPUT


def _own_words(error: BaseException, place: Place) -> str | None:
    """Return what an expected error says of itself; None for a mistake in this program."""
    if isinstance(error, ScoutError):
        return f"{error.detail[:1].upper()}{error.detail[1:]}"
    if isinstance(error, psycopg.Error):
        return f"The Postgres {place} says: {error}"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    # Every package draws a tree of errors of its own whose messages are sentences for people. The
    # broken law is none of them: it is a mistake, as is all that is unexpected.
    ours = type(error).__module__.startswith("scout_workers.")
    return str(error) if ours and not isinstance(error, TransactionHeldError) else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__


def _secrets(settings: Settings, place: Place) -> Iterator[str]:
    values = [secret.get_secret_value() for secret in _secret_values(settings)]
    for secret in [place.password, *values, *map(_password, values)]:
        if len(secret) >= _SHORTEST_SECRET:
            # As it is, and as it stands in a URL.
            yield from dict.fromkeys((secret, quote(secret), quote(secret, ""), quote_plus(secret)))


def _password(value: str) -> str:
    """Return the password of a secret that is a URL; empty where there is none."""
    # Not by urlsplit: a password with a slash in it is the kind that ends up in an error.
    found = re.search(r"//[^/@]*?:(.*)@", value)
    return unquote(found[1]) if found else ""


def _secret_values(section: BaseModel) -> Iterator[SecretStr]:
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, SecretStr):
            yield value
        elif hasattr(type(value), "model_fields"):
            yield from _secret_values(value)
