"""Where the parts meet."""

import asyncio
import errno
import gc
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from ipaddress import ip_address
from pathlib import Path

from aiohttp import web

from monitor import access, encoder, files, logs
from monitor.certificate import Certificate
from monitor.config import ConfigError, Resolved, Settings
from monitor.distribution import installed_version
from monitor.history import History
from monitor.hub import Hub
from monitor.llama.engine import Engine
from monitor.llama.fetch import Fetching, is_reference, source
from monitor.llama.model import find
from monitor.llama.process import PATIENCE, ChildEngine
from monitor.machine import this_machine
from monitor.notify import Notifier, notifier
from monitor.registry import Registry
from monitor.reload import Reload, terminal_closed
from monitor.sampler import Sampler
from monitor.web import api, ask, assets, guard, keys, ready, request_id, tls
from monitor.web.access import AccessLog
from monitor.web.auth import authentication
from monitor.web.desk import Desk
from monitor.web.door import HEARING, SPARE, TURNED_AWAY, Admission, Door, in_time
from monitor.web.errors import errors, without_malformed
from monitor.web.grounds import Grounds
from monitor.web.identity import AUTHENTICATOR
from monitor.web.keeper import Keeper
from monitor.web.limits import LIMITS, Limits, limit, limit_failures
from monitor.web.openai import RemoteEngine
from monitor.web.pages import setup_templates
from monitor.web.peer import STREAM, Stream, close_stream
from monitor.web.proxies import PROXIES, Proxies, identify
from monitor.web.reference import REFERENCE, Reference
from monitor.web.routes import ROUTES, SCOPES, setup_routes
from monitor.web.watch import WATCH, Watch

log = logging.getLogger(__name__)

#: Seconds that requests under way get when the server stops.
FAREWELL = 1.0
#: The port of https:// addresses that name none.
HTTPS = 443
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
    """Return the application; it samples from its start-up to its clean-up. Raises ConfigError."""
    authenticator = access.authenticator(settings)
    proxies = Proxies(settings.trusted_proxy, settings.proxy_user_header)
    limits = Limits(
        connections=settings.max_connections_per_address,
        handshakes=settings.handshakes_per_second,
        requests=settings.requests_per_second,
        questions=settings.questions_per_minute,
        failures=settings.failures_per_minute,
    )
    app = web.Application(
        middlewares=[
            request_id.named,
            errors,
            in_time,
            *([identify(proxies)] if settings.trusted_proxy or settings.proxy_user_header else []),
            guard.guard(allowed_hosts(settings), settings.cors_origin),
            limit(limits, proxies),
            limit_failures(limits),
            *([] if authenticator is None else [authentication(authenticator, SCOPES)]),
        ],
        client_max_size=64 * 1024,
    )
    app[LIMITS] = limits
    app[PROXIES] = proxies
    app[keys.BASE_PATH] = settings.base_path
    app[keys.REGISTRY] = probes
    app[keys.SAMPLER] = Sampler(probes.probes.values(), settings.interval)
    app[keys.HISTORY] = History(settings.history)
    app[keys.HUB] = Hub()
    app[STREAM] = Stream(app[keys.HUB], app[keys.HISTORY], Keeper(), settings.interval, settings.max_connections)
    if authenticator is not None:
        app[AUTHENTICATOR] = authenticator
        app[WATCH] = Watch(app[STREAM], authenticator.stands)
        app.cleanup_ctx.append(_authenticating)
    app[keys.MACHINE] = this_machine()
    app[keys.VERSION] = installed_version()
    app[keys.RELOAD] = Reload()
    app[ready.STOPPING] = asyncio.Event()
    app[ask.ENGINE] = _engine(settings)
    app[ask.GROUNDS] = Grounds(
        {name: probe.fields for name, probe in probes.probes.items()},
        remarks=bool(settings.llama_model or settings.llama_url),
    )
    app[ask.DESK] = Desk()
    app[api.ANSWERS] = asyncio.Semaphore(api.UNDER_WAY)
    app[assets.ASSETS] = assets.load()
    app[REFERENCE] = Reference(ROUTES, app[keys.SAMPLER], app[keys.VERSION], authentication=authenticator is not None)
    setup_templates(app)
    setup_routes(app)
    # At its own port alone: this header is about every port of the name, and a name has other services.
    is_strict = bool(settings.tls_certificate) and settings.port == HTTPS
    app.on_response_prepare.append(guard.headers(settings.cors_origin, is_strict=is_strict))
    app.on_response_prepare.append(request_id.echo)
    app.on_shutdown.append(close_stream)
    app.cleanup_ctx.append(_streaming)
    return app


