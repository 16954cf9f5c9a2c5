"""The examples of the owner's document, in French, each taken out as it stands and run."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from monitor.auth.tokens import new_token
from tests.e2e.proxy import Proxy
from tests.e2e.server import Server, wait_for
from tests.e2e.test_snippets import CONSOLE, FILES, spec_snippet, visit
from tests.french import ADDRESS, ROOT, block, blocks, commands, plain

#: Seconds for one command.
PATIENCE = 60
#: In what a command is shown to print, a number stands for any, an amount for any in any of its units, the space
#: between two columns for any, and an ellipsis for whatever there is.
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
AMOUNT = re.compile(rf"{NUMBER.pattern}\s[KMGT]o\b")
#: Without something to run the model, no question is answered, not even from the facts.
HAS_MODEL = find_spec("llama_cpp") is not None
WITH_MODEL = pytest.mark.skipif(not HAS_MODEL, reason="no llama-cpp-python: python -m monitor.llama.install")


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH on which `monitor` and `python3` are those of the tests."""
    folder = tmp_path_factory.mktemp("bin")
    for name, what in (("monitor", " -m monitor"), ("python3", "")):
        (folder / name).write_text(f'#!/bin/sh\nexec "{sys.executable}"{what} "$@"\n', encoding="utf-8")
        (folder / name).chmod(0o755)
    return os.pathsep.join((str(folder), os.environ["PATH"]))


@pytest.fixture(scope="module")
def open_server() -> Iterator[Server]:
    with Server() as server:
        wait_for(lambda: len(server.get("/api/history?fields=cpu.count")["timestamp"]) > 3)
        yield server


@pytest.fixture(scope="module")
def token() -> tuple[str, str]:
    """A token, and its table."""
    return new_token("portable", ["read", "ask"])


@pytest.fixture(scope="module")
def guarded_server(token: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that asks for the token."""
    file = tmp_path_factory.mktemp("guarded") / "monitor.toml"
    file.write_text(token[1], encoding="utf-8")
    with Server("--config", str(file)) as server:
        wait_for(lambda: server.get("/healthz").get("frame_age_seconds") is not None)
        yield server


def pattern_of(shown: str) -> str:
    """Return a regular expression for what a command prints, where the document shows this."""

    def piece(text: str) -> str:
        amounts = [NUMBER.pattern.join(map(re.escape, NUMBER.split(each))) for each in AMOUNT.split(text)]
        return re.sub(r"(?:\\ ){2,}", r" +", rf"{NUMBER.pattern}\s[KMGT]?o\b".join(amounts))

    return ".*".join(map(piece, shown.split("…")))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            each, marks=WITH_MODEL if "/ask" in each or "monitor ask" in each else (), id=each.splitlines()[0][2:]
        )
        for each in blocks("console")
    ],
)
def test_a_command_prints_what_is_shown(
    text: str, open_server: Server, guarded_server: Server, token: tuple[str, str], tools: str
) -> None:
    server = guarded_server if "MONITOR_TOKEN" in text else open_server
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    environment |= {"PATH": tools, "MONITOR_PORT": str(server.port), "MONITOR_TOKEN": token[0]}
    for command, shown in commands(text):
        address = f"localhost:{server.port}"
        mine = command.replace(ADDRESS, address).replace("monitor ask", f"monitor ask --url http://{address}")
        mine = mine.replace("test_websocket.py", f"test_websocket.py --url ws://{address}/api/ws/metrics")
        done = subprocess.run(
            ["timeout", str(PATIENCE), "sh", "-c", mine],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env=environment,
            check=False,
        )
        assert re.fullmatch(pattern_of(shown), done.stdout.strip(), re.DOTALL), f"{mine}\n{done.stdout}"


@asynccontextmanager
async def running(script: str, port: int, token: str = "") -> AsyncIterator[asyncio.StreamReader]:
    """Run a Python client against a port of this machine; give what it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        script.replace(ADDRESS, f"localhost:{port}"),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "MONITOR_TOKEN": token},
    )
    assert process.stdout
    try:
        async with asyncio.timeout(PATIENCE):
            yield process.stdout
    finally:
        process.kill()
        await process.wait()


