"""Fixtures live in fix_*.py, one subject each; a new one is registered here."""

from __future__ import annotations

pytest_plugins: list[str] = [
    "fix_asking",
    "fix_broker",
    "fix_brokers",
    "fix_cli",
    "fix_counter",
    "fix_hosted",
    "fix_http",
    "fix_deliveries",
    "fix_dramatiq_pg",
    "fix_embedded",
    "fix_events",
    "fix_fake_llm",
    "fix_import",
    "fix_logging",
    "fix_pgbouncer",
    "fix_postgres",
    "fix_proxy",
    "fix_rabbitmq",
    "fix_redis",
    "fix_reports",
    "fix_routes",
    "fix_s3",
    "fix_schedule",
    "fix_store",
    "fix_stub_worker",
    "fix_tls",
    "fix_backfills",  # last, since they import from others
    "fix_conformance",
    "fix_million",
    "fix_crowd",
    "fix_embeddings",
    "fix_summaries",
    "fix_typed",
]
