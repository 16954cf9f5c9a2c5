"""docs/ask.md: what the evaluation found, on which machine, with which model, and how to find it again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.ask.tally import Outcome, by_language_and_kind, groups
from tests.bench.document import machine

PAGE: Final = """\
# How well it answers

Written by the evaluation; do not edit. To measure again, from the root of the repository:

    {command}

How to read it:

- The questions are those of `tests/ask/`, in English and French. One half was written before the matching was and is
  never looked at while it is tuned; the goals are for that one.
- All right: of the expected kind, the first fact and everything else asked for are there, their numbers stand in the
  response as the facts have them, in the unit asked for, and nothing is invented.
- A number is invented when it is neither in the facts' values and texts nor in the question. What the model says of
  its own about nothing we measure is not judged.
- Questions are put one at a time to a model that is loaded, each once as JSON (whole answer) and once as a stream of
  events (first token).

## Figures

{figures}

### By language and kind

{table}

## Machine

{machine}
- Model: {model}
"""


def write(path: Path, command: str, outcomes: Sequence[Outcome], model: str) -> None:
    """Write the page anew."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(page(command, outcomes, model), encoding="utf-8")


def page(command: str, outcomes: Sequence[Outcome], model: str) -> str:
    """Return the page: figures alone, and no question."""
    return PAGE.format(
        command=command,
        figures="\n\n".join(map(str, groups(outcomes))),
        table=by_language_and_kind(outcomes),
        machine=machine(),
        model=model,
    )
