"""The settings as a table: what holds, and which source said so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from .names import SettingPath, dotted, leaves

if TYPE_CHECKING:
    from .model import Settings

MASK = "**********"


@dataclass(frozen=True, slots=True)
class Row:
    """One setting as `doctor` shows it; a secret's value is masked."""

    name: str
    value: str
    origin: str
    description: str


def describe(settings: Settings) -> list[Row]:
    """Return every setting with its value, secrets masked, and where that came from."""
    rows = []
    for path, field in leaves(type(settings)).items():
        value: Any = settings
        for name in path:
            value = getattr(value, name)
        if isinstance(value, dict):
            rows += [
                Row(
                    dotted((*path, name)),
                    str(each),
                    _origin(settings, (*path, name)),
                    field.description or "",
                )
                for name, each in value.items()
            ]
        else:
            rows.append(
                Row(dotted(path), _shown(value), _origin(settings, path), field.description or "")
            )
    return rows


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return MASK
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)


def _origin(settings: Settings, path: SettingPath) -> str:
    return next((layer.origin_of(path) for layer in settings.layers if layer.has(path)), "default")
