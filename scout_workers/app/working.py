"""Composes a worker process: the app, its middleware, and the actors declared on its broker."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from scout_workers import actors, stack
from scout_workers.app import schedule
from scout_workers.app.app import App
from scout_workers.app.figures import Figures
from scout_workers.broker import Pool, PostgresBroker
from scout_workers.middleware import log_format
from scout_workers.scheduling import Loop

if TYPE_CHECKING:
    from collections.abc import Callable

    from scout_workers.settings import Settings


def working_app(settings: Settings, make: Callable[..., App] = App) -> App:
    """Make the app of a worker process, with every actor declared on its broker.

    Connections, models and blobs are opened once the process has booted, after the fork.

    Args:
        settings: Read once, handed down.
        make: Makes the app, for who brings parts of his own.

    Raises:
        EmbeddedError: There is no DATABASE_URL, and no Postgres can be had here.
        UnknownBrokerError: The settings name a broker nobody here speaks.
        SettingsError: The schedule names an actor there is not.
    """

    def open_() -> None:
        app.migrate()
        app.pool.warm()  # the first thing a worker does is to begin with many messages at once
        app.provide()
        app.synchronise_schedule()

    def look() -> float:
        return app.scheduler.run_once()

    def close() -> None:
        app.close()

    def lenders() -> list[Pool]:
        broker = app.broker
        return [app.pool, *([broker.pool] if isinstance(broker, PostgresBroker) else [])]

    figures = Figures(lambda: app.store, lenders)
    log_format.set_up(settings.logging.level, settings.logging.format)
    limits = settings.deadline
    app = make(
        settings,
        middleware=stack.middleware(
            attempt_seconds=limits.attempt_seconds,
            limit_seconds=limits.limit_seconds,
            exit_seconds=limits.exit_seconds,
            opening=open_,
            closing=close,
            clock=Loop(look) if settings.cron.in_workers else None,
            figures=Loop(figures.run_once),
        ),
    )
    # An actor is declared on the broker there is when its file is imported.
    assert app.broker is not None
    for found in iter_modules(actors.__path__):
        import_module(f"{actors.__name__}.{found.name}")
    schedule.check(settings, app.broker)
    return app
