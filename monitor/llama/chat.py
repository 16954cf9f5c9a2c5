"""A conversation in the tokens of a model: its control tokens around texts in which nothing is a control token."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from monitor.llama.engine import Task
from monitor.text import error_text

#: What surrounds a system's and a person's text, and comes before the answer.
CHATML: Final = ("<|im_start|>system\n", "<|im_end|>\n<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n")
#: The same for a model that has no template.
PLAIN: Final = ("", "\n\nQuestion: ", "\nAnswer:")


class Vocabulary(Protocol):
    """Texts in the tokens of a model."""

    template: str | None

    def text(self, text: str) -> list[int]:
        """Return the tokens of a text; control tokens in it are text."""

    def control(self, text: str) -> list[int]:
        """Return the tokens of a text in which control tokens are what they say."""

    def start(self) -> list[int]:
        """Return what the model wants every prompt to begin with; nothing, for many."""

    def render(self, messages: list[dict[str, str]]) -> str:
        """Return the messages as the model's own template writes them. It may raise, or never come back."""


@dataclass(frozen=True, slots=True)
class Chat:
    """How a conversation is written for a model.

    kind    "chatml", "template" or "plain"
    head    tokens before the system's text
    middle  tokens between it and the question; None where the model knows no system: its text goes into the question
    alone   tokens before a question that has no system's text before it
    tail    tokens between the question and the answer
    """

    kind: str
    head: list[int]
    middle: list[int] | None
    alone: list[int]
    tail: list[int]

    def prompt(self, vocabulary: Vocabulary, task: Task) -> list[int]:
        """Return the tokens of all that comes before the answer's unknown part."""
        system, question = task.system, task.question
        if system and self.middle is None:
            system, question = "", f"{system}\n\n{question}"
        if system and self.middle is not None:
            before = [*self.head, *vocabulary.text(system), *self.middle]
        else:
            before = self.alone
        return [*before, *vocabulary.text(question), *self.tail, *vocabulary.text(task.opening)]


def chat_of(vocabulary: Vocabulary, note: Callable[[str], None]) -> Chat:
    """Return how this model wants conversations written; `note` gets a line where its own template is of no use.

    A template is run once, over marks; the texts of tasks never go through it.
    """
    if vocabulary.template and "<|im_start|>" in vocabulary.template and len(vocabulary.control("<|im_start|>")) == 1:
        return _fixed(vocabulary, "chatml", *CHATML)
    if vocabulary.template:
        try:
            return _from_template(vocabulary)
        except Exception as error:  # noqa: BLE001 - somebody's template
            note(f"the chat template of the model is of no use: {error_text(error)}")
    return _fixed(vocabulary, "plain", *PLAIN)


def _fixed(vocabulary: Vocabulary, kind: str, head: str, middle: str, tail: str) -> Chat:
    start, control = vocabulary.start(), vocabulary.control
    # Before a question alone stands what begins the person's turn: the middle without the end of the system's.
    alone = middle.removeprefix("<|im_end|>\n").lstrip()
    return Chat(kind, start + control(head), control(middle), start + control(alone), control(tail))


def _from_template(vocabulary: Vocabulary) -> Chat:
    """Return what the template writes around a system's text and a question. Raises what the template does."""
    system, question = (f"mark{secrets.token_hex(8)}" for _ in range(2))
    user = {"role": "user", "content": question}
    before, after = _split(vocabulary.render([user]), question)
    alone, tail = _tokens(vocabulary, before), vocabulary.control(after)
    try:
        rendered = vocabulary.render([{"role": "system", "content": system}, user])
        first, rest = _split(rendered, system)
        between, after = _split(rest, question)
    except Exception:  # noqa: BLE001 - some templates refuse a system's text, others leave it out
        return Chat("template", [], None, alone, tail)
    return Chat("template", _tokens(vocabulary, first), vocabulary.control(between), alone, vocabulary.control(after))


def _tokens(vocabulary: Vocabulary, text: str) -> list[int]:
    """Return the tokens of a prompt's beginning, with what it must begin with once."""
    start, tokens = vocabulary.start(), vocabulary.control(text)
    return tokens if tokens[: len(start)] == start else start + tokens


def _split(text: str, mark: str) -> tuple[str, str]:
    if text.count(mark) != 1:
        raise ValueError("it does not write each text once")
    before, _, after = text.partition(mark)
    return before, after
