"""compose.yaml, as far as it can be held to what it says without an engine to run it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
import urllib3
import yaml

from scout_workers import settings
from scout_workers.cli import doors
from scout_workers.fake_llm.wires import WIRES

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
PINNED = re.compile(r"[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}")
OURS = ("worker", "cron", "migrate")


def services(*files: str) -> dict[str, dict[str, Any]]:
    """Return the services of compose files, the later ones laid over the earlier."""
    merged: dict[str, dict[str, Any]] = {}
    for file in files:
        told = yaml.safe_load((ROOT / file).read_text("utf-8"))["services"]
        for name, service in told.items():
            before = merged.get(name, {})
            environment = before.get("environment", {}) | service.get("environment", {})
            merged[name] = before | service | {"environment": environment}
    return merged


def filled(environment: Mapping[str, object]) -> dict[str, str]:
    """Return variables as compose fills them in where nobody set anything."""
    return {
        name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))
        for name, value in environment.items()
    }


@pytest.fixture
def nobodys(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without a setting of the caller's."""
    for name in [name for name in os.environ if name.startswith(("SCOUT_", "DATABASE_URL"))]:
        monkeypatch.delenv(name)
    return monkeypatch


def test_what_is_not_ours_is_pinned_to_the_byte_and_what_is_ours_is_built_here() -> None:
    told = services("compose.yaml", "compose.fake-llm.yaml")
    others = {name: each["image"] for name, each in told.items() if "build" not in each}
    assert set(others) == {"postgres", "pgbouncer", "s3"}
    assert [image for image in others.values() if not PINNED.fullmatch(image)] == []
    for name in told.keys() - others.keys():
        assert (told[name]["image"], told[name]["build"]) == ("scout-workers", ".")
        assert told[name]["read_only"], f"{name}'s root can be written to"
        assert told[name]["cap_drop"] == ["ALL"]
    assert all("ports" not in each for each in told.values())


def test_every_service_that_is_waited_for_can_come_to_what_is_waited_for() -> None:
    told = services("compose.yaml", "compose.fake-llm.yaml")
    for name, each in told.items():
        for awaited, how in each.get("depends_on", {}).items():
            assert awaited in told, f"{name} waits for {awaited}"
            checked = "test" in told[awaited].get("healthcheck", {})
            assert checked or how["condition"] != "service_healthy", f"{awaited} has no check"
        for volume in each.get("volumes", []):
            declared = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["volumes"]
            assert volume.split(":")[0] in declared


@pytest.mark.parametrize("name", [*OURS, "fake-llm"])
def test_our_services_commands_are_commands_of_ours(name: str) -> None:
    words = services("compose.yaml", "compose.fake-llm.yaml")[name]["command"]
    command = doors.get_command(click.Context(doors), words[0])
    assert command is not None
    command.make_context(words[0], words[1:])  # or it raises what a person would be told


@pytest.mark.parametrize("name", OURS)
def test_our_services_variables_are_settings_that_fit_the_services_beside_them(
    name: str, nobodys: pytest.MonkeyPatch
) -> None:
    told = services("compose.yaml")
    for variable, value in filled(told[name]["environment"]).items():
        nobodys.setenv(variable, value)
    read = settings.load()

    assert read.database_url is not None
    host, port = re.findall(r"@(\w+):(\d+)/", read.database_url.get_secret_value())[0]
    assert host in told
    expected = "5432" if host == "postgres" else str(told[host]["environment"]["LISTEN_PORT"])
    assert port == expected
    assert (name == "migrate") == (host == "postgres")
    assert not read.cron.in_workers
    assert read.blobs.bucket == "scout"
    assert read.blobs.endpoint_url == "http://s3:7070"
    assert read.blobs.secret_access_key is not None
    key = filled(told["s3"]["environment"])["ROOT_SECRET_ACCESS_KEY"]
    assert read.blobs.secret_access_key.get_secret_value() == key


def test_a_worker_is_given_the_time_that_its_longest_message_may_take(
    nobodys: pytest.MonkeyPatch,
) -> None:
    nobodys.setenv("SCOUT_ENV", "compose")
    grace = services("compose.yaml")["worker"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > settings.load().deadline.exit_seconds


def test_pgbouncer_is_set_as_its_page_says() -> None:
    told = {
        name.lower(): str(value)
        for name, value in services("compose.yaml")["pgbouncer"]["environment"].items()
    }
    page = (ROOT / "docs/pgbouncer.md").read_text("utf-8")
    for name, value in re.findall(r"^    (\w+) = (\w+)$", page, re.MULTILINE):
        assert told[name] == value


def test_the_imitated_providers_settings_lead_to_it(nobodys: pytest.MonkeyPatch) -> None:
    told = services("compose.yaml", "compose.fake-llm.yaml")
    for variable, value in filled(told["worker"]["environment"]).items():
        nobodys.setenv(variable, value)
    read = settings.load()
    port = told["fake-llm"]["command"][told["fake-llm"]["command"].index("--port") + 1]
    assert read.providers.openai.base_url == WIRES["openai"].base_url(f"http://fake-llm:{port}")
    assert read.models.describe.provider == "openai"


def test_the_bucket_is_made_once(s3_url: str) -> None:
    told = services("compose.yaml")["bucket"]
    (script,) = told["command"]
    environment = filled(told["environment"]) | {"PATH": os.environ["PATH"]}
    for _ in range(2):
        subprocess.run(
            [sys.executable, "-W", "error", "-c", script.replace("http://s3:7070", s3_url)],
            env=environment,
            check=True,
        )
    with urllib3.PoolManager() as http:
        listed = http.request("GET", s3_url).data.decode()
    assert listed.count("<Name>scout</Name>") == 1
