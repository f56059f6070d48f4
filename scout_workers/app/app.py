"""Composes the program: the one place that knows the concrete parts."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Self

import dramatiq

from scout_workers import embedded, resources
from scout_workers.app import brokers, housekeeping, listeners, schedule, schemas
from scout_workers.app.terms import terms_of
from scout_workers.blobs.factory import open_blobs
from scout_workers.blobs.options import S3Options
from scout_workers.broker import Migration, MigrationRow, Pool
from scout_workers.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import SecretStr

    from scout_workers.blobs.protocol import BlobStore
    from scout_workers.llm.models import Models
    from scout_workers.settings import Settings

APPLICATION_CONNECTIONS = "scout_app"


def _revealed(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def _silent(_: object) -> None:
    return None


class App:
    """The parts of one process, each made when it is first asked for.

    Args:
        settings: Read once, handed down.
        middleware: What surrounds messages in this process; a producer needs none.
        announce: Told, in a sentence, what takes seconds.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        middleware: Sequence[dramatiq.Middleware] = (),
        announce: Callable[[str], None] = _silent,
    ) -> None:
        self.settings = settings
        self._middleware = middleware
        self._announce = announce
        self._embedded: embedded.Server | None = None

    @cached_property
    def database_url(self) -> str:
        """The URL of the database: the one that was given, or the embedded server's, started.

        Raises:
            EmbeddedError: None was given and none can be had here.
        """
        given = self.settings.database_url
        if given is not None:
            return given.get_secret_value()
        self._embedded = embedded.acquire(self.settings.data_dir, announce=self._announce)
        return self._embedded.url

    @cached_property
    def pool(self) -> Pool:
        """The application's connections; the broker has its own."""
        pools = self.settings.pools
        return Pool(
            self.database_url,
            application_name=APPLICATION_CONNECTIONS,
            max_size=pools.application_size,
            checkout_timeout=pools.checkout_timeout_seconds,
            operation_timeout=pools.operation_timeout_seconds,
        )

    @cached_property
    def gates(self) -> Pool:
        """The one connection on which providers' gates are passed; opened by whoever needs it."""
        return Pool(self.database_url, application_name="scout_gates", max_size=1)

    @cached_property
    def store(self) -> Store:
        """What is remembered."""
        pools = self.settings.pools
        return Store(
            self.pool,
            checkout_seconds=pools.checkout_timeout_seconds,
            historical_connections=max(1, pools.application_size * 6 // 10),
            terms=terms_of(self.settings),
            vectors=self.settings.vector_search,
            gates=self.gates,
        )

    @cached_property
    def blobs(self) -> BlobStore:
        """Where images lie.

        Raises:
            BlobError: The folder cannot be used.
        """
        own = self.settings.blobs
        return open_blobs(
            own.url,
            data_dir=self.settings.data_dir,
            s3=S3Options(
                endpoint_url=own.endpoint_url,
                region=own.region,
                path_style=own.path_style,
                access_key_id=_revealed(own.access_key_id),
                secret_access_key=_revealed(own.secret_access_key),
                session_token=_revealed(own.session_token),
            ),
        )

    @cached_property
    def models(self) -> Models:
        """The model providers."""
        # NumPy takes longer to import than most commands take altogether.
        from scout_workers.app.providers import open_models  # noqa: PLC0415  see above

        return open_models(self.settings)

    @cached_property
    def broker(self) -> dramatiq.Broker:
        """The broker, made Dramatiq's own: messages of this process go through it.

        Raises:
            UnknownBrokerError: The settings name one nobody here speaks.
            BrokerClientError: The library it needs is not installed.
        """
        broker = brokers.open_broker(self.settings, self.database_url, self._middleware)
        dramatiq.set_broker(broker)
        return broker

    @cached_property
    def audience(self) -> listeners.Audience:
        """Who is told of events."""
        return listeners.open_audience(self.settings)

    @cached_property
    def scheduler(self) -> schedule.Scheduler:
        """Sends what is scheduled; any number of processes may, at once."""
        return schedule.open_scheduler(self.settings, self.store)

    def synchronise_schedule(self) -> None:
        """Have the settings' schedule be the one that holds.

        Raises:
            StoreUnavailableError, psycopg.Error: The database is away.
        """
        schedule.synchronise(self.store, schedule.entries(self.settings))

    def migrate(self, announce: Callable[[Migration], None] = _silent) -> int:
        """Bring the database up to date; safe when many processes start at once.

        Returns:
            How many migrations were applied by this call.

        Raises:
            AppError: The server cannot hold our tables.
            MigrationError: A file changed or failed, or the database is ahead of this release.
            psycopg.OperationalError: The server could not be reached.
        """
        return schemas.migrate(self.settings, self.database_url, announce)

    def migration_status(self) -> list[MigrationRow]:
        """List every migration and when it was applied.

        Raises:
            MigrationError: A file changed, or the database is ahead of this release.
            psycopg.OperationalError: The server could not be reached.
        """
        return schemas.status(self.settings, self.database_url)

    def check_broker(self) -> None:
        """Have a broker that keeps its messages elsewhere answer.

        Where it cannot join a transaction, its messages are sent after the commit, and a broker
        that is away by then would be told in the log only.

        Raises:
            BrokerAwayError: It does not answer, or refuses us.
        """
        kind, url = brokers.chosen(self.settings, self.database_url)
        if kind.memory_only:
            self._announce("stub:// keeps messages in the memory of this process, and no longer.")
        kind.check(url, self.broker)

    def provide(self) -> None:
        """Give actors what they may reach for."""
        resources.provide(resources.Resources(self.store, self.models, self.blobs))
        resources.provide_audience(self.audience)
        resources.provide_housekeepers(housekeeping.open_sweep(self), housekeeping.open_purge(self))

    def close(self) -> None:
        """Close the connections and leave the embedded server."""
        if "broker" in self.__dict__:
            self.broker.close()
        for name in ("pool", "gates"):
            if name in self.__dict__:
                getattr(self, name).close()
        server, self._embedded = self._embedded, None
        if server is not None:
            server.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_app(
    settings: Settings, *, migrate: bool = True, announce: Callable[[str], None] = _silent
) -> App:
    """Open the program for a command: the database up to date, messages ready to be sent.

    Args:
        settings: Read once, handed down.
        migrate: Whether to bring the database up to date first, and have the broker answer.
        announce: Told, in a sentence, what takes seconds.

    Raises:
        AppError, EmbeddedError, MigrationError, psycopg.OperationalError: As its parts raise.
    """
    app = App(settings, announce=announce)
    try:
        if migrate:
            app.migrate()
        app.broker  # noqa: B018 (made now, so that messages go through it)
        if migrate:
            app.check_broker()
    except BaseException:
        app.close()
        raise
    return app
