"""The package dramatiq-pg: dramatiq-pg://user:password@host/database?schema=…&prefix=…&maxconn=….

As of its release 0.12: Dramatiq 1.x only, psycopg2 (which it does not bring), direct connections
(LISTEN and advisory locks of the session, so no PgBouncer in transaction mode).
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

import psycopg

from scout_workers.app.brokers.kind import Kind, client
from scout_workers.app.errors import BrokerAwayError, BrokerClientError, UnknownBrokerError
from scout_workers.app.urls import shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from dramatiq import Broker, Middleware

    from scout_workers.settings import Settings

EXTRA = "dramatiq-pg"
SCHEMA = "dramatiq"
_CONSUMER_CONNECTIONS = 2
_OTHERS = 4


class Address(NamedTuple):
    """Where its table is: what the URL says, the parts of it that are not libpq's taken out."""

    url: str
    schema: str
    prefix: str


def address(url: str, database_url: str) -> Address:
    """Read a dramatiq-pg URL; without a host the table is in the database itself.

    Raises:
        UnknownBrokerError: The database's address is no URL, and dramatiq-pg reads nothing else.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    schema, prefix = query.pop("schema", SCHEMA), query.pop("prefix", "")
    if not parts.netloc:
        if "://" not in database_url:
            raise UnknownBrokerError(
                "dramatiq-pg:// without a host is the database itself, and the database's address "
                "is no URL: write it like postgresql://user:password@host:5432/database"
            )
        return Address(database_url, schema, prefix)
    # By hand: urlunsplit knows no `//` of a scheme it has not heard of.
    place = f"postgresql://{parts.netloc}{parts.path}"
    return Address(f"{place}?{urlencode(query)}" if query else place, schema, prefix)


def _library() -> ModuleType:
    installed = version("dramatiq")
    if not installed.startswith("1."):
        raise BrokerClientError(
            f"dramatiq-pg:// needs dramatiq 1.x, and {installed} is installed: "
            f"pip install 'scout-workers[{EXTRA}]' brings the last of 1.x with it"
        )
    return client("dramatiq-pg", "dramatiq_pg", EXTRA)


def _make(
    settings: Settings, url: str, database_url: str, middleware: Sequence[Middleware]
) -> Broker:
    library = _library()
    where = address(url, database_url)
    # Its pool refuses the connection that is one too many instead of waiting. A consumer holds
    # two, each queue has two consumers (one for its delayed messages), and every thread may
    # acknowledge at once.
    most = 2 * _CONSUMER_CONNECTIONS * len(settings.queues) + sum(settings.queues.values())
    given = "&" if urlsplit(where.url).query else "?"
    if "maxconn=" not in where.url:
        where = where._replace(url=f"{where.url}{given}maxconn={most + _OTHERS}")
    broker: Broker = library.PostgresBroker(
        url=where.url,
        schema=where.schema,
        prefix=where.prefix,
        results=False,
        middleware=list(middleware),
    )
    return broker


def _prepare(url: str, database_url: str) -> None:
    """Make its table where there is none; its own `init` fails where there is one.

    Raises:
        BrokerClientError: The library is not installed.
        psycopg.Error: The server could not be reached, or refused.
    """
    library = _library()
    where = address(url, database_url)
    table = f'"{where.schema}"."{where.prefix}queue"'
    with (
        psycopg.connect(
            _plain(where.url), autocommit=True, prepare_threshold=None, connect_timeout=5
        ) as connection,
        connection.transaction(),
    ):
        # Many processes start at once.
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [table])
        ((there,),) = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [table]).fetchall()
        if not there:
            connection.execute(library.generate_init_sql(where.schema, where.prefix).encode())


def _plain(url: str) -> str:
    """Take out what dramatiq-pg's pool reads and libpq does not know."""
    parts = urlsplit(url)
    kept = [(n, v) for n, v in parse_qsl(parts.query) if n not in {"maxconn", "minconn"}]
    return parts._replace(query=urlencode(kept)).geturl()


def _check(url: str, broker: Any) -> None:  # noqa: ANN401 (its library may not be installed)
    library = client("dramatiq-pg", "psycopg2", EXTRA)
    try:
        connection = broker.pool.getconn()
    except library.Error as error:
        raise BrokerAwayError(
            f"dramatiq-pg at {shown(url)} does not answer: {str(error).strip()}"
        ) from error
    broker.pool.putconn(connection)


KIND = Kind(make=_make, check=_check, prepare=_prepare)
