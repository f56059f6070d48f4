"""Settings are values, read once at start and handed down; nothing below reads the environment.

    explicit arguments of `load`
      > SCOUT_* environment variables     nested with "__": SCOUT_BROKER__POLL_INTERVAL_MS=50
      > settings/$SCOUT_ENV.toml          development, when SCOUT_ENV is not set
      > settings/base.toml, queues.toml, schedule.toml

DATABASE_URL is accepted where SCOUT_DATABASE_URL is not set. The folder is $SCOUT_SETTINGS_DIR,
else the checkout's settings/, else the one the wheel installed. Secrets come from the environment.

SettingsError                  one sentence a mistake: where it stands, what is wrong, what to do
"""

from __future__ import annotations

from .errors import SettingsError
from .loading import load
from .model import Settings
from .rows import Row, describe
from .sections import (
    BlobSettings,
    BrokerSettings,
    DeadlineSettings,
    LoggingSettings,
    ModelSettings,
    PoolSettings,
    WorkerSettings,
)

__all__ = [
    "BlobSettings",
    "BrokerSettings",
    "DeadlineSettings",
    "LoggingSettings",
    "ModelSettings",
    "PoolSettings",
    "Row",
    "Settings",
    "SettingsError",
    "WorkerSettings",
    "describe",
    "load",
]
