"""Pages of others in a real browser: one of another origin, and one whose name was pointed at this server."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Page

from tests.e2e.conftest import launch
from tests.e2e.server import Server, wait_for
from tests.e2e.test_snippets import serve

REBOUND: Final = "rebound.example"

#: Tries all that a page can against the server at `place`; returns what came of each: what was read, or "".
ATTEMPTS: Final = """async (place) => {
  const soon = new Promise((resolve) => setTimeout(resolve, 5000, ""));
  const attempt = (work) => Promise.race([work().catch(() => ""), soon]);
  const read = (path, options) => attempt(async () => {
    const answer = await fetch(place + path, options);
    return answer.ok ? await answer.text() : "";
  });
  const socket = (query, protocols) => attempt(() => new Promise((resolve) => {
    const stream = new WebSocket(place.replace("http", "ws") + "/api/ws/metrics" + query, protocols);
    stream.onmessage = (event) => resolve(event.data);
    stream.onerror = stream.onclose = () => resolve("");
  }));
  const events = () => attempt(() => new Promise((resolve) => {
    const stream = new EventSource(place + "/api/stream");
    stream.onmessage = (event) => resolve(event.data);
    stream.onerror = () => { stream.close(); resolve(""); };
  }));
  const question = JSON.stringify({prompt: "Write a haiku.", max_tokens: 8});
  const json = {"Content-Type": "application/json"};
  return {
    frame: await read("/api/system-stats"),
    history: await read("/api/history"),
    opaque: await read("/api/system-stats", {mode: "no-cors"}),
    socket: await socket(""),
    resumed: await socket("?history=60"),
    subprotocol: await socket("", ["monitor.v1"]),
    events: await events(),
    question: await read("/api/ask", {method: "POST", headers: json, body: question}),
    simple: await read("/api/ask", {method: "POST", body: question}),
    blind: await read("/api/ask", {method: "POST", mode: "no-cors", body: question}),
    beacon: await attempt(async () => {
      navigator.sendBeacon(place + "/api/ask", new Blob([question], {type: "application/json"}));
      return "";
    }),
  };
}"""
#: A form needs no script and no permission, and its body can be made to look like JSON.
FORM: Final = """(place) => {
  const form = document.createElement("form");
  Object.assign(form, {method: "post", action: place + "/api/ask", enctype: "text/plain", target: "_self"});
  const field = document.createElement("input");
  Object.assign(field, {name: '{"prompt": "Write a haiku.", "grounded": false, "max_tokens": 8, "x": "', value: '"}'});
  form.append(field);
  document.body.append(form);
  form.submit();
}"""


async def tried(page: Page, place: str) -> Mapping[str, str]:
    found: dict[str, str] = await page.evaluate(ATTEMPTS, place)
    return {name: text[:60] for name, text in found.items() if text}


def questions(server: Server) -> str:
    """Return how the model stands: only a question loads it."""
    return str(server.get("/api/ask")["state"])


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<!doctype html><title>Elsewhere</title><p>Look at this.", encoding="utf-8")
    return tmp_path


async def test_a_page_of_another_origin_reads_no_frame_and_starts_no_question(site: Path) -> None:
    with serve(site) as origin, Server() as server:
        server.frame()
        async with launch() as browser:
            page = await browser.new_page()
            await page.goto(origin)
            found = await tried(page, server.url)
            print(f"a page of {origin} tried {server.url}: read {found}, the model is {questions(server)}")
            assert found == {}
            async with page.expect_navigation():
                await page.evaluate(FORM, server.url)
            print("a form of it was answered:", await page.inner_text("body"))
            assert "foreign_origin" in await page.inner_text("body")
            assert questions(server) == "idle"
            # That the page is able to: one whose origin is listed reads all that it may.
            await own_page_reads(page, server)


async def own_page_reads(page: Page, server: Server) -> None:
    await page.goto(f"{server.url}/demo")
    found = await tried(page, server.url)
    print("a page of our own read", sorted(found))
    assert {"frame", "history", "socket", "resumed", "events", "question"} <= found.keys()
    wait_for(lambda: questions(server) != "idle")


async def test_a_name_that_was_pointed_at_this_server_reads_no_frame_and_starts_no_question() -> None:
    with Server() as server:
        server.frame()
        async with launch(f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1") as browser:
            page = await browser.new_page()
            rebound = f"http://{REBOUND}:{server.port}"
            answer = await page.goto(f"{rebound}/demo")
            assert answer is not None
            assert answer.status == 421
            found: Any = await tried(page, rebound)
            print(f"a page of {rebound} tried itself: read {found}, the model is {questions(server)}")
            assert found == {}
            async with page.expect_navigation():
                await page.evaluate(FORM, rebound)
            assert "foreign_host" in await page.inner_text("body")
            assert questions(server) == "idle"
