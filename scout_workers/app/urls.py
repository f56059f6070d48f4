"""Where the database is, and where the broker's is: one and the same, or as the settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from scout_workers.app.errors import UnknownBrokerError

if TYPE_CHECKING:
    from scout_workers.settings import Settings

POSTGRES = {"postgres", "postgresql"}


def broker_url(settings: Settings, database_url: str) -> str:
    """Return where messages are kept.

    Raises:
        UnknownBrokerError: Nobody here speaks the URL's scheme.
    """
    own = settings.broker.url
    if own is None:
        return database_url
    url = own.get_secret_value()
    scheme = urlsplit(url).scheme
    if scheme not in POSTGRES:
        raise UnknownBrokerError(
            f"no broker speaks {scheme}:// (SCOUT_BROKER__URL): use postgresql://…, or unset it "
            "to keep messages in the database itself"
        )
    return url


def same_database(one: str, other: str) -> bool:
    """Tell whether two URLs lead to one database, as whichever user.

    By host, port and name; a server that is reached by two names counts as two, which costs no
    more than the transactions that could have been joined.
    """
    return _place(one) == _place(other)


def place(url: str) -> str:
    """Say where a URL leads, without its secrets."""
    host, port, _ = _place(url)
    return f"the server at {host}:{port}"


def _place(url: str) -> tuple[str, str, str]:
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    user = parts.get("user", "")
    return (
        parts.get("host", "localhost"),
        parts.get("port", "5432"),
        parts.get("dbname", user),
    )
