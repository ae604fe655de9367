"""Whether a passage speaks of every word that a question asks for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embed import SentenceTransformerEmbedder
from qa.coverage import WordVectors, asked_spans
from tests.fakes import BagOfWords


def words_of(question: str) -> WordVectors:
    model = BagOfWords()
    return WordVectors(model.queries([question], [asked_spans(question)])[1], model)


def asked(question: str) -> list[str]:
    return [question[start:end] for start, end in asked_spans(question)]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What did he say about the vaccines?", ["vaccines"]),
        ("How much did the U.S. give to Notre-Dame?", ["much", "U.S", "give", "Notre-Dame"]),
        ("who are they", ["who"]),
        ("?!", []),
        ("", []),
    ],
)
def test_what_a_question_is_made_with_is_not_asked_for_unless_there_is_nothing_else(
    question: str, words: list[str]
) -> None:
    assert asked(question) == words


def test_a_text_with_every_word_meets_the_least_of_them_wholly() -> None:
    assert words_of("vaccines for harbours").least_met("Harbours get vaccines.") == pytest.approx(1, abs=1e-3)


def test_one_word_that_a_text_lacks_is_what_counts() -> None:
    words = words_of("vaccines for harbours in winter")
    assert words.least_met("Harbours get vaccines in spring.") < 0.1
    assert words.least_met("Harbours get vaccines in winter.") > 0.9


def test_without_words_nothing_is_met() -> None:
    for question, text in (("?!", "Anything."), ("?!", ""), ("vaccines", "…"), ("vaccines", "")):
        assert words_of(question).least_met(text) == 0


@given(st.text(max_size=60), st.text(max_size=60))
def test_it_is_a_cosine_whatever_the_texts(question: str, text: str) -> None:
    assert -1 - 1e-5 <= words_of(question).least_met(text) <= 1 + 1e-5


@pytest.mark.model
def test_the_real_model_knows_a_word_by_what_it_means(model: SentenceTransformerEmbedder) -> None:
    question = "the physician's arrest"
    words = WordVectors(model.queries([question], [asked_spans(question)])[1], model)
    near, far = (words.least_met(f"{who} was detained on Monday.") for who in ("The doctor", "The ferry"))
    assert near > far
    assert len(words.vectors) == 2
    np.testing.assert_allclose(np.linalg.norm(words.vectors, axis=1), 1, atol=1e-5)
