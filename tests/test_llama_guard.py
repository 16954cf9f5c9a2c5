"""No number passes that is not one of the facts: not in the grammar, and not past the guard."""

import pytest

from monitor.llama.grounding.grammar import amounts, grammar
from monitor.llama.grounding.guard import NumberGuard

FACTS = ["Memory in use: 655.2 MB of 22.9 GB (2.8 %)."]


def guarded(text: str, size: int) -> tuple[str, bool]:
    guard = NumberGuard(FACTS)
    out = "".join(guard.feed(text[place : place + size]) for place in range(0, len(text), size))
    return out + guard.finish(), guard.ended


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("text", "passed"),
    [
        (" That is little.", None),
        (" That is 655.2 MB, or 2.8 %.", None),
        (" That is little. The CPU is at 50 %.", " That is little."),
        (" That is little, and 65.52 MB are free.", " That is little."),
        (" Only fifty percent is used.", ""),
        (" Fine. Cinquante pour cent reste libre.", " Fine."),
        (" Pour cent, c'est bien.", None),
        (" ٣ are free.", ""),
        (" It is ½ full.", ""),
        (" One can see that it is fine.", None),
        (" Twice as much is free.", ""),
        (" 655.2.8", ""),
        (" 6 5 5", ""),
        (" 655", ""),
    ],
)
def test_the_guard_ends_the_answer_before_a_clause_with_another_number(
    text: str, passed: str | None, size: int
) -> None:
    out, ended = guarded(text, size)
    assert out == (text if passed is None else passed)
    assert ended == (passed is not None)


def test_the_guard_lets_nothing_through_after_the_end() -> None:
    guard = NumberGuard(FACTS)
    guard.feed(" It is 9 MB. ")
    assert guard.ended
    assert guard.feed("All is well.") + guard.finish() == ""


def test_a_french_number_is_the_same_number() -> None:
    guard = NumberGuard(["2,8 %"])
    assert guard.feed(" C'est 2.8 %.") + guard.finish() == " C'est 2.8 %."


def test_amounts_are_numbers_with_their_units() -> None:
    assert amounts(FACTS) == ("655.2 MB", "22.9 GB", "2.8 %")
    assert amounts(["1,5 Mo/s en ce moment, 4 cœurs, 1200 tr/min"]) == ("1,5 Mo/s", "4", "1200 tr/min")


def test_the_grammar_has_no_digits_but_those_of_the_amounts() -> None:
    rules = grammar(("2.8 %", "4"))
    lines = {name.strip(): body for name, body in (line.split("::=", 1) for line in rules.splitlines())}
    assert lines["amount"].strip() == '"2.8 %" | "4"'
    assert not any(each.isdigit() for name in ("letter", "end") for each in lines[name])
    assert "amount" not in grammar(())
