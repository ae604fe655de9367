import gc
import weakref
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import IndexInvalidError
from index.types import Rows, Vectors
from index.vectors import SentenceVectors, SentenceWriter, VectorIndex, VectorWriter


def written(path: Path, vectors: Vectors) -> Path:
    writer = VectorWriter(vectors.shape[1])
    writer.add(vectors)
    writer.write(path)
    return path


def opened(folder: Path, vectors: Vectors, paragraphs: Rows | None = None) -> VectorIndex:
    path = written(folder / "vectors.faiss", vectors)
    return VectorIndex.open(path, np.arange(len(vectors)) if paragraphs is None else paragraphs)


def whole_numbers(count: int, dimensions: int, seed: int) -> Vectors:
    """Vectors of few small whole numbers: their products are exact, and many are equal."""
    return np.random.default_rng(seed).integers(-1, 2, (count, dimensions)).astype(np.float32)


def oracle(vectors: Vectors, paragraphs: Rows, query: Vectors, k: int, allowed: Rows) -> list[tuple[int, float]]:
    """Every product, the best of each allowed paragraph, best first and ties by row."""
    best: dict[int, float] = {}
    for row, score in zip(paragraphs.tolist(), (vectors @ query).tolist(), strict=True):
        if row in allowed:
            best[row] = max(score, best.get(row, -np.inf))
    return sorted(best.items(), key=lambda item: (-item[1], item[0]))[:k]


def pairs(found: tuple[Rows, Vectors]) -> list[tuple[int, float]]:
    return list(zip(found[0].tolist(), found[1].tolist(), strict=True))


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=80),
    st.integers(1, 9),
    st.integers(1, 100),
    st.integers(0, 999),
    st.floats(0, 1),
)
@settings(max_examples=60, deadline=None)
def test_search_agrees_with_a_full_product_with_ties_by_row(
    tmp_path_factory: pytest.TempPathFactory, windows: list[int], dimensions: int, k: int, seed: int, share: float
) -> None:
    paragraphs = np.repeat(np.arange(len(windows)), windows)
    vectors = whole_numbers(len(paragraphs), dimensions, seed)
    index = opened(tmp_path_factory.mktemp("vectors"), vectors, paragraphs)
    query = whole_numbers(1, dimensions, seed + 1)[0]
    every = np.arange(len(windows))
    some = np.flatnonzero(np.random.default_rng(seed).random(len(windows)) < share)
    assert pairs(index.search(query, k)) == oracle(vectors, paragraphs, query, k, every)
    assert pairs(index.search(query, k, some)) == oracle(vectors, paragraphs, query, k, some)


def test_equal_vectors_come_in_the_order_of_their_rows_wherever_k_cuts_them(tmp_path: Path) -> None:
    vectors = np.tile(np.array([[0.6, 0.8]], np.float32), (300, 1))
    vectors[150] = [0.8, 0.6]
    index = opened(tmp_path, vectors)
    for k in (1, 2, 7, 100, 299, 300):
        rows, _ = index.search(np.array([0.8, 0.6], np.float32), k)
        assert rows.tolist() == [150, *(row for row in range(300) if row != 150)][:k]


def test_unit_vectors_score_by_their_cosine(tmp_path: Path) -> None:
    vectors = np.random.default_rng(7).normal(size=(500, 24)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows, scores = opened(tmp_path, vectors).search(vectors[41], 10)
    assert rows[0] == 41
    np.testing.assert_allclose(scores, (vectors @ vectors[41])[rows], atol=1e-6)
    np.testing.assert_allclose(scores, np.sort(vectors @ vectors[41])[::-1][:10], atol=1e-6)


def test_k_above_the_corpus_returns_every_paragraph_once_and_no_row_that_is_not_there(tmp_path: Path) -> None:
    index = opened(tmp_path, whole_numbers(5, 4, seed=1))
    rows, scores = index.search(np.ones(4, np.float32), 1000)
    assert sorted(rows.tolist()) == [0, 1, 2, 3, 4]
    assert len(scores) == 5


def test_a_paragraph_counts_once_by_its_best_window(tmp_path: Path) -> None:
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8], [0, -1]], np.float32)
    index = opened(tmp_path, vectors, np.array([0, 0, 1, 1]))
    assert pairs(index.search(np.array([0, 1], np.float32), 2)) == [(0, 1.0), (1, pytest.approx(0.8))]


