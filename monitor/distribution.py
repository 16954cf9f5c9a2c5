"""What is installed: the version, and the entry points of plugins. A bare checkout is read from its pyproject.toml."""

import tomllib
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from pathlib import Path
from typing import Any, Final

NAME: Final = "realtime-monitor"


def installed_version() -> str:
    """Return the version of this distribution, such as "0.1.0"."""
    try:
        return version(NAME)
    except PackageNotFoundError:
        return str(_pyproject()["version"])


def plugin_entry_points(group: str) -> list[EntryPoint]:
    """Return every entry point of the group, of all installed distributions."""
    found = list(entry_points(group=group))
    try:
        version(NAME)
    except PackageNotFoundError:
        own: dict[str, str] = _pyproject()["entry-points"][group]
        found += [EntryPoint(name, value, group) for name, value in own.items()]
    return found


def _pyproject() -> dict[str, Any]:
    path = Path(__file__).resolve().parent.parent / "pyproject.toml"
    project: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
    return project
