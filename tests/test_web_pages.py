"""The pages, as they leave the server; `e2e/test_pages.py` sees them live."""

import re

import aiohttp_jinja2
import pytest

from monitor.machine import Machine
from monitor.web import keys
from tests.conftest import Connect

EVIL = '"><img src=x onerror=alert(1)>'


@pytest.mark.parametrize("path", ["/", "/demo"])
async def test_a_page_has_no_inline_script_or_style_and_nothing_from_elsewhere(connect: Connect, path: str) -> None:
    client = await connect()
    answer = await client.get(path)
    assert answer.status == 200
    text = await answer.text()
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*\btype=.application/json.)", text)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', text):
        assert (await client.get(address)).status == 200


async def test_the_home_page_tells_how_to_connect_to_this_very_server(connect: Connect) -> None:
    client = await connect(allowed_host=("mon.example",))
    text = await (await client.get("/", headers={"Host": "mon.example:8000"})).text()
    assert "ws://mon.example:8000/api/ws/metrics" in text
    assert "curl http://mon.example:8000/api/system-stats" in text


async def test_the_home_page_names_every_endpoint(connect: Connect) -> None:
    client = await connect()
    text = await (await client.get("/")).text()
    assert client.app is not None
    for resource in client.app.router.resources():
        if not resource.canonical.startswith(("/static/", "/manifest.webmanifest")):
            assert f">{resource.canonical}<" in text


@pytest.mark.parametrize("path", ["/", "/demo"])
async def test_names_from_the_machine_are_text_and_never_markup(connect: Connect, path: str) -> None:
    client = await connect()
    assert client.app is not None
    machine = Machine(host=EVIL, system=EVIL, kernel=EVIL, cpu=EVIL, cores=1, boot_time=0.0)
    environment = client.app[aiohttp_jinja2.APP_KEY]
    environment.globals["machine"] = machine
    assert client.app[keys.MACHINE] != machine
    text = await (await client.get(path)).text()
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text


async def test_head_of_a_page_has_no_body(connect: Connect) -> None:
    client = await connect()
    answer = await client.head("/demo")
    assert answer.status == 200
    assert await answer.read() == b""


async def test_static_files_are_revalidated(connect: Connect) -> None:
    client = await connect()
    answer = await client.get("/static/home.js")
    assert answer.headers["Cache-Control"] == "no-cache"
    again = await client.get("/static/home.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304
