"""Finds the probes: walks the entry points one by one, so that a broken plugin costs itself and nothing else."""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from typing import Any

import pluggy

from monitor import distribution, hookspecs
from monitor.frame import RESERVED, SECTIONS
from monitor.probe import Probe, fault_of
from monitor.text import error_text

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a probe comes from: its entry point's name, and the distribution that brought it."""

    plugin: str
    distribution: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A plugin, or one probe of it, that could not be used, and why."""

    source: Source
    reason: str


@dataclass(slots=True)
class Registry:
    """The probes that run, in the order of the frame, and what does not run."""

    probes: dict[str, Probe] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    disabled: dict[str, Source] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)

    def unknown_among(self, names: Iterable[str]) -> list[str]:
        """Return the names that no installed plugin and no probe bears.

        Empty while a plugin is broken: its probes' names cannot be known, and one broken plugin must not keep the
        server from starting.
        """
        if self.left_out:
            return []
        plugins = {source.plugin for source in (*self.sources.values(), *self.disabled.values())}
        return sorted(set(names) - plugins - self.probes.keys() - self.disabled.keys())


def load(
    entry_points: Iterable[EntryPoint],
    tables: Mapping[str, Mapping[str, Any]] | None = None,
    disabled: Collection[str] = (),
) -> Registry:
    """Load the plugins behind `entry_points`.

    tables    each plugin's own configuration, by entry point name
    disabled  names of plugins (not even imported) and of single probes
    """
    registry = Registry()
    seen: set[str] = set()
    for entry_point in sorted(entry_points, key=_order):
        source = Source(entry_point.name, _distribution(entry_point))
        if entry_point.name in seen:
            _leave_out(registry, source, f"the plugin name {entry_point.name!r} is already used")
            continue
        seen.add(entry_point.name)
        if entry_point.name in disabled:
            registry.disabled[entry_point.name] = source
            continue
        log.debug("loading plugin %s", entry_point.name)
        try:
            for probe in _ask(entry_point, (tables or {}).get(entry_point.name, {})):
                _admit(registry, source, probe, disabled)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # whatever a plugin raises while it is imported, SystemExit included
            log.debug("plugin %s", entry_point.name, exc_info=True)
            _leave_out(registry, source, error_text(error))
    return registry


def _ask(entry_point: EntryPoint, table: Mapping[str, Any]) -> list[object]:
    # A manager of its own for each plugin: pluggy stops a call at the first plugin that raises.
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(entry_point.load(), name=entry_point.name)
    manager.check_pending()
    answers = manager.hook.monitor_probes(config=table)
    if not answers:
        raise TypeError("it has no hook monitor_probes that returns a list of probes")
    if not isinstance(answers[0], list | tuple):
        raise TypeError(f"monitor_probes returned {type(answers[0]).__name__}; it must return a list of probes")
    return list(answers[0])


def _admit(registry: Registry, source: Source, probe: object, disabled: Collection[str]) -> None:
    fault = fault_of(probe)
    if fault is not None:
        _leave_out(registry, source, fault)
        return
    assert isinstance(probe, Probe)  # noqa: S101 - for the type checker; fault_of has seen to it
    if probe.name in RESERVED:
        _leave_out(registry, source, f"the name {probe.name!r} is reserved")
    elif probe.name in registry.probes:
        owner = registry.sources[probe.name]
        _leave_out(registry, source, f"the probe name {probe.name!r} is already used by plugin {owner.plugin!r}")
    elif probe.name in disabled:
        registry.disabled[probe.name] = source
    else:
        registry.probes[probe.name] = probe
        registry.sources[probe.name] = source


def _leave_out(registry: Registry, source: Source, reason: str) -> None:
    log.error("plugin %s (%s) is left out: %s", source.plugin, source.distribution, reason)
    registry.left_out.append(LeftOut(source, reason))


def _order(entry_point: EntryPoint) -> tuple[int, bool, str, str]:
    """Sort the documented sections first and in their order; our own before a namesake; then by name."""
    rank = SECTIONS.index(entry_point.name) if entry_point.name in SECTIONS else len(SECTIONS)
    return rank, not _is_ours(entry_point), entry_point.name, entry_point.value


def _is_ours(entry_point: EntryPoint) -> bool:
    if entry_point.dist is None:  # a bare checkout's own
        return entry_point.value.startswith("probes.")
    return entry_point.dist.name == distribution.NAME


def _distribution(entry_point: EntryPoint) -> str:
    return f"{entry_point.dist.name} {entry_point.dist.version}" if entry_point.dist else "this checkout"
