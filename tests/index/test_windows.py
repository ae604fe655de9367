"""Every sentence is pooled from exactly one window, so that sentence vectors stand in the order of the sentences."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.embed import Embedder
from index.paragraphs import split_paragraphs
from index.types import Document, Spans
from index.windows import Window, split_windows
from tests.fakes import BagOfWords
from tests.strategies import texts


class Cutting(BagOfWords):
    """Cuts every text at the same places, each window reaching back so far into the one before it."""

    def __init__(self, step: int, overlap: int) -> None:
        super().__init__()
        self._step, self._overlap = step, overlap

    def windows(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        return [
            [
                (max(0, start - self._overlap), min(len(text), start + self._step))
                for start in range(0, max(1, len(text)), self._step)
            ]
            for text in texts
        ]


def windows_of(rows: list[tuple[int, int, str, Spans]], embedder: Embedder) -> list[Window]:
    return split_windows(rows, embedder.windows([text for _, _, text, _ in rows]))


def paragraphs(*lengths: Sequence[int], row: int = 0, offset: int = 0) -> list[tuple[int, int, str, Spans]]:
    """Paragraphs of sentences of these lengths, one space between two."""
    found: list[tuple[int, int, str, Spans]] = []
    for sentences in lengths:
        spans, at = [], 0
        for length in sentences:
            spans.append((at, at + length))
            at += length + 1
        text = " ".join(chr(ord("a") + i % 26) * length for i, length in enumerate(sentences))
        found.append((row, offset, text, spans))
        row, offset = row + 1, offset + len(text) + 2
    return found


@given(
    st.lists(st.lists(st.integers(1, 30), min_size=1, max_size=12), max_size=5),
    st.integers(1, 40),
    st.integers(0, 60),
)
@example([[1] * 12], 1, 60)
@example([[30, 1, 30]], 40, 0)
@settings(max_examples=200, deadline=None)
def test_every_sentence_is_a_part_of_exactly_one_window_in_order_and_inside_it(
    lengths: list[list[int]], step: int, overlap: int
) -> None:
    rows = paragraphs(*lengths, row=3, offset=17)
    windows = windows_of(rows, Cutting(step, overlap))
    assert sum(len(window.parts) for window in windows) == sum(map(len, lengths))
    assert [window.place[:2] for window in windows] == sorted(window.place[:2] for window in windows)
    for row, offset, text, sentences in rows:
        mine = [window for window in windows if window.place[0] == row]
        parts = [(window, part) for window in mine for part in window.parts]
        for (start, end), (window, (since, until)) in zip(sentences, parts, strict=True):
            assert 0 <= since < until <= len(window.text)
            begin = window.place[1] - offset
            assert start <= begin + since < begin + until <= end
            assert text[begin + since : begin + until] == window.text[since:until]
            inside = (max(start, begin), min(end, window.place[2] - offset))
            assert (begin + since, begin + until) == inside
        for window in mine:
            assert window.text == text[window.place[1] - offset : window.place[2] - offset]
            assert all(one[1] <= other[0] for one, other in pairwise(window.parts))


@given(texts())
@settings(max_examples=100, deadline=None)
def test_the_sentences_of_any_text_are_parts_of_its_windows(text: str) -> None:
    split = split_paragraphs(Document("id", "", text, "a.txt"))
    rows: list[tuple[int, int, str, Spans]] = [
        (row, p.start, text[p.start : p.end], [(s.start - p.start, s.end - p.start) for s in p.sentences])
        for row, p in enumerate(split)
    ]
    windows = windows_of(rows, BagOfWords())
    said = [window.place[1] + since for window in windows for since, _ in window.parts]
    sentences = [sentence for paragraph in split for sentence in paragraph.sentences]
    assert len(said) == len(sentences)
    assert all(sentence.start <= start < sentence.end for sentence, start in zip(sentences, said, strict=True))
    assert all(text[start:end] == window.text for window in windows for _, start, end in [window.place])


def test_a_paragraph_of_one_window_has_all_its_sentences_whole() -> None:
    (window,) = windows_of(paragraphs([5, 7], row=4, offset=100), BagOfWords())
    assert (window.place, window.text, window.parts) == ((4, 100, 113), "aaaaa bbbbbbb", [(0, 5), (6, 13)])


def test_a_sentence_belongs_to_the_window_that_holds_most_of_it_and_is_cut_to_it() -> None:
    # The windows are 0–10 and 6–16, and the second sentence 4–15.
    windows = windows_of(paragraphs([3, 11]), Cutting(10, 4))
    assert [(window.place, window.parts) for window in windows] == [((0, 0, 10), [(0, 3)]), ((0, 6, 15), [(0, 9)])]


def test_a_window_inside_one_long_sentence_has_it_at_most_once() -> None:
    windows = windows_of(paragraphs([50]), Cutting(10, 0))
    assert [window.parts for window in windows] == [[(0, 10)], [], [], [], []]


def test_no_paragraphs_have_no_windows() -> None:
    assert windows_of([], BagOfWords()) == []
