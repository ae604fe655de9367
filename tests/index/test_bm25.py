"""What the forward index scores, against what tantivy does, which is the oracle."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.bm25 import WordSearch, _kept
from index.snapshot import Snapshot
from tests.qa.making import snapshot

VOCABULARY = "trade treaty climate vaccine peace summit".split()
QUESTIONS = ["trade", "peace summit", "Which climate treaties and vaccines?", "trade trade zebra", "zebra", "", "the"]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """Paragraphs of one word to some hundred, many equal, in documents with titles of none to five."""
    random = np.random.default_rng(21)
    records = []
    for number in range(40):
        sizes = random.choice([1, 2, 3, 9, 39, 40, 41, 43, 90, 400], random.integers(1, 8))
        paragraphs = [" ".join(random.choice(VOCABULARY, size)).capitalize() + "." for size in sizes]
        title = " ".join(random.choice([*VOCABULARY, "other"], number % 6))
        records.append({"id": str(number), "title": title, "text": "\n\n".join(paragraphs)})
    opened = snapshot(tmp_path_factory.mktemp("many"), {"records.jsonl": records})
    assert len(opened.corpus) > 100
    yield opened
    opened.close()


@pytest.mark.parametrize("question", QUESTIONS)
def test_scores_are_tantivys_and_0_where_it_finds_nothing(question: str, many: Snapshot) -> None:
    found, scores = many.lexicon.search(question, len(many.corpus))
    expected = np.zeros(len(many.corpus), np.float32)
    expected[found] = scores
    got = many.word_search.scores(question, np.arange(len(many.corpus)))
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, expected, rtol=1e-5)
    assert many.word_search.best(question) == pytest.approx(expected.max())


@settings(max_examples=60, deadline=None)
@given(
    words=st.lists(st.sampled_from([*VOCABULARY, "zebra", "the"]), max_size=4),
    k=st.integers(0, 30),
    allowed=st.sets(st.integers(0, 99), max_size=90),
    few=st.booleans(),
)
def test_a_search_among_few_finds_what_a_search_among_all_would(
    words: list[str], k: int, allowed: set[int], few: bool, many: Snapshot
) -> None:
    question, rows = " ".join(words), np.array(sorted(allowed), np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.bm25._FEW", 1.0 if few else 0.0)
        found, scores = many.word_search.search(question, k, rows)
    expected, best = many.lexicon.search(question, k, rows)
    np.testing.assert_allclose(scores, best, rtol=1e-5)
    assert len(found) == len(set(found.tolist()))
    assert set(found.tolist()) <= allowed
    # Two paragraphs whose scores differ in the last digit only may change places; equal ones are in order.
    apart = np.abs(np.diff(best)) > 1e-4
    sure = np.concatenate([[True], apart]) & np.concatenate([apart, [len(found) < k or k == len(rows)]])
    if len(found):
        assert found[sure].tolist() == expected[sure].tolist()
    order = list(zip((-scores).tolist(), found.tolist(), strict=True))
    assert order == sorted(order)


def test_no_rows_have_no_scores(many: Snapshot) -> None:
    assert many.word_search.scores("trade", np.empty(0, np.int64)).shape == (0,)
    rows, scores = many.word_search.search("trade", 5, np.empty(0, np.int64))
    assert (rows.tolist(), scores.tolist()) == ([], [])
    assert rows.dtype == np.int64
    assert scores.dtype == np.float32


def test_rows_are_scored_in_any_order_and_as_often_as_they_are_asked_for(many: Snapshot) -> None:
    search: WordSearch = many.word_search
    every = search.scores("trade peace", np.arange(50))
    rows = np.array([7, 3, 49, 3, 0])
    assert search.scores("trade peace", rows).tolist() == every[rows].tolist()


def test_a_length_is_kept_by_its_leading_bits() -> None:
    """The first lengths of tantivy's table (fieldnorm/code.rs), and two far up."""
    table = [*range(41), 42, 44, 46, 48, 50, 52, 54, 56, 60, 64, 68, 72, 76, 80, 84, 88, 96, 104, 112, 120, 128, 136]
    assert np.unique(_kept(np.arange(144))).tolist() == table
    assert _kept(np.array([143, 2071, 2072, 2073])).tolist() == [136, 1944, 2072, 2072]
