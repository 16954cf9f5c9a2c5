"""`python -m tests.ask` (`make eval`): put all questions to a server, print how right its answers are and how quick;
then measure what answers cost the machine and who else is served.

Exit codes: 0 when every goal is met, 1 when one is missed, 2 for wrong arguments or where nothing can be measured, 130
after Ctrl-C (the result so far is printed).
"""

import argparse
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from tests.ask import cost, document, tally
from tests.ask.client import PATH, Client, Refused
from tests.ask.cost import Extent
from tests.ask.questions import HALVES, THIRD_PARTY, Half, Question, load
from tests.ask.scoring import Answer, of_nothing, score
from tests.ask.served import served
from tests.ask.tally import Outcome
from tests.bench.figures import Group
from tests.bench.processes import CannotMeasure

CANNOT = 2
INTERRUPTED = 130
#: Loads the model; what it says is not judged.
WARM_UP: Final = "Hello."
#: Questions between two lines of progress.
STRIDE: Final = 25
#: How much of the cost is measured.
FULL: Final = Extent(rounds=7, seconds=60, count=1000)


@dataclass(slots=True)
class Found:
    """What has been found so far: it is there whatever ends the run."""

    model: str = "unknown"
    outcomes: list[Outcome] = field(default_factory=list)
    costs: list[Group] = field(default_factory=list)

    @property
    def groups(self) -> list[Group]:
        """All figures."""
        return [*(tally.groups(self.outcomes) if self.outcomes else ()), *self.costs]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the evaluation; return its exit code."""
    options = parsed(arguments)
    found = Found()
    interrupted = False
    try:
        if options.questions:
            evaluate(options, found)
        if options.cost:
            measure(options, found)
    except (CannotMeasure, ValueError) as error:
        tell(str(error))
        return CANNOT
    except KeyboardInterrupt:
        interrupted = True
    show(options, found)
    if interrupted:
        return INTERRUPTED
    if options.write:
        document.write(options.write, command(options), found.outcomes, found.model, found.costs)
    missed = tally.missed(found.groups)
    for name in missed:
        print(f"missed: {name}", file=sys.stderr)
    return 1 if missed else 0


def evaluate(options: argparse.Namespace, found: Found) -> None:
    """Put the questions. Raises CannotMeasure, ValueError."""
    questions = chosen(options.half, options.every)
    with server(options) as url:
        client = Client(url)
        found.model = warmed(client)
        for outcome in asked(client, present(client, questions), streams=options.stream):
            found.outcomes.append(outcome)
            if len(found.outcomes) % STRIDE == 0:
                tell(f"{len(found.outcomes)} of {len(questions)} questions ...")


def measure(options: argparse.Namespace, found: Found) -> None:
    """Measure what answers cost."""
    for group in cost.measured(Extent(options.rounds, options.seconds, options.count), options.setting, tell):
        found.costs.append(group)


def show(options: argparse.Namespace, found: Found) -> None:
    """Print what was found."""
    parts = [str(group) for group in found.groups]
    if found.outcomes:
        parts = [f"Model: {found.model}", *parts, tally.by_language_and_kind(found.outcomes)]
    if parts:
        print("\n\n".join(parts))
    reveal_held = options.reveal_held
    lines("Numbers that are nobody's, or an attack's own:", tally.inventions(found.outcomes, reveal_held=reveal_held))
    if options.wrong:
        lines("Wrong:", tally.wrong(found.outcomes, reveal_held=reveal_held))


def chosen(halves: Sequence[Half], every: int) -> list[tuple[Half, Question]]:
    """Return the questions, those about what was last: by then there is a history to look back on."""
    picked = [(half, question) for half in halves for question in load(half)[::every]]
    return sorted(picked, key=lambda each: each[1].kind == "trend")


@contextmanager
def server(options: argparse.Namespace) -> Iterator[str]:
    """Give the address of the server that is named, or of one started for the purpose, with the plugins."""
    if options.url is not None:
        yield options.url
        return
    with served(options.setting) as started:
        yield started.url


def warmed(client: Client) -> str:
    """Have the model loaded; return its name. Raises CannotMeasure where it does not answer."""
    try:
        document = client.ask(WARM_UP).document
    except Refused as error:
        raise CannotMeasure(f"{PATH}: {error}") from error
    return str(document.get("model")) if isinstance(document, Mapping) else "unknown"


def present(client: Client, questions: Sequence[tuple[Half, Question]]) -> list[tuple[Half, Question]]:
    """Leave out the questions about third parties' probes that this server has not; say so."""
    there = {probe["name"] for probe in client.get("/api/probes")["probes"]}
    if there.issuperset(THIRD_PARTY):
        return list(questions)
    tell(f"this server lacks {' or '.join(THIRD_PARTY)}: no questions about third parties' probes (tests/ask/plugins)")
    return [(half, question) for half, question in questions if question.kind != "third-party"]


