"""Where the parts meet."""

import asyncio
import errno
import gc
import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

from aiohttp import web

from monitor import encoder, files
from monitor.config import Settings
from monitor.distribution import installed_version
from monitor.history import History
from monitor.hub import Hub
from monitor.llama.answer import Grounding
from monitor.llama.engine import Engine
from monitor.llama.fetch import Fetching, is_reference, source
from monitor.llama.model import find
from monitor.llama.process import PATIENCE, ChildEngine
from monitor.machine import this_machine
from monitor.registry import Registry
from monitor.sampler import Sampler
from monitor.web import api, ask, assets, guard, keys
from monitor.web.desk import Desk
from monitor.web.door import HEARING, SPARE, TURNED_AWAY, Admission, Door, in_time
from monitor.web.errors import errors, without_malformed
from monitor.web.keeper import Keeper
from monitor.web.limits import LIMITS, Limits, limit, limit_failures
from monitor.web.openai import RemoteEngine
from monitor.web.pages import setup_templates
from monitor.web.peer import STREAM, Stream, close_stream
from monitor.web.proxies import PROXIES, Proxies, identify
from monitor.web.routes import setup_routes

log = logging.getLogger(__name__)

#: Seconds that requests under way get when the server stops.
FAREWELL = 1.0
#: File descriptors that are not for connections: probes, pages, the log.
OWN_FILES = 64


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
    proxies = Proxies(settings.trusted_proxy, settings.proxy_user_header)
    limits = Limits(
        connections=settings.max_connections_per_address,
        handshakes=settings.handshakes_per_second,
        requests=settings.requests_per_second,
        questions=settings.questions_per_minute,
    )
    app = web.Application(
        middlewares=[
            errors,
            in_time,
            guard.guard(allowed_hosts(settings), settings.cors_origin),
            *([identify(proxies)] if settings.trusted_proxy or settings.proxy_user_header else []),
            limit(limits, proxies),
            limit_failures(limits),
        ],
        client_max_size=64 * 1024,
    )
    app[LIMITS] = limits
    app[PROXIES] = proxies
    app[keys.REGISTRY] = probes
    app[keys.SAMPLER] = Sampler(probes.probes.values(), settings.interval)
    app[keys.HISTORY] = History(settings.history)
    app[keys.HUB] = Hub()
    app[STREAM] = Stream(app[keys.HUB], app[keys.HISTORY], Keeper(), settings.interval, settings.max_connections)
    app[keys.MACHINE] = this_machine()
    app[keys.VERSION] = installed_version()
    app[ask.ENGINE] = _engine(settings)
    app[ask.GROUNDING] = Grounding(
        {name: probe.fields for name, probe in probes.probes.items()},
        remarks=bool(settings.llama_model or settings.llama_url),
    )
    app[ask.DESK] = Desk()
    app[api.ANSWERS] = asyncio.Semaphore(api.UNDER_WAY)
    app[assets.ASSETS] = assets.load()
    setup_templates(app)
    setup_routes(app)
    app.on_response_prepare.append(guard.headers(settings.cors_origin))
    app.on_shutdown.append(close_stream)
    app.cleanup_ctx.append(_streaming)
    return app


async def run(settings: Settings, probes: Registry) -> None:
    """Serve until SIGINT or SIGTERM. Raises CannotListen."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl-C comes as KeyboardInterrupt
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    settings = replace(settings, max_connections=room(settings.max_connections, files.raise_limit()))
    access_log = logging.getLogger("monitor.access") if log.isEnabledFor(logging.DEBUG) else None
    app = create_app(settings, probes)
    http_log = logging.getLogger("monitor.http")
    http_log.addFilter(without_malformed)
    runner = web.AppRunner(app, shutdown_timeout=FAREWELL)
    try:
        await runner.setup()
        door = Door(
            runner,
            settings.host,
            settings.port,
            keeper=app[STREAM].keeper,
            admission=Admission(settings.max_connections + SPARE, app[LIMITS].places, app[PROXIES]),
            access_log=access_log,
            logger=http_log,
        )
        try:
            await door.start()
        except OSError as error:
            raise CannotListen(f"cannot listen on {_at(settings.host, settings.port)}: {_reason(error)}") from error
        _announce(settings, door.port)
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


def room(wanted: int, limit: int | None) -> int:
    """Return how many clients may listen: as many as wanted, or as open files allow; every client is one file."""
    if limit is None:
        return wanted
    possible = max(1, limit - SPARE - HEARING - TURNED_AWAY - OWN_FILES)
    if possible < wanted:
        log.warning("max_connections is %d; with %d open files at most there is room for %d", wanted, limit, possible)
    return min(wanted, possible)


async def _streaming(app: web.Application) -> AsyncIterator[None]:
    sampler = app[keys.SAMPLER]
    await sampler.open()
    tasks = [
        asyncio.create_task(stream(sampler, app[keys.HISTORY], app[keys.HUB]), name="stream"),
        asyncio.create_task(app[STREAM].keeper.run(), name="keeper"),
    ]
    for task in tasks:
        task.add_done_callback(_tell_of_its_end)
    yield
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    await app[ask.ENGINE].close()
    await sampler.close()


def _engine(settings: Settings) -> Engine:
    if settings.llama_url:
        return RemoteEngine(settings.llama_url, settings.llama_model)
    patience = replace(PATIENCE, idle=settings.llama_idle)
    if is_reference(settings.llama_model):
        fetching = Fetching(source(settings.llama_model, settings.llama_sha256 or None))
        fetching.start()
        return ChildEngine(lambda: find(fetching.path()), patience=patience)
    path = Path(settings.llama_model) if settings.llama_model else None
    return ChildEngine(lambda: find(path), patience=patience)


def _tell_of_its_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("the %s has stopped: restart this server", task.get_name(), exc_info=error)


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
