"""The clients in the README, docs/client.md and examples/, each as it stands, in Chromium against a live server."""

import asyncio
import gzip
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
from playwright.async_api import Page, WebSocket, expect

from tests.e2e.command import run
from tests.e2e.conftest import FRONTEND, launch
from tests.e2e.server import PATIENCE, Server

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
CLIENT = ROOT / "docs" / "client.md"
EXAMPLES = ROOT / "examples"
STATIC = Path("monitor", "web", "static")
#: By the language of its block in the README: the file that a reader would save it in.
FILES = {"javascript": "metrics.js", "jsx": "MetricsMonitor.jsx", "vue": "MetricsMonitor.vue"}
#: By the same: the example that has this file in src/.
COMPONENTS = {"jsx": "react", "vue": "vue"}
#: Where every snippet connects. Chromium is told that this is the test's server.
ADDRESS = "localhost:4000"
#: Seconds for a build.
BUILD_PATIENCE = 120.0
#: Bytes of the client module without its comments, compressed.
LARGEST = 5 * 1024
PERCENT = re.compile(r"^\d+\.\d %$")
PAGE = """<!doctype html>
<meta charset="utf-8">
<title>The README's script</title>
<link rel="icon" href="data:,">
<script{type} src="metrics.js"></script>
"""
FENCED = re.compile(
    r"^(?P<fence>`{3,})(?P<language>[^\n`]*)\n(?P<text>.*?)^(?P=fence)[ \t]*$", re.DOTALL | re.MULTILINE
)
CONSOLE = re.compile(
    r"Connecté au WebSocket\nStatus: connected\nMessage: Streaming des métriques démarré\n"
    r"(CPU: [0-9.]+%\nMémoire: [0-9.]+%\nDisque: [0-9.]+%\n){5}"
)


def client_blocks(language: str) -> list[str]:
    """Return the blocks of this language in docs/client.md."""
    found = FENCED.finditer(CLIENT.read_text(encoding="utf-8"))
    return [block["text"] for block in found if block["language"].strip() == language]


@pytest.mark.parametrize("language", FILES)
def test_readme_shows_the_clients_of_the_spec_unchanged(language: str) -> None:
    """What the spec promises to work is what the README shows, letter for letter."""
    assert snippet(language) == spec_snippet(language)


@pytest.mark.parametrize("source", ["README", "spec"])
async def test_javascript_logs_every_frame(source: str, tmp_path: Path) -> None:
    """A page of another origin logs the welcome message, and then three lines a frame."""
    script = snippet("javascript") if source == "README" else spec_snippet("javascript")
    (tmp_path / FILES["javascript"]).write_text(script, encoding="utf-8")
    (tmp_path / "index.html").write_text(PAGE.format(type=""), encoding="utf-8")
    async with visit(tmp_path) as visitor:
        await visitor.wait(partial(visitor.has_logged, "Disque:", times=5))
        assert CONSOLE.match(visitor.console), visitor.tell()
        assert not visitor.errors


@pytest.mark.parametrize("language", COMPONENTS)
def test_an_example_has_the_component_of_the_spec_unchanged(language: str) -> None:
    example = EXAMPLES / COMPONENTS[language] / "src" / FILES[language]
    assert example.read_text(encoding="utf-8") == spec_snippet(language)


@pytest.mark.parametrize("language", COMPONENTS)
def test_an_example_is_built_here_from_the_packages_that_its_lock_file_names(language: str) -> None:
    """So that one installation does for all: what `npm ci` brings a reader is what stands in tests/frontend."""
    locked, ours = (
        json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
        for folder in (EXAMPLES / COMPONENTS[language], FRONTEND)
    )
    named = json.loads((EXAMPLES / COMPONENTS[language] / "package.json").read_text(encoding="utf-8"))
    root = locked.pop("")
    for kind in ("dependencies", "devDependencies"):
        assert root[kind] == named[kind]
    assert locked
    for name, package in locked.items():
        assert (package["version"], package["integrity"]) == (ours[name]["version"], ours[name]["integrity"])
        assert "resolved" not in package


@pytest.mark.parametrize("language", COMPONENTS)
async def test_both_components_of_an_example_show_every_frame(
    language: str, node_modules: Path, tmp_path: Path
) -> None:
    """An example, built for production, shows the numbers of one frame after another, in both of its ways."""
    site = build(language, node_modules, tmp_path)
    async with visit(site) as visitor:
        for count in range(1, 5):
            await visitor.wait(partial(visitor.shows_newest, at_least=count))
        assert not visitor.errors


@pytest.mark.parametrize("language", COMPONENTS)
async def test_the_component_with_the_client_module_comes_back_after_a_restart(
    language: str, node_modules: Path, tmp_path: Path
) -> None:
    site = build(language, node_modules, tmp_path)
    with serve(site) as origin, Server("--cors-origin", origin) as first:
        async with launch(f"--host-resolver-rules=MAP {ADDRESS} 127.0.0.1:{first.port}") as browser:
            page = await browser.new_page()
            await page.goto(origin)
            status, number = page.get_by_role("status"), page.locator("[data-field=memory]")
            await expect(status).to_have_text("Live")
            first.stop()
            await expect(status).to_have_text(re.compile("Disconnected, trying again in"))
            await expect(number).to_have_text(PERCENT)
            with Server("--cors-origin", origin, port=first.port):
                await expect(status).to_have_text("Live", timeout=PATIENCE * 1000)
                await expect(page.locator("#plain")).to_contain_text("Connexion...")


