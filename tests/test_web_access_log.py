"""The access log, and every other place where a secret could come to light."""

import logging

import pytest
from aiohttp import WSServerHandshakeError

from tests.conftest import Connect
from tests.tokens import READER, TOKENS, bearer

STREAM_PATH = "/api/ws/metrics"


async def test_no_secret_stands_in_the_log(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = await connect(tokens=TOKENS)
    ticket = (await (await client.post("/api/tickets", headers=bearer(READER))).json())["ticket"]
    wrong = "monitor_wrong_but_long"
    await client.get("/api/probes", headers=bearer(wrong))
    await client.post("/login", data={"token": wrong})
    answer = await client.post("/login", data={"token": READER}, allow_redirects=False)
    session = answer.cookies["monitor-session"].value
    await client.get("/demo")
    for path in (
        f"/api/stream?token={wrong}",
        f"/api/stream?t%6Fken={wrong}",
        f"/api/stream?access_token={wrong}&interval=5",
        f"/api/stream?token={wrong}&token={READER}",
        f"{STREAM_PATH}?ticket={ticket}",
        f"{STREAM_PATH}?ticket={ticket}x",
        f"/demo?token={READER}",
    ):
        await client.get(path, allow_redirects=False)
    with pytest.raises(WSServerHandshakeError):
        await client.ws_connect(STREAM_PATH, protocols=("bearer." + wrong,))
    for secret in (READER, wrong, ticket, session):
        assert secret not in caplog.text
    assert "127.0.0.1 GET /api/stream 401 " in caplog.text
    assert "?" not in "".join(record.getMessage() for record in caplog.records if record.name == "aiohttp.access")


async def test_a_malformed_request_is_told_of_by_its_kind_alone(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = await connect(tokens=TOKENS)
    await client.get(f"/api/stream?token={'monitor_x' * 2000}")
    assert "malformed request from 127.0.0.1: LineTooLong" in caplog.text
    assert "monitor_x" not in caplog.text
