"""Where the database is, as a message may name it: never with its password."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import conninfo_to_dict

from scout_workers.settings import describe

if TYPE_CHECKING:
    from scout_workers.settings import Settings


@dataclass(frozen=True, slots=True)
class Place:
    """Where the database is.

    Attributes:
        setting: What to change to name another ("DATABASE_URL"); empty for the embedded one.
        wellformed: Whether the URL could be read at all.
        password: To be kept out of every message; empty where there is none.
    """

    host: str = ""
    port: str = ""
    database: str = ""
    user: str = ""
    setting: str = ""
    wellformed: bool = True
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        if not self.setting:
            return "(the embedded one)"
        if self.host.startswith("/") or not self.host:
            return f"on this machine's socket {self.host}".rstrip()
        return f"at {self.host}:{self.port}"


def place_of(settings: Settings | None) -> Place:
    """Tell where `settings` say the database is."""
    if settings is None or settings.database_url is None:
        return Place()
    origins = {row.name: row.origin for row in describe(settings)}
    setting = origins.get("database_url", "DATABASE_URL")
    url = settings.database_url.get_secret_value()
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # What lies between the last ":" and the last "@" is as likely a password as anything.
        found = re.search(r"//[^/]*?:(.*)@", url)
        return Place(setting=setting, wellformed=False, password=found[1] if found else "")
    return Place(
        host=str(parts.get("host", "")),
        port=str(parts.get("port", "5432")),
        database=str(parts.get("dbname", parts.get("user", ""))),
        user=str(parts.get("user", "")),
        setting=setting,
        password=str(parts.get("password", "")),
    )
