"""The words of texts, in order: written as they come, read where they are looked up."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.build import build_index
from index.errors import IndexInvalidError
from index.forward import ForwardIndex, ForwardWriter, word_numbers
from index.lexicon import terms
from index.snapshot import open_snapshot
from tests.conftest import SAMPLE
from tests.fakes import BagOfWords
from tests.strategies import words

TEXTS: tuple[list[str], ...] = (["trade", "treaty", "trade"], [], ["peace"], [], [])


def written(path: Path, *batches: Iterable[Sequence[str]]) -> Path:
    with closing(ForwardWriter(path)) as writer:
        for batch in batches:
            writer.add(batch)
    return path


def read(index: ForwardIndex, rows: Sequence[int]) -> list[list[int]]:
    """The words of each of these texts."""
    found, starts = index.words(np.array(rows, np.int64))
    assert len(starts) == len(rows) + 1
    assert (starts[0], starts[-1]) == (0, len(found))
    return [found[start:end].tolist() for start, end in pairwise(starts)]


@given(st.lists(st.lists(words() | st.text(st.characters(exclude_categories=["Cs"])), max_size=6)), st.data())
@settings(max_examples=40, deadline=None)
def test_any_texts_come_back_in_any_order_and_as_often_as_they_are_asked_for(
    tmp_path_factory: pytest.TempPathFactory, texts: list[list[str]], data: st.DataObject
) -> None:
    half = len(texts) // 2
    path = written(tmp_path_factory.mktemp("forward") / "words.u4", texts[:half], [], texts[half:])
    index = ForwardIndex(path, len(texts))
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=8)) if texts else []
    assert read(index, rows) == [word_numbers(texts[row]).tolist() for row in rows]
    assert index.lengths(np.array(rows, np.int64)).tolist() == [len(texts[row]) for row in rows]


def test_texts_without_words_have_none_wherever_they_stand(tmp_path: Path) -> None:
    index = ForwardIndex(written(tmp_path / "words.u4", TEXTS), 5)
    trade, treaty, peace = word_numbers(["trade", "treaty", "peace"]).tolist()
    assert read(index, [3, 2, 1, 0, 4]) == [[], [peace], [], [trade, treaty, trade], []]
    assert read(index, [1, 3, 4]) == [[], [], []]
    assert index.lengths(np.arange(5)).tolist() == [3, 0, 1, 0, 0]


@pytest.mark.parametrize("texts", [0, 3])
def test_an_index_without_a_single_word_can_be_read(tmp_path: Path, texts: int) -> None:
    index = ForwardIndex(written(tmp_path / "words.u4", [[]] * texts), texts)
    assert read(index, list(range(texts))) == [[]] * texts
    assert read(index, []) == []


def test_a_word_has_the_same_number_in_every_build_and_another_word_another() -> None:
    # The check value of CRC-32.
    assert word_numbers(["123456789"]).tolist() == [0xCBF43926]
    assert word_numbers([]).dtype == np.uint32
    vocabulary = [f"word{number}" for number in range(1000)]
    assert len(set(word_numbers(vocabulary).tolist())) == 1000


def test_the_words_are_looked_up_on_the_disk_and_not_read_into_memory(tmp_path: Path) -> None:
    path = written(tmp_path / "words.u4", TEXTS)
    index = ForwardIndex(path, 5)
    with path.open("r+b") as file:
        file.write(word_numbers(["summit"]).tobytes())
    assert read(index, [0])[0][0] == word_numbers(["summit"])[0]


def test_what_was_read_stays_as_it_was_and_can_be_changed_without_changing_the_file(tmp_path: Path) -> None:
    path = written(tmp_path / "words.u4", TEXTS)
    before, index = path.read_bytes(), ForwardIndex(path, 5)
    found, _ = index.words(np.array([0, 2]))
    found[:] = 0
    assert path.read_bytes() == before
    assert read(index, [2]) == [word_numbers(["peace"]).tolist()]


@pytest.mark.parametrize("name", ["words.u4", "words.i8"])
@pytest.mark.parametrize("damage", ["missing", "empty", "one too few", "one too many", "cut inside a number"])
def test_files_that_are_not_all_there_are_refused_with_the_command_that_repairs_them(
    tmp_path: Path, name: str, damage: str
) -> None:
    path = written(tmp_path / "words.u4", TEXTS)
    damaged, size = tmp_path / name, 4 if name == "words.u4" else 8
    content = damaged.read_bytes()
    if damage == "missing":
        damaged.unlink()
    else:
        damaged.write_bytes(
            {
                "empty": b"",
                "one too few": content[:-size],
                "one too many": content + content[:size],
                "cut inside a number": content[:-1],
            }[damage]
        )
    with pytest.raises(IndexInvalidError, match=r"words\.u4 (cannot be|does not hold).*onrecord index build"):
        ForwardIndex(path, 5)


@pytest.mark.parametrize("texts", [0, 4, 6])
def test_an_index_of_another_number_of_texts_is_refused(tmp_path: Path, texts: int) -> None:
    path = written(tmp_path / "words.u4", TEXTS)
    with pytest.raises(IndexInvalidError, match=f"does not hold the words of {texts} texts"):
        ForwardIndex(path, texts)


def test_a_build_writes_the_words_of_every_sentence_and_of_every_title(sample_index: Path) -> None:
    snapshot = open_snapshot(sample_index)
    texts = [
        document.text[sentence.start : sentence.end]
        for document, paragraph in map(snapshot.corpus.paragraph, range(len(snapshot.corpus)))
        for sentence in paragraph.sentences
    ]
    assert read(snapshot.words, range(len(texts))) == [word_numbers(terms(text)).tolist() for text in texts]
    titles = [document.title for document in snapshot.corpus.all_documents()]
    assert read(snapshot.titles, range(len(titles))) == [word_numbers(terms(title)).tolist() for title in titles]
    assert any(titles)
    snapshot.close()


def test_two_builds_of_the_same_documents_write_the_same_words(sample_index: Path, tmp_path: Path) -> None:
    built = build_index(SAMPLE, tmp_path / "index", BagOfWords())
    again, (first,) = tmp_path / "index" / "snapshots" / built.snapshot, (sample_index / "snapshots").iterdir()
    for name in ("words.u4", "words.i8", "titles.u4", "titles.i8"):
        assert (again / name).read_bytes() == (first / name).read_bytes()


def test_neighbouring_texts_are_read_together(tmp_path: Path) -> None:
    index = ForwardIndex(written(tmp_path / "words.u4", TEXTS), 5)
    trade, treaty, peace = word_numbers(["trade", "treaty", "peace"]).tolist()
    found, starts = index.runs(np.array([1, 0, 3, 2]), np.array([3, 5, 3, 5]))
    runs = [found[start:end].tolist() for start, end in pairwise(starts)]
    assert runs == [[peace], [trade, treaty, trade, peace], [], [peace]]
    assert index.total == 4
