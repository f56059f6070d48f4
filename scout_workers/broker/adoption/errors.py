"""Why nothing can be adopted.

AdoptionError
├── NoSuchSourceError           dramatiq-pg's table is not there, or is another kind of table
└── SourceUnavailableError      its database cannot be reached
"""

from __future__ import annotations

from scout_workers.broker.errors import BrokerError


class AdoptionError(BrokerError):
    """Base of what an adoption raises on its own account."""


class NoSuchSourceError(AdoptionError):
    """There is no table of dramatiq-pg's where it was said to be."""


class SourceUnavailableError(AdoptionError):
    """The database of dramatiq-pg's table refused, broke off or did not answer."""
