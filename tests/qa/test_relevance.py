"""The second stage: what was found, and what stands beside it, ranked by its signs."""

from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from index.snapshot import Snapshot
from index.types import Rows, Vectors
from qa.relevance import FITTED, relevance
from qa.retrieve import Mode, rank
from qa.signs import SIGNS, signs_of
from qa.smoothing import smoothed
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
FUSED = np.array([0.1, 1.0, 0.3, 0.2, 0.7, 0.0], np.float32)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    opened = snapshot(tmp_path_factory.mktemp("small"), {"briefing.txt": BRIEFING, "speeches.jsonl": SPEECHES})
    assert opened.corpus.answers.tolist() == [-1, -1, ASKED, ASKED, -1, -1]
    yield opened
    opened.close()


def vector_of(text: str) -> Vectors:
    return np.asarray(BagOfWords().queries([text])[0][0])


def scores_of(
    text: str,
    opened: Snapshot,
    rows: Rows | None = None,
    weights: Mapping[str, float] = FITTED,
    speakers: tuple[str, ...] = (),
) -> list[float]:
    every = np.arange(len(opened.corpus)) if rows is None else rows
    found: list[float] = relevance(text, vector_of(text), opened, every, FUSED[every], speakers, weights)[0].tolist()
    return found


def test_every_sign_has_a_weight_and_nothing_else_has() -> None:
    assert tuple(FITTED) == SIGNS


@pytest.mark.parametrize("speakers", [(), ("Jen Psaki",), ("Nobody",)])
def test_a_score_is_the_sum_of_the_weighed_signs(small: Snapshot, speakers: tuple[str, ...]) -> None:
    rows = np.arange(6)
    scores, signs = relevance(QUESTION, vector_of(QUESTION), small, rows, FUSED, speakers)
    expected = [sum(FITTED[name] * float(row[place]) for place, name in enumerate(SIGNS)) for row in signs]
    assert scores.tolist() == pytest.approx(expected, abs=1e-3)
    assert scores.dtype == signs.dtype == np.float32
    assert signs.tolist() == signs_of(QUESTION, vector_of(QUESTION), small, rows, FUSED, speakers).tolist()


@pytest.mark.parametrize("name", SIGNS)
def test_a_sign_without_a_weight_weighs_nothing(small: Snapshot, name: str) -> None:
    signs = signs_of(QUESTION, vector_of(QUESTION), small, np.arange(6), FUSED)
    found = scores_of(QUESTION, small, weights={name: 2.0})
    assert found == pytest.approx((2 * signs[:, SIGNS.index(name)]).tolist(), abs=1e-4)


def test_where_nothing_was_found_nothing_is_judged(small: Snapshot) -> None:
    nothing = np.empty(0, np.int64)
    scores, signs = relevance(QUESTION, vector_of(QUESTION), small, nothing, np.empty(0, np.float32))
    assert (scores.shape, signs.shape) == ((0,), (0, len(SIGNS)))


def test_an_answer_whose_question_matches_comes_above_what_does_not_match(small: Snapshot) -> None:
    scores = scores_of(QUESTION, small)
    assert min(scores[ANSWER], scores[CARRIED]) > max(scores[BEA], scores[GREETING])
    assert scores[ANSWER] > scores[CARRIED]
    # To another question the same words are no answer.
    other = scores_of("reindeer lichen", small)
    assert other[ANSWER] < other[BEA]


def test_hybrid_ranks_by_relevance_smoothed(small: Snapshot) -> None:
    for speakers in ((), ("Jen Psaki",)):
        first = rank(QUESTION, vector_of(QUESTION), small, 10, mode="fusion")
        fused = first.scores[np.argsort(first.rows)]
        ranking = rank(QUESTION, vector_of(QUESTION), small, 10, speakers=speakers)
        scores, signs = relevance(QUESTION, vector_of(QUESTION), small, np.arange(6), fused, speakers)
        scores = smoothed(small.corpus, np.arange(6), scores).round(4)
        assert ranking.rows.tolist() == np.lexsort((np.arange(6), -scores)).tolist()
        assert ranking.scores.tolist() == scores[ranking.rows].tolist()
        assert ranking.signs is not None
        assert ranking.signs.tolist() == signs[ranking.rows].tolist()
        assert ranking.cosines.tolist() == signs[ranking.rows, SIGNS.index("cosine")].tolist()


def test_the_other_ways_of_searching_have_no_signs(small: Snapshot) -> None:
    for mode in ("dense", "lexical", "fusion"):
        assert rank(QUESTION, vector_of(QUESTION), small, 10, mode=mode).signs is None


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


LOBSTERS = "Does a zeppelin carry lobsters north?"
BEFORE, MIDDLE, AFTER = 300, 301, 302


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """Hundreds of paragraphs with a word of the question, more than are looked at, and a statement of three.

    Its middle has all of the question's words; what stands before and after it has none.
    """
    many = [{"id": str(i), "text": "A zeppelin came with " + "cargo " * 30} for i in range(300)]
    statement = "We heard enough.\n\nA zeppelin carries lobsters north.\n\nReindeer rest."
    few = [
        {"id": "ann", "speaker": "Ann Archer", "text": statement},
        {"id": "bea", "speaker": "Bea Baker", "text": "We heard enough."},
    ]
    opened = snapshot(tmp_path_factory.mktemp("told"), {"a.jsonl": many, "b.jsonl": few})
    assert opened.corpus.goes_on[299:].tolist() == [False, False, True, True, False]
    yield opened
    opened.close()


def found(opened: Snapshot, allowed: Rows | None = None, mode: Mode = "hybrid") -> list[int]:
    rows: list[int] = rank(LOBSTERS, vector_of(LOBSTERS), opened, 100, allowed, mode).rows.tolist()
    return rows


def test_what_stands_beside_one_that_was_found_is_found_where_the_statement_goes_on(told: Snapshot) -> None:
    assert not {BEFORE, AFTER} & set(found(told, mode="fusion"))
    assert found(told)[0] == MIDDLE
    # Beside so much better a paragraph, they are as good as each other.
    assert set(found(told)[1:3]) == {AFTER, BEFORE}
    # The next record repeats its words, and is not of the statement.
    assert 303 not in found(told)


def test_what_stands_beside_is_found_by_what_stands_around_it(told: Snapshot) -> None:
    ranking = rank(LOBSTERS, vector_of(LOBSTERS), told, 3)
    assert ranking.rows[0] == MIDDLE
    assert set(ranking.rows[1:].tolist()) == {AFTER, BEFORE}
    assert ranking.signs is not None
    assert ranking.signs[:, SIGNS.index("fused")].tolist() == [1, 0, 0]
    assert ranking.signs[:, SIGNS.index("around")].tolist() == [0, 1, 1]


@pytest.mark.parametrize("left_out", [[BEFORE], [AFTER], [BEFORE, AFTER], [MIDDLE]])
def test_neighbours_that_are_not_allowed_are_no_candidates(told: Snapshot, left_out: list[int]) -> None:
    allowed = np.setdiff1d(np.arange(304), left_out)
    beside = {BEFORE, MIDDLE, AFTER} & set(found(told, allowed))
    # Without the one that was found, nothing is found beside it.
    assert beside == (set() if left_out == [MIDDLE] else {BEFORE, MIDDLE, AFTER} - set(left_out))
