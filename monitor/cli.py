"""The command `monitor`: serve, snapshot, probes, config, doctor, bench, ask, token."""

import argparse
import asyncio
import json
import logging
import os
import re
import sys
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import asdict, fields

from monitor import hookspecs, logs, report
from monitor.access import check_exposure
from monitor.app import CannotListen, run
from monitor.asking import CannotAsk, answer_to
from monitor.auth.principal import SCOPES
from monitor.auth.tokens import new_token
from monitor.config import CLIENT_TOKEN, ENVIRONMENT, ConfigError, Resolved, Settings, presentable, resolve
from monitor.distribution import installed_version, plugin_entry_points
from monitor.encoder import encode
from monitor.frame import Frame
from monitor.loop import NoSuchLoop, loop_factory
from monitor.readers import seconds
from monitor.registry import Registry, load
from monitor.sampler import Sampler
from monitor.web.tls import Unusable

log = logging.getLogger("monitor")

ASK_URL = "http://localhost:4000"
#: Exit codes: a wrong setting, and something that went wrong at run time.
WRONG_SETTING = 2
FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    options = parser().parse_args(arguments)
    try:
        # Those that speak to a server have their own few flags: what is set for it is nothing to them.
        own = (bench, ask, doctor, make_token)
        code: int = options.command(options if options.command in own else _resolved(options))
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
        ("doctor", doctor, "look at this set-up, and say what is wrong with it and what to do"),
    ):
        command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        command.set_defaults(command=function)
        _add_settings(command)
        if function is doctor:
            command.add_argument("--url", help="Address that people use, to look through the proxy too.")
            command.add_argument("--token-file", metavar="FILE", help="File with a token that opens the server.")
            command.add_argument("--json", action="store_true", help="Print JSON.")
    summary = "load a running monitor on this machine with clients, and print what they saw"
    command = commands.add_parser("bench", help=summary, description=summary[0].upper() + summary[1:] + ".")
    command.set_defaults(command=bench)
    _add_load(command)
    summary = "ask a running monitor about its machine, and print the answer as it comes"
    command = commands.add_parser("ask", help=summary, description=summary[0].upper() + summary[1:] + ".")
    command.set_defaults(command=ask)
    command.add_argument("question", nargs="+", help="in French or English")
    command.add_argument("--url", default=ASK_URL, help=f"of the server [{ASK_URL}]")
    command.add_argument("--fingerprint", default="", metavar="SHA256", help="of the one certificate to trust")
    summary = "make an access token"
    _add_token(commands.add_parser("token", help=summary, description=summary[0].upper() + summary[1:] + "."))
    return top


def serve(resolved: Resolved) -> int:
    """Serve until SIGINT or SIGTERM."""
    name = resolved.settings.event_loop
    try:
        make_loop = loop_factory(name)
    except NoSuchLoop as error:
        raise ConfigError(f"event_loop = {name!r} ({resolved.sources['event_loop']}): {error}") from None
    check_exposure(resolved)
    probes = _probes(resolved)
    try:
        with asyncio.Runner(loop_factory=make_loop) as runner:
            runner.run(run(resolved.settings, probes, resolved.again))
    except Unusable as error:
        value = getattr(resolved.settings, error.setting)
        value = str(value).lower() if isinstance(value, bool) else repr(value)
        raise ConfigError(f"{error.setting} = {value} ({resolved.sources[error.setting]}): {error}") from None
    except CannotListen as error:
        if resolved.settings.log_format == logs.JSON:
            log.critical("%s", error)
        else:
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
    rows = [(key, value, resolved.sources[key]) for key, value in presentable(resolved.settings).items()]
    print(report.settings_toml(rows))
    return 0


def doctor(options: argparse.Namespace) -> int:
    """Look at the set-up, and print what was found; FAILED where there is a problem."""
    from monitor.diagnosis import Diagnosis  # noqa: PLC0415 - a server has no use for what only this command loads

    try:
        resolved = _resolved(options, aloud=False)
        file = options.config or os.environ.get(ENVIRONMENT + "CONFIG")
        diagnosis = Diagnosis.of(resolved, file, _probes(resolved), options.url, options.token_file)
    except ConfigError as error:
        diagnosis = Diagnosis.without(str(error))
    for line in diagnosis.json() if options.json else diagnosis.text():
        print(line, flush=True)
    return FAILED if diagnosis.is_bad else 0