def test_many_windows_of_one_paragraph_do_not_crowd_out_the_others(tmp_path: Path) -> None:
    vectors = np.array([[1, 0]] * 400 + [[0.8, 0.6], [0.6, 0.8]], np.float32)
    index = opened(tmp_path, vectors, np.array([0] * 400 + [1, 2]))
    rows, _ = index.search(np.array([1, 0], np.float32), 3)
    assert rows.tolist() == [0, 1, 2]


@pytest.mark.parametrize("allowed", [[17], list(range(0, 200, 3)), list(range(200))])
def test_a_filter_is_applied_before_the_best_are_taken(tmp_path: Path, allowed: list[int]) -> None:
    vectors = whole_numbers(200, 6, seed=3)
    query = whole_numbers(1, 6, seed=4)[0]
    rows = np.array(allowed)
    found = opened(tmp_path, vectors).search(query, 20, rows)
    assert pairs(found) == oracle(vectors, np.arange(200), query, 20, rows)
    assert len(found[0]) == min(20, len(allowed))


def test_a_filter_that_allows_nothing_finds_nothing(tmp_path: Path) -> None:
    index = opened(tmp_path, whole_numbers(20, 4, seed=5))
    assert pairs(index.search(np.ones(4, np.float32), 5, np.empty(0, np.int64))) == []


def test_a_row_that_is_not_there_allows_nothing(tmp_path: Path) -> None:
    index = opened(tmp_path, whole_numbers(20, 4, seed=5))
    assert pairs(index.search(np.ones(4, np.float32), 5, np.array([20, 4000]))) == []


def test_k_of_nothing_finds_nothing(tmp_path: Path) -> None:
    index = opened(tmp_path, whole_numbers(3, 4, seed=5))
    assert pairs(index.search(np.ones(4, np.float32), 0)) == []


def test_an_index_of_no_vectors_finds_nothing(tmp_path: Path) -> None:
    index = opened(tmp_path, np.empty((0, 4), np.float32))
    assert index.dimensions == 4
    assert pairs(index.search(np.ones(4, np.float32), 5)) == []


def test_a_search_returns_rows_and_scores_of_the_stated_types(tmp_path: Path) -> None:
    index = opened(tmp_path, whole_numbers(9, 4, seed=6))
    for allowed in (None, np.array([2, 3]), np.empty(0, np.int64)):
        rows, scores = index.search(np.ones(4, np.float32), 3, allowed)
        assert rows.dtype == np.int64
        assert scores.dtype == np.float32


def test_vectors_added_in_batches_are_those_added_at_once(tmp_path: Path) -> None:
    vectors = whole_numbers(30, 5, seed=8)
    writer = VectorWriter(5)
    for start in range(0, 30, 7):
        writer.add(vectors[start : start + 7])
    writer.write(tmp_path / "batches")
    assert (tmp_path / "batches").read_bytes() == written(tmp_path / "whole", vectors).read_bytes()


def test_as_many_windows_as_vectors_are_required(tmp_path: Path) -> None:
    path = written(tmp_path / "vectors.faiss", whole_numbers(4, 3, seed=9))
    with pytest.raises(IndexInvalidError, match=r"4 vectors for 3 windows.*onrecord index build"):
        VectorIndex.open(path, np.arange(3))


