"""Who may, with a real server, its configuration file, its own clients and a browser."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from monitor.auth.tokens import new_token
from tests.e2e.browser import LIVE, opened
from tests.e2e.server import PATIENCE, Server, wait_for

CLIENT = Path(__file__).resolve().parents[1] / "test_websocket.py"


class Guarded:
    """A server that asks for a token, its file, and two tokens: one may read, the other ask too."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "monitor.toml"
        self.reader, self._reader_table = new_token("reader", ["read"])
        self.asker, self._asker_table = new_token("asker", ["read", "ask"])
        self.write(self._reader_table, self._asker_table)
        self.server = Server("--config", str(self.file), "--log-level", "debug")

    def write(self, *tables: str) -> None:
        self.file.write_text("\n".join(tables), encoding="utf-8")

    def revoke_reader(self) -> None:
        self.write(self._asker_table)
        os.kill(self.server.pid, signal.SIGHUP)

    def status(self, path: str, token: str = "") -> int:
        request = urllib.request.Request(self.server.url + path)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Guarded]:
    made = Guarded(tmp_path)
    with made.server:
        yield made
        for secret in (made.reader, made.asker):
            assert secret not in made.server.log


def run_with(token: str, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MONITOR_TOKEN": token}
    return subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, timeout=90, check=False
    )


async def test_a_revoked_token_closes_its_streams_within_five_seconds_and_a_broken_file_none(guarded: Guarded) -> None:
    header = {"Authorization": f"Bearer {guarded.reader}"}
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(guarded.server.stream_url, headers=header) as socket,
    ):
        await socket.receive_json()
        guarded.file.write_text("tokens = 5", encoding="utf-8")
        os.kill(guarded.server.pid, signal.SIGHUP)
        await asyncio.to_thread(wait_for, lambda: "tokens: not reloaded, the old one stays" in guarded.server.log)
        assert (await socket.receive(timeout=10)).type is aiohttp.WSMsgType.TEXT
        guarded.revoke_reader()
        began = time.monotonic()
        while (message := await socket.receive(timeout=20)).type is aiohttp.WSMsgType.TEXT:
            pass
        print(f"closed with {message.data} ({message.extra}) {time.monotonic() - began:.2f} s after SIGHUP")
        assert message.data == 1008
        assert time.monotonic() - began < 5
    assert await asyncio.to_thread(guarded.status, "/api/probes", guarded.reader) == 401
    assert await asyncio.to_thread(guarded.status, "/api/probes", guarded.asker) == 200


def test_tokens_that_come_later_are_warned_of_because_nobody_is_asked_for_them(tmp_path: Path) -> None:
    file = tmp_path / "monitor.toml"
    file.write_text("", encoding="utf-8")
    with Server("--config", str(file)) as server:
        server.frame()
        file.write_text(new_token("late", ["read"])[1], encoding="utf-8")
        os.kill(server.pid, signal.SIGHUP)
        wait_for(lambda: "nobody is asked who he is" in server.log)
        assert server.frame()


def test_our_own_clients_take_the_token_from_the_environment(guarded: Guarded) -> None:
    url = guarded.server.stream_url
    seen = run_with(guarded.reader, str(CLIENT), "--url", url, "--count", "2")
    assert seen.returncode == 0, seen.stderr
    assert len(seen.stdout.splitlines()) == 3
    assert "401" in run_with("", str(CLIENT), "--url", url, "--count", "1").stderr
    report = run_with(
        guarded.reader, "-m", "monitor", "bench", "--url", url, "--clients", "5", "--seconds", "1", "--json"
    )
    assert report.returncode == 0, report.stderr
    assert json.loads(report.stdout)["clients"] == 5
    refused = run_with(guarded.reader, "-m", "monitor", "ask", "--url", guarded.server.url, "CPU?")
    assert (refused.returncode, "scope ask" in refused.stderr) == (1, True)
    answered = run_with(guarded.asker, "-m", "monitor", "ask", "--url", guarded.server.url, "CPU?")
    assert answered.returncode == 0, answered.stderr
    assert "%" in answered.stdout


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_person_logs_in_and_out(guarded: Guarded, chromium: Browser, scripts: bool) -> None:
    async with opened(chromium, guarded.server.url, java_script_enabled=scripts) as (page, complaints):
        origins: list[Any] = []
        page.on("request", lambda request: origins.append(request) if request.method == "POST" else None)
        await page.goto(guarded.server.url + "/demo")
        await expect(page).to_have_url(guarded.server.url + "/login?next=/demo")
        await page.get_by_label("Access token").fill("wrong")
        await page.get_by_role("button", name="Log in").click()
        await expect(page.get_by_role("alert")).to_have_text("This token is not valid.")
        await page.get_by_label("Access token").fill(guarded.reader)
        await page.get_by_role("button", name="Log in").click()
        await expect(page).to_have_url(guarded.server.url + "/demo")
        if scripts:
            await expect(page.locator("#state")).to_have_text(LIVE)
            assert await page.evaluate("document.cookie") == ""
        await page.get_by_role("button", name="Log out").click()
        await expect(page).to_have_url(guarded.server.url + "/login")
        await page.goto(guarded.server.url + "/")
        await expect(page).to_have_url(guarded.server.url + "/login")
        sent = {(await request.all_headers()).get("origin") for request in origins}
        assert sent == {guarded.server.url}, "what checks the origin of a form can tell that it is ours"
        assert [each for each in complaints if not re.search("401", each)] == []


async def test_a_page_whose_token_is_revoked_goes_to_the_login(guarded: Guarded, chromium: Browser) -> None:
    async with opened(chromium, guarded.server.url) as (page, _):
        await page.goto(guarded.server.url + "/login?next=/demo")
        await page.get_by_label("Access token").fill(guarded.reader)
        await page.get_by_role("button", name="Log in").click()
        await expect(page.locator("#state")).to_have_text(LIVE)
        guarded.revoke_reader()
        await expect(page).to_have_url(guarded.server.url + "/login?next=/demo", timeout=20_000)
