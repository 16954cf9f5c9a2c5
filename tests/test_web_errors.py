"""Errors as clients see them."""

from typing import Any

import pytest
from aiohttp import web

from monitor.web import api
from tests.conftest import Connect


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing", 404, "not_found"),
        ("GET", "/api", 404, "not_found"),
        ("POST", "/api/probes", 405, "method_not_allowed"),
        ("GET", "/api/ws/metrics", 426, "upgrade_required"),
    ],
)
async def test_errors_of_the_api_are_json(connect: Connect, method: str, path: str, status: int, code: str) -> None:
    client = await connect()
    answer = await client.request(method, path)
    assert answer.status == status
    assert answer.content_type == "application/json"
    error = (await answer.json())["error"]
    assert error["code"] == code
    assert error["message"]


async def test_what_a_client_may_do_instead_is_kept(connect: Connect) -> None:
    client = await connect()
    assert (await client.post("/api/probes")).headers["Allow"] == "GET,HEAD"
    assert (await client.get("/api/ws/metrics")).headers["Upgrade"] == "websocket"


@pytest.mark.parametrize("path", ["/nothing", "/static/", "/static/../../setup.cfg", "/%2e%2e/etc/passwd", "/apis"])
async def test_errors_of_pages_are_pages(connect: Connect, path: str) -> None:
    client = await connect()
    answer = await client.get(path)
    assert answer.status in (403, 404)
    assert answer.content_type == "text/html"
    assert "<h1>" in await answer.text()


async def test_a_fault_of_ours_is_a_500_in_json_with_its_traceback_in_the_log_alone(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(api, "describe", broken)
    client = await connect()
    answer = await client.get("/api/probes")
    assert answer.status == 500
    text = await answer.text()
    assert "internal_error" in text
    assert "secret" not in text
    assert "secret detail" in caplog.text


async def test_redirects_are_no_errors(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    def elsewhere(*_: Any) -> Any:
        raise web.HTTPFound("/")

    monkeypatch.setattr(api, "describe", elsewhere)
    client = await connect()
    assert (await client.get("/api/probes", allow_redirects=False)).status == 302
