"""The contract for tools, as they and people meet it: a real server's documents, linted, fuzzed, compiled, seen."""

import json
import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from playwright.async_api import Browser

from monitor.auth.tokens import new_token
from tests.e2e.command import run
from tests.e2e.conftest import FRONTEND
from tests.e2e.server import PATIENCE, Server, wait_for
from tests.e2e.stream import read
from tests.fuzz.model import model
from tests.fuzz.run import UNLIMITED, fuzz

#: Seconds for the fuzzing, and for all that is around it.
BUDGET = 30
LINT_PATIENCE = 120.0
#: Two packages as third parties would install them: one has a table, the other one value.
PLUGINS = Path(__file__).resolve().parents[1] / "ask" / "plugins"


@pytest.fixture(scope="module")
def extended() -> Iterator[Server]:
    """A server with the probes of third parties, and with a model that answers at once."""
    path = os.pathsep.join(filter(None, [str(PLUGINS), os.environ.get("PYTHONPATH")]))
    with model() as url, Server(*UNLIMITED, "--llama-url", url, environment={"PYTHONPATH": path}) as server:
        server.frame()
        yield server


def fetched(server: Server, path: str, folder: Path) -> Path:
    """Return the file with what the server has at this path."""
    file = folder / path.rpartition("/")[2]
    with urllib.request.urlopen(server.url + path, timeout=PATIENCE) as answer:
        file.write_bytes(answer.read())
    return file


def test_openapi_passes_the_strict_rules_of_redocly(
    extended: Server, node_modules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDOCLY_TELEMETRY", "off")
    monkeypatch.setenv("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
    document = fetched(extended, "/api/openapi.json", tmp_path)
    rules = ["--config", str(FRONTEND / "contract" / "redocly.yaml")]
    run(str(node_modules / ".bin" / "redocly"), "lint", *rules, str(document), cwd=FRONTEND, seconds=LINT_PATIENCE)


def test_asyncapi_is_read_by_its_parser_without_a_warning(extended: Server, node_modules: Path, tmp_path: Path) -> None:
    document = fetched(extended, "/api/asyncapi.json", tmp_path)
    assert node_modules.is_dir()
    said = run("node", "contract/asyncapi.js", str(document), cwd=FRONTEND, seconds=LINT_PATIENCE)
    assert "/api/ws/metrics welcome frame part" in said
    assert "/api/stream welcome frame part" in said


def test_a_client_in_typescript_compiles_against_the_types(node_modules: Path) -> None:
    """Its wrong lines are wrong: each is marked as an expected error, and tsc complains where one is none."""
    run(str(node_modules / ".bin" / "tsc"), "--project", "contract", cwd=FRONTEND, seconds=LINT_PATIENCE)


async def test_every_message_of_the_stream_is_as_the_schema_of_the_frame_says(extended: Server, tmp_path: Path) -> None:
    schema = json.loads(fetched(extended, "/api/schema", tmp_path).read_bytes())
    assert schema["properties"]["tide"]["properties"]["gauges"]["x-shape"] == "table"
    assert schema["properties"]["ups"]["properties"]["charge"]["x-unit"] == "percent"
    frames = jsonschema_rs.Draft202012Validator(closed(schema))
    for arrival in await read(extended.stream_url, 3):
        frames.validate(arrival.frame)
    parts = json.loads(fetched(extended, "/api/asyncapi.json", tmp_path).read_bytes())["components"]["schemas"]
    for arrival in await read(f"{extended.stream_url}?fields=tide,cpu.count&history=60", 2):
        jsonschema_rs.Draft202012Validator(closed(parts["PartOfFrame"])).validate(arrival.frame)
        assert not frames.is_valid(arrival.frame)


def closed(schema: Any) -> Any:
    """Return the schema such that nothing may be there that it does not name."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    here = {key: closed(each) for key, each in schema.items()}
    return {**here, "additionalProperties": False} if "properties" in here and "type" in here else here


def test_whatever_is_asked_the_server_answers_as_its_contract_says(extended: Server, tmp_path: Path) -> None:
    done = fuzz(extended.url, tmp_path, ["--max-examples", "15", "--max-time", str(BUDGET)], BUDGET + LINT_PATIENCE)
    assert done.returncode == 0, done.stdout[-20_000:]
    assert "Traceback" not in extended.log


def test_where_it_asks_who_comes_the_server_answers_as_its_contract_says(tmp_path: Path) -> None:
    token, table = new_token("fuzz", ["admin"])
    file = tmp_path / "monitor.toml"
    file.write_text(table)
    with model() as url, Server("--config", str(file), *UNLIMITED, "--llama-url", url) as server:
        wait_for(lambda: "status" in server.get("/healthz"))
        shown = ["--header", f"Authorization: Bearer {token}"]
        limits = ["--max-examples", "10", "--max-time", str(BUDGET // 2)]
        done = fuzz(server.url, tmp_path, [*shown, *limits], BUDGET + LINT_PATIENCE)
    assert done.returncode == 0, done.stdout[-20_000:]
    assert "Traceback" not in server.log


@pytest.mark.parametrize("width", [1280, 360])
async def test_the_reference_is_readable_on_any_screen_and_asks_nobody_else(
    extended: Server, chromium: Browser, width: int
) -> None:
    page = await chromium.new_page(viewport={"width": width, "height": 800}, color_scheme="dark")
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{extended.url}/api/docs")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await page.locator("#shape-Frame").get_by_text("tide.gauges").count() > 0
    assert all(url.startswith(extended.url) for url in asked)
    assert complaints == []


async def test_the_reference_is_read_with_the_keyboard(extended: Server, chromium: Browser) -> None:
    page = await chromium.new_page()
    await page.goto(f"{extended.url}/api/docs")
    link = page.get_by_role("navigation", name="Contents").get_by_role("link", name="POST /api/ask")
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await link.evaluate("link => link === document.activeElement"):
            break
    await page.keyboard.press("Enter")
    await page.wait_for_url("**#ask")
    assert await page.locator("#ask").is_visible()
    broken = await page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.hash)"
        ".filter(hash => !document.querySelector(hash))"
    )
    assert broken == []
