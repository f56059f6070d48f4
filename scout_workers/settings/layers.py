"""Where values come from: one layer a source, and the first that holds a name wins."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic_settings import EnvSettingsSource

from .errors import SettingsError
from .names import SettingPath, variable

if TYPE_CHECKING:
    from collections.abc import Iterable
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


class EnvironmentLayer(Layer):
    """What the environment says: each value has a variable of its own."""

    def origin_of(self, path: SettingPath) -> str:
        """Name the variable of one of its values."""
        name = variable(path)
        if path == ("database_url",) and not os.environ.get(name):
            return "DATABASE_URL"
        return name


def read_environment(model: type[BaseSettings]) -> EnvironmentLayer:
    """Read the SCOUT_* variables, and DATABASE_URL where SCOUT_DATABASE_URL is not set."""
    values = EnvSettingsSource(model)()
    if "database_url" not in values and (url := os.environ.get("DATABASE_URL")):
        values["database_url"] = url
    return EnvironmentLayer("the environment", values)


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
