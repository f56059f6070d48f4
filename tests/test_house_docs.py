"""What the documents say is so: their links, commands, settings and excerpts."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from scout_workers.cli import COMMANDS, doors
from scout_workers.settings import Settings
from scout_workers.settings.names import OTHER_VARIABLES, leaves, variable

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "scout_workers"
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").rglob("*.md")]
)
DECISIONS = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]


def _anchors(document: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", document, re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


def _commands(document: str) -> list[str]:
    """Return the command lines of a document: in its code blocks, indented or fenced."""
    found = []
    fenced = False
    for line in document.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            command = re.match(
                r"\s*(?:\$ )?(?:[A-Z_]+=\S+ )*((?:scout-workers|scripts/\w+|\.ci/run)\b.*)", line
            )
            if command:
                found.append(re.split(r"\s{2,}|\s+#", command[1])[0].strip())
    return found


def _wrong_with(command: str) -> str | None:
    """Return what is wrong with a command line; None if it can be typed so."""
    program, *words = command.split()
    if program != "scout-workers":
        return None if (ROOT / program).is_file() else f"there is no {program}"
    if not words or words[0].startswith("-"):
        return None
    if words[0] not in COMMANDS:
        return f"there is no command {words[0]}"
    context = click.Context(doors)
    here = doors.get_command(context, words[0])
    words = words[1:]
    while isinstance(here, click.Group) and words and not words[0].startswith("-"):
        here = here.get_command(context, words[0])
        words = words[1:]
    if here is None:
        return f"{command} has no such command"
    options = {name for parameter in here.params for name in parameter.opts} | {"--help", "-h"}
    unknown = [
        word for word in words if word.startswith("--") and word.split("=")[0] not in options
    ]
    return f"{command} has no option {unknown[0]}" if unknown else None


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name: str) -> None:
    path = ROOT / name
    text = path.read_text(encoding="utf-8")
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = path.parent / file if file else path
        if not found.exists():
            dead.append(target)
        elif anchor and anchor not in _anchors(found.read_text(encoding="utf-8")):
            dead.append(f"{target}: no such heading")
    assert dead == []


@pytest.mark.parametrize("name", NAMES)
def test_every_command_can_be_typed_as_it_stands(name: str) -> None:
    commands = _commands((ROOT / name).read_text(encoding="utf-8"))
    assert [wrong for wrong in map(_wrong_with, commands) if wrong] == []


@pytest.mark.parametrize(
    "command",
    ["scout-workers imprt DIR", "scripts/nothing", "scout-workers migrate --sttus"],
)
def test_a_command_that_cannot_be_typed_is_noticed(command: str) -> None:
    assert _commands(f"# A\n\n    {command}      to do it\n") == [command]
    assert _wrong_with(command)


def test_the_readme_has_commands_at_all() -> None:
    commands = _commands((ROOT / "README.md").read_text(encoding="utf-8"))
    assert {"scripts/demo", "scripts/test"} <= {command.split()[0] for command in commands}


def _unknown_variables(path: Path) -> set[str]:
    known = {variable(name) for name in leaves(Settings)} | set(OTHER_VARIABLES)
    said = set(re.findall(r"\bSCOUT_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8")))
    return {
        word
        for word in said - known
        if not word.startswith(("SCOUT_QUEUES__", "SCOUT_SCHEDULE__", "SCOUT_EVENTS__TARGETS__"))
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_variable_is_one_that_is_read(name: str) -> None:
    assert _unknown_variables(ROOT / name) == set()


def test_no_message_of_ours_tells_to_set_a_variable_that_is_not_read() -> None:
    wrong = {path.name: _unknown_variables(path) for path in SOURCE.rglob("*.py")}
    assert {name: words for name, words in wrong.items() if words} == {}


@pytest.mark.parametrize("name", NAMES)
def test_every_excerpt_is_the_source_as_it_is(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for file, excerpt in re.findall(
        r"<!-- from (\S+) -->\n+```\w+\n(.*?)```", text, flags=re.DOTALL
    ):
        assert excerpt in (ROOT / file).read_text(encoding="utf-8"), f"{name}: {file} differs"


@pytest.mark.parametrize("name", NAMES)
def test_every_other_example_in_python_runs(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for before, example in re.findall(r"([^\n]*)\n+```python\n(.*?)```", text, flags=re.DOTALL):
        if not before.startswith("<!-- from "):
            subprocess.run([sys.executable, "-W", "error", "-c", example], cwd=ROOT, check=True)


def test_every_decision_is_in_the_index_under_its_title() -> None:
    index = (ROOT / "docs/adr/README.md").read_text(encoding="utf-8")
    missing = []
    for path in DECISIONS:
        number, title = path.name[:4], path.read_text(encoding="utf-8").splitlines()[0]
        line = f"| [{number}]({path.name}) | {title.removeprefix('# ' + number).strip(' .:')} |"
        if line not in index:
            missing.append(line)
    assert missing == []


def test_every_decision_has_a_number_of_its_own_and_a_title() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert len(numbers) == len(set(numbers))
    titles = [path.read_text(encoding="utf-8").splitlines()[0] for path in DECISIONS]
    assert [t for t, n in zip(titles, numbers, strict=True) if not t.startswith(f"# {n} ")] == []


def test_every_setting_is_read_by_somebody() -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in SOURCE.rglob("*.py")
        if not path.is_relative_to(SOURCE / "settings")
    )
    unread = [
        ".".join(path) for path in leaves(Settings) if not re.search(rf"\.{path[-1]}\b", source)
    ]
    assert unread == []
