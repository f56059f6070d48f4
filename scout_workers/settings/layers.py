"""Where values come from: one layer a source, and the first that holds a name wins."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_origin

from pydantic_settings import EnvSettingsSource
from pydantic_settings import SettingsError as SourceError

from .errors import SettingsError
from .names import SettingPath, dotted, leaves, variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pydantic_settings import BaseSettings


@dataclass(frozen=True, slots=True)
class Layer:
    """The values one source gave, nested as in the settings.

    Attributes:
        origin: The source as a message should name it: a file's path, or words.
        values: What it gave.
    """

    origin: str
    values: dict[str, Any]

    def origin_of(self, path: SettingPath) -> str:
        """Name the place of one of its values."""
        del path
        return self.origin

    def has(self, path: SettingPath) -> bool:
        """Tell whether it gave this value, or any of this section."""
        here: Any = self.values
        for name in path:
            if not isinstance(here, dict) or name not in here:
                return False
            here = here[name]
        return True


class FileLayer(Layer):
    """What a file says: no secrets."""


# Names that everybody gives these values, accepted where ours is not set.
STAND_INS: dict[SettingPath, str] = {
    ("database_url",): "DATABASE_URL",
    ("providers", "openai", "api_key"): "OPENAI_API_KEY",
    ("providers", "anthropic", "api_key"): "ANTHROPIC_API_KEY",
}


class EnvironmentLayer(Layer):
    """What the environment says: each value has a variable of its own."""

    def origin_of(self, path: SettingPath) -> str:
        """Name the variable of one of its values."""
        name = variable(path)
        return STAND_INS[path] if path in STAND_INS and not os.environ.get(name) else name


def read_environment(model: type[BaseSettings]) -> EnvironmentLayer:
    """Read the SCOUT_* variables, and their stand-ins where they are not set.

    Raises:
        SettingsError: A variable of a table holds no JSON.
    """
    try:
        values = EnvSettingsSource(model)()
    except SourceError as error:
        raise SettingsError(*_unreadable(model)) from error
    for (*sections, name), stand_in in STAND_INS.items():
        if text := os.environ.get(stand_in):
            here = values
            for section in sections:
                here = here.setdefault(section, {})
            here.setdefault(name, text)
    return EnvironmentLayer("the environment", values)


def _unreadable(model: type[BaseSettings]) -> Iterator[str]:
    """Yield a sentence for each variable of a table that holds none."""
    for path, field in leaves(model).items():
        if get_origin(field.annotation) is dict and (text := os.environ.get(variable(path))):
            try:
                json.loads(text)
            except ValueError as error:
                yield f"{variable(path)}: {dotted(path)}: a JSON object is needed ({error})"


def read_file(path: Path, section: str | None = None) -> FileLayer:
    """Read one TOML file.

    Args:
        path: The file.
        section: The section that the whole file is, where it is one.

    Raises:
        SettingsError: The file is not there, cannot be read or is no TOML.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(
            f"{path}: no such file, and the settings need it; put it there"
        ) from error
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not UTF-8 ({error.reason}); save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: no valid TOML: {error}") from error
    return FileLayer(str(path), {section: values} if section else values)


def merge(layers: Iterable[Layer]) -> dict[str, Any]:
    """Lay the layers over each other, the first on top; sections are merged name by name."""
    merged: dict[str, Any] = {}
    for layer in layers:
        _fill(merged, layer.values)
    return merged


def _fill(merged: dict[str, Any], values: dict[str, Any]) -> None:
    for name, value in values.items():
        if isinstance(value, dict) and isinstance(merged.setdefault(name, {}), dict):
            _fill(merged[name], value)
        else:
            merged.setdefault(name, value)