@pytest.mark.parametrize("number", range(len(client_blocks("javascript"))))
async def test_the_scripts_of_the_client_s_page_log_numbers(number: int, tmp_path: Path) -> None:
    """Each as a module of a page of another origin, which has a token to give."""
    (tmp_path / FILES["javascript"]).write_text(client_blocks("javascript")[number], encoding="utf-8")
    (tmp_path / "index.html").write_text(PAGE.format(type=' type="module"'), encoding="utf-8")
    (tmp_path / "token").write_text("of no importance here", encoding="utf-8")
    async with visit(tmp_path) as visitor:
        await visitor.wait(partial(visitor.has_logged, ("CPU", "Memory", "Disk"), times=3))
        assert not visitor.errors


def test_the_types_of_the_client_hold_the_page_s_script_and_more(node_modules: Path, tmp_path: Path) -> None:
    """With `allowJs`, and by the declarations that tsc makes of the module."""
    (block,) = client_blocks("typescript")
    tsc = [str(node_modules / ".bin" / "tsc"), "--strict", "--target", "es2022", "--module", "esnext"]
    tsc += ["--moduleResolution", "bundler", "--lib", "es2022,dom,dom.iterable", "--types", ""]
    wrong = """
// @ts-expect-error with `fields` a section may be missing
follow({ fields: ["cpu"], onFrame: (frame) => frame.cpu.count });
// @ts-expect-error there is no such transport
follow({ transports: ["pigeon"] });
follow({ onState: (state) => state.problem === "events-blocked" }).update({ interval: undefined });
"""
    for name in ("client.js", "client-types.d.ts", "monitor.d.ts"):
        shutil.copy(ROOT / STATIC / name, tmp_path)
    (tmp_path / "page.ts").write_text(block + wrong, encoding="utf-8")
    run(*tsc, "--noEmit", "--allowJs", "--checkJs", "page.ts", cwd=tmp_path, seconds=BUILD_PATIENCE)
    run(*tsc, "--declaration", "--emitDeclarationOnly", "--allowJs", "client.js", cwd=tmp_path, seconds=BUILD_PATIENCE)
    (tmp_path / "client.js").unlink()
    run(*tsc, "--noEmit", "page.ts", cwd=tmp_path, seconds=BUILD_PATIENCE)


def test_the_client_is_small_and_imports_nothing() -> None:
    text = (ROOT / STATIC / "client.js").read_text(encoding="utf-8")
    code = re.sub(r"/\*\*.*?\*/|^\s*//.*?$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert not re.search(r"^import ", code, re.MULTILINE)
    assert len(gzip.compress(code.encode())) < LARGEST


def snippet(language: str) -> str:
    """Return the first block of this language in the README."""
    for block in FENCED.finditer(README.read_text(encoding="utf-8")):
        if block["language"].strip() == language:
            return block["text"]
    pytest.fail(f"{README.name} has no block that begins with ```{language}; it shows a client in each of {[*FILES]}")


def spec_snippet(language: str) -> str:
    """Return what the spec has for this language, kept beside the frontend project, with the line that exports it."""
    return (FRONTEND / "spec" / FILES[language]).read_text(encoding="utf-8")


def build(language: str, node_modules: Path, folder: Path) -> Path:
    """Build an example, with the README's component in it, in a copy of the checkout; return the folder to serve."""
    name = COMPONENTS[language]
    project = folder / "examples" / name
    shutil.copytree(EXAMPLES / name, project, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (folder / STATIC).mkdir(parents=True)
    shutil.copy(ROOT / STATIC / "client.js", folder / STATIC)
    (project / "node_modules").symlink_to(node_modules, target_is_directory=True)
    (project / "src" / FILES[language]).write_text(snippet(language), encoding="utf-8")
    # The native loader: the other one writes a compiled copy of the configuration into node_modules.
    vite = ["node_modules/.bin/vite", "build", "--configLoader", "native"]
    run(*vite, cwd=project, seconds=BUILD_PATIENCE)
    return project / "dist"


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

    async def has_logged(self, beginning: str | tuple[str, ...], times: int) -> bool:
        """Tell whether so many lines of the console begin like this."""
        return sum(line.startswith(beginning) for line in self._lines) >= times

    async def shows_newest(self, at_least: int) -> bool:
        """Tell whether so many frames have come, and the page shows the newest in each of its ways and nothing else."""
        if len(self.frames) < at_least:
            return False
        newest = self.frames[-1]
        numbers = [newest["cpu"]["percent_total"], newest["memory"]["percent"], newest["disk"]["percent"]]
        # Rounded by the browser: Python rounds halves another way.
        rounded = await self._page.evaluate("numbers => numbers.map(number => number.toFixed(1))", numbers)
        headings = await self._page.locator("h2").all_text_contents()
        names = ("CPU", "Mémoire", "Disque")
        shown = await self._page.locator("[data-field]").all_text_contents()
        plain = [f"{name}: {number}%" for name, number in zip(names, rounded, strict=True)]
        return (headings, shown) == (plain, [f"{number} %" for number in rounded])

    def tell(self) -> str:
        """Return what a person wants to know when the page did not do what it should."""
        return f"{len(self.frames)} frames came; errors: {self.errors}; console:\n{self.console}"

    def _listen(self, socket: WebSocket) -> None:
        if "?" not in socket.url:  # the client module asks for something, and gets the past too
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
