"""What is known of one kind of broker, and how its client library is imported."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from scout_workers.app.errors import BrokerClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from dramatiq import Broker, Middleware

    from scout_workers.settings import Settings


def nothing_to_do(*_: Any) -> None:
    """Stand where a broker needs nothing done."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of broker.

    Attributes:
        make: Makes it from the settings, its URL, the database's URL and middleware. Raises
            BrokerClientError where its library is not installed.
        check: Given URL and broker, raises BrokerAwayError where it does not answer.
        prepare: Given URL and the database's URL, makes the tables it needs; for ours, which has
            migrations, there is nothing to do.
        memory_only: Whether its messages are gone with the process.
    """

    make: Callable[[Settings, str, str, Sequence[Middleware]], Broker]
    check: Callable[[str, Broker], None] = nothing_to_do
    prepare: Callable[[str, str], None] = nothing_to_do
    memory_only: bool = False


def client(scheme: str, module: str, extra: str) -> ModuleType:
    """Import the module that speaks a scheme.

    Args:
        scheme: The scheme, for the message.
        module: What to import.
        extra: The extra of this package that brings what it needs.

    Raises:
        BrokerClientError: Something it needs is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise BrokerClientError(
            f"{scheme}:// needs {error.name or module}, which is not installed: "
            f"pip install 'scout-workers[{extra}]'"
        ) from error
