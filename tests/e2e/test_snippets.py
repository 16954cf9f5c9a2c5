"""The clients in the README, each taken out as it stands and run in Chromium against a live server."""

import asyncio
import json
import re
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.async_api import Page, WebSocket

from tests.e2e.command import run
from tests.e2e.conftest import FRONTEND, launch
from tests.e2e.server import PATIENCE, Server

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
#: By the language of its block in the README: the file that a reader would save it in.
FILES = {"javascript": "metrics.js", "jsx": "MetricsMonitor.jsx", "vue": "MetricsMonitor.vue"}
#: By the same: the folder of the frontend project that imports this file.
COMPONENTS = {"jsx": "react", "vue": "vue"}
#: Where every snippet connects. Chromium is told that this is the test's server.
ADDRESS = "localhost:4000"
#: Seconds for a build.
BUILD_PATIENCE = 120.0
PAGE = """<!doctype html>
<meta charset="utf-8">
<title>The README's script</title>
<link rel="icon" href="data:,">
<script src="metrics.js"></script>
"""
FENCED = re.compile(
    r"^(?P<fence>`{3,})(?P<language>[^\n`]*)\n(?P<text>.*?)^(?P=fence)[ \t]*$", re.DOTALL | re.MULTILINE
)
CONSOLE = re.compile(
    r"Connecté au WebSocket\nStatus: connected\nMessage: Streaming des métriques démarré\n"
    r"(CPU: [0-9.]+%\nMémoire: [0-9.]+%\nDisque: [0-9.]+%\n){5}"
)


@pytest.mark.parametrize("language", FILES)
def test_readme_shows_the_clients_of_the_spec_unchanged(language: str) -> None:
    """What the spec promises to work is what the README shows, letter for letter."""
    assert snippet(language) == spec_snippet(language)


@pytest.mark.parametrize("source", ["README", "spec"])
async def test_javascript_logs_every_frame(source: str, tmp_path: Path) -> None:
    """A page of another origin logs the welcome message, and then three lines a frame."""
    script = snippet("javascript") if source == "README" else spec_snippet("javascript")
    (tmp_path / FILES["javascript"]).write_text(script, encoding="utf-8")
    (tmp_path / "index.html").write_text(PAGE, encoding="utf-8")
    async with visit(tmp_path) as visitor:
        await visitor.wait(partial(visitor.has_logged, "Disque:", times=5))
        assert CONSOLE.match(visitor.console), visitor.tell()
        assert not visitor.errors


@pytest.mark.parametrize("language", COMPONENTS)
async def test_component_shows_every_frame(language: str, node_modules: Path, tmp_path: Path) -> None:
    """A component, built for production, shows the numbers of one frame after another."""
    site = build(language, node_modules, tmp_path / "project")
    async with visit(site) as visitor:
        for count in range(1, 5):
            await visitor.wait(partial(visitor.shows_newest, at_least=count))
        assert not visitor.errors


def snippet(language: str) -> str:
    """Return the first block of this language in the README."""
    for block in FENCED.finditer(README.read_text(encoding="utf-8")):
        if block["language"].strip() == language:
            return block["text"]
    pytest.fail(f"{README.name} has no block that begins with ```{language}; it shows a client in each of {[*FILES]}")


def spec_snippet(language: str) -> str:
    """Return what the spec has for this language, kept beside the frontend project."""
    return (FRONTEND / "spec" / FILES[language]).read_text(encoding="utf-8")


def build(language: str, node_modules: Path, project: Path) -> Path:
    """Build the README's component in a copy of the frontend project; return the folder to serve."""
    folder = COMPONENTS[language]
    shutil.copytree(FRONTEND, project, ignore=shutil.ignore_patterns("node_modules", "spec"))
    (project / "node_modules").symlink_to(node_modules, target_is_directory=True)
    (project / folder / FILES[language]).write_text(snippet(language), encoding="utf-8")
    # The native loader: the other one writes a compiled copy of the configuration into node_modules.
    vite = ["node_modules/.bin/vite", "build", folder, "--config", "vite.config.js", "--configLoader", "native"]
    run(*vite, cwd=project, seconds=BUILD_PATIENCE)
    return project / folder / "dist"


class Visitor:
    """A page in Chromium, with all that it received, logged and complained about since before it was opened."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._lines: list[str] = []
        self.frames: list[dict[str, Any]] = []
        self.errors: list[str] = []
        page.on("websocket", self._listen)
        page.on("console", lambda message: self._log(message.type, message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    @property
    def console(self) -> str:
        return "".join(f"{line}\n" for line in self._lines)

    async def wait(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Wait for a condition to come true; fail when it does not in time, or the page reports an error before."""
        end = time.monotonic() + PATIENCE
        while not await condition():
            if self.errors or time.monotonic() > end:
                pytest.fail(f"the page does not do what it should; {self.tell()}")
            await asyncio.sleep(0.05)

    async def has_logged(self, beginning: str, times: int) -> bool:
        """Tell whether so many lines of the console begin like this."""
        return sum(line.startswith(beginning) for line in self._lines) >= times

    async def shows_newest(self, at_least: int) -> bool:
        """Tell whether so many frames have come and the page shows the newest of them, and nothing else."""
        if len(self.frames) < at_least:
            return False
        newest = self.frames[-1]
        numbers = [newest["cpu"]["percent_total"], newest["memory"]["percent"], newest["disk"]["percent"]]
        # Rounded by the browser: Python rounds halves another way.
        rounded = await self._page.evaluate("numbers => numbers.map(number => number.toFixed(1))", numbers)
        headings = await self._page.locator("h2").all_text_contents()
        names = ("CPU", "Mémoire", "Disque")
        return headings == [f"{name}: {number}%" for name, number in zip(names, rounded, strict=True)]

    def tell(self) -> str:
        """Return what a person wants to know when the page did not do what it should."""
        return f"{len(self.frames)} frames came; errors: {self.errors}; console:\n{self.console}"

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._receive)

    def _receive(self, payload: str | bytes) -> None:
        message = json.loads(payload)
        if message.get("type") != "connection":
            self.frames.append(message)

    def _log(self, kind: str, text: str) -> None:
        self._lines.append(text)
        if kind == "error":
            self.errors.append(text)


@asynccontextmanager
async def visit(site: Path) -> AsyncIterator[Visitor]:
    """Open this site, served on an origin of its own, in a Chromium for which a live server stands at ADDRESS."""
    with serve(site) as origin, Server("--cors-origin", origin) as server:
        async with launch(f"--host-resolver-rules=MAP {ADDRESS} 127.0.0.1:{server.port}") as browser:
            page = await browser.new_page()
            visitor = Visitor(page)
            await page.goto(origin)
            yield visitor


@contextmanager
def serve(site: Path) -> Iterator[str]:
    """Serve a folder on a free port of loopback; give the origin that its pages have."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(site))) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(PATIENCE)


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name is the base class's
        pass
