"""The configurations of docs/deploy.md, word for word, in the proxies that they are for: the dashboard in Chromium."""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import websockets
from playwright.async_api import expect

from monitor.web.selfsigned import self_signed
from tests.e2e.browser import LIVE
from tests.e2e.conftest import launch
from tests.e2e.server import PATIENCE, Server, wait_for

pytest.importorskip("monitor.web.proxies", reason="what a proxy says is not believed yet")

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "deploy.md").read_text(encoding="utf-8")
NAME = "mon.example.org"
CERTIFICATE, KEY = f"/etc/ssl/{NAME}.pem", f"/etc/ssl/private/{NAME}.key"
#: Around the page's text: what belongs to the whole of a proxy, which here may disturb no other.
NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
{user}
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {text}
}}
"""
CADDY = """
{{
    admin off
    auto_https disable_redirects
    storage file_system {folder}/storage
}}
{text}
"""


def block(section: str, language: str) -> str:
    """Return the one block of this language in a section of the page."""
    text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return str(found)


def substituted(text: str, changes: dict[str, str]) -> str:
    """Return the text with these places and ports in it; each has to be there."""
    for written, ours in changes.items():
        assert written in text, written
        text = text.replace(written, ours)
    return text


def program(name: str) -> str:
    """Return where a proxy is."""
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if path is None:
        pytest.fail(f"this test runs {name}, and there is none: apt-get install {name}")
    return path


@contextmanager
def running(folder: Path, port: int, *command: str) -> Iterator[None]:
    """Run a proxy until it listens on that port of loopback, and end it, by its own process, in the end."""
    log = folder / "proxy.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env={**os.environ, "HOME": str(folder)},
        )
        try:
            wait_for(lambda: process.poll() is not None or _listens(port))
            assert process.poll() is None, log.read_text()
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


@contextmanager
def nginx(folder: Path, server: Server) -> Iterator[int]:
    """Run nginx in front of the server; give its port."""
    port = _free_port()
    text = substituted(
        block("Behind nginx", "nginx"),
        {
            "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
            CERTIFICATE: f"{folder}/both.pem",
            KEY: f"{folder}/both.pem",
            "127.0.0.1:4000": f"127.0.0.1:{server.port}",
        },
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, user=user, text=text))
    with running(folder, port, program("nginx"), "-p", str(folder), "-c", f"{folder}/nginx.conf", "-e", "stderr"):
        yield port


@contextmanager
def caddy(folder: Path, server: Server) -> Iterator[int]:
    """Run Caddy in front of the server; give its port."""
    port = _free_port()
    text = substituted(
        block("Behind Caddy", "caddyfile"),
        {
            f"{NAME} {{": f"{NAME}:{port} {{\n\tbind 127.0.0.1",
            CERTIFICATE: f"{folder}/both.pem",
            KEY: f"{folder}/both.pem",
            "127.0.0.1:4000": f"127.0.0.1:{server.port}",
        },
    )
    (folder / "Caddyfile").write_text(CADDY.format(folder=folder, text=text))
    with running(folder, port, program("caddy"), "run", "--config", f"{folder}/Caddyfile", "--adapter", "caddyfile"):
        yield port


PROXIES = {"Behind nginx": nginx, "Behind Caddy": caddy}


@pytest.fixture(params=PROXIES)
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a dashboard stands behind each of the proxies: https://mon.example.org:PORT/monitor."""
    (tmp_path / "both.pem").write_bytes(self_signed([NAME]))
    (tmp_path / "monitor.toml").write_text(block(request.param, "toml"))
    with Server("--config", str(tmp_path / "monitor.toml")) as server:
        server.frame()
        with PROXIES[request.param](tmp_path, server) as port:
            yield f"https://{NAME}:{port}/monitor"


async def test_the_dashboard_is_live_answers_questions_and_complains_of_nothing(root: str, tmp_path: Path) -> None:
    async with launch(f"--host-resolver-rules=MAP {NAME} 127.0.0.1") as chromium:
        context = await chromium.new_context(ignore_https_errors=True, viewport={"width": 1280, "height": 1100})
        page = await context.new_page()
        complaints: list[str] = []
        sockets: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 400 else None)
        page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(root) else None)
        page.on("websocket", lambda socket: sockets.append(socket.url))

        await page.goto(root)  # without its slash
        assert page.url == f"{root}/"
        await expect(page.locator("#state")).to_have_text(LIVE)
        stream = f"{root.replace('https', 'wss')}/api/ws/metrics"
        await expect(page.get_by_text(stream).first).to_be_visible()
        await page.get_by_role("navigation").get_by_role("link", name="Dashboard").click()
        assert page.url == f"{root}/demo"
        await expect(page.locator("#state")).to_have_text(LIVE)
        assert [url.split("?")[0] for url in sockets] == [stream, stream]
        clock = page.locator("#clock")
        before = await clock.inner_text()
        await expect(clock).not_to_have_text(before)

        await page.locator("#ask input").fill("How much memory is used?")
        await page.locator("#ask button").first.click()
        await expect(page.locator("#ask-answer")).to_have_text(re.compile("memory", re.IGNORECASE), timeout=30_000)
        await page.screenshot(path=tmp_path / "demo.png", full_page=True)
        assert complaints == []


def test_events_come_one_by_one(root: str) -> None:
    port = urlsplit(root).port or 0
    with (
        socket.create_connection(("127.0.0.1", port), PATIENCE) as connection,
        _trusting().wrap_socket(connection, server_hostname=NAME) as secured,
        secured.makefile("rb") as lines,
    ):
        secured.sendall(f"GET /monitor/api/stream HTTP/1.1\r\nHost: {NAME}:{port}\r\n\r\n".encode())
        frames = (time.monotonic() for line in lines if line.startswith(b'data: {"timestamp"'))
        arrivals = list(islice(frames, 4))
    assert arrivals[-1] - arrivals[0] > 2, "not held back and given all at once"


async def test_our_own_pages_read_the_stream_and_no_other(root: str) -> None:
    ours = root.removesuffix("/monitor")
    assert await _upgrade(root, ours) == 101
    for foreign in ("https://evil.example", f"https://{NAME}", ours.replace("https", "http")):
        assert await _upgrade(root, foreign) == 403, foreign


async def _upgrade(root: str, origin: str) -> int:
    url = f"{root.replace('https', 'wss')}/api/ws/metrics"
    here: dict[str, Any] = {"host": "127.0.0.1", "port": urlsplit(root).port, "server_hostname": NAME, "proxy": None}
    try:
        async with websockets.connect(url, ssl=_trusting(), origin=websockets.Origin(origin), **here) as stream:
            assert json.loads(await stream.recv())["type"] == "connection"
    except websockets.InvalidStatus as refused:
        return refused.response.status_code
    return 101


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
