"""A model that runs elsewhere, behind the interface that OpenAI made usual: llama-server, vLLM, Ollama and others."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Any, Final

import aiohttp
import msgspec

from monitor.llama.engine import Piece, Refused, State, Task, Unavailable, Usage
from monitor.masks import address
from monitor.text import one_line

#: Seconds for a connection, and between two pieces of an answer.
CONNECT: Final = 5.0
STALL: Final = 30.0
#: Bytes of one event: what is longer is not an answer.
LONGEST_EVENT: Final = 64 * 1024


class _Delta(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Event(msgspec.Struct):
    """One event of an answer. Servers that fail in the midst of one send `error`, each in a form of its own."""

    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: Any = None


class _Model(msgspec.Struct):
    id: str


class _Models(msgspec.Struct):
    data: list[_Model] | None = None


class RemoteEngine:
    """A model behind an OpenAI-compatible server. Implements `Engine`.

    url    the base of its addresses, such as http://localhost:8080/v1
    model  the model's name there; empty for the first that it lists
    """

    def __init__(self, url: str, model: str = "") -> None:
        self._url = url.rstrip("/")
        self._place = str(address(self._url))
        self._model = model
        self._session: aiohttp.ClientSession | None = None
        self._turn = asyncio.Lock()

    @property
    def name(self) -> str:
        """The model's name, or where it is while that is not known."""
        return self._model or self._place

    @property
    def state(self) -> State:
        """Ready once it has been spoken to; whether it still is, the next question shows."""
        if self._turn.locked():
            return State.BUSY
        return State.READY if self._session is not None else State.IDLE

    async def generate(self, task: Task) -> AsyncGenerator[Piece | Usage]:
        """Yield the answer, piece by piece, then what it took. Raises Unavailable and Refused.

        What it took is not known where the server does not tell: not all do for an answer that is streamed.
        """
        usage = _Usage()
        async with self._turn:
            try:
                model = await self._model_name()
                async with self._client().post(f"{self._url}/chat/completions", json=_body(model, task)) as answer:
                    await _check(answer)
                    async for event in _events(answer):
                        usage = event.usage or usage
                        for text in _texts(event):
                            yield Piece(text)
                yield Usage(usage.prompt_tokens, usage.completion_tokens)
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                reason = one_line(str(error)) or type(error).__name__
                raise Unavailable(f"{self._place} does not answer: {reason}", retry_after=5.0) from None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT, sock_read=STALL)
            self._session = aiohttp.ClientSession(timeout=timeout)
        return self._session

    async def _model_name(self) -> str:
        if not self._model:
            async with self._client().get(f"{self._url}/models") as answer:
                await _check(answer)
                listed = msgspec.json.decode(await answer.read(), type=_Models).data
            if not listed:
                raise Unavailable(f"{self._place} has no model")
            self._model = one_line(listed[0].id)[:100]
        return self._model


def _body(model: str, task: Task) -> dict[str, Any]:
    messages = [{"role": "system", "content": task.system}, {"role": "user", "content": task.question}]
    body: dict[str, Any] = {
        "model": model,
        "messages": messages,
        "max_tokens": task.max_tokens,
        "temperature": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if task.opening:  # some servers go on from it, the others read it as what has been said
        messages.append({"role": "assistant", "content": task.opening})
    if task.grammar is not None:
        body["grammar"] = task.grammar  # llama.cpp's; others leave it aside, and the guard of the answer stays
    return body


async def _check(answer: aiohttp.ClientResponse) -> None:
    """Raise Unavailable or Refused where the server did not do what it was asked for."""
    if answer.status == 200:
        return
    said = one_line((await answer.content.read(2000)).decode(errors="replace"))[:200]
    if answer.status in (400, 413, 422):
        raise Refused(f"the model's server refuses it ({answer.status}: {said})")
    raise Unavailable(f"the model's server said {answer.status}: {said}", retry_after=5.0)


async def _events(answer: aiohttp.ClientResponse) -> AsyncIterator[_Event]:
    """Yield each event, to the last. Raises ValueError where one is none, and Unavailable where it is an error."""
    rest = b""
    async for chunk in answer.content.iter_any():
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > LONGEST_EVENT:
            raise ValueError("an event that does not end")
        for line in lines:
            data = line.strip().removeprefix(b"data:").strip()
            if data == b"[DONE]":
                return
            if line.startswith(b"data:") and data:
                event = msgspec.json.decode(data, type=_Event)
                if event.error:
                    said = one_line(msgspec.json.encode(event.error).decode())[:200]
                    raise Unavailable(f"the model's server broke off: {said}", retry_after=5.0)
                yield event


def _texts(event: _Event) -> Iterator[str]:
    for choice in event.choices or ():
        if choice.delta is not None and choice.delta.content:
            yield choice.delta.content
