"""The documents of the API: what a question is, and what the answers are.

Handlers send these, and the contract is made of them: what a field says of itself here, the reference says.
"""

from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from monitor.health import State as ProbeState
from monitor.llama.engine import State as ModelState
from monitor.llama.grounding.kinds import Aggregate
from monitor.llama.grounding.kinds import Kind as AnswerKind
from monitor.probe import Kind, Number, Unit

#: Characters of a question, and tokens of an answer.
LONGEST: Final = 4000
MOST_TOKENS: Final = 512
#: What a prompt has at least one of: no control character and no space.
VISIBLE: Final = r"[^\x00-\x20]"

#: What a field's value is in the frame.
FieldShape = Literal["number", "list", "table"]


def _bounds(**keywords: Any) -> dict[str, Any]:
    """Bounds that a handler checks itself, for a code and a message of its own."""
    return keywords


class ErrorDetail(Struct, frozen=True):
    """Why a request was refused."""

    code: Annotated[str, Meta(description="One stable word for programs.")]
    message: Annotated[str, Meta(description="One sentence for people.")]


class Problem(Struct, frozen=True):
    """The body of every refusal of the API."""

    error: ErrorDetail


class Health(Struct, frozen=True):
    """All is well: frames come."""

    status: Literal["ok"]
    frame_age_seconds: Annotated[float, Meta(ge=0, description="Seconds since the newest frame.")]


class Ticket(Struct, frozen=True):
    """Opens one stream, once."""

    ticket: Annotated[str, Meta(description="Goes into the query of the stream, as `ticket`.")]
    expires_in: Annotated[float, Meta(gt=0, description="Seconds in which it is good.")]


class Login(Struct, frozen=True):
    """What the login page sends."""

    token: Annotated[str, Meta(description="An access token that may read.")]
    username: Annotated[str, Meta(description="For those who keep passwords; it is not looked at.")] = ""


class Source(Struct, frozen=True):
    """A probe or plugin that is switched off."""

    name: str
    plugin: Annotated[str, Meta(description="Name of its entry point.")]
    distribution: Annotated[str, Meta(description="The package that brought it, and its version.")]


class LeftOut(Struct, frozen=True):
    """A plugin, or one probe of it, that could not be used."""

    plugin: Annotated[str, Meta(description="Name of its entry point.")]
    distribution: Annotated[str, Meta(description="The package that brought it, and its version.")]
    error: Annotated[str, Meta(description="Why.")]


class Cost(Struct, frozen=True):
    """Wall time of a probe's samples, in milliseconds."""

    last: Annotated[float, Meta(ge=0)]
    mean: Annotated[float, Meta(ge=0)]
    max: Annotated[float, Meta(ge=0)]


class ProbeField(Struct, frozen=True):
    """One number of a probe, or one list or table of them."""

    name: Annotated[str, Meta(description="Its key in the probe's section of the frame.")]
    unit: Annotated[Unit, Meta(description="MB is 2^20 bytes, GB is 2^30 bytes.")]
    help: Annotated[str, Meta(description="What it is, and where it comes from.")]
    kind: Annotated[Kind, Meta(description="A gauge goes up and down, a counter only grows until a restart.")]
    shape: Annotated[FieldShape, Meta(description="What its value is in the frame.")]
    per: Annotated[str | None, Meta(description="What a list or table has one value for: a core, a mount.")]
    decimals: Annotated[int, Meta(ge=0, le=9, description="Digits after the point, at most.")]
    phrases: Annotated[dict[str, list[str]], Meta(description="What people call it, by language.")]
    warning: Annotated[
        float | None,
        Meta(description="The value from which people should look at it; for a counter, its growth per second."),
    ]
    critical: Annotated[
        float | None,
        Meta(description="The value from which something is wrong. Below `warning`, low values are the bad ones."),
    ]


class Probe(Struct, frozen=True):
    """A probe that runs, and how it is doing."""

    name: Annotated[str, Meta(description="The key of its section in the frame.")]
    plugin: Annotated[str, Meta(description="Name of its entry point.")]
    distribution: Annotated[str, Meta(description="The package that brought it, and its version.")]
    state: ProbeState
    error: Annotated[str | None, Meta(description="Why its state is what it is; null while all is well.")]
    interval: Annotated[float, Meta(gt=0, description="Seconds between two of its samples.")]
    samples: Annotated[int, Meta(ge=0)]
    failures: Annotated[int, Meta(ge=0)]
    missed: Annotated[int, Meta(ge=0, description="Frames that left without a sample that was due.")]
    cost_ms: Cost
    fields: list[ProbeField]


