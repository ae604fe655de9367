"""How well a paragraph answers: by itself, its best sentence, what stands before it and what it answers."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from index.snapshot import Snapshot
from index.types import Rows, Vectors
from qa.relevance import FITTED, Weights, relevance, sentences_of, spread
from qa.retrieve import rank
from tests.fakes import BagOfWords
from tests.qa.making import snapshot

BRIEFING = """Press Briefing by Press Secretary Jen Psaki
6 April 2021

MS. PSAKI: Good morning. Grain prices rose.

Q Are vaccine passports banned? What about trade?

MS. PSAKI: We have nothing to announce. The states decide.

We will come back to that.
"""
SPEECHES = [
    {"id": "ann", "speaker": "Ann Archer", "text": "Vaccine passports are an old matter. Trade grew."},
    {"id": "bea", "speaker": "Bea Baker", "text": "Reindeer need lichen."},
]
QUESTION = "Are vaccine passports banned?"
# Rows of the snapshot below.
GREETING, ASKED, ANSWER, CARRIED, ANN, BEA = range(6)
NOTHING = Weights(**dict.fromkeys((field.name for field in fields(Weights)), 0.0))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    opened = snapshot(tmp_path_factory.mktemp("small"), {"briefing.txt": BRIEFING, "speeches.jsonl": SPEECHES})
    assert opened.corpus.answers.tolist() == [-1, -1, ASKED, ASKED, -1, -1]
    yield opened
    opened.close()


def vector_of(text: str) -> Vectors:
    return np.asarray(BagOfWords().queries([text])[0])


def scores_of(
    text: str, opened: Snapshot, rows: Rows | None = None, weights: Weights = FITTED, speakers: tuple[str, ...] = ()
) -> list[float]:
    every = np.arange(len(opened.corpus)) if rows is None else rows
    found: list[float] = relevance(text, vector_of(text), opened, every, speakers, weights)[0].tolist()
    return found


def cosine(question: str, text: str) -> float:
    return float(vector_of(question) @ vector_of(text))


def by_hand(question: str, opened: Snapshot, row: int, speakers: tuple[str, ...] = ()) -> Mapping[str, float]:
    """What a paragraph is judged by, computed from its text and that of its neighbours."""
    corpus = opened.corpus

    def text(row: int) -> str:
        document, paragraph = corpus.paragraph(row)
        return document.text[paragraph.start : paragraph.end]

    def best(row: int, speakers: tuple[str, ...] = ()) -> float:
        document, paragraph = corpus.paragraph(row)
        theirs = [s for s in paragraph.sentences if not speakers or (s.speech and s.speech.speaker in speakers)]
        return max((cosine(question, document.text[s.start : s.end]) for s in theirs), default=-1.0)

    found, scores = opened.lexicon.search(question, len(corpus))
    words = dict(zip(found.tolist(), (scores / scores.max()).tolist(), strict=True)) if len(found) else {}
    first = row == 0 or corpus.paragraph(row - 1)[0] != corpus.paragraph(row)[0]
    asked = int(corpus.answers[row])
    return {
        "cosine": cosine(question, text(row)),
        "sentence": best(row, speakers),
        "words": words.get(row, 0.0),
        "before": cosine(question, text(row if first else row - 1)),
        "answers": float(asked >= 0),
        "question_cosine": cosine(question, text(asked)) if asked >= 0 else 0.0,
        "question_sentence": best(asked) if asked >= 0 else 0.0,
        "question_words": words.get(asked, 0.0),
    }


@pytest.mark.parametrize("question", [QUESTION, "trade", "reindeer lichen", "the states decide", "zeppelin", "?"])
@pytest.mark.parametrize("speakers", [(), ("Jen Psaki",), ("Ann Archer", "Bea Baker"), ("Nobody",)])
def test_scores_are_those_of_a_computation_by_hand(question: str, speakers: tuple[str, ...], small: Snapshot) -> None:
    facts = [by_hand(question, small, row, speakers) for row in range(6)]
    expected = [sum(getattr(FITTED, name) * value for name, value in each.items()) for each in facts]
    assert scores_of(question, small, speakers=speakers) == pytest.approx(expected, abs=0.02)
    # One by one, so that no mistake hides behind another.
    for name in facts[0]:
        one = replace(NOTHING, **{name: 1.0})
        found = scores_of(question, small, weights=one, speakers=speakers)
        assert found == pytest.approx([each[name] for each in facts], abs=2e-3), name


def test_cosines_are_those_of_the_paragraphs(small: Snapshot) -> None:
    rows = np.arange(6)
    scores, cosines = relevance(QUESTION, vector_of(QUESTION), small, rows)
    expected = [by_hand(QUESTION, small, row)["cosine"] for row in range(6)]
    assert cosines.tolist() == pytest.approx(expected, abs=1e-6)
    assert scores.shape == cosines.shape == (6,)
    assert scores.dtype == cosines.dtype == np.float32


def test_a_score_does_not_depend_on_what_else_was_found(small: Snapshot) -> None:
    together = scores_of(QUESTION, small)
    for rows in ([ANSWER], [ANN], [GREETING, CARRIED], [ASKED, BEA]):
        assert scores_of(QUESTION, small, np.array(rows)) == pytest.approx([together[row] for row in rows], abs=2e-4)


def test_where_nothing_was_found_nothing_is_judged(small: Snapshot) -> None:
    scores, cosines = relevance(QUESTION, vector_of(QUESTION), small, np.empty(0, np.int64))
    assert scores.shape == cosines.shape == (0,)


def test_an_answer_whose_question_matches_comes_above_what_does_not_match(small: Snapshot) -> None:
    scores = scores_of(QUESTION, small)
    assert min(scores[ANSWER], scores[CARRIED]) > max(scores[BEA], scores[GREETING])
    assert scores[ANSWER] > scores[CARRIED]
    # To another question the same words are no answer.
    other = scores_of("reindeer lichen", small)
    assert other[ANSWER] < other[BEA]


def test_only_the_sentences_of_who_is_asked_for_count(tmp_path: Path) -> None:
    text = "Wang Yi said that vaccine passports are banned.\n\nJen Psaki said that grain prices rose."
    one = "Wang Yi said that vaccine passports are banned. Jen Psaki said that grain prices rose."
    opened = snapshot(tmp_path, {"a.txt": one, "b.txt": text})
    sentence = replace(NOTHING, sentence=1.0)
    everybody = scores_of(QUESTION, opened, weights=sentence)
    wang, psaki = (scores_of(QUESTION, opened, weights=sentence, speakers=(who,)) for who in ("Wang Yi", "Jen Psaki"))
    assert wang[0] == pytest.approx(everybody[0])
    assert -1 < psaki[0] < wang[0] - 0.2
    # Where somebody says nothing, nothing of theirs is near.
    assert wang[1:] == pytest.approx([everybody[1], -1])
    assert psaki[1:] == pytest.approx([-1, everybody[2]])
    opened.close()


def test_speakers_are_not_asked_of_the_question_that_is_answered(small: Snapshot) -> None:
    one = replace(NOTHING, question_sentence=1.0)
    assert scores_of(QUESTION, small, weights=one, speakers=("Jen Psaki",)) == scores_of(QUESTION, small, weights=one)


def test_words_are_a_share_of_the_best_in_the_whole_index(small: Snapshot) -> None:
    one = replace(NOTHING, words=1.0)
    every = scores_of(QUESTION, small, weights=one)
    assert max(every) == pytest.approx(1.0) == every[ASKED]
    assert 0 < every[ANN] < 1
    assert (every[GREETING], every[BEA]) == (0, 0)
    assert scores_of(QUESTION, small, np.array([ANN]), one) == [every[ANN]]


def test_the_sentences_of_paragraphs_are_their_rows_and_whose_they_are(small: Snapshot) -> None:
    rows, owners = sentences_of(small.corpus, np.array([ANSWER, GREETING, BEA]))
    assert rows.tolist() == [4, 5, 0, 1, 9]
    assert owners.tolist() == [0, 0, 1, 1, 2]
    nothing = sentences_of(small.corpus, np.empty(0, np.int64))
    assert [len(each) for each in nothing] == [0, 0]


def test_scores_are_spread_over_the_rows_they_belong_to() -> None:
    rows, found = np.array([2, 3, 5, 9]), np.array([9, 3])
    scores = np.array([0.9, 0.3], np.float32)
    assert spread(rows, found, scores).tolist() == pytest.approx([0, 0.3, 0, 0.9])
    assert spread(rows, found, scores, -1).tolist() == pytest.approx([-1, 0.3, -1, 0.9])


def test_hybrid_ranks_by_relevance(small: Snapshot) -> None:
    for speakers in ((), ("Jen Psaki",)):
        ranking = rank(QUESTION, vector_of(QUESTION), small, 10, speakers=speakers)
        scores, cosines = relevance(QUESTION, vector_of(QUESTION), small, np.arange(6), speakers)
        assert ranking.rows.tolist() == np.lexsort((np.arange(6), -scores)).tolist()
        assert ranking.scores.tolist() == scores[ranking.rows].tolist()
        assert ranking.cosines.tolist() == cosines[ranking.rows].tolist()


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """Hundreds of paragraphs that share a word with the question, and an answer that shares none."""
    many = [
        {"id": str(i), "text": f"A vaccine came by ship number {i} to many ports of the coast."} for i in range(300)
    ]
    opened = snapshot(tmp_path_factory.mktemp("crowded"), {"a.jsonl": many, "briefing.txt": BRIEFING})
    yield opened
    opened.close()


def test_an_answer_that_repeats_no_word_is_found_through_its_reporters_question(crowded: Snapshot) -> None:
    vector, answer = vector_of(QUESTION), 300 + ANSWER
    document, paragraph = crowded.corpus.paragraph(answer)
    assert document.text[paragraph.start : paragraph.end].startswith("MS. PSAKI: We have nothing")
    allowed = crowded.corpus.answering
    assert allowed is not None
    assert 300 + ASKED not in allowed
    for rows in (None, allowed):
        for mode in ("dense", "lexical", "fusion"):
            assert answer not in rank(QUESTION, vector, crowded, 100, rows, mode).rows
        assert answer in rank(QUESTION, vector, crowded, 5, rows).rows
    assert rank(QUESTION, vector, crowded, 5, allowed).rows[0] == answer


def test_an_answer_is_not_found_through_its_question_where_it_is_not_allowed(crowded: Snapshot) -> None:
    vector, answer = vector_of(QUESTION), 300 + ANSWER
    allowed = np.array([0, 7, 300 + GREETING, 300 + CARRIED])
    assert sorted(rank(QUESTION, vector, crowded, 10, allowed).rows.tolist()) == allowed.tolist()
    assert rank(QUESTION, vector, crowded, 10, np.array([answer])).rows.tolist() == [answer]
