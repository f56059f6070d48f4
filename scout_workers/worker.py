"""What `dramatiq scout_workers.worker` imports, in each of its worker processes.

The settings are read, the broker is made, the actors declare themselves on it; connections,
models and blobs are opened once the process has booted, that is, after the fork.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from scout_workers import actors, settings, stack
from scout_workers.app import App
from scout_workers.middleware import log_format

_settings = settings.load()
log_format.set_up(_settings.logging.level, _settings.logging.format)


def _open() -> None:
    app.migrate()
    app.provide()


def _close() -> None:
    app.close()


app: App = App(
    _settings,
    middleware=stack.middleware(
        attempt_seconds=_settings.deadline.attempt_seconds,
        limit_seconds=_settings.deadline.limit_seconds,
        exit_seconds=_settings.deadline.exit_seconds,
        opening=_open,
        closing=_close,
    ),
)
broker = app.broker

# An actor is declared on the broker there is when its file is imported.
for _found in iter_modules(actors.__path__):
    import_module(f"{actors.__name__}.{_found.name}")
