"""The command `monitor`: serve, snapshot, probes, config."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import fields

from monitor import hookspecs, report
from monitor.app import CannotListen, run
from monitor.config import ConfigError, Resolved, Settings, resolve
from monitor.distribution import installed_version, plugin_entry_points
from monitor.encoder import encode
from monitor.frame import Frame
from monitor.registry import Registry, load
from monitor.sampler import Sampler

log = logging.getLogger("monitor")

#: Exit codes: a wrong setting, and something that went wrong at run time.
WRONG_SETTING = 2
FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    options = parser().parse_args(arguments)
    flags = {setting.name: getattr(options, setting.name, None) for setting in fields(Settings)}
    try:
        resolved = resolve(
            {key: ",".join(value) if isinstance(value, list) else value for key, value in flags.items()},
            os.environ,
            options.config,
        )
        _set_up_log(resolved.settings.log_level)
        for warning in resolved.warnings:
            log.warning("%s", warning)
        code: int = options.command(resolved)
        return code
    except ConfigError as error:
        print(f"monitor: {error}", file=sys.stderr)
        return WRONG_SETTING
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """Return the parser; the settings are declared in `monitor.config`, and only collected as text here."""
    top = argparse.ArgumentParser(
        prog="monitor", description="Real-time system monitor: one JSON frame a second to any number of clients."
    )
    top.add_argument("--version", action="version", version=f"monitor {installed_version()}")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, function, summary in (
        ("serve", serve, "serve the live stream, the pages and the API"),
        ("snapshot", snapshot, "print one frame as JSON"),
        ("probes", show_probes, "print a table of the probes: state, cost, fields, and what was left out"),
        ("config", show_config, "print the effective settings, and where each comes from"),
    ):
        command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        command.set_defaults(command=function)
        _add_settings(command)
    return top


def serve(resolved: Resolved) -> int:
    """Serve until SIGINT or SIGTERM."""
    probes = _probes(resolved)
    try:
        asyncio.run(run(resolved.settings, probes))
    except CannotListen as error:
        print(f"monitor: {error}", file=sys.stderr)
        return FAILED
    return 0


def snapshot(resolved: Resolved) -> int:
    """Print the first frame."""
    probes = _probes(resolved)
    frame = asyncio.run(_first_frame(Sampler(probes.probes.values(), resolved.settings.interval)))
    print(encode(frame.as_dict()).decode())
    return 0


def show_probes(resolved: Resolved) -> int:
    """Print the probes after one sample of each."""
    probes = _probes(resolved)
    sampler = Sampler(probes.probes.values(), resolved.settings.interval)
    asyncio.run(_first_frame(sampler))
    print(report.probes_table(sampler.runners, probes))
    return 0


def show_config(resolved: Resolved) -> int:
    """Print the settings as TOML that can be used as the configuration file."""
    settings = resolved.settings
    rows = [(each.name, getattr(settings, each.name), resolved.sources[each.name]) for each in fields(settings)]
    print(report.settings_toml(rows))
    return 0


async def _first_frame(sampler: Sampler) -> Frame:
    await sampler.open()
    try:
        async with aclosing(sampler.frames()) as frames:
            return await anext(frames)
    finally:
        await sampler.close()


def _probes(resolved: Resolved) -> Registry:
    settings, sources = resolved.settings, resolved.sources
    registry = load(plugin_entry_points(hookspecs.PROJECT), settings.tables, settings.disable)
    for key, names in (("disable", settings.disable), ("enable", settings.enable), ("probes", settings.probes)):
        if unknown := registry.unknown_among(names):
            known = ", ".join(sorted({*registry.probes, *registry.disabled}))
            raise ConfigError(f"{key} = {unknown[0]!r} ({sources[key]}): there is no such probe; there are {known}")
    return registry


def _add_settings(command: argparse.ArgumentParser) -> None:
    command.add_argument("--config", metavar="FILE", help="TOML file with settings.")
    for setting in fields(Settings):
        if not setting.metadata["flag"]:
            continue
        flag = "--" + setting.name.replace("_", "-")
        if setting.metadata["listed"]:
            command.add_argument(flag, action="append", metavar="NAME", help=setting.metadata["help"] + " Repeatable.")
        else:
            command.add_argument(flag, metavar="VALUE", help=f"{setting.metadata['help']} [{setting.default}]")


def _set_up_log(level: str) -> None:
    logging.basicConfig(
        level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr, force=True
    )
