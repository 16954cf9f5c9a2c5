"""All checks of a set-up, in the order in which a person would make them."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from monitor.doctor import certificate, clock, exposure, limits, model, port, probes, server
from monitor.doctor.exposure import Access
from monitor.doctor.files import guarded
from monitor.doctor.finding import Check, Finding
from monitor.doctor.place import Place
from monitor.loop import NoSuchLoop, loop_factory
from monitor.registry import Registry

#: Where a server that listens everywhere is spoken to.
_HERE: Final = {4: "127.0.0.1", 6: "::1"}


@dataclass(frozen=True, slots=True)
class Setup:
    """What is looked at.

    file         the configuration file; None where there is none
    secret_file  whether it holds tokens
    warnings     what was said when the settings were read
    needed       open files for max_connections clients and all else
    file_limit   of a process that is started here; None for none
    key_files    further files with secrets, by setting
    public       the server as others reach it; None where that is not looked at
    token        that opens the server; empty where there is none
    """

    file: Path | None
    secret_file: bool
    warnings: tuple[str, ...]
    access: Access
    port: int
    base_path: str
    interval: float
    max_connections: int
    needed: int
    file_limit: int | None
    event_loop: str
    llama_model: str
    llama_url: str
    certificate: str
    key: str
    key_files: tuple[tuple[str, Path], ...]
    registry: Registry
    public: Place | None = None
    token: str = ""


def checks(setup: Setup) -> list[tuple[str, Check]]:
    """Return the checks, each with what it is called if it fails itself. Those of the running server take seconds."""
    here = own_place(setup)
    direct = server.View(here, setup.interval) if here else None
    found: list[tuple[str, Check]] = [
        ("settings", lambda: _settings(setup)),
        ("exposure", lambda: exposure.closed(setup.access)),
    ]
    if setup.certificate:
        found.append(("certificate", lambda: certificate.good(setup.certificate, setup.key)))
    served = here is not None and server.is_monitor(here)
    found += [
        ("port", lambda: port.available(setup.access.host, setup.port, served=served)),
        ("open files", lambda: _open_files(setup, served=served)),
        ("event loop", lambda: _loop(setup.event_loop)),
        ("clock", lambda: clock.right(setup.public)),
        ("probes", lambda: probes.working(setup.registry, setup.interval)),
        ("model", lambda: model.answering(setup.llama_model, setup.llama_url)),
        ("cache", lambda: model.room(setup.llama_model)),
    ]
    if direct is not None:
        found.append(("server", lambda: server.answers(direct)))
        if served:
            found += [("stream", lambda: server.streams(direct)), ("events", lambda: server.events(direct))]
    if setup.public is not None:
        found += _public(server.View(setup.public, setup.interval, "public"))
    return found


def wrong(reason: str) -> Iterator[Finding]:
    """Return that the settings cannot be used, so that nothing else can be looked at."""
    yield Finding.problem("settings", reason, "mend that, and ask again: all else depends on it")


def own_place(setup: Setup) -> Place | None:
    """Return where the server of these settings answers on this machine; None where only it knows its port."""
    if setup.port == 0:
        return None
    host = setup.access.host
    try:
        address = ip_address(host)
        host = _HERE[address.version] if address.is_unspecified else str(address)
    except ValueError:
        pass
    host = f"[{host}]" if ":" in host else host
    scheme = "https" if setup.access.encrypted else "http"
    return Place(f"{scheme}://{host}:{setup.port}{setup.base_path}", setup.token, verified=False)


def _public(view: server.View) -> list[tuple[str, Check]]:
    return [
        (view.check("server"), lambda: server.answers(view)),
        (view.check("stream"), lambda: server.streams(view)),
        (view.check("events"), lambda: server.events(view)),
    ]


def _settings(setup: Setup) -> Iterator[Finding]:
    if setup.file is None:
        yield Finding.ok("settings", "valid; no file is read")
    else:
        yield from guarded("settings", setup.file, secret=setup.secret_file)
    for name, path in setup.key_files:
        yield from guarded(name, path, secret=True)
    for warning in setup.warnings:
        yield Finding.warning("settings", warning, "mend the name, or take it out")


def _open_files(setup: Setup, *, served: bool) -> Iterator[Finding]:
    pid = port.holder(setup.port).pid if served else None
    yield from limits.enough(setup.max_connections, setup.needed, setup.file_limit, pid)


def _loop(name: str) -> Iterator[Finding]:
    try:
        made = loop_factory(name)
    except NoSuchLoop as error:
        yield Finding.problem("event loop", str(error), "install it, or event_loop = auto")
    else:
        yield Finding.ok("event loop", f"{made.__module__.partition('.')[0]} ({name})")