@pytest.mark.parametrize("damage", ["empty", "words", "cut at the head", "cut at the end", "missing"])
def test_a_damaged_file_is_refused_with_the_command_that_repairs_it(tmp_path: Path, damage: str) -> None:
    path = written(tmp_path / "vectors.faiss", whole_numbers(40, 8, seed=10))
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        kept = {"empty": b"", "words": b"not an index", "cut at the head": content[:20], "cut at the end": content[:-1]}
        path.write_bytes(kept[damage])
    with pytest.raises(IndexInvalidError, match=r"vectors\.faiss cannot be opened.*onrecord index build"):
        VectorIndex.open(path, np.arange(40))


@given(st.lists(st.integers(1, 4), min_size=1, max_size=40), st.integers(1, 9), st.integers(0, 999), st.data())
@settings(max_examples=40, deadline=None)
def test_similarities_are_those_of_each_paragraphs_best_window(
    tmp_path_factory: pytest.TempPathFactory, windows: list[int], dimensions: int, seed: int, data: st.DataObject
) -> None:
    paragraphs = np.repeat(np.arange(len(windows)), windows)
    vectors = whole_numbers(len(paragraphs), dimensions, seed)
    index = opened(tmp_path_factory.mktemp("vectors"), vectors, paragraphs)
    query = whole_numbers(1, dimensions, seed + 1)[0]
    rows = data.draw(st.lists(st.integers(0, len(windows) - 1), max_size=20))
    found = index.similarities(query, np.array(rows, np.int64))
    assert found.tolist() == [max((vectors[paragraphs == row] @ query).tolist()) for row in rows]
    assert found.dtype == np.float32


def test_similarities_are_those_of_a_search(tmp_path: Path) -> None:
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8], [0, -1], [-1, 0]], np.float32)
    index = opened(tmp_path, vectors, np.array([0, 0, 1, 1, 2]))
    query = np.array([0, 1], np.float32)
    assert index.similarities(query, np.array([0, 1, 2])).tolist() == pytest.approx([1, 0.8, 0])
    assert index.similarities(query, np.array([2, 0, 2])).tolist() == pytest.approx([0, 1, 0])
    rows, scores = index.search(query, 3)
    assert index.similarities(query, rows).tolist() == pytest.approx(scores.tolist())


def sentence_vectors(path: Path, *batches: Vectors) -> Path:
    with closing(SentenceWriter(path)) as writer:
        for batch in batches:
            writer.add(batch)
    return path


def test_sentence_vectors_are_read_as_they_were_written_in_half_precision(tmp_path: Path) -> None:
    vectors = np.random.default_rng(11).normal(size=(50, 24)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    path = sentence_vectors(tmp_path / "sentences.f16", vectors[:20], vectors[20:20], vectors[20:])
    assert path.stat().st_size == 50 * 24 * 2
    rows = np.array([49, 0, 20, 20, 19])
    found = SentenceVectors(path, 50, 24).similarities(vectors[20], rows)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, vectors[rows].astype(np.float16).astype(np.float32) @ vectors[20], atol=1e-6)
    np.testing.assert_allclose(found, vectors[rows] @ vectors[20], atol=2e-3)


def test_no_rows_have_no_similarities(tmp_path: Path) -> None:
    vectors = whole_numbers(3, 4, seed=12)
    nothing, query = np.empty(0, np.int64), np.ones(4, np.float32)
    sentences = SentenceVectors(sentence_vectors(tmp_path / "sentences.f16", vectors), 3, 4)
    for found in (opened(tmp_path, vectors).similarities(query, nothing), sentences.similarities(query, nothing)):
        assert found.shape == (0,)
        assert found.dtype == np.float32


def test_an_index_without_sentences_can_be_opened(tmp_path: Path) -> None:
    path = sentence_vectors(tmp_path / "sentences.f16", np.empty((0, 4), np.float32))
    found = SentenceVectors(path, 0, 4).similarities(np.ones(4, np.float32), np.empty(0, np.int64))
    assert found.shape == (0,)
    assert found.dtype == np.float32


