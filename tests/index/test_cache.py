import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.cache import VectorCache
from index.types import Spans, Vectors
from tests.fakes import BagOfWords

TEXTS = ["Vaccines for all.", "Trade and peace.", "🙂 Élan\0", ""]


@pytest.fixture
def embedder() -> BagOfWords:
    return BagOfWords()


@pytest.fixture
def cache(tmp_path: Path, embedder: BagOfWords) -> Iterator[VectorCache]:
    with closing(VectorCache(tmp_path / "cache" / "vectors.sqlite", embedder)) as cache:
        yield cache


def from_file(tmp_path: Path, embedder: BagOfWords, texts: list[str]) -> Vectors:
    """What a later build reads."""
    with closing(VectorCache(tmp_path / "cache" / "vectors.sqlite", embedder)) as cache:
        return cache.passages(texts)[0]


def test_vectors_are_those_of_the_model_in_the_order_of_the_texts(cache: VectorCache) -> None:
    np.testing.assert_array_equal(cache.passages(TEXTS)[0], BagOfWords().passages(TEXTS)[0])
    np.testing.assert_array_equal(cache.passages(TEXTS[::-1])[0], BagOfWords().passages(TEXTS[::-1])[0])


def test_a_text_is_embedded_once(cache: VectorCache, embedder: BagOfWords) -> None:
    cache.passages(TEXTS)
    cache.passages([*TEXTS, "New."])
    assert embedder.embedded == [*TEXTS, "New."]
    assert cache.computed == 5


def test_a_text_that_stands_twice_in_a_batch_is_embedded_once(cache: VectorCache, embedder: BagOfWords) -> None:
    vectors = cache.passages(["Peace.", "Trade.", "Peace."])[0]
    assert embedder.embedded == ["Peace.", "Trade."]
    assert cache.computed == 2
    np.testing.assert_array_equal(vectors[0], vectors[2])


def test_a_later_build_reads_exactly_equal_vectors_and_embeds_nothing(
    tmp_path: Path, cache: VectorCache, embedder: BagOfWords
) -> None:
    first = cache.passages(TEXTS)[0]
    later = BagOfWords()
    again = from_file(tmp_path, later, TEXTS)
    assert later.embedded == []
    assert again.dtype == np.float32
    np.testing.assert_array_equal(again, first)
    np.testing.assert_array_equal(again, BagOfWords().passages(TEXTS)[0])


def test_another_model_embeds_again_and_leaves_the_first_ones_vectors(tmp_path: Path, cache: VectorCache) -> None:
    first = cache.passages(TEXTS)[0]
    other = BagOfWords("other")
    vectors = from_file(tmp_path, other, TEXTS)
    assert other.embedded == TEXTS
    assert not np.array_equal(vectors, first)
    later = BagOfWords()
    np.testing.assert_array_equal(from_file(tmp_path, later, TEXTS), first)
    assert later.embedded == []


def test_a_text_changed_by_one_character_is_embedded_again(cache: VectorCache, embedder: BagOfWords) -> None:
    cache.passages(["Vaccines for all."])
    cache.passages(["Vaccines for all!"])
    assert embedder.embedded == ["Vaccines for all.", "Vaccines for all!"]


def test_no_texts_have_no_vectors(cache: VectorCache) -> None:
    assert cache.passages([])[0].shape == (0, BagOfWords.dimensions)


def test_more_texts_than_one_statement_takes_come_back_in_order(tmp_path: Path, cache: VectorCache) -> None:
    texts = [f"text {number}" for number in range(1203)]
    expected = BagOfWords().passages(texts)[0]
    np.testing.assert_array_equal(cache.passages(texts)[0], expected)
    np.testing.assert_array_equal(from_file(tmp_path, BagOfWords(), texts), expected)


def test_a_vector_of_a_wrong_length_in_the_file_is_made_anew(tmp_path: Path, cache: VectorCache) -> None:
    cache.passages(TEXTS)
    with closing(sqlite3.connect(tmp_path / "cache" / "vectors.sqlite")) as connection, connection:
        connection.execute("UPDATE vectors SET vector = x'00'")
    later = BagOfWords()
    np.testing.assert_array_equal(from_file(tmp_path, later, TEXTS), BagOfWords().passages(TEXTS)[0])
    assert later.embedded == TEXTS


def test_what_was_embedded_before_a_build_was_stopped_is_kept(tmp_path: Path) -> None:
    class Stopping(BagOfWords):
        def passages(self, texts: Sequence[str], parts: Sequence[Spans] = ()) -> tuple[Vectors, Vectors]:
            if "stop" in texts:
                raise KeyboardInterrupt
            return super().passages(texts, parts)

    with closing(VectorCache(tmp_path / "cache" / "vectors.sqlite", Stopping())) as cache:
        cache.passages(["one", "two"])
        with pytest.raises(KeyboardInterrupt):
            cache.passages(["two", "stop"])
    later = BagOfWords()
    from_file(tmp_path, later, ["one", "two", "three"])
    assert later.embedded == ["three"]


def test_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "vectors.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"not a database at all" * 100)
    cache = VectorCache(path, BagOfWords())
    assert cache.passages(["peace"])[0].shape == (1, BagOfWords.dimensions)
    cache.close()


