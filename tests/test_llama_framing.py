"""What stands around a question is taken off it; the question is left."""

import pytest

from monitor.llama.grounding.framing import unframed
from monitor.llama.grounding.words import fold


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("I was asked to report the load", "the load"),
        ("Thanks in advance, how full is the disk", ", how full is the disk"),
        ("Pourriez-vous me donner la charge", "la charge"),
        ("Je prépare un rapport pour demain et la charge", "la charge"),
        ("la charge, merci d'avance", "la charge,"),
    ],
)
def test_a_frame_is_taken_off(text: str, left: str) -> None:
    assert " ".join(unframed(fold(text)).split()) == left


@pytest.mark.parametrize(
    "text", ["how full is the disk", "j'ai besoin de 4 go de memoire", "write me a report", "merci", "thank you"]
)
def test_a_question_without_a_frame_stays_and_a_frame_without_a_question(text: str) -> None:
    assert unframed(text) == text
