"""Questions to the model: POST /api/ask, answered from the newest frame; GET /api/ask tells how the model stands."""

import asyncio
import json
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import web
from msgspec import UNSET

from monitor.encoder import decode, named_event
from monitor.llama.engine import Engine, Piece, Refused, State, Unavailable, Usage
from monitor.web import api, documents
from monitor.web.desk import Desk
from monitor.web.documents import LONGEST, MOST_TOKENS, VISIBLE, Question
from monitor.web.errors import Refusal
from monitor.web.events import event_response
from monitor.web.grounds import Grounds
from monitor.web.keys import HISTORY

if TYPE_CHECKING:
    from monitor.llama.grounding.answer import Grounded
    from monitor.llama.grounding.facts import Fact

#: Seconds from the question to the end of its answer.
PATIENCE: Final = 60.0
#: Seconds between two looks whether the client is still there.
GLANCE: Final = 0.5

NOTHING_USED: Final = Usage(0, 0)

ENGINE: Final = web.AppKey("engine", Engine)
GROUNDS = web.AppKey("grounds", Grounds)
DESK = web.AppKey("desk", Desk)


@dataclass(slots=True)
class Answer:
    """An answer as it grows."""

    prompt: str
    grounded: "Grounded"
    model: str
    timestamp: float
    began: float = field(default_factory=time.monotonic)
    text: str = ""
    usage: Usage = NOTHING_USED

    @property
    def facts(self) -> documents.Facts:
        """What is known before the model has said a word."""
        return documents.Facts(self.grounded.kind, list(map(_fact, self.grounded.facts)), self.timestamp)

    @property
    def document(self) -> documents.Answer:
        """The whole answer."""
        known = self.facts
        return documents.Answer(
            response=self.text,
            model=self.model,
            kind=known.kind,
            facts=known.facts,
            timestamp=known.timestamp,
            usage=documents.Usage(self.usage.prompt_tokens, self.usage.completion_tokens),
            duration_ms=round((time.monotonic() - self.began) * 1000, 1),
        )


def _fact(fact: "Fact") -> documents.Fact:
    return documents.Fact(
        fact.field,
        fact.value,
        fact.unit,
        fact.text,
        UNSET if fact.aggregate is None else fact.aggregate,
        UNSET if fact.seconds is None else fact.seconds,
    )


async def ask(request: web.Request) -> web.StreamResponse:
    """POST /api/ask: answer a question from the newest frame; as events where the client accepts them."""
    question = read_question(request.content_type, await request.read(), request.charset)
    engine, desk = request.app[ENGINE], request.app[DESK]
    answer = await begin(request.app, question)
    if engine.state is State.ABSENT:
        raise Refusal(503, "no_model", "There is no model: `python -m monitor.llama.install` brings one.")
    if request.headers.get("Accept", "").startswith("text/event-stream"):
        return await _as_events(request, engine, desk, answer)
    await _while_here(request, _answered(engine, desk, answer, _nobody))
    return api.answer(answer.document)


async def model(request: web.Request) -> web.Response:
    """GET /api/ask: the model, its state, and how many questions wait."""
    engine, desk = request.app[ENGINE], request.app[DESK]
    limits = documents.ModelLimits(desk.limit, LONGEST, MOST_TOKENS, PATIENCE)
    return api.answer(documents.Model(engine.name, engine.state, desk.waiting, limits))


def read_question(content_type: str, body: bytes, charset: str | None = None) -> Question:
    """Read the body of a question. Raises Refusal (400, 413, 415) that names the key."""
    if charset is not None and charset.lower() not in ("utf-8", "utf8"):
        raise Refusal(415, "not_json", f"JSON is UTF-8, not {charset[:100]}.")
    if content_type != "application/json":
        raise Refusal(415, "not_json", f"The body must be application/json, not {content_type[:100]}.")
    try:
        question = msgspec.json.decode(body, type=Question)
    except ValueError as error:  # no JSON, no UTF-8, a wrong type, an unknown key
        raise Refusal(400, "bad_body", f"{error}.") from None
    _refuse_doubles(body)
    if not re.search(VISIBLE, question.prompt):
        raise Refusal(400, "bad_body", "prompt is empty; it must be a question.")
    if len(question.prompt) > LONGEST:
        raise Refusal(
            413, "prompt_too_long", f"prompt has {len(question.prompt)} characters; it may have {LONGEST} at most."
        )
    tokens = float(question.max_tokens)
    if not (1 <= tokens <= MOST_TOKENS and tokens.is_integer()):
        raise Refusal(400, "bad_body", f"max_tokens is {tokens:g}; it must be a whole number from 1 to {MOST_TOKENS}.")
    return question


