"""Composes the adoption of another broker's messages: whose table, and into which of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict

from scout_workers.app import brokers
from scout_workers.app.errors import NoAdoptionError
from scout_workers.app.urls import in_postgres, same_database
from scout_workers.broker.adoption import Adoption, DramatiqPg, Found, Moved

if TYPE_CHECKING:
    from scout_workers.app.app import App

__all__ = ["Adoption", "Found", "Moved", "adoption"]


def adoption(app: App, *, source: str | None, schema: str, prefix: str) -> Adoption:
    """Make the adoption of a table of dramatiq-pg's; enter it to connect.

    Args:
        app: The program; its broker must be ours.
        source: The URL of the database that table is in; None: our own.
        schema: Its schema.
        prefix: What its name begins with.

    Raises:
        NoAdoptionError: The settings name another broker, which is to have its messages.
        UnknownBrokerError: They name one nobody here speaks.
    """
    _, ours = brokers.chosen(app.settings, app.database_url)
    if not in_postgres(ours):
        raise NoAdoptionError(
            "SCOUT_BROKER__URL names a broker that is not ours, and only ours adopts messages: "
            "unset it, or name the Postgres they are to go to"
        )
    if same_database(ours, app.database_url):
        ours = app.database_url  # the owner's role, as for migrations
    one = source is None or (same_database(source, ours) and _user(source) == _user(ours))
    return Adoption(
        ours,
        DramatiqPg(source or ours, schema, prefix),
        schema=app.settings.broker.schema_name,
        one_database=one,
    )


def _user(url: str) -> object:
    return conninfo_to_dict(url).get("user")
