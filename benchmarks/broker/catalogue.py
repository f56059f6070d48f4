"""Who takes part: where each is found, what its venv holds, and how many messages it drains."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entrant:
    """One contender as the benchmark sees it from outside.

    Attributes:
        name: How it is asked for.
        title: How it is shown.
        made_by: Its class, "module:name" below benchmarks.broker.
        service: The kind of server it talks to: postgres, redis, rabbitmq or none.
        drains: How many messages it is given to drain: some two or three seconds' worth.
        pins: What is installed into its own venv; none: it runs in the project's.
        application: How its connections show in pg_stat_activity.
        version_of: The distribution whose version is shown.
    """

    name: str
    title: str
    made_by: str
    service: str
    drains: int
    pins: tuple[str, ...] = ()
    application: str = ""
    version_of: str = "dramatiq"


ENTRANTS = (
    Entrant(
        "ours", "scout_workers", "contenders.ours:Ours", "postgres", 20_000,
        application="scout_broker", version_of="scout-workers",
    ),
    Entrant("stub", "Dramatiq StubBroker", "contenders.stub:Stub", "none", 20_000),
    Entrant(
        "redis", "Dramatiq + Redis", "contenders.redis:Redis", "redis", 10_000,
        pins=("dramatiq[redis]==2.2.1", "psycopg[binary,pool]==3.3.9"),
    ),
    Entrant(
        "rabbitmq", "Dramatiq + RabbitMQ", "contenders.rabbitmq:Rabbitmq", "rabbitmq", 10_000,
        pins=("dramatiq[rabbitmq]==2.2.1",),
    ),
    Entrant(
        "dramatiq-pg", "dramatiq-pg", "contenders.dramatiq_pg:DramatiqPg", "postgres", 2_000,
        pins=("dramatiq-pg==0.12.0", "dramatiq==1.18.0", "psycopg2-binary==2.9.13"),
        application="dramatiq-pg", version_of="dramatiq-pg",
    ),
    Entrant(
        "dramatiq-postgres", "dramatiq-postgres",
        "contenders.dramatiq_postgres:DramatiqPostgres", "postgres", 3_000,
        pins=("dramatiq-postgres==1.4.0", "dramatiq==2.2.1", "psycopg[binary,pool]==3.3.9"),
        application="dramatiq-postgres", version_of="dramatiq-postgres",
    ),
    Entrant(
        "procrastinate", "procrastinate", "contenders.procrastinate:Procrastinate", "postgres",
        1_500, pins=("procrastinate==3.10.0", "psycopg[binary,pool]==3.3.9"),
        application="procrastinate", version_of="procrastinate",
    ),
    Entrant(
        "pgqueuer", "pgqueuer", "contenders.pgqueuer:Pgqueuer", "postgres", 10_000,
        pins=("pgqueuer==1.6.0", "asyncpg==0.32.0"),
        application="pgqueuer", version_of="pgqueuer",
    ),
)  # fmt: skip
BY_NAME = {entrant.name: entrant for entrant in ENTRANTS}
