"""What the process of the model does with tasks, over a model of letters: each character is a token."""

import os
import resource
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from monitor.llama import child
from monitor.llama.chat import Chat, chat_of
from monitor.llama.child import Inbox, Order, answer, be_modest, serve
from monitor.llama.engine import Task
from monitor.llama.messages import (
    Ask,
    Cancel,
    Declined,
    Done,
    FromModel,
    Garbage,
    Loaded,
    Reading,
    Ready,
    Text,
    from_model,
    line,
    to_model,
)

START, END = 1, 2
CONTROL = {"<|im_start|>": START, "<|im_end|>": END}
#: What a prompt is read in, at once.
BATCH = 10


class Letters:
    """A model that says what it is told to, a byte a token (100 and more); control tokens are 1 and 2."""

    def __init__(self, script: bytes = b"yes", template: str | None = None, context: int = 200) -> None:
        self.template = template
        self.context = context
        self.script = script
        self.seen: list[int] = []
        self.bos: list[int] = []
        self._said = 0

    def text(self, text: str) -> list[int]:
        return [100 + each for each in text.encode()]

    def control(self, text: str) -> list[int]:
        for mark, token in CONTROL.items():
            before, found, after = text.partition(mark)
            if found:
                return [*self.control(before), token, *self.control(after)]
        return self.text(text)

    def start(self) -> list[int]:
        return self.bos

    def render(self, messages: list[dict[str, str]]) -> str:
        assert self.template is not None
        return eval(self.template, {"messages": messages})  # type: ignore[no-any-return]  # noqa: S307 - the test's own

    def read(self, tokens: Sequence[int], /) -> Iterator[None]:
        self._said = 0
        self.seen = []
        for begin in range(0, len(tokens), BATCH):
            self.seen += tokens[begin : begin + BATCH]
            yield

    def add(self, token: int, /) -> None:
        self.seen.append(token)

    def next(self, grammar: Any, recent: Sequence[int], /) -> int | None:
        assert len(recent) == min(self._said, child.RECENT)
        if self._said == len(self.script):
            return None
        self._said += 1
        return 100 + self.script[self._said - 1]

    def piece(self, token: int, /) -> bytes:
        return bytes([token - 100])

    @contextmanager
    def grammar(self, gbnf: str, /) -> Iterator[str]:
        if gbnf == "bad":
            raise ValueError("no grammar")
        yield gbnf

    @property
    def prompt(self) -> str:
        """What it has read, with the control tokens as marks."""
        return "".join({START: "<S>", END: "<E>"}.get(each) or chr(each - 100) for each in self.seen)


def task(question: str = "q", system: str = "", opening: str = "", grammar: str | None = None, most: int = 50) -> Task:
    return Task(system, question, opening, grammar, most)


def done_with(model: Letters, task: Task, is_off: Callable[[], bool] = lambda: False) -> list[FromModel]:
    """Return all that is sent while the task is done."""
    sent: list[FromModel] = []
    chat = Chat("plain", [], model.text("|"), [], model.text("="))
    answer(model, chat, Order(Ask(7, task), is_off, sent.append))
    return sent


def test_the_answer_is_sent_token_by_token_and_counted() -> None:
    model = Letters(b"yes")
    assert done_with(model, task("why?", system="be", opening="so ")) == [
        Reading(7),
        Reading(7),
        *(Text(7, each) for each in "yes"),
        Done(7, prompt=11, completion=3),
    ]
    assert model.prompt == "be|why?=so yes"


def test_it_ends_at_the_most_tokens_and_where_the_context_is_full() -> None:
    assert done_with(Letters(b"x" * 99), task(most=2))[-1] == Done(7, prompt=2, completion=2)
    assert done_with(Letters(b"x" * 99, context=10), task(most=50))[-1] == Done(7, prompt=2, completion=8)
    assert done_with(Letters(), task(most=0)) == [Reading(7), Done(7, prompt=2, completion=0)]


def test_a_character_of_several_tokens_comes_whole_and_half_a_one_not_at_all() -> None:
    pieces = [each.text for each in done_with(Letters("é🌡".encode()), task()) if isinstance(each, Text)]
    assert pieces == ["", "é", "", "", "", "🌡"]
    pieces = [each.text for each in done_with(Letters("é🌡".encode()[:4]), task()) if isinstance(each, Text)]
    assert "".join(pieces) == "é"
    pieces = [each.text for each in done_with(Letters(b"a\xffb"), task()) if isinstance(each, Text)]
    assert "".join(pieces) == "a\N{REPLACEMENT CHARACTER}b"


def test_what_is_too_long_or_has_no_grammar_is_declined() -> None:
    (declined,) = done_with(Letters(context=20), task("x" * 30))
    assert declined == Declined(
        7, "the question is too long: 31 tokens, and this model has room for 20, the answer included"
    )
    assert done_with(Letters(), task(grammar="bad")) == [Declined(7, "no grammar")]
    assert done_with(Letters(b"a"), task(grammar="good"))[-1] == Done(7, prompt=2, completion=1)


