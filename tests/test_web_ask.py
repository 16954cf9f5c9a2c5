"""The route for questions, with a model that says what a test wants."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from monitor import Field
from monitor.llama.engine import Piece, Refused, State, Task, Unavailable, Usage
from monitor.web import ask as module
from monitor.web.ask import ENGINE
from monitor.web.keys import HISTORY
from tests.conftest import Client, Connect
from tests.fakes import Scripted
from tests.test_websocket import until


class FakeEngine:
    """A model that says this, in pieces; a piece that is an exception is raised, an Event is waited for."""

    def __init__(self, *script: str | BaseException | asyncio.Event) -> None:
        self.name = "fake"
        self.state = State.READY
        self.tasks: list[Task] = []
        self.running = 0
        self.stopped = 0
        self._script = script

    async def generate(self, task: Task) -> AsyncGenerator[Piece | Usage]:
        self.tasks.append(task)
        self.running += 1
        try:
            for step in self._script:
                if isinstance(step, BaseException):
                    raise step
                if isinstance(step, asyncio.Event):
                    await step.wait()
                else:
                    yield Piece(step)
            yield Usage(7, len(self._script))
        except (asyncio.CancelledError, GeneratorExit):
            self.stopped += 1
            raise
        finally:
            self.running -= 1

    async def close(self) -> None:
        pass


class Memory(Scripted):
    """A probe that people ask about."""

    fields = (
        Field("percent", "percent", "Memory in use."),
        Field("used_mb", "MB", "Memory in use."),
    )

    def sample(self) -> dict[str, object]:
        return {"percent": 25.5, "used_mb": 655.23}


Asked = Callable[..., Any]


@pytest.fixture
def asked(connect: Connect) -> Asked:
    """Start an application with a fake model; gives the client."""

    async def start(*script: str | BaseException | asyncio.Event) -> tuple[Client, FakeEngine]:
        client = await connect(Memory("memory"), interval=0.05, llama_model="fake.gguf")
        assert client.app is not None
        engine = FakeEngine(*script)
        client.app._state[ENGINE] = engine  # noqa: SLF001 - an application is frozen once it runs
        history = client.app[HISTORY]
        await until(lambda: history.latest)
        return client, engine

    return start


async def post(client: Client, body: object, **headers: str) -> Any:
    return await client.post("/api/ask", data=json.dumps(body), headers={"Content-Type": "application/json", **headers})


async def test_an_answer_opens_with_the_facts_and_the_model_goes_on(asked: Asked) -> None:
    client, engine = await asked(" That is", " little.")
    answer = await (await post(client, {"prompt": "How much memory is in use?"})).json()
    assert answer["facts"][0]["field"] in ("memory.used_mb", "memory.percent")
    assert answer["facts"][0].keys() >= {"field", "value", "unit", "text"}
    assert answer["response"].endswith(" That is little.")
    assert "655" in answer["response"]
    assert (answer["kind"], answer["model"], answer["usage"]) == (
        "facts",
        "fake",
        {"prompt_tokens": 7, "completion_tokens": 2},
    )
    assert answer["duration_ms"] >= 0
    assert answer["timestamp"] > 0
    assert engine.tasks[0].opening == answer["response"].removesuffix(" That is little.")


async def test_a_number_that_the_model_makes_up_ends_the_answer(asked: Asked) -> None:
    client, _ = await asked(" Fine.", " But the disk has 42", " GB left. Yes.")
    answer = await (await post(client, {"prompt": "How much memory is in use?"})).json()
    assert "42" not in answer["response"]
    assert "Fine." in answer["response"]


async def test_what_is_about_nothing_measured_goes_to_the_model_as_it_is(asked: Asked) -> None:
    client, engine = await asked("Spring, 3 frogs")
    for body in ({"prompt": "Write a haiku"}, {"prompt": "How much memory is in use?", "grounded": False}):
        answer = await (await post(client, body)).json()
        assert (answer["kind"], answer["facts"], answer["response"]) == ("free", [], "Spring, 3 frogs")
    assert all(task.grammar is None for task in engine.tasks)


async def test_what_is_not_measured_is_said_without_the_model(asked: Asked) -> None:
    client, engine = await asked("It is 40 degrees")
    answer = await (await post(client, {"prompt": "What is the temperature of the CPU?"})).json()
    assert (answer["kind"], answer["facts"], engine.tasks) == ("not measured", [], [])
    assert "not measured" in answer["response"]


async def test_as_events_the_facts_come_first_and_the_whole_answer_last(asked: Asked) -> None:
    client, _ = await asked(" Quite", " little.")
    answer = await post(client, {"prompt": "How much memory is in use?"}, Accept="text/event-stream")
    assert answer.content_type == "text/event-stream"
    events = [
        (part.split("\n")[0].removeprefix("event: "), json.loads(part.split("\n")[1].removeprefix("data: ")))
        for part in (await answer.text()).split("\n\n")
        if part
    ]
    names = [name for name, _ in events]
    assert names[0] == "facts"
    assert names[-1] == "done"
    assert set(names[1:-1]) == {"token"}
    assert "".join(data["text"] for name, data in events if name == "token") == events[-1][1]["response"]


@pytest.mark.parametrize(
    ("body", "status", "code", "says"),
    [
        ({}, 400, "bad_body", "prompt"),
        ({"prompt": 1}, 400, "bad_body", "prompt"),
        ({"prompt": "  "}, 400, "bad_body", "prompt is empty"),
        ({"prompt": "x", "colour": 1}, 400, "bad_body", "colour"),
        ({"prompt": "x", "grounded": "yes"}, 400, "bad_body", "grounded"),
        ({"prompt": "x", "max_tokens": 0}, 400, "bad_body", "max_tokens is 0"),
        ({"prompt": "x" * 4001}, 413, "prompt_too_long", "4001 characters"),
        ([], 400, "bad_body", "array"),
    ],
)
async def test_a_body_that_makes_no_sense_is_refused_and_the_key_named(
    asked: Asked, body: object, status: int, code: str, says: str
) -> None:
    client, engine = await asked("no")
    answer = await post(client, body)
    error = (await answer.json())["error"]
    assert (answer.status, error["code"]) == (status, code)
    assert says in error["message"]
    assert not engine.tasks


@pytest.mark.parametrize("body", [b"{", b"\xff", b"", b'{"prompt": "\xed\xa0\x80"}'])
async def test_a_body_that_is_no_json_is_refused(asked: Asked, body: bytes) -> None:
    client, _ = await asked()
    answer = await client.post("/api/ask", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status, (await answer.json())["error"]["code"]) == (400, "bad_body")


async def test_another_content_type_is_refused(asked: Asked) -> None:
    client, _ = await asked()
    answer = await client.post("/api/ask", data=b'{"prompt": "x"}', headers={"Content-Type": "text/plain"})
    assert (answer.status, (await answer.json())["error"]["code"]) == (415, "not_json")


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "latin-1", "klingon", "unicode_escape", '"a b"'])
async def test_json_in_another_charset_is_refused(asked: Asked, charset: str) -> None:
    client, _ = await asked()
    answer = await client.post(
        "/api/ask", data=b'{"prompt":"x"}', headers=[("Content-Type", f"application/json;charset={charset}")]
    )
    assert answer.status in (400, 415)
    for right in ("utf-8", "UTF-8", '"utf8"'):
        content_type = {"Content-Type": f"application/json; charset={right}"}
        answer = await client.post("/api/ask", data=b'{"prompt":""}', headers=content_type)
        assert "prompt is empty" in await answer.text()


async def test_a_key_that_is_there_twice_is_refused_by_its_name(asked: Asked) -> None:
    client, _ = await asked()
    body = b'{"prompt": "a", "max_tokens": 1, "prompt": "b", "max_tokens": 1}'
    answer = await client.post("/api/ask", data=body, headers={"Content-Type": "application/json"})
    assert answer.status == 400
    assert "is given twice" in await answer.text()


@pytest.mark.parametrize(
    ("error", "status", "headers"),
    [
        (Unavailable("it died", 2.0), 503, {"Retry-After": "2"}),
        (Unavailable("none"), 503, {}),
        (Refused("long"), 400, {}),
    ],
)
async def test_a_model_that_fails_is_a_status_of_its_own_and_the_next_question_is_served(
    asked: Asked, error: Exception, status: int, headers: dict[str, str]
) -> None:
    client, _ = await asked(error)
    for _ in range(2):
        answer = await post(client, {"prompt": "Write a haiku"})
        assert answer.status == status
        assert headers.items() <= dict(answer.headers).items()


async def test_a_model_that_fails_in_a_stream_is_an_event(asked: Asked) -> None:
    client, _ = await asked("Once", Unavailable("it died"))
    answer = await post(client, {"prompt": "Write a haiku"}, Accept="text/event-stream")
    assert 'event: error\ndata: {"code":"no_model","message":"it died","status":503}' in await answer.text()


async def test_without_a_model_the_answer_says_what_installs_it(asked: Asked) -> None:
    client, engine = await asked()
    engine.state = State.ABSENT
    answer = await post(client, {"prompt": "How much memory is in use?"})
    assert answer.status == 503
    assert "monitor.llama.install" in (await answer.json())["error"]["message"]
    assert (await (await client.get("/api/ask")).json())["state"] == "absent"


async def test_a_question_that_takes_too_long_ends(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    client, engine = await asked(asyncio.Event())
    answer = await post(client, {"prompt": "Write a haiku"})
    assert (answer.status, (await answer.json())["error"]["code"]) == (504, "too_slow")
    assert (engine.running, engine.stopped) == (0, 1)


async def test_of_fifty_questions_at_once_five_are_served_and_the_others_told_when_to_come_back(asked: Asked) -> None:
    gate = asyncio.Event()
    client, engine = await asked(gate, "done")
    tasks = [asyncio.create_task(post(client, {"prompt": "Write a haiku"})) for _ in range(50)]
    await until(lambda: sum(task.done() for task in tasks) == 45)
    told = await (await client.get("/api/ask")).json()
    assert (told["waiting"], told["limits"]["waiting"]) == (4, 4)
    gate.set()
    answers = await asyncio.gather(*tasks)
    assert sorted(answer.status for answer in answers) == [200] * 5 + [429] * 45
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers if answer.status == 429)
    assert engine.running == 0


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_a_client_that_goes_away_stops_the_model(asked: Asked, accept: str) -> None:
    client, engine = await asked(" one", asyncio.Event())
    task = asyncio.create_task(post(client, {"prompt": "Write a haiku"}, Accept=accept))
    await until(lambda: engine.running == 1)
    if accept == "application/json":
        task.cancel()
    else:
        (await task).close()
    await until(lambda: engine.stopped == 1)
    assert client.app is not None
    assert client.app[module.DESK].waiting == 0
