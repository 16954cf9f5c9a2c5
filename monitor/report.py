"""Text for a terminal: the table of probes, and the settings as TOML."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from monitor.registry import Registry
from monitor.runner import Runner


def probes_table(runners: Sequence[Runner], registry: Registry) -> str:
    """Return one row a probe, then what is disabled, then what was left out and why."""
    rows = [("PROBE", "STATE", "COST", "EVERY", "FROM", "FIELDS")]
    for runner in runners:
        source = registry.sources[runner.probe.name]
        rows.append(
            (
                runner.probe.name,
                str(runner.health.state),
                f"{runner.cost.mean * 1000:.2f} ms",
                "frame" if runner.every == 1 else f"{runner.every} frames",
                source.distribution,
                ", ".join(field.name for field in runner.probe.fields),
            )
        )
    rows += [(name, "disabled", "", "", source.distribution, "") for name, source in registry.disabled.items()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines += [f"{runner.probe.name}: {runner.health.error}" for runner in runners if runner.health.error]
    lines += [f"left out: plugin {each.source.plugin}: {each.reason}" for each in registry.left_out]
    return "\n".join(lines)


def settings_toml(rows: Sequence[tuple[str, Any, str]]) -> str:
    """Return TOML for rows of key, value and source; the source is a comment behind the value."""
    lines = [(f"{key} = {_toml(value)}", source) for key, value, source in rows]
    width = max(len(line) for line, _ in lines)
    return "\n".join(f"{line.ljust(width)}  # {source}" for line, source in lines)


def _toml(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_toml(str(key))} = {_toml(item)}" for key, item in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return str(value)
