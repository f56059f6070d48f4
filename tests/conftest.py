"""Fixtures live in fix_*.py, one subject each; a new one is registered here."""

from __future__ import annotations

pytest_plugins: list[str] = [
    "fix_broker",
    "fix_postgres",
    "fix_stub_worker",
]
