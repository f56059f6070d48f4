"""Where the database is, and where the broker's is: one and the same, or as the settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from scout_workers.app.errors import UnknownBrokerError

if TYPE_CHECKING:
    from collections.abc import Collection

    from scout_workers.settings import Settings

POSTGRES = {"postgres", "postgresql"}


def broker_url(settings: Settings, database_url: str, schemes: Collection[str]) -> str:
    """Return where messages are kept.

    Args:
        settings: They may name a URL; else it is the database's.
        database_url: The database's.
        schemes: Those that are known.

    Raises:
        UnknownBrokerError: Nobody here speaks the URL's scheme, or it cannot be read.
    """
    own = settings.broker.url
    if own is None:
        return database_url
    url = own.get_secret_value()
    # Nothing of the URL is repeated but a scheme that ends as one does: what is misspelt may be
    # or contain the password.
    scheme, colon, _ = url.partition("://")
    if not colon or not scheme.replace("-", "").replace("+", "").isalnum():
        raise UnknownBrokerError(f"SCOUT_BROKER__URL is no URL: {_known(schemes)}")
    if scheme.lower() not in schemes:
        raise UnknownBrokerError(
            f"no broker speaks {scheme}:// (SCOUT_BROKER__URL): {_known(schemes)}"
        )
    try:
        urlsplit(url).port  # noqa: B018 (read, since it is only then looked at)
    except ValueError:
        raise UnknownBrokerError(
            "SCOUT_BROKER__URL cannot be read: write it like "
            "scheme://user:password@host:port/name, with every @ : / % # in the password as "
            "%40 %3A %2F %25 %23"
        ) from None
    return url


def scheme_of(url: str) -> str:
    """Return a URL's scheme; what has none is a conninfo of libpq's."""
    return urlsplit(url).scheme if "://" in url else "postgresql"


def in_postgres(url: str) -> bool:
    """Tell whether a broker's URL is of our own broker."""
    return scheme_of(url) in POSTGRES


def shown(url: str) -> str:
    """Return a URL as a message may show it: scheme, host and port, never its secrets."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")


def _known(schemes: Collection[str]) -> str:
    listed = ", ".join(f"{scheme}://" for scheme in schemes)
    return f"use one of {listed}, or unset it to keep messages in the database itself"


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
