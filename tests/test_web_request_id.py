"""What a request is called."""

import json
import logging
import re
from typing import Any

import pytest

from monitor.logs import JsonFormatter
from monitor.web import api
from monitor.web.request_id import HEADER
from tests.conftest import Connect


@pytest.mark.parametrize("given", ["4bf92f3577b34da6a3ce929d0e0e4736", "a", "a.b_c-D", "x" * 64])
async def test_a_sane_id_is_kept(connect: Connect, given: str) -> None:
    client = await connect()
    assert (await client.get("/healthz", headers={HEADER: given})).headers[HEADER] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", 'a"b', "<script>", "../..", "a\tb", "é"])
async def test_any_other_is_replaced(connect: Connect, given: str) -> None:
    client = await connect()
    answer = await client.get("/nothing", headers={HEADER: given})
    assert re.fullmatch("[0-9a-f]{16}", answer.headers[HEADER])


async def test_two_ids_are_none_and_every_request_without_has_its_own(connect: Connect) -> None:
    client = await connect()
    two = await client.get("/healthz", headers=[(HEADER, "one"), (HEADER, "two")])
    seen = {two.headers[HEADER], *[(await client.get("/healthz")).headers[HEADER] for _ in range(3)]}
    assert len(seen) == 4
    assert not seen & {"one", "two"}


async def test_streams_have_one_too(connect: Connect) -> None:
    client = await connect()
    async with client.ws_connect("/api/ws/metrics", headers={HEADER: "stream-1"}) as socket:
        assert socket._response.headers[HEADER] == "stream-1"  # noqa: SLF001 - aiohttp shows the answer nowhere else


async def test_a_fault_of_ours_names_the_request_to_the_client_and_in_the_log(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(JsonFormatter().format(record))

    def broken(*_: Any) -> Any:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(api, "describe", broken)
    client, handler, log = await connect(), Kept(), logging.getLogger("monitor.web.errors")
    log.addHandler(handler)
    try:
        answer = await client.get("/api/probes", headers={HEADER: "find-me"})
    finally:
        log.removeHandler(handler)
    assert answer.headers[HEADER] == "find-me"
    assert (await answer.json())["error"]["message"].endswith("its log says how, under find-me.")
    line = json.loads(said[0])
    assert line["request_id"] == "find-me"
    assert line["message"] == "GET /api/probes (request find-me)"
    assert "secret detail" in line["exception"]