def test_a_cache_damaged_behind_its_head_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    cache = VectorCache(path, BagOfWords())
    texts = [f"text {number}" for number in range(200)]
    before = cache.passages(texts)[0]
    cache.close()
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * (path.stat().st_size - 4096))
    cache = VectorCache(path, BagOfWords())
    assert (cache.passages(texts)[0] == before).all()
    cache.close()


PARTS: list[Spans] = [[(0, 8), (9, 17)], [(0, 16)], [], [(0, 0)]]


def test_parts_are_those_of_the_model_in_half_precision_in_the_order_of_the_texts(cache: VectorCache) -> None:
    wholes, parts = cache.passages(TEXTS, PARTS)
    expected = BagOfWords().passages(TEXTS, PARTS)
    np.testing.assert_array_equal(wholes, expected[0])
    assert parts.dtype == np.float32
    np.testing.assert_array_equal(parts, expected[1].astype(np.float16).astype(np.float32))
    np.testing.assert_array_equal(cache.passages(TEXTS[::-1], PARTS[::-1])[1], parts[[3, 2, 0, 1]])


def test_parts_come_back_equal_from_the_file(tmp_path: Path, cache: VectorCache) -> None:
    first = cache.passages(TEXTS, PARTS)
    later = BagOfWords()
    with closing(VectorCache(tmp_path / "cache" / "vectors.sqlite", later)) as again:
        for one, other in zip(first, again.passages(TEXTS, PARTS), strict=True):
            assert one.dtype == other.dtype == np.float32
            np.testing.assert_array_equal(one, other)
        assert again.computed == 0
    assert later.embedded == []


def test_some_from_the_file_and_some_from_the_model_keep_their_parts(cache: VectorCache, embedder: BagOfWords) -> None:
    cache.passages([TEXTS[1]], [PARTS[1]])
    _, parts = cache.passages(TEXTS, PARTS)
    assert embedder.embedded == [TEXTS[1], TEXTS[0], *TEXTS[2:]]
    np.testing.assert_array_equal(parts, BagOfWords().passages(TEXTS, PARTS)[1].astype(np.float16).astype(np.float32))


def test_a_text_that_stands_twice_in_a_batch_has_its_parts_twice(cache: VectorCache, embedder: BagOfWords) -> None:
    wholes, parts = cache.passages([TEXTS[0], TEXTS[1], TEXTS[0]], [PARTS[0], PARTS[1], PARTS[0]])
    assert embedder.embedded == TEXTS[:2]
    assert (wholes.shape, parts.shape) == ((3, BagOfWords.dimensions), (5, BagOfWords.dimensions))
    np.testing.assert_array_equal(parts[:2], parts[3:])


@pytest.mark.parametrize("parts", [[(0, 8)], [(0, 8), (9, 16)], [(0, 8), (9, 17), (9, 17)], []])
def test_the_same_text_cut_otherwise_is_embedded_again(
    cache: VectorCache, embedder: BagOfWords, parts: list[tuple[int, int]]
) -> None:
    cache.passages([TEXTS[0]], [PARTS[0]])
    _, pooled = cache.passages([TEXTS[0]], [parts])
    assert embedder.embedded == [TEXTS[0]] * 2
    assert len(pooled) == len(parts)
    cache.passages([TEXTS[0]], [PARTS[0]])
    assert cache.computed == 2


def test_the_same_text_cut_two_ways_in_a_batch_has_both(cache: VectorCache) -> None:
    ways: list[Spans] = [[(0, 8)], [(9, 17)]]
    _, parts = cache.passages([TEXTS[0]] * 2, ways)
    np.testing.assert_array_equal(parts, BagOfWords().queries(["Vaccines", "for all."])[0].astype(np.float16))


def test_texts_without_parts_have_no_vectors_of_parts(cache: VectorCache) -> None:
    for parts in ((), [()] * len(TEXTS)):
        assert cache.passages(TEXTS, parts)[1].shape == (0, BagOfWords.dimensions)
    assert cache.passages([], [])[1].shape == (0, BagOfWords.dimensions)


def test_parts_of_a_wrong_length_in_the_file_are_made_anew(tmp_path: Path, cache: VectorCache) -> None:
    first = cache.passages(TEXTS, PARTS)[1]
    with closing(sqlite3.connect(tmp_path / "cache" / "vectors.sqlite")) as connection, connection:
        connection.execute("UPDATE vectors SET parts = x'0000'")
    later = BagOfWords()
    with closing(VectorCache(tmp_path / "cache" / "vectors.sqlite", later)) as again:
        np.testing.assert_array_equal(again.passages(TEXTS, PARTS)[1], first)
    assert later.embedded == TEXTS


def test_a_file_of_an_earlier_layout_is_dropped_once_and_then_kept(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE vectors (model BLOB, text BLOB, vector BLOB, PRIMARY KEY (model, text)) WITHOUT ROWID"
        )
        connection.execute("INSERT INTO vectors VALUES (x'00', x'00', x'00')")
    for computed in (len(TEXTS), 0):
        with closing(VectorCache(path, BagOfWords())) as cache:
            vectors = cache.passages(TEXTS, PARTS)
            assert cache.computed == computed
    assert vectors[1].shape == (4, BagOfWords.dimensions)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM vectors").fetchone() == (len(TEXTS),)