async def run(settings: Settings, probes: Registry, again: Callable[[], Resolved] | None = None) -> None:
    """Serve until SIGINT or SIGTERM. Raises CannotListen, ConfigError and tls.Unusable.

    again  reads the settings anew at SIGHUP
    """
    identity = identity_of(settings)
    stop, hup = asyncio.Event(), asyncio.Event()
    closed = terminal_closed()
    for number, event in _signals(stop, hup):
        with suppress(NotImplementedError):  # Windows: Ctrl-C comes as KeyboardInterrupt
            asyncio.get_running_loop().add_signal_handler(number, event.set)
    settings = replace(settings, max_connections=room(settings.max_connections, files.raise_limit()))
    access_log = logging.getLogger("monitor.access") if log.isEnabledFor(logging.DEBUG) else None
    app = create_app(settings, probes)
    if identity is not None:
        app[keys.RELOAD].add("certificate", partial(renew_certificate, identity))
    if again is not None and AUTHENTICATOR in app:
        app[keys.RELOAD].add("tokens", partial(renew_tokens, app, again))
    logging.getLogger("aiohttp.websocket").setLevel(logging.ERROR)  # its warning repeats what a client offers: tokens
    app[ready.STOPPING] = stop
    manager = notifier(os.environ)
    tasks: list[asyncio.Task[None]] = []
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
            identity=identity,
            access_log=access_log,
            access_log_class=AccessLog,
            logger=http_log,
        )
        try:
            await door.start()
        except OSError as error:
            raise CannotListen(f"cannot listen on {_at(settings.host, settings.port)}: {_reason(error)}") from error
        _announce(settings, door.port, identity)
        gc.collect()
        gc.freeze()  # what start-up made stays for ever: no collection needs to look at it again
        look = partial(warn_of_authentication, app, again)
        tasks.append(asyncio.create_task(_reloading(hup, app[keys.RELOAD], manager, closed, look), name="reload"))
        if manager.is_heard:
            telling = manager.run(lambda: ready.trouble(app) is None, lambda: f"{app[STREAM].taken} streams")
            tasks.append(asyncio.create_task(telling, name="service notifier"))
        for task in tasks:
            task.add_done_callback(_tell_of_its_end)
        await stop.wait()
        log.info("stopping")
    finally:
        manager.stopping()
        for task in tasks:
            task.cancel()
        await runner.cleanup()
        manager.close()


async def renew_tokens(app: web.Application, again: Callable[[], Resolved]) -> None:
    """Let the tokens be those of the configuration as it is now. Raises ConfigError where it cannot be read."""
    tokens = again().settings.tokens
    app[AUTHENTICATOR].replace_tokens(tokens.values())
    app[WATCH].check()
    log.info("%d tokens are valid now", len(tokens))


def warn_of_authentication(app: web.Application, again: Callable[[], Resolved] | None) -> None:
    """Warn where the settings would by now have the server ask who comes: that is decided at its start."""
    if again is None or AUTHENTICATOR in app:
        return
    with suppress(ConfigError):
        if access.is_on(again().settings):
            log.warning("nobody is asked who he is: the settings say so by now, and that begins with a restart")


async def renew_certificate(identity: tls.Identity) -> None:
    """Let new connections meet the certificate as it is now. Raises tls.Unusable."""
    identity.renew()
    log.info("new connections get the new certificate, SHA-256 %s", identity.certificate.fingerprint)


def identity_of(settings: Settings) -> tls.Identity | None:
    """Return whom those who speak TLS meet; None where nothing is encrypted. Raises tls.Unusable."""
    certificate, key = settings.tls_certificate, settings.tls_key
    if settings.tls_self_signed:
        if certificate or key:
            given = "tls_certificate" if certificate else "tls_key"
            raise tls.Unusable(given, "it must be left out where tls_self_signed is true: that makes one")
        return tls.Identity(lambda: tls.made_now(allowed_hosts(settings)))
    if certificate:
        return tls.Identity(lambda: tls.from_files(certificate, key))
    if key:
        raise tls.Unusable("tls_key", "it must be left out where there is no tls_certificate")
    return None


def allowed_hosts(settings: Settings) -> list[str]:
    """Return the names clients may call the server by: the configured ones, and the address it was told to bind."""
    return [*settings.allowed_host, *([] if is_everywhere(settings.host) else [settings.host])]


def is_everywhere(host: str) -> bool:
    """Tell whether `host` stands for all addresses of the machine."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def files_needed(clients: int) -> int:
    """Return how many files are open when so many listen."""
    return clients + SPARE + HEARING + TURNED_AWAY + OWN_FILES


def room(wanted: int, limit: int | None) -> int:
    """Return how many clients may listen: as many as wanted, or as open files allow; every client is one file."""
    if limit is None:
        return wanted
    possible = max(1, limit - files_needed(0))
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


async def _authenticating(app: web.Application) -> AsyncIterator[None]:
    await app[AUTHENTICATOR].open()
    yield
    await app[AUTHENTICATOR].close()


async def _reloading(
    hup: asyncio.Event, reload: Reload, manager: Notifier, closed: Callable[[], bool], look: Callable[[], None]
) -> None:
    while True:
        await hup.wait()
        hup.clear()
        if closed():
            signal.raise_signal(signal.SIGTERM)
        else:
            await reload.run(manager)
            look()


def _signals(stop: asyncio.Event, hup: asyncio.Event) -> Iterator[tuple[signal.Signals, asyncio.Event]]:
    yield from ((signal.SIGINT, stop), (signal.SIGTERM, stop))
    # Ignored by who started it, as nohup does: it stays so.
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        yield signal.SIGHUP, hup


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


def _tell_of_certificate(certificate: Certificate, settings: Settings) -> None:
    lines = (
        f"Its certificate is for {', '.join(certificate.names)}, until it is stopped.",
        f"SHA-256 {certificate.fingerprint}",
    )
    for line in lines:
        if settings.log_format == logs.JSON:
            log.info("%s", line)
        else:
            print(line, flush=True)


def _announce(settings: Settings, port: int, identity: tls.Identity | None = None) -> None:
    here = "localhost" if is_everywhere(settings.host) or settings.host == "127.0.0.1" else settings.host
    address = f"{'http' if identity is None else 'https'}://{_at(here, port)}"
    address += f"{settings.base_path}/" if settings.base_path else ""
    if settings.log_format == logs.JSON:  # where both outputs go to one place, each of its lines is JSON
        log.info("live on %s", address)
    else:
        with suppress(OSError):  # whoever was to read it has gone: the server is not for him alone
            print(f"Live on {address} (Ctrl-C stops it)", flush=True)
    if identity is not None and settings.tls_self_signed:
        _tell_of_certificate(identity.certificate, settings)
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
