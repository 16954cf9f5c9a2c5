"""Real-time system monitor. What the author of a probe needs is importable from here."""

from monitor.hookspecs import hookimpl
from monitor.probe import Field, NoData, Probe

__all__ = ["Field", "NoData", "Probe", "hookimpl"]
