"""What is no HTTP."""

import logging

import pytest

from monitor.web.door import PATIENCE
from monitor.web.guard import POLICY
from tests.conftest import Connect
from tests.test_web_door import Raw, beats

HEAD = b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
MALFORMED = [
    b"GARBAGE\r\n\r\n",
    b"\x16\x03\x01\x00\xa5\x01\x00",
    b"GET / HTTP/9.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    b"GET /" + b"x" * 10_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    HEAD + b"Content-Length: -5\r\n\r\n",
    HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
]


@pytest.mark.parametrize("sent", MALFORMED, ids=range(len(MALFORMED)))
async def test_what_is_no_http_is_told_so_without_a_banner_or_an_echo(connect: Connect, sent: bytes) -> None:
    client = await connect()
    raw = await Raw.to(client)
    await raw.send(sent)
    head, body = await raw.answer()
    assert head.split(" ", 2)[1] == "400"
    assert body == b'{"error":{"code":"bad_request","message":"This is no HTTP request."}}'
    assert "Server: monitor\r\n" in head
    assert "nosniff" in head
    assert POLICY in head
    for banner in ("aiohttp", "Python", "3.1"):
        assert banner not in head
    assert await raw.rest() == b"", "and the connection ends"


async def test_an_expectation_that_nobody_has_gets_no_banner(connect: Connect) -> None:
    client = await connect()
    raw = await Raw.to(client)
    await raw.send(HEAD + b"Expect: the unexpected\r\nContent-Length: 2\r\n\r\n{}")
    head, _ = await raw.answer()
    raw.close()
    assert head.startswith("HTTP/1.1 417")
    assert "Server: monitor\r\n" in head


async def test_a_body_that_loses_its_form_half_way_ends_in_time_and_without_a_traceback(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    # aiohttp's parser notices, but does not tell who reads the body: so it is late, like any that does not come.
    client = await connect()
    raw = await Raw.to(client)
    await raw.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")
    await raw.send(b"what is this\r\n")
    await beats(client, PATIENCE)
    assert (await raw.rest()).split(b" ", 2)[1] in (b"400", b"408")
    assert "Traceback" not in caplog.text


async def test_the_log_hears_of_malformed_requests_seldom_and_never_with_a_traceback(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = await connect()
    for number in range(100):
        raw = await Raw.to(client)
        raw.writer.write(MALFORMED[number % len(MALFORMED)])
        await raw.rest()
    said = [record for record in caplog.records if record.name.startswith(("monitor", "aiohttp"))]
    assert sum("malformed request from 127.0.0.1" in record.message for record in said) == 10
    assert not [record for record in said if record.exc_info]
