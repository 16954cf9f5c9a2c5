"""Where the parts meet."""

import asyncio
import errno
import gc
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from ipaddress import ip_address

from aiohttp import web

from monitor import encoder
from monitor.config import Settings
from monitor.distribution import installed_version
from monitor.history import History
from monitor.hub import Hub
from monitor.machine import this_machine
from monitor.registry import Registry
from monitor.sampler import Sampler
from monitor.web import guard, keys
from monitor.web.errors import errors
from monitor.web.live import LISTENERS, close_listeners
from monitor.web.pages import setup_templates
from monitor.web.routes import setup_routes

if sys.platform != "win32":
    import resource

log = logging.getLogger(__name__)

#: Seconds that requests under way get when the server stops.
FAREWELL = 1.0
#: Connections that may wait to be accepted.
BACKLOG = 1024


class CannotListen(Exception):
    """The address cannot be listened on; says why in one line."""


async def stream(sampler: Sampler, history: History, hub: Hub) -> None:
    """Carry each frame from the sampler to everyone who reads: the way of the data."""
    async for frame in sampler.frames():
        encoded = encoder.encode(frame.as_dict())
        history.keep(frame, encoded)
        hub.publish(frame, encoded)


def create_app(settings: Settings, probes: Registry) -> web.Application:
    """Return the application; it samples from its start-up to its clean-up."""
    app = web.Application(
        middlewares=[errors, guard.guard(allowed_hosts(settings), settings.cors_origin)],
        client_max_size=64 * 1024,
    )
    app[keys.REGISTRY] = probes
    app[keys.SAMPLER] = Sampler(probes.probes.values(), settings.interval)
    app[keys.HISTORY] = History(settings.history)
    app[keys.READING] = asyncio.Lock()
    app[keys.HUB] = Hub()
    app[LISTENERS] = set()
    app[keys.MACHINE] = this_machine()
    app[keys.VERSION] = installed_version()
    setup_templates(app)
    setup_routes(app)
    app.on_response_prepare.append(guard.headers(settings.cors_origin))
    app.on_shutdown.append(close_listeners)
    app.cleanup_ctx.append(_streaming)
    return app


async def run(settings: Settings, probes: Registry) -> None:
    """Serve until SIGINT or SIGTERM. Raises CannotListen."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl-C comes as KeyboardInterrupt
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    _raise_file_limit()
    access_log = logging.getLogger("monitor.access") if log.isEnabledFor(logging.DEBUG) else None
    runner = web.AppRunner(create_app(settings, probes), access_log=access_log, shutdown_timeout=FAREWELL)
    try:
        await runner.setup()
        try:
            await web.TCPSite(runner, settings.host, settings.port, backlog=BACKLOG).start()
        except OSError as error:
            raise CannotListen(f"cannot listen on {_at(settings.host, settings.port)}: {_reason(error)}") from error
        _announce(settings, runner.addresses[0][1])
        gc.collect()
        gc.freeze()  # what start-up made stays for ever: no collection needs to look at it again
        await stop.wait()
        log.info("stopping")
    finally:
        await runner.cleanup()


def allowed_hosts(settings: Settings) -> list[str]:
    """Return the names clients may call the server by: the configured ones, and the address it was told to bind."""
    return [*settings.allowed_host, *([] if is_everywhere(settings.host) else [settings.host])]


def is_everywhere(host: str) -> bool:
    """Tell whether `host` stands for all addresses of the machine."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


async def _streaming(app: web.Application) -> AsyncIterator[None]:
    sampler = app[keys.SAMPLER]
    await sampler.open()
    task = asyncio.create_task(stream(sampler, app[keys.HISTORY], app[keys.HUB]))
    task.add_done_callback(_tell_of_its_end)
    yield
    task.cancel()
    await asyncio.wait([task])
    await sampler.close()


def _tell_of_its_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("the stream has stopped; /healthz tells", exc_info=error)


def _raise_file_limit() -> None:
    """Let the process open as many files as it may: every client is one."""
    if sys.platform != "win32":
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with suppress(OSError, ValueError):  # macOS refuses what it calls unlimited
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _announce(settings: Settings, port: int) -> None:
    here = "localhost" if is_everywhere(settings.host) or settings.host == "127.0.0.1" else settings.host
    print(f"Live on http://{_at(here, port)} (Ctrl-C stops it)", flush=True)
    if is_everywhere(settings.host) and not settings.allowed_host:
        log.warning(
            "listening on all addresses, but answering only to localhost: "
            "name what clients call this machine with --allowed-host"
        )


def _at(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _reason(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "the port is taken; choose another with --port"
    return os.strerror(error.errno).lower() if error.errno and error.errno > 0 else str(error)
