"""What a model may write after the facts: words, and no number that is not one of theirs."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

#: The most words that may follow the opening, and the most letters of one.
WORDS: Final = 28
LETTERS: Final = 20

#: A number with the unit behind it, as `monitor.llama.grounding.numbers` writes them.
_AMOUNT: Final = re.compile(
    r"[-+]?\d+(?:[.,]\d+)?(?: (?:%|[KMGTP]?B/s|[KMGTP]?o/s|[KMGTP]?B\b|[KMGTP]o\b|o\b|Mbit/s|Mbit\b"
    r"|[MG]?Hz|°C|rpm|tr/min|per second|par seconde"
    r"|days|jours|min\b|ms\b|h\b|s\b|W\b|V\b|A\b))?"
)


def amounts(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the numbers of these texts, each with its unit, once."""
    return tuple(dict.fromkeys(found for text in texts for found in _AMOUNT.findall(text)))


def grammar(allowed: Sequence[str]) -> str:
    """Return GBNF for one short sentence, or nothing, whose only numbers are the allowed amounts.

    Words are of Latin letters and nothing else, so that no other script's digits, no control token and no line break
    can be written; a number stands between words, so that two of them never make a third.
    """
    item = '" " word | ", " word'
    rules = [
        f'root ::= "" | " " capital rest (item){{0,{WORDS}}} end',
        f"item ::= {item}" + (' | " " amount " " word' if allowed else ""),
        'end ::= "." | "!"' + (' | " " amount "."' if allowed else ""),
        f"word ::= letter (letter | ['\u2019-] letter){{0,{LETTERS - 1}}}",
        f"rest ::= (letter | ['\u2019-] letter){{0,{LETTERS - 1}}}",
        "capital ::= [A-ZÀ-ÖØ-ÞŒ]",
        "letter ::= [A-Za-zÀ-ÖØ-öø-ÿŒœ]",
    ]
    if allowed:
        rules.append("amount ::= " + " | ".join(_quoted(each) for each in allowed))
    return "\n".join(rules) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
