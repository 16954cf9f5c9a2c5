"""Questions to a real server with the real model: statuses, faults of the model, and the page."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import aiohttp
import psutil
import pytest
from playwright.async_api import Browser, expect

from tests.e2e.crowd import reading
from tests.e2e.server import Server, wait_for

pytestmark = pytest.mark.skipif(
    find_spec("llama_cpp") is None,
    reason="no llama-cpp-python: python -m monitor.llama.install could not build it here",
)


@pytest.fixture(scope="module")
def warm() -> Iterator[Server]:
    """A server whose model is loaded."""
    with Server() as server:
        server.frame()
        asyncio.run(ask(server, "Say hello.", grounded=False))
        yield server


async def ask(server: Server, prompt: str, **body: Any) -> tuple[int, Any]:
    """Ask; return the status and the answer."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(server.url + "/api/ask", json={"prompt": prompt, **body}) as answer,
    ):
        return answer.status, await answer.json()


def child_of(server: Server) -> psutil.Process:
    """Return the model's process."""
    found = wait_for(
        lambda: [child for child in psutil.Process(server.pid).children() if "llama" in str(child.cmdline())]
    )
    child: psutil.Process = found[0]
    return child


async def test_an_answer_has_the_value_of_the_frame_that_it_names(warm: Server) -> None:
    status, answer = await ask(warm, "How much memory does this machine have in total?")
    assert status == 200
    (fact, *_) = answer["facts"]
    frame = next(frame for frame in warm.get("/api/history")["timestamp"] if abs(frame - answer["timestamp"]) < 0.001)
    assert frame
    assert fact["field"] == "memory.total_mb"
    assert fact["value"] == warm.frame()["memory"]["total_mb"]


@pytest.mark.parametrize(
    ("prompt", "kind", "field"),
    [
        ("Quelle est la charge du processeur ?", "facts", "cpu.percent_total"),
        ("is there room for 4 GB of data on the disk?", "facts", "disk.free_gb"),
        ("CPU in the last minute?", "facts", "cpu.percent_total"),
        ("What is the temperature of the CPU?", "not measured", None),
        ("Write a haiku about rain.", "free", None),
    ],
)
async def test_questions_find_their_kind(warm: Server, prompt: str, kind: str, field: str | None) -> None:
    status, answer = await ask(warm, prompt)
    assert (status, answer["kind"]) == (200, kind)
    assert answer["response"]
    assert (answer["facts"][0]["field"] if answer["facts"] else None) == field


def test_the_command_prints_the_answer(warm: Server) -> None:
    command = [sys.executable, "-m", "monitor", "ask", "--url", warm.url, "how", "many", "cores?"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    assert str(psutil.cpu_count()) in result.stdout


def test_the_command_says_when_nobody_answers() -> None:
    command = [sys.executable, "-m", "monitor", "ask", "--url", "http://127.0.0.1:9", "cpu?"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stdout) == (1, "")
    assert "start the server" in result.stderr


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_model_that_is_killed_or_hangs_costs_its_question_and_no_frame(number: int) -> None:
    with Server("--interval", "0.5") as server:
        server.frame()
        await ask(server, "Say hello.", grounded=False)
        async with reading(server.stream_url, 10) as readers:
            question = asyncio.create_task(ask(server, "Tell me a very long story.", grounded=False, max_tokens=512))
            await asyncio.sleep(0.7)
            child = child_of(server)
            os.kill(child.pid, number)
            began = time.monotonic()
            status, answer = await question
            assert (status, answer["error"]["code"]) == (503, "no_model")
            assert time.monotonic() - began < 30
            deadline = time.monotonic() + 60
            while (await ask(server, "Say hello.", grounded=False))[0] != 200:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.5)
            assert child_of(server).pid != child.pid
            assert [reader.missed(0.5) for reader in readers] == [0] * 10
        assert "Traceback" not in server.log


async def test_of_fifty_questions_five_are_served_and_the_others_refused_at_once(warm: Server) -> None:
    began = time.monotonic()
    tasks = [
        asyncio.create_task(ask(warm, f"Write {number} lines about rain.", grounded=False, max_tokens=64))
        for number in range(50)
    ]
    while sum(task.done() for task in tasks) < 45:
        await asyncio.sleep(0.01)
    assert time.monotonic() - began < 5
    statuses = sorted(status for status, _ in await asyncio.gather(*tasks))
    assert statuses == [200] * 5 + [429] * 45


async def test_the_page_shows_the_facts_and_the_answer(warm: Server, chromium: Browser) -> None:
    page = await chromium.new_page()
    await page.goto(warm.url + "/demo")
    await page.get_by_role("textbox", name="Question").fill("How much memory is in use?")
    await page.get_by_role("button", name="Ask", exact=True).click()
    await expect(page.locator("#ask-answer")).to_contain_text("emory")
    await expect(page.locator("#ask-facts li").first).to_contain_text("Memory")
    await expect(page.locator("#ask-note")).to_have_text("From the numbers alone.")
    await page.get_by_role("textbox", name="Question").fill("Tell me a very long story about a computer.")
    await page.get_by_role("button", name="Ask", exact=True).click()
    await page.get_by_role("button", name="Stop").click()
    await expect(page.locator("#ask-note")).to_have_text("Stopped.")
    await asyncio.to_thread(wait_for, lambda: warm.get("/api/ask")["state"] == "ready")