@pytest.mark.parametrize("damage", ["empty", "one sentence too few", "cut at the end", "missing"])
def test_sentence_vectors_that_are_not_all_there_are_refused(tmp_path: Path, damage: str) -> None:
    path = sentence_vectors(tmp_path / "sentences.f16", whole_numbers(40, 8, seed=13))
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes({"empty": b"", "one sentence too few": content[:-16], "cut at the end": content[:-1]}[damage])
    with pytest.raises(IndexInvalidError, match=r"sentences\.f16 (cannot be|does not hold).*onrecord index build"):
        SentenceVectors(path, 40, 8)


@pytest.mark.parametrize("block", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("share", [0.05, 0.5, 1.0])
def test_how_many_paragraphs_are_compared_at_a_time_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, share: float
) -> None:
    paragraphs = np.repeat(np.arange(60), np.random.default_rng(14).integers(1, 4, 60))
    vectors = whole_numbers(len(paragraphs), 5, seed=15)
    query, some = whole_numbers(1, 5, seed=16)[0], np.flatnonzero(np.random.default_rng(17).random(60) < share)
    monkeypatch.setattr("index.vectors._COMPARED", block)
    index = opened(tmp_path, vectors, paragraphs)
    for k in (1, 3, 20, 60):
        assert pairs(index.search(query, k)) == oracle(vectors, paragraphs, query, k, np.arange(60))
        assert pairs(index.search(query, k, some)) == oracle(vectors, paragraphs, query, k, some)


def test_a_question_is_answered_alike_whatever_was_asked_before_it(tmp_path: Path) -> None:
    """More questions than are kept, each twice, the second time in another order."""
    vectors = whole_numbers(50, 6, seed=18)
    index, queries = opened(tmp_path, vectors), whole_numbers(30, 6, seed=19)
    for query in [*queries, *queries[::-1], *queries[::7]]:
        assert pairs(index.search(query, 9)) == oracle(vectors, np.arange(50), query, 9, np.arange(50))


def test_what_a_search_returns_can_be_changed_without_changing_the_next_one(tmp_path: Path) -> None:
    index, query = opened(tmp_path, whole_numbers(20, 4, seed=20)), np.ones(4, np.float32)
    before = pairs(index.search(query, 20))
    rows, scores = index.search(query, 20)
    rows[:], scores[:] = 0, 9
    assert pairs(index.search(query, 20)) == before


@pytest.mark.parametrize("paragraphs", [[1, 2, 3], [0, 2, 2], [0, 1, 0], [-1, 0, 1], [0, 1, 2**62]])
def test_windows_that_are_not_those_of_every_paragraph_in_turn_are_refused(
    tmp_path: Path, paragraphs: list[int]
) -> None:
    with pytest.raises(IndexInvalidError, match="every paragraph in turn; run `onrecord index build`"):
        opened(tmp_path, whole_numbers(3, 4, seed=21), np.array(paragraphs))


def test_every_half_precision_number_is_compared_as_itself(tmp_path: Path) -> None:
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
    finite = halves[np.isfinite(halves)].astype(np.float32)[:, None]
    path = sentence_vectors(tmp_path / "sentences.f16", finite)
    found = SentenceVectors(path, len(finite), 1).similarities(np.ones(1, np.float32), np.arange(len(finite)))
    assert found.tolist() == finite[:, 0].tolist()


def test_a_closed_index_leaves_memory_at_once(tmp_path: Path) -> None:
    """Without waiting for the cycle collector: two snapshots are open during a swap, and must not become three."""
    index = opened(tmp_path, whole_numbers(20, 4, seed=22))
    index.search(np.ones(4, np.float32), 5)
    held = weakref.ref(index._index)
    gc.disable()
    try:
        del index
        assert held() is None
    finally:
        gc.enable()
