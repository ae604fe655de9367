import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.cache import VectorCache
from index.types import Vectors
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
        return cache.passages(texts)


def test_vectors_are_those_of_the_model_in_the_order_of_the_texts(cache: VectorCache) -> None:
    np.testing.assert_array_equal(cache.passages(TEXTS), BagOfWords().passages(TEXTS))
    np.testing.assert_array_equal(cache.passages(TEXTS[::-1]), BagOfWords().passages(TEXTS[::-1]))


def test_a_text_is_embedded_once(cache: VectorCache, embedder: BagOfWords) -> None:
    cache.passages(TEXTS)
    cache.passages([*TEXTS, "New."])
    assert embedder.embedded == [*TEXTS, "New."]
    assert cache.computed == 5


def test_a_text_that_stands_twice_in_a_batch_is_embedded_once(cache: VectorCache, embedder: BagOfWords) -> None:
    vectors = cache.passages(["Peace.", "Trade.", "Peace."])
    assert embedder.embedded == ["Peace.", "Trade."]
    assert cache.computed == 2
    np.testing.assert_array_equal(vectors[0], vectors[2])


def test_a_later_build_reads_exactly_equal_vectors_and_embeds_nothing(
    tmp_path: Path, cache: VectorCache, embedder: BagOfWords
) -> None:
    first = cache.passages(TEXTS)
    later = BagOfWords()
    again = from_file(tmp_path, later, TEXTS)
    assert later.embedded == []
    assert again.dtype == np.float32
    np.testing.assert_array_equal(again, first)
    np.testing.assert_array_equal(again, BagOfWords().passages(TEXTS))


def test_another_model_embeds_again_and_leaves_the_first_ones_vectors(tmp_path: Path, cache: VectorCache) -> None:
    first = cache.passages(TEXTS)
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
    assert cache.passages([]).shape == (0, BagOfWords.dimensions)


def test_more_texts_than_one_statement_takes_come_back_in_order(tmp_path: Path, cache: VectorCache) -> None:
    texts = [f"text {number}" for number in range(1203)]
    expected = BagOfWords().passages(texts)
    np.testing.assert_array_equal(cache.passages(texts), expected)
    np.testing.assert_array_equal(from_file(tmp_path, BagOfWords(), texts), expected)


def test_a_vector_of_a_wrong_length_in_the_file_is_made_anew(tmp_path: Path, cache: VectorCache) -> None:
    cache.passages(TEXTS)
    with closing(sqlite3.connect(tmp_path / "cache" / "vectors.sqlite")) as connection, connection:
        connection.execute("UPDATE vectors SET vector = x'00'")
    later = BagOfWords()
    np.testing.assert_array_equal(from_file(tmp_path, later, TEXTS), BagOfWords().passages(TEXTS))
    assert later.embedded == TEXTS


def test_what_was_embedded_before_a_build_was_stopped_is_kept(tmp_path: Path) -> None:
    class Stopping(BagOfWords):
        def passages(self, texts: Sequence[str]) -> Vectors:
            if "stop" in texts:
                raise KeyboardInterrupt
            return super().passages(texts)

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
    assert cache.passages(["peace"]).shape == (1, BagOfWords.dimensions)
    cache.close()


def test_a_cache_damaged_behind_its_head_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    cache = VectorCache(path, BagOfWords())
    texts = [f"text {number}" for number in range(200)]
    before = cache.passages(texts)
    cache.close()
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * (path.stat().st_size - 4096))
    cache = VectorCache(path, BagOfWords())
    assert (cache.passages(texts) == before).all()
    cache.close()
