"""What kinds of answers and of facts there are: for those who only need to name them."""

from enum import StrEnum
from typing import Literal

#: What became of several values in a fact about the past.
Aggregate = Literal["mean", "min", "max", "change", "rate", "then"]


class Kind(StrEnum):
    """What a question is about: numbers that we have, a machine's numbers that we do not have, or neither."""

    FACTS = "facts"
    NOT_MEASURED = "not measured"
    FREE = "free"
