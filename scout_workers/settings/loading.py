"""Reading the settings, once, with every mistake named where it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import ValidationError

from .errors import SettingsError
from .folder import BASE, settings_folder
from .layers import FileLayer, Layer, read_environment, read_file
from .model import Settings
from .names import (
    SettingPath,
    did_you_mean,
    dotted,
    is_secret,
    leaves,
    names_beside,
    secrets,
    unknown_names,
    unknown_variables,
    variable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pydantic_core import ErrorDetails

DEFAULT_ENVIRONMENT = "development"
NOT_ENVIRONMENTS = frozenset({"base", "queues", "schedule"})


def load(**explicit: object) -> Settings:
    """Read the settings; call it once, at start, and hand the result down.

    Args:
        **explicit: Values that win over every source, sections as dicts
            (`load(data_dir=folder, broker={"signal": False})`); None means not given.

    Raises:
        SettingsError: A file is missing, a name is unknown, a value does not fit.
    """
    folder = settings_folder()
    queues = read_file(folder / "queues.toml", section="queues")
    schedule = read_file(folder / "schedule.toml", section="schedule")
    base = read_file(folder / BASE)
    # Before the variables are read: a misspelt one is no longer seen once they are.
    if mistakes := list(unknown_variables(Settings, queues.values["queues"])):
        raise SettingsError(*mistakes)
    environment = read_environment(Settings)
    given = Layer(
        "the caller", {name: value for name, value in explicit.items() if value is not None}
    )
    env = given.values.get("env") or environment.values.get("env") or DEFAULT_ENVIRONMENT
    layers = (
        given,
        environment,
        Layer("default", {"env": env}),
        read_file(_environment_file(folder, env)),
        base,
        queues,
        schedule,
    )
    if mistakes := [mistake for layer in layers for mistake in _mistakes(layer, queues)]:
        raise SettingsError(*mistakes)
    try:
        return Settings.from_layers(layers)
    except ValidationError as error:
        raise SettingsError(
            *(_explain(detail, layers, folder) for detail in error.errors(include_url=False))
        ) from error


def _environment_file(folder: Path, env: object) -> Path:
    known = sorted({file.stem for file in folder.glob("*.toml")} - NOT_ENVIRONMENTS)
    path = folder / f"{env}.toml"
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", str(env)) or env in NOT_ENVIRONMENTS:
        raise SettingsError(f"SCOUT_ENV: {env!r} is no environment; there are: {', '.join(known)}")
    if not path.is_file():
        raise SettingsError(
            f"{path}: no such file, and SCOUT_ENV asks for it{did_you_mean(str(env), known)}"
        )
    return path


def _mistakes(layer: Layer, queues: Layer) -> Iterator[str]:
    """Yield what is wrong with a layer's names, whatever its values."""
    for path in unknown_names(Settings, layer.values):
        hint = did_you_mean(dotted(path), map(dotted, names_beside(Settings, path)))
        yield f"{layer.origin}: there is no setting {dotted(path)}{hint}"
    if not isinstance(layer, FileLayer):
        return
    for path in secrets(Settings, layer.values):
        yield (
            f"{layer.origin}: {dotted(path)} is a secret, and secrets come from the "
            f"environment: delete it there and set {variable(path)}"
        )
    named = layer.values.get("queues")
    for name in named if isinstance(named, dict) else ():
        if not queues.has(("queues", name)):
            known = list(queues.values["queues"])
            yield f"{layer.origin}: queues.toml has no queue {name}{did_you_mean(name, known)}"


def _explain(detail: ErrorDetails, layers: Sequence[Layer], folder: Path) -> str:
    path: SettingPath = tuple(str(part) for part in detail["loc"] if part != "[key]")
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "missing":
        file = "schedule.toml" if path[0] == "schedule" else BASE
        return f"{folder / file}: {dotted(path)} is missing; it has no other value"
    origin = next((layer.origin_of(path) for layer in layers if layer.has(path)), str(folder))
    field = leaves(Settings).get(path)
    shown = field is not None and not is_secret(field) and not isinstance(detail["input"], dict)
    value = f" (it is {detail['input']!r})" if shown else ""
    return f"{origin}: {dotted(path)}: {message[:1].lower()}{message[1:]}{value}"
