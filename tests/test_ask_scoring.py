"""An answer is held against its question."""

from typing import Any

import pytest

from tests.ask.questions import Question
from tests.ask.scoring import Answer, Fact, of_nothing, score

RAM = Question("How much RAM is used?", "en", "plain", "facts", ("memory.used_mb", "memory.percent"))
MEMOIRE = Question("mémoire ?", "fr", "plain", "facts", ("memory.used_mb",))
BOTH = Question("CPU, RAM?", "en", "two", "facts", ("cpu.percent_total", "memory.percent"), also=(
    ("cpu.percent_total",), ("memory.percent", "memory.used_mb"),
))  # fmt: skip
ROOM = Question("Room for 4 GB?", "en", "comparison", "facts", ("memory.available_mb",))
TERABYTES = Question("Free disk in TB?", "en", "unit", "facts", ("disk.free_gb",), unit="TB")
FAN = Question("How fast is fan 2?", "en", "not-measured", "not measured")
HAIKU = Question("Write a haiku.", "en", "free", "free")

USED = Fact("memory.used_mb", 655.23, "655.23 MB")
PERCENT = Fact("memory.percent", 64.0, "64 %")
CPU = Fact("cpu.percent_total", 25.5, "25.5 %")


def test_a_right_answer_is_right() -> None:
    found = score(RAM, Answer("655.23 MB of RAM are in use.", (USED,)))
    assert (found.kind, found.first, found.number, found.also, found.unit) == (True, True, True, None, None)
    assert found.is_right


def test_the_first_fact_counts_and_any_of_the_alternatives_will_do() -> None:
    assert score(RAM, Answer("64 %, that is 655.23 MB", (PERCENT, USED))).is_right
    found = score(RAM, Answer("CPU 25.5 %, memory 64 %", (CPU, PERCENT)))
    assert found.first is False
    assert found.number is True
    assert not found.is_right


@pytest.mark.parametrize("response", ["", "About 655 MB.", "655.24 MB", "Six hundred MB", "65.523 MB"])
def test_the_number_has_to_stand_there_as_the_fact_has_it(response: str) -> None:
    assert score(RAM, Answer(response, (USED,))).number is False


@pytest.mark.parametrize("response", ["1234,5 Mo", "1\u202f234,5 Mo", "1 234,5 Mo", "1234.50 Mo"])
def test_a_number_is_the_same_in_another_notation(response: str) -> None:
    assert score(MEMOIRE, Answer(response, (Fact("memory.used_mb", 1234.5, "1\u00a0234,5 Mo"),))).is_right


def test_an_entry_of_a_field_counts_as_the_field() -> None:
    cores = Question("Cores?", "en", "two", "facts", ("cpu.percent_per_core",), also=(("cpu.percent_per_core",),))
    found = score(cores, Answer("It is at 87.5 %.", (Fact("cpu.percent_per_core[1]", 87.5, "core, 87.5 %"),)))
    assert (found.first, found.also, found.number) == (True, True, True)
    gauges = Question("Each gauge?", "en", "third-party", "facts", ("tide.gauges",))
    assert score(gauges, Answer("Brest 3.9.", (Fact("tide.gauges[Brest]", 3.9, "Brest, 3.9"),))).is_right
    assert score(gauges, Answer("3.9.", (Fact("tide.height", 3.9, "3.9"),))).first is False


def test_every_number_of_the_text_has_to_stand_there() -> None:
    busiest = Question("Busiest core?", "en", "superlative", "facts", ("cpu.percent_per_core",))
    fact = Fact("cpu.percent_per_core", [20.0, 87.5], "core 2, 87.5 %")
    assert score(busiest, Answer("Core 2 is at 87.5 %.", (fact,))).number is True
    assert score(busiest, Answer("A core is at 87.5 %.", (fact,))).number is False


def test_a_text_without_its_number_states_nothing_unless_the_value_is_not_known() -> None:
    assert score(RAM, Answer("Much.", (Fact("memory.used_mb", 655.23, "much"),))).number is False
    unknown = score(RAM, Answer("This machine does not tell.", (Fact("memory.used_mb", None, "not known"),)))
    assert unknown.number is None
    assert unknown.is_right


def test_of_two_things_both_have_to_be_there_in_any_order() -> None:
    assert score(BOTH, Answer("64 % and 25.5 %", (PERCENT, CPU))).is_right
    only_cpu = score(BOTH, Answer("25.5 %", (CPU,)))
    assert (only_cpu.first, only_cpu.also, only_cpu.number) == (True, False, False)
    unsaid = score(BOTH, Answer("25.5 %", (CPU, PERCENT)))
    assert (unsaid.also, unsaid.number) == (True, False)


@pytest.mark.parametrize(
    ("response", "right"),
    [("0.28 TB", True), ("0.28TiB free", True), ("0.28 terabytes", True), ("0.28 GB, no TB", False), ("0.28", False)],
)
def test_the_unit_asked_for_has_to_stand_behind_a_number(response: str, right: bool) -> None:
    found = score(TERABYTES, Answer(response, (Fact("disk.free_gb", 286.72, "0.28 TB"),)))
    assert found.unit is right
    assert found.is_right is right


