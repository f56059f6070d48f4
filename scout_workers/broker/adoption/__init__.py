"""Messages of dramatiq-pg become messages of ours: each once, whoever is killed meanwhile.

    with Adoption(dsn, DramatiqPg(dsn), schema="scout_broker") as adoption:
        adoption.survey()
        adoption.move({State.QUEUED, State.DELAYED})

dramatiq-pg's table is as its release 0.12 makes it (dramatiq_pg/schema.sql), and what its states
and locks mean is read off its statements (dramatiq_pg/broker.py). The package is not needed.
"""

from __future__ import annotations

from .adoption import Adoption, Moved
from .errors import AdoptionError, NoSuchSourceError, SourceUnavailableError
from .source import DramatiqPg, Found, State

__all__ = [
    "Adoption",
    "AdoptionError",
    "DramatiqPg",
    "Found",
    "Moved",
    "NoSuchSourceError",
    "SourceUnavailableError",
    "State",
]
