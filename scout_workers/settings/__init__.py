"""Settings are values, read once at start and handed down; nothing below reads the environment.

    explicit arguments of `load`
      > SCOUT_* environment variables     nested with "__": SCOUT_BROKER__POLL_INTERVAL_MS=50
      > settings/$SCOUT_ENV.toml          development, when SCOUT_ENV is not set
      > settings/base.toml, queues.toml, schedule.toml

Where ours is not set, the name everybody knows is accepted: DATABASE_URL for SCOUT_DATABASE_URL,
OPENAI_API_KEY and ANTHROPIC_API_KEY for SCOUT_PROVIDERS__…__API_KEY. The folder is
$SCOUT_SETTINGS_DIR, else the checkout's settings/, else the one the wheel installed. Secrets come
from the environment.

SettingsError                  one sentence a mistake: where it stands, what is wrong, what to do
"""

from __future__ import annotations

from .errors import SettingsError
from .loading import load
from .model import Settings
from .models import (
    BedrockSettings,
    ChoiceSettings,
    HostedSettings,
    ModelsSettings,
    ProviderSettings,
    ProvidersSettings,
)
from .rows import Row, describe
from .sections import (
    BlobSettings,
    BrokerSettings,
    DeadlineSettings,
    LoggingSettings,
    PoolSettings,
    WorkerSettings,
)

__all__ = [
    "BedrockSettings",
    "BlobSettings",
    "BrokerSettings",
    "ChoiceSettings",
    "DeadlineSettings",
    "HostedSettings",
    "LoggingSettings",
    "ModelsSettings",
    "PoolSettings",
    "ProviderSettings",
    "ProvidersSettings",
    "Row",
    "Settings",
    "SettingsError",
    "WorkerSettings",
    "describe",
    "load",
]