def asked(client: Client, questions: Sequence[tuple[Half, Question]], *, streams: bool) -> Iterator[Outcome]:
    """Put the questions, one after the other; an answer that does not come is an outcome too."""
    for half, question in questions:
        outcome = Outcome(half, question, of_nothing(question))
        try:
            reply = client.ask(question.text)
            answer = Answer.of(reply.document)
            outcome = replace(outcome, score=score(question, answer), response=answer.response, seconds=reply.seconds)
            if streams:
                outcome = replace(outcome, streamed=client.stream(question.text))
        except (Refused, ValueError) as error:
            outcome = replace(outcome, error=str(error))
        yield outcome


def tell(text: str) -> None:
    print(f"eval: {text}", file=sys.stderr, flush=True)


def lines(title: str, found: Sequence[str]) -> None:
    """Print a list, where there is something in it."""
    if found:
        print("\n" + "\n".join((title, *(f"- {line}" for line in found))))


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options; ends the program with 2 where they are wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.ask", description="How right are the answers?")
    parser.add_argument("--url", help="http://host:port of a server that runs [one is started]")
    parser.add_argument(
        "--setting",
        type=_setting,
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="setting of the server that is started, such as llama_model=PATH; repeatable",
    )
    parser.add_argument("--half", choices=(*HALVES, "both"), default="both", help="while tuning: open [both]")
    parser.add_argument("--every", type=_count, default=1, metavar="N", help="only each N-th question [1]")
    parser.add_argument(
        "--stream", action=argparse.BooleanOptionalAction, default=True, help="ask again as a stream [yes]"
    )
    parser.add_argument(
        "--questions",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="ask them: with no, the cost alone [yes]",
    )
    parser.add_argument(
        "--cost",
        action=argparse.BooleanOptionalAction,
        help="measure speed, frames and memory too [yes, with all questions and a server that is started]",
    )
    for name, what in (
        ("rounds", "turns of the engine and of llama-cpp-python alone"),
        ("seconds", "seconds of questions while frames are watched"),
        ("count", "questions while memory is watched"),
    ):
        default = getattr(FULL, name)
        parser.add_argument(f"--{name}", type=_count, default=default, metavar="N", help=f"cost: {what} [{default}]")
    parser.add_argument("--wrong", action="store_true", help="list what went wrong, of the open half")
    parser.add_argument("--reveal-held", action="store_true", help="show questions of the untouched half too")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page docs/ask.md [nothing is written]")
    options = parser.parse_args(arguments)
    if options.url is not None and options.setting:
        parser.error("--setting is for a server that is started, not for --url")
    if options.cost is None:
        options.cost = options.url is None and options.half == "both" and options.every == 1
    if options.cost and options.url is not None:
        parser.error("--cost is for a server that is started, not for --url")
    if not options.questions and (options.write or not options.cost):
        parser.error("--no-questions leaves nothing to write" if options.write else "--no-questions goes with --cost")
    options.half = HALVES if options.half == "both" else (options.half,)
    options.setting = dict(options.setting)
    return options


def command(options: argparse.Namespace) -> str:
    """Return the command that measures the same again."""
    words: list[str] = []
    for name, value in options.setting.items():
        words += ["--setting", f"{name.removeprefix('MONITOR_').lower()}={value}"]
    if len(options.half) == 1:
        words += ["--half", options.half[0]]
    if options.every > 1:
        words += ["--every", str(options.every)]
    if not options.stream:
        words.append("--no-stream")
    words += _cost_words(options)
    words += ["--write", str(options.write)]
    return f'make eval ARGS="{shlex.join(words)}"'


def _cost_words(options: argparse.Namespace) -> list[str]:
    is_full = options.url is None and len(options.half) == len(HALVES) and options.every == 1
    words = [] if options.cost is is_full else ["--cost" if options.cost else "--no-cost"]
    for name in ("rounds", "seconds", "count") if options.cost else ():
        if getattr(options, name) != getattr(FULL, name):
            words += [f"--{name}", str(getattr(options, name))]
    return words


def _setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.replace("_", "").isalnum():
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form key=value")
    return f"MONITOR_{key.upper()}", value


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
