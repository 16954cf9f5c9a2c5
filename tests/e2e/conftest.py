"""A server and a browser for the end-to-end tests."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, async_playwright

from tests.e2e.server import Server

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
