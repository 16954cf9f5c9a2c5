"""A server, a browser and the packages of Node.js for the end-to-end tests."""

import fcntl
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.e2e.command import run
from tests.e2e.server import Server

FRONTEND = Path(__file__).resolve().parents[1] / "frontend"
#: Seconds for npm, which downloads.
INSTALL_PATIENCE = 300.0
#: Milliseconds that a page has for what it is expected to show: several browsers share the two cores of a test machine.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture
def server() -> Iterator[Server]:
    """A server with default settings."""
    with Server() as server:
        yield server


@asynccontextmanager
async def launch(*flags: str) -> AsyncIterator[Browser]:
    """Run a real, headless Chromium; the one of the system, since packages of the system keep it patched."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.fail("these tests drive Chromium, and there is none: apt-get install chromium")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses to sandbox itself as root
    quiet = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*sandbox, *quiet, *flags])
        try:
            yield browser
        finally:
            await browser.close()


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A browser for one test."""
    async with launch() as browser:
        yield browser


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The third-party code of the frontend project, exactly as its lock file has it; installed where it is not."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.fail("these tests need Node.js, and there is no npm: install Node.js 20.19 or newer")
    lock, installed = FRONTEND / "package-lock.json", FRONTEND / "node_modules" / ".package-lock.json"
    with lock.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # tests run in several processes, and one of them installs
        if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
            run(npm, "ci", "--include=dev", cwd=FRONTEND, seconds=INSTALL_PATIENCE)
    return FRONTEND / "node_modules"