class Probes(Struct, frozen=True):
    """What is measured, and what is not."""

    interval: Annotated[float, Meta(gt=0, description="Seconds between two frames.")]
    probes: Annotated[list[Probe], Meta(description="Those that run, in the order of the frame.")]
    disabled: list[Source]
    left_out: list[LeftOut]


class Question(Struct, forbid_unknown_fields=True, frozen=True):
    """A question, in French or English."""

    prompt: Annotated[
        str,
        Meta(
            description="The question.",
            examples=["Is there room for 4 GB?", "Quel est le cœur le plus chargé ?"],
            extra_json_schema=_bounds(minLength=1, maxLength=LONGEST, pattern=VISIBLE),
        ),
    ]
    grounded: Annotated[bool, Meta(description="false sends the prompt to the model as it is.")] = True
    max_tokens: Annotated[
        float,  # 128.0 is a whole number too
        Meta(
            description="The most that the model may say.",
            extra_json_schema=_bounds(multipleOf=1, minimum=1, maximum=MOST_TOKENS, default=128),
        ),
    ] = 128


class Fact(Struct, frozen=True):
    """One number that answers a question, or belongs to it."""

    field: Annotated[str, Meta(description="Its name in the frame.", examples=["cpu.percent_per_core[1]"])]
    value: Annotated[Number | None, Meta(description="In `unit`; null where this machine does not tell.")]
    unit: Annotated[str, Meta(description="The field's, or its unit a second for a rate.")]
    text: Annotated[str, Meta(description="For people, in the language of the question.")]
    aggregate: (
        Annotated[
            Aggregate,
            Meta(description="Of what stretch of the past; left out for the newest value."),
        ]
        | UnsetType
    ) = UNSET
    seconds: Annotated[float, Meta(ge=0, description="How long that stretch is.")] | UnsetType = UNSET


_KIND: Final = Meta(
    description="`facts`: the answer begins with them, and its only numbers are theirs and the question's. "
    "`not measured`: no probe has what was asked for, and no model is used. `free`: the model alone answers, and may "
    "be wrong."
)
_TIMESTAMP: Final = Meta(ge=0, description="The frame that the facts are of: Unix time in seconds.")


class Facts(Struct, frozen=True):
    """What is known before the model has said a word."""

    kind: Annotated[AnswerKind, _KIND]
    facts: list[Fact]
    timestamp: Annotated[float, _TIMESTAMP]


class Usage(Struct, frozen=True):
    """What an answer took; null where nobody knows."""

    prompt_tokens: Annotated[int, Meta(ge=0)] | None
    completion_tokens: Annotated[int, Meta(ge=0)] | None


class Answer(Struct, frozen=True):
    """The whole answer to a question."""

    response: Annotated[str, Meta(description="The answer, in the language of the question.")]
    model: Annotated[str, Meta(description="What the model is called.")]
    kind: Annotated[AnswerKind, _KIND]
    facts: Annotated[list[Fact], Meta(description="Those that answer first, then those beside them.")]
    timestamp: Annotated[float, _TIMESTAMP]
    usage: Usage
    duration_ms: Annotated[float, Meta(ge=0)]


class Token(Struct, frozen=True):
    """A piece of an answer, as it comes."""

    text: str


class Failure(Struct, frozen=True):
    """An answer that broke off: what would have been the refusal, had the answer not begun."""

    code: str
    message: str
    status: Annotated[int, Meta(ge=400, le=599)]


class ModelLimits(Struct, frozen=True):
    """What a question may be, and how long it may take."""

    waiting: Annotated[int, Meta(ge=0, description="Questions that may wait while one is answered.")]
    prompt_characters: Annotated[int, Meta(ge=1)]
    max_tokens: Annotated[int, Meta(ge=1)]
    seconds: Annotated[float, Meta(gt=0, description="From the question to the end of its answer.")]


class Model(Struct, frozen=True):
    """The language model, and how it is doing."""

    model: Annotated[str, Meta(description="What it is called.")]
    state: ModelState
    waiting: Annotated[int, Meta(ge=0, description="Questions that wait for their turn.")]
    limits: ModelLimits
