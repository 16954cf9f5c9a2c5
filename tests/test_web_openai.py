"""A model behind an OpenAI-compatible server: a small one of our own."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import encode_basic_auth, web

from monitor.llama.engine import Piece, Refused, State, Task, Unavailable, Usage
from monitor.web.openai import RemoteEngine

TASK = Task("Be short.", "How much?", "Memory: 5 GB.", "root ::= [a-z]*", 9)
Remote = Callable[..., Awaitable[tuple[RemoteEngine, list[dict[str, Any]]]]]


@pytest.fixture
async def remote(aiohttp_server: Any) -> AsyncIterator[Remote]:
    """Start a server that answers with these lines and this status; gives an engine for it, and the bodies it gets."""
    engines: list[RemoteEngine] = []

    async def start(
        *lines: str, status: int = 200, models: tuple[str, ...] = ("tiny",), model: str = ""
    ) -> tuple[RemoteEngine, list[dict[str, Any]]]:
        bodies: list[dict[str, Any]] = []

        async def complete(request: web.Request) -> web.StreamResponse:
            bodies.append(await request.json())
            if status != 200:
                return web.Response(status=status, text="no\x1b[2J way")
            response = web.StreamResponse()
            await response.prepare(request)
            for line in lines:
                await response.write(line.encode())
            return response

        async def listed(request: web.Request) -> web.Response:
            return web.json_response({"data": [{"id": name} for name in models]})

        app = web.Application()
        app.router.add_post("/v1/chat/completions", complete)
        app.router.add_get("/v1/models", listed)
        server = await aiohttp_server(app)
        engines.append(RemoteEngine(str(server.make_url("/v1/")), model))
        return engines[-1], bodies

    yield start
    for engine in engines:
        await engine.close()


async def answer(engine: RemoteEngine) -> list[Piece | Usage]:
    return [item async for item in engine.generate(TASK)]


def event(document: object) -> str:
    return f"data: {json.dumps(document)}\n\n"


async def test_the_pieces_and_the_usage_of_a_stream_come_out(remote: Remote) -> None:
    first = event({"choices": [{"delta": {"role": "assistant"}}]}) + event(
        {"choices": [{"delta": {"content": "Quite"}}]}
    )
    usage = event({"choices": [], "usage": {"prompt_tokens": 20, "completion_tokens": 2}})
    second = event({"choices": [{"delta": {"content": " little é"}}]})
    engine, bodies = await remote(": hello\n\n", first[:30], first[30:], second, usage, "data: [DONE]\n\n", event({}))
    assert engine.state is State.IDLE
    assert await answer(engine) == [Piece("Quite"), Piece(" little é"), Usage(20, 2)]
    assert (engine.name, engine.state) == ("tiny", State.READY)
    (body,) = bodies
    assert [message["role"] for message in body["messages"]] == ["system", "user", "assistant"]
    assert (body["model"], body["max_tokens"], body["stream"], body["grammar"]) == ("tiny", 9, True, TASK.grammar)


async def test_the_name_that_is_set_is_asked_for(remote: Remote) -> None:
    engine, bodies = await remote("data: [DONE]\n\n", model="large")
    assert await answer(engine) == [Usage(None, None)]
    assert bodies[0]["model"] == engine.name == "large"


@pytest.mark.parametrize(("status", "error"), [(400, Refused), (500, Unavailable), (401, Unavailable)])
async def test_a_server_that_refuses_is_told_of_in_one_printable_line(
    remote: Remote, status: int, error: type[Exception]
) -> None:
    engine, _ = await remote(status=status)
    with pytest.raises(error, match=str(status)) as raised:
        await answer(engine)
    assert "\x1b" not in str(raised.value)


@pytest.mark.parametrize(
    "line",
    [
        "data: {nonsense\n\n",
        "data: []\n\n",
        'data: {"choices": [{"delta": {"content": ["a"]}}]}\n\n',
        'data: {"usage": {"prompt_tokens": "many"}}\n\n',
        "data: " + "x" * 100_000,
    ],
)
async def test_nonsense_is_no_answer(remote: Remote, line: str) -> None:
    engine, _ = await remote(line)
    with pytest.raises(Unavailable):
        await answer(engine)


async def test_a_server_that_breaks_off_is_told_of_with_what_it_said(remote: Remote) -> None:
    begun = event({"choices": [{"delta": {"content": "One"}}]})
    engine, _ = await remote(begun, event({"error": {"message": "out of memory\x1b[2J"}}))
    with pytest.raises(Unavailable, match="out of memory") as raised:
        await answer(engine)
    assert "\x1b" not in str(raised.value)


@pytest.mark.parametrize("listed", ["[]", '{"data": [{}]}', '{"data": "tiny"}', "<html>"])
async def test_a_list_of_models_that_is_none_is_told_of(aiohttp_server: Any, listed: str) -> None:
    async def models(request: web.Request) -> web.Response:
        return web.Response(text=listed)

    app = web.Application()
    app.router.add_get("/v1/models", models)
    engine = RemoteEngine(str((await aiohttp_server(app)).make_url("/v1")))
    with pytest.raises(Unavailable, match="does not answer"):
        await answer(engine)
    await engine.close()


async def test_a_server_without_models_or_without_anybody_is_unavailable(remote: Remote) -> None:
    engine, _ = await remote(models=())
    with pytest.raises(Unavailable, match="has no model"):
        await answer(engine)
    nobody = RemoteEngine("http://127.0.0.1:9/v1")
    with pytest.raises(Unavailable, match="does not answer"):
        await answer(nobody)
    await nobody.close()


async def test_a_password_in_the_address_is_used_and_never_told(aiohttp_server: Any) -> None:
    given: list[str] = []

    async def models(request: web.Request) -> web.Response:
        given.append(request.headers.get("Authorization", ""))
        return web.json_response({"data": []})

    app = web.Application()
    app.router.add_get("/v1/models", models)
    url = (await aiohttp_server(app)).make_url("/v1").with_user("me").with_password("secret")
    engine = RemoteEngine(str(url))
    with pytest.raises(Unavailable) as raised:
        await answer(engine)
    assert given == [encode_basic_auth("me", "secret")]
    assert "secret" not in f"{engine.name} {raised.value}"
    await engine.close()


async def test_who_stops_listening_leaves_the_engine_free(remote: Remote) -> None:
    engine, _ = await remote(event({"choices": [{"delta": {"content": "One"}}]}), "data: [DONE]\n\n")
    pieces = engine.generate(TASK)
    assert await anext(pieces) == Piece("One")
    assert engine.state is State.BUSY
    await pieces.aclose()
    async with asyncio.timeout(10):
        assert await answer(engine) == [Piece("One"), Usage(None, None)]