def test_the_unit_alone_is_worth_nothing() -> None:
    assert score(TERABYTES, Answer("0.28 TB", (Fact("disk.total_gb", 286.72, "0.28 TB"),))).unit is False


def test_a_rate_is_no_amount() -> None:
    question = Question("En Go ?", "fr", "unit", "facts", ("disk.free_gb",), unit="GB")
    fact = Fact("disk.free_gb", 2.0, "2 Go")
    assert score(question, Answer("2 Go", (fact,))).unit is True
    assert score(question, Answer("2 Go/s", (fact,))).unit is False


def test_invented_numbers_are_those_of_nobody() -> None:
    answer = Answer(
        "655.23 MB, or 0.64 GB, of 1,024. Core 20 at 30 %", (Fact("x.y", [20.0, {"a": -30.0}], "655.23 MB"),)
    )
    assert score(RAM, answer).invented == ("0.64", "1,024")


def test_numbers_of_the_question_may_be_repeated_and_are_told_apart() -> None:
    fact = Fact("memory.available_mb", 5700.0, "5,700 MB")
    found = score(ROOM, Answer("Yes: 5,700 MB are free, and 4 GB fit.", (fact,)))
    assert (found.invented, found.echoed) == ((), ("4",))
    assert found.is_right


def test_a_number_that_may_be_a_list_is_invented_only_if_every_reading_is() -> None:
    cores = Fact("memory.used_mb", [3.0, 100.0], "3 : 100 %")
    assert score(MEMOIRE, Answer("cœur 3 100 %", (cores,))).invented == ()
    assert score(MEMOIRE, Answer("cœur 3 101 %", (cores,))).invented == ("3 101",)


def test_numbers_in_words_are_invented_too() -> None:
    found = score(RAM, Answer("655.23 MB, about fifty percent.", (USED,)))
    assert found.spelled == ("fifty",)
    assert not found.is_right
    assert score(RAM, Answer("64 %: sixty-four percent.", (PERCENT,))).spelled == ()
    pair = Question("Are two cores busy?", "en", "yes-no", "facts", ("cpu.count",))
    assert score(pair, Answer("two of 4", (Fact("cpu.count", 4, "4 cores"),))).spelled == ()


def test_not_measured_is_told_by_its_kind_and_has_no_facts() -> None:
    assert score(FAN, Answer("Fan 2 is not measured here.", (), "not measured")).is_right
    assert not score(FAN, Answer("I do not know.", (), "free")).is_right
    assert not score(FAN, Answer("25.5 %", (CPU,), "facts")).is_right
    assert not score(FAN, Answer("25.5 %", (CPU,), "not measured")).is_right
    guess = score(FAN, Answer("It turns at 1200 rpm.", (), "not measured"))
    assert (guess.kind, guess.invented, guess.is_right) == (True, ("1200",), False)


def test_what_the_model_says_of_its_own_is_not_judged_but_only_where_that_was_expected() -> None:
    assert score(HAIKU, Answer("99 leaves, then 5.", (), "free")).is_right
    assert score(HAIKU, Answer("CPU 12 %", (CPU,), "facts")).invented == ("12",)
    assert score(RAM, Answer("RAM: 2 GB", (), "free")).invented == ("2",)


def test_facts_of_the_wrong_kind_are_wrong() -> None:
    found = score(RAM, Answer("655.23 MB", (USED,), "free"))
    assert (found.kind, found.first, found.number) == (False, True, True)
    assert not found.is_right


@pytest.mark.parametrize("question", [RAM, BOTH, TERABYTES, FAN, HAIKU])
def test_no_answer_is_wrong_and_invents_nothing(question: Question) -> None:
    found = of_nothing(question)
    assert not found.is_right
    assert (found.invented, found.spelled, found.echoed) == ((), (), ())
    judged = score(question, Answer("", (), "facts"))
    assert [found.also is None, found.unit is None] == [judged.also is None, question.unit is None]


def document(**changes: Any) -> dict[str, Any]:
    fact = {"field": "cpu.count", "value": 4, "unit": "count", "text": "4 cores"}
    return {"response": "4 cores.", "kind": "facts", "facts": [fact], "timestamp": 1.5, **changes}


def test_an_answer_is_read_from_its_json() -> None:
    assert Answer.of(document()) == Answer("4 cores.", (Fact("cpu.count", 4, "4 cores"),), "facts")
    assert Answer.of({"response": "x", "facts": []}).kind == "free"
    assert Answer.of({"response": "x", "facts": document()["facts"]}).kind == "facts"


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ([], "an answer is an object"),
        ({"facts": []}, "an answer is an object"),
        (document(response=None), "an answer is an object"),
        (document(facts=None), "facts has to be a list"),
        (document(facts=["x"]), "a fact is an object"),
        (document(facts=[{"field": "a.b", "value": 1}]), "a fact is an object"),
        (document(facts=[{"field": "a.b", "text": "1"}]), "has no value"),
        (document(kind="guess"), "kind is 'guess'"),
    ],
)
def test_what_is_no_answer_is_refused(wrong: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Answer.of(wrong)