async def test_the_python_client_prints_a_line_a_frame(open_server: Server) -> None:
    async with running(block("python", "mémoire"), open_server.port) as printed:
        for _ in range(2):
            assert re.match(r"CPU [\d.]+ %, mémoire [\d.]+ %\n", (await printed.readline()).decode())


async def test_the_client_that_resumes_misses_no_frame() -> None:
    with Server("--interval", "0.25") as server:
        async with Proxy(server.port) as proxy, running(block("python", "since="), proxy.port) as printed:

            async def more(count: int) -> list[float]:
                return [float((await printed.readline()).split()[0]) for _ in range(count)]

            timestamps = await more(3)
            await proxy.cut()
            newest = server.frame()["timestamp"]
            await asyncio.to_thread(wait_for, lambda: server.frame()["timestamp"] > newest + 1)
            await proxy.mend()
            while timestamps[-1] <= newest + 1:
                timestamps += await more(1)
        had = server.get(f"/api/history?fields=cpu.count&since={timestamps[0]}&until={timestamps[-1]}")
        assert timestamps == had["timestamp"]
        assert any("since=" in request for request in proxy.requests)


async def test_the_client_with_a_token_reads_the_stream(guarded_server: Server, token: tuple[str, str]) -> None:
    async with running(block("python", "Bearer"), guarded_server.port, token[0]) as printed:
        assert b'"type":"connection"' in await printed.readline()
        assert b'"cpu":{"percent_total":' in await printed.readline()


def answer_of(question: str, server: Server) -> str:
    """Return what `monitor ask` prints."""
    command = [sys.executable, "-m", "monitor", "ask", "--url", server.url, question]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE).stdout


def test_the_probe_is_installed_passes_its_own_tests_and_answers(tmp_path: Path) -> None:
    source, target, depot = tmp_path / "monitor-depot", tmp_path / "installed", tmp_path / "depot"
    for folder in (source, depot):
        folder.mkdir()
    (source / "monitor_depot.py").write_text(block("python", "class Depot"), encoding="utf-8")
    (source / "test_monitor_depot.py").write_text(block("python", "import Depot"), encoding="utf-8")
    (source / "pyproject.toml").write_text(block("toml", "build-system"), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target"]
    subprocess.run([*pip, str(target), str(source)], check=True, timeout=120)
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(source)]
    environment = {"PYTHONPATH": os.pathsep.join((str(target), str(ROOT)))}
    subprocess.run(tests, check=True, timeout=PATIENCE, cwd=source, env={**os.environ, **environment})
    configuration = tmp_path / "monitor.toml"
    table = block("toml", "[probes.depot]")
    configuration.write_text(table.replace("/srv/depot", str(depot)), encoding="utf-8")
    (depot / "lettre").touch()
    with Server("--interval", "0.2", "--config", str(configuration), environment=environment) as server:
        wait_for(lambda: server.frame()["depot"]["fichiers"] == 1)
        assert server.frame()["depot"]["plus_ancien"] >= 0
        (probe,) = [each for each in server.get("/api/probes")["probes"] if each["name"] == "depot"]
        assert (probe["distribution"], probe["state"]) == ("monitor-depot 1.0", "ok")
        if HAS_MODEL:
            assert plain(answer_of("Combien de dépôts en attente ?", server)) == "Dépôts en attente : 1.\n"
        (depot / "lettre").unlink()
        depot.rmdir()
        wait_for(lambda: server.frame()["depot"] == {"fichiers": None, "plus_ancien": None})
        assert "stale" not in server.frame()


@pytest.mark.parametrize("language", FILES)
def test_the_clients_are_those_of_the_spec_unchanged(language: str) -> None:
    """And so tests/e2e/test_snippets.py, which builds these and runs them in Chromium, is about them too."""
    assert blocks(language) == [spec_snippet(language)]


async def test_the_javascript_logs_every_frame(tmp_path: Path) -> None:
    (tmp_path / FILES["javascript"]).write_text(blocks("javascript")[0], encoding="utf-8")
    page = '<!doctype html><link rel="icon" href="data:,"><script charset="utf-8" src="metrics.js"></script>'
    (tmp_path / "index.html").write_text(page, encoding="utf-8")
    async with visit(tmp_path) as visitor:
        await visitor.wait(partial(visitor.has_logged, "Disque:", times=5))
        assert CONSOLE.match(visitor.console), visitor.tell()
        assert not visitor.errors