def bench(options: argparse.Namespace) -> int:
    """Load a server and print what the clients saw."""
    from monitor.load.crowd import CannotLoad  # noqa: PLC0415 - a server has no use for the load
    from monitor.load.load import Load, Plan  # noqa: PLC0415 - a server has no use for the load
    from monitor.load.target import Target  # noqa: PLC0415 - a server has no use for the load

    try:
        target = Target.of(options.url).asking(options.query).showing(_client_token())
        plan = Plan(target, options.clients, options.stuck, options.processes)
    except ValueError as error:
        raise ConfigError(str(error)) from error
    try:
        with Load(plan) as load:
            load.begin(options.seconds)
            report = load.finish()
    except CannotLoad as error:
        print(f"monitor: {error}", file=sys.stderr)
        return FAILED
    print(json.dumps(asdict(report)) if options.json else report.text())
    return 0


def ask(options: argparse.Namespace) -> int:
    """Print the answer to a question, as it comes."""
    try:
        for name, data in answer_to(" ".join(options.question), options.url, _client_token(), options.fingerprint):
            if name == "token":
                print(data["text"], end="", flush=True)
            elif name == "error":
                raise CannotAsk(data["message"])
    except CannotAsk as error:
        print(f"monitor: {error}", file=sys.stderr)
        return FAILED
    print()
    return 0


def make_token(options: argparse.Namespace) -> int:
    """Print a new token, and what makes it valid."""
    try:
        secret, table = new_token(options.name, options.scope, options.expires)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    print(f"# The token, shown this once; whoever has it may what it is good for:\n#   {secret}")
    print(f"# For the configuration file of the server, which knows it by its hash alone:\n{table}")
    return 0


def _client_token() -> str:
    # Not a flag: what a command line says, every user of the machine can read.
    token = os.environ.get(CLIENT_TOKEN, "").strip()
    if not re.fullmatch(r"[!-~]*", token):
        raise ConfigError(f"{CLIENT_TOKEN} = '***' (environment): it must be a token, without spaces")
    return token


def _resolved(options: argparse.Namespace, *, aloud: bool = True) -> Resolved:
    """Return the settings of a command; sets up the log as they say, or to say nothing of what is no catastrophe."""
    flags = {setting.name: getattr(options, setting.name) for setting in fields(Settings) if setting.metadata["flag"]}
    resolved = resolve(
        {key: ",".join(value) if isinstance(value, list) else value for key, value in flags.items()},
        os.environ,
        options.config,
    )
    logs.set_up(resolved.settings.log_level if aloud else "critical", resolved.settings.log_format)
    for warning in resolved.warnings:
        log.warning("%s", warning)
    return resolved


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
        elif isinstance(setting.default, bool):
            command.add_argument(flag, nargs="?", const="true", metavar="true|false", help=setting.metadata["help"])
        else:
            command.add_argument(flag, metavar="VALUE", help=f"{setting.metadata['help']} [{setting.default}]")


def _add_token(parser: argparse.ArgumentParser) -> None:
    inner = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    summary = "print a new token, and the TOML that makes it valid"
    command = inner.add_parser("new", help=summary, description=summary[0].upper() + summary[1:] + ".")
    command.set_defaults(command=make_token)
    command.add_argument("--name", required=True, help="Whose it is, or what for")
    command.add_argument(
        "--scope", action="append", choices=SCOPES, required=True, help="What it is good for. Repeatable."
    )
    command.add_argument("--expires", default="", metavar="DATE", help="When it ends, such as 2027-01-31 [never]")


def _add_load(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--url",
        default="ws://localhost:4000/api/ws/metrics",
        help="Stream to read, on this machine; forward a port to reach one elsewhere [%(default)s]",
    )
    command.add_argument(
        "--query",
        action="append",
        default=[],
        help="Query in place of the URL's, such as fields=cpu; the clients are dealt them in turn. Repeatable.",
    )
    command.add_argument("--clients", type=int, default=1000, metavar="N", help="Clients, the stuck included [1000]")
    command.add_argument("--stuck", type=int, default=0, metavar="N", help="Those that stop reading [0]")
    command.add_argument("--seconds", type=_seconds, default=10.0, metavar="S", help="How long to count frames [10]")
    command.add_argument("--processes", type=int, default=0, metavar="N", help="Processes for the clients [as fit]")
    command.add_argument("--json", action="store_true", help="Print JSON.")


def _seconds(text: str) -> float:
    try:
        return float(seconds(0.1, 86_400)(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not {error}") from None
