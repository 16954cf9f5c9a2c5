"""Errors as clients see them."""

import asyncio
import logging
from typing import Any

import pytest
from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage

from monitor.web import api
from monitor.web.errors import without_malformed
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


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/static/",
        "/static/../../setup.cfg",
        "/%2e%2e/etc/passwd",
        "/apis",
        "/static/" + "x" * 300,
        "/static/%00",
    ],
)
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


async def test_clients_that_are_gone_before_the_answer_are_no_errors(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    client = await connect()
    requests = (
        (
            b"GET /api/ws/metrics HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        ),
        b"GET /demo HTTP/1.1\r\nHost: localhost\r\n\r\n",
    )
    for number in range(100):
        _, writer = await asyncio.open_connection("127.0.0.1", client.port)
        writer.write(requests[number % 2])
        writer.transport.abort()
    assert (await client.get("/healthz")).status in (200, 503)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_disk_that_fails_us_is_our_fault(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: Any) -> Any:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(api, "describe", failing)
    client = await connect()
    assert (await client.get("/api/probes")).status == 500


async def test_a_broken_body_is_the_client_s_fault(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> Any:
        raise web.RequestPayloadError("no")

    monkeypatch.setattr(api, "describe", broken)
    client = await connect()
    answer = await client.get("/api/probes")
    assert (answer.status, (await answer.json())["error"]["code"]) == (400, "bad_request")
    assert caplog.text == ""


async def test_redirects_are_no_errors(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    def elsewhere(*_: Any) -> Any:
        raise web.HTTPFound("/")

    monkeypatch.setattr(api, "describe", elsewhere)
    client = await connect()
    assert (await client.get("/api/probes", allow_redirects=False)).status == 302


def test_the_log_is_spared_the_traceback_of_a_malformed_request_and_of_nothing_else() -> None:
    def record(error: Exception) -> logging.LogRecord:
        return logging.LogRecord("aiohttp", logging.ERROR, "", 0, "no", (), (type(error), error, None))

    assert not without_malformed(record(BadHttpMessage("what?\x1b[2J")))
    assert not without_malformed(record(web.RequestPayloadError("what?")))
    assert without_malformed(record(ValueError("ours")))
    assert without_malformed(logging.LogRecord("aiohttp", logging.ERROR, "", 0, "no", (), None))