@pytest.mark.parametrize(("calls", "expected"), [(0, (0, 0)), (3, (3, 0)), (5, (4, 1)), (6, (4, 2))])
def test_a_task_that_is_called_off_ends_at_the_next_batch_or_token(calls: int, expected: tuple[int, int]) -> None:
    asked = iter([False] * calls + [True] * 100)
    sent = done_with(Letters(b"yes!"), task("x" * 35), lambda: next(asked))
    assert (sent.count(Reading(7)), sum(isinstance(each, Text) for each in sent)) == expected
    assert sent[-1] == Done(7, prompt=36, completion=expected[1])


# Conversations


def test_chatml_is_written_without_running_the_template() -> None:
    model = Letters(template="{% <|im_start|> %}: is no Python, and is not run")
    chat = chat_of(model, pytest.fail)
    assert chat.kind == "chatml"
    model.seen = chat.prompt(model, task("<|im_end|>?", system="You.", opening="It"))
    assert model.prompt == "<S>system\nYou.<E>\n<S>user\n<|im_end|>?<E>\n<S>assistant\nIt"
    model.seen = chat.prompt(model, task())
    assert model.prompt == "<S>user\nq<E>\n<S>assistant\n"


def test_another_template_is_run_once_and_texts_stay_out_of_it() -> None:
    model = Letters(template="'<|im_end|>'.join(f'({m[\"role\"]}) {m[\"content\"]}' for m in messages) + ' ->'")
    model.control = lambda text: Letters.control(model, text) if text != "<|im_start|>" else [5, 5]  # type: ignore[method-assign]
    chat = chat_of(model, pytest.fail)
    assert chat.kind == "template"
    model.template = None
    model.seen = chat.prompt(model, task("<|im_end|>?", system="You.", opening=" It"))
    assert model.prompt == "(system) You.<E>(user) <|im_end|>? -> It"
    model.seen = chat.prompt(model, task())
    assert model.prompt == "(user) q ->"


def test_a_template_without_a_system_gets_its_text_in_the_question() -> None:
    model = Letters(template="f'Q: {messages[0][\"content\"]} A:' if len(messages) == 1 else 1/0")
    model.seen = chat_of(model, pytest.fail).prompt(model, task("q?", system="You."))
    assert model.prompt == "Q: You.\n\nq? A:"


@pytest.mark.parametrize("template", ["1/0", "'no text of mine'", "messages[0]['content'] * 2"])
def test_a_template_of_no_use_is_said_to_be_so_and_not_used(template: str) -> None:
    model, notes = Letters(template=template), list[str]()
    chat = chat_of(model, notes.append)
    assert (chat.kind, len(notes)) == ("plain", 1)
    model.seen = chat.prompt(model, task("q?", system="You."))
    assert model.prompt == "You.\n\nQuestion: q?\nAnswer:"
    model.seen = chat.prompt(model, task("q?"))
    assert model.prompt == "Question: q?\nAnswer:"


def test_a_prompt_begins_once_with_what_the_model_wants_it_to() -> None:
    for template in (None, "messages[-1]['content']", "'<|im_end|>' + messages[-1]['content']"):
        model = Letters(template=template)
        model.bos = [END]
        tokens = chat_of(model, pytest.fail).prompt(model, task())
        assert tokens[0] == END
        assert tokens.count(END) == 1


# The program


def test_messages_are_lines_and_what_is_none_is_garbage() -> None:
    ask = Ask(3, task("é\n"))
    assert to_model(line(ask)) == ask
    assert line(ask).count(b"\n") == 1
    assert from_model(line(Done(1, 2, 3))) == Done(1, 2, 3)
    for data in (b"", b"{}\n", b"\xff\n", b'{"type": "done"}\n', b'{"type":"text","number":1,"text":"\\ud800"}\n'):
        with pytest.raises(Garbage):
            from_model(data)


def test_tasks_are_done_in_turn_until_the_server_is_gone() -> None:
    class Gone(BaseException):
        pass

    def send(message: FromModel) -> None:
        sent.append(message)
        if isinstance(message, Done) and message.number == 2:
            raise Gone

    sent: list[FromModel] = []
    ended = threading.Event()
    inbox = Inbox([line(Ask(1, task("a"))), line(Cancel(1)), line(Ask(2, task("bc")))], ended.set)
    inbox.start()
    assert ended.wait(10)
    model = Letters(b"!", template=None)
    with pytest.raises(Gone):
        serve(model, inbox, send, pytest.fail)
    assert sent == [Loaded(), Ready("plain"), Done(1, 19, 0), *[Reading(2)] * 2, Text(2, "!"), Done(2, 20, 1)]


def test_garbage_from_the_server_ends_it() -> None:
    ended = threading.Event()
    with pytest.raises(Garbage):
        Inbox([b"what?\n"], ended.set).read()
    assert ended.is_set()


def test_it_makes_itself_small() -> None:
    """In a process that is left alone: what it does cannot be undone."""
    pid = os.fork()
    if pid == 0:  # pragma: no cover - the coverage of a fork is lost
        try:
            be_modest(10**9)
            limits = resource.getrlimit(resource.RLIMIT_DATA)
            spared = Path("/proc/self/oom_score_adj").read_text(encoding="ascii").strip()
            os._exit(0 if os.nice(0) == 19 and limits == (10**9, 10**9) and spared == "1000" else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
