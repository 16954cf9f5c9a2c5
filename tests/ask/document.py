"""docs/ask.md: what the evaluation found, on which machine, with which model, and how to find it again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.ask.tally import Outcome, by_language_and_kind, groups
from tests.bench.document import machine
from tests.bench.figures import Group

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
{cost}
## Machine

{machine}
- Model: {model}
"""

COST: Final = """
## What it costs

- Speed is that of one answer from its first token on. Alone is `Llama.generate` in a process that does nothing else,
  with the same prompt, threads and niceness; both answer in turn, A B A B.
- Frames are those of one client in a process of its own. Lateness is how long after its moment on the server's grid a
  frame came, the earliest of all being the measure: a late sample is in it, and so is a late delivery. The model is
  loaded while the free questions are asked.
- Memory is resident memory; MB is 2^20 bytes. Every fourth question goes to the model, and the others are those of the
  half that may be tuned on.

{groups}
"""


def write(path: Path, command: str, outcomes: Sequence[Outcome], model: str, costs: Sequence[Group]) -> None:
    """Write the page anew."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(page(command, outcomes, model, costs), encoding="utf-8")


def page(command: str, outcomes: Sequence[Outcome], model: str, costs: Sequence[Group]) -> str:
    """Return the page: figures alone, and no question; what answers cost, where that was measured."""
    return PAGE.format(
        command=command,
        figures="\n\n".join(map(str, groups(outcomes))),
        table=by_language_and_kind(outcomes),
        cost=COST.format(groups="\n\n".join(map(str, costs))) if costs else "",
        machine=machine(),
        model=model,
    )
