"""Paragraphs → the windows of text that are embedded, each with the sentences that are pooled from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.types import Paragraph, Spans


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of a paragraph that fits the model.

    `place` is (paragraph row, start, end), as offsets in the document; `parts` are offsets in `text`, in order: every
    sentence of a paragraph is a part of exactly one of its windows.
    """

    place: tuple[int, int, int]
    text: str
    parts: Spans


def split_windows(paragraphs: Sequence[tuple[int, int, str, Spans]], spans: Sequence[Spans]) -> list[Window]:
    """The windows of (row, start in the document, text, sentences) in order, at these spans of each text."""
    return [
        Window((row, offset + start, offset + end), text[start:end], parts)
        for (row, offset, text, sentences), windows in zip(paragraphs, spans, strict=True)
        for (start, end), parts in zip(windows, _shared(sentences, windows), strict=True)
    ]


def embedded(text: str, paragraph: Paragraph, windows: Spans) -> Iterator[tuple[str, Spans]]:
    """(text, parts) of the windows of a paragraph, as `split_windows` gave them; spans are offsets in the document."""
    start = paragraph.start
    sentences = [(sentence.start - start, sentence.end - start) for sentence in paragraph.sentences]
    inside = [(begin - start, end - start) for begin, end in windows]
    return zip((text[begin:end] for begin, end in windows), _shared(sentences, inside), strict=True)


def _shared(sentences: Spans, windows: Spans) -> list[list[tuple[int, int]]]:
    """Each sentence in the window that holds most of it, cut to that window; never before the sentence before it."""
    parts: list[list[tuple[int, int]]] = [[] for _ in windows]
    at = 0
    for start, end in sentences:
        at = max(range(at, len(windows)), key=lambda i: min(end, windows[i][1]) - max(start, windows[i][0]))
        parts[at].append((max(start, windows[at][0]) - windows[at][0], min(end, windows[at][1]) - windows[at][0]))
    return parts
