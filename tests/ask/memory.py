"""Memory: does the server grow with the questions it is asked?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import psutil

from tests.ask.client import Client
from tests.ask.served import Asked, Prompt, put, repeated, require_model, served, texts
from tests.bench.figures import Figure, Goal
from tests.bench.processes import CannotMeasure, rss_bytes

MB: Final = 2**20
#: MB, of the server's process itself.
GROWTH: Final = Goal(10)
NONE: Final = Goal(0)
#: Every so manyth question goes to the model as it is, and no answer of it is longer than so many tokens.
EVERY: Final = 4
TOKENS: Final = 16
#: Looks at the memory in one run.
LOOKS: Final = 50


@dataclass(slots=True)
class Course:
    """Resident memory of a process, in bytes, look by look: the first one before the first question."""

    looks: list[int] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """MB from the first look to the last."""
        return (self.looks[-1] - self.looks[0]) / MB

    @property
    def late_growth(self) -> float:
        """MB from the look after a tenth of the time to the last: caches are full by then, and imports done."""
        return (self.looks[-1] - self.looks[len(self.looks) // 10]) / MB

    def __str__(self) -> str:
        first, last, most = (each / MB for each in (self.looks[0], self.looks[-1], max(self.looks)))
        return f"from {first:.1f} to {last:.1f}, at most {most:.1f}"


def measure(count: int, settings: Mapping[str, str]) -> list[Figure]:
    """Put so many questions to a server that has just been started. Raises CannotMeasure."""
    with served(settings) as server:
        client = Client(server.url)
        require_model(client)
        course = Course()
        stride = max(1, count // LOOKS)

        def go_on(done: int) -> bool:
            if done % stride == 0 or done == count:
                course.looks.append(rss_bytes(server.pid))
            return done < count

        try:
            asked = put(client, questions(), go_on)
            child = rss_of_children(server.pid)
        except (OSError, psutil.Error) as error:
            raise CannotMeasure(f"the server is gone: {error}") from error
    return figures_of(asked, course, child)


def questions() -> Iterator[Prompt]:
    """Yield questions for ever: all of the open half, and between them free ones that make the model work."""
    every = repeated(texts("facts", "not measured", "free"), max_tokens=TOKENS)
    free = repeated(texts("free"), grounded=False, max_tokens=TOKENS)
    while True:
        for _ in range(EVERY - 1):
            yield next(every)
        yield next(free)


def rss_of_children(pid: int) -> int | None:
    """Return the resident memory of a process's children, in bytes; None where it has none."""
    children = psutil.Process(pid).children()
    return sum(rss_bytes(child.pid) for child in children) if children else None


def figures_of(asked: Asked, course: Course, child: int | None) -> list[Figure]:
    """Return the growth, and what the model takes."""
    return [
        Figure("The server itself, growth", course.growth, "MB", GROWTH, str(course)),
        Figure("The server itself, growth after the first tenth", course.late_growth, "MB"),
        Figure(
            "The model's process",
            None if child is None else child / MB,
            "MB",
            note="there is none" if child is None else "",
        ),
        Figure("Errors", asked.errors, "", NONE, f"of {asked.count:,} questions"),
    ]