def _refuse_doubles(body: bytes) -> None:
    """Raise Refusal where a key of a flat object is there twice: which one counts, readers of JSON do not agree on."""
    keys = [key for key, _ in json.loads(body, object_pairs_hook=list)]
    for key in {key for key in keys if keys.count(key) > 1}:
        raise Refusal(400, "bad_body", f"{key} is given twice; it must be given once.")


async def begin(app: web.Application, question: Question) -> Answer:
    """Find the facts that a question is about. Raises Refusal (503) before the first frame."""
    grounding, tokens = await app[GROUNDS].get(), int(question.max_tokens)
    history = app[HISTORY]
    latest = history.latest
    if latest is None:
        raise Refusal(503, "no_frame", "The first frame is not there yet; try again in a second.", {"Retry-After": "1"})
    if question.grounded:
        grounded = grounding.ground(question.prompt, decode(latest.encoded), history.after(-1), max_tokens=tokens)
    else:
        grounded = grounding.free(question.prompt, max_tokens=tokens)
    return Answer(question.prompt, grounded, app[ENGINE].name, latest.timestamp)


async def _answered(engine: Engine, desk: Desk, answer: Answer, tell: Callable[[str], Awaitable[None]]) -> None:
    """Let the answer grow to its end; tell of each piece. Raises Refusal."""
    task = answer.grounded.task
    if answer.grounded.opening:
        answer.text = answer.grounded.opening
        await tell(answer.text)
    if task is None:
        return
    try:
        async with asyncio.timeout(PATIENCE), desk.turn(), aclosing(engine.generate(task)) as pieces:
            await _grow(answer, pieces, tell)
            answer.model = engine.name  # where the model is another server's, its first answer tells
    except TimeoutError:
        raise Refusal(504, "too_slow", f"There was no whole answer within {PATIENCE:g} s.") from None
    except Refused as error:
        raise Refusal(400, "bad_body", f"prompt: {error}.") from None
    except Unavailable as error:
        headers = {} if error.retry_after is None else {"Retry-After": f"{error.retry_after:.0f}"}
        raise Refusal(503, "no_model", str(error), headers) from None


async def _grow(answer: Answer, pieces: AsyncGenerator[Piece | Usage], tell: Callable[[str], Awaitable[None]]) -> None:
    """Add what the model says, as far as its numbers are those of the facts or of the question."""
    guard = answer.grounded.guard(answer.prompt)
    async for piece in pieces:
        if isinstance(piece, Usage):
            answer.usage = piece
        else:
            await _say(answer, piece.text if guard is None else guard.feed(piece.text), tell)
            if guard is not None and guard.ended:
                return
    if guard is not None:
        await _say(answer, guard.finish(), tell)


async def _say(answer: Answer, text: str, tell: Callable[[str], Awaitable[None]]) -> None:
    if text:
        answer.text += text
        await tell(text)


async def _as_events(request: web.Request, engine: Engine, desk: Desk, answer: Answer) -> web.StreamResponse:
    """Answer as server-sent events: facts, token by token, and done or error."""
    if answer.grounded.task is not None:
        desk.check()  # while a status can still be sent
    response = event_response()
    await response.prepare(request)

    async def send(name: str, document: msgspec.Struct) -> None:
        await response.write(named_event(name, msgspec.json.encode(document)))

    await send("facts", answer.facts)
    try:
        await _while_here(request, _answered(engine, desk, answer, lambda text: send("token", documents.Token(text))))
    except Refusal as refusal:
        await send("error", documents.Failure(refusal.code, refusal.message, refusal.status))
    else:
        await send("done", answer.document)
    return response


async def _while_here(request: web.Request, work: Coroutine[Any, Any, None]) -> None:
    """Do it for as long as the client is there: who has left wants no answer."""
    task = asyncio.create_task(work)
    try:
        while not task.done():
            await asyncio.wait([task], timeout=GLANCE)
            if request.transport is None or request.transport.is_closing():
                raise ConnectionResetError("the client has left")
        await task
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait([task])


async def _nobody(text: str) -> None:
    """Tell nobody."""
