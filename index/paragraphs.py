"""Document → Paragraphs and Sentences, as spans that point back into the document's text."""

import re
from collections.abc import Iterator

import sentencex

from index.types import Document, Paragraph, Sentence

# Nobody can be held to a "sentence" of a thousand words; what has no full stop for so long is a table or a list.
_LONGEST_SENTENCE = 2000
_LONGEST_LINE = 50_000

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_LINE = re.compile(r"[^\n]+")
# sentencex 1.0 panics on some wide spaces; replaced one for one, they leave every offset where it was.
_SPACE = re.compile(r"[^\S\n]")


def split_paragraphs(document: Document) -> tuple[Paragraph, ...]:
    """Split at blank lines; white space at either end belongs to no paragraph, and an empty one does not exist."""
    text, language = document.text, document.language
    borders = [0]
    for match in _BLANK_LINE.finditer(text):
        borders += match.span()
    borders.append(len(text))
    spans = (_trim(text, start, end) for start, end in zip(borders[::2], borders[1::2], strict=True))
    return tuple(
        Paragraph(start, end, split_sentences(text, start, end, language)) for start, end in spans if start < end
    )


def split_sentences(text: str, start: int, end: int, language: str = "en") -> tuple[Sentence, ...]:
    """Split `text[start:end]` with sentencex (Wikimedia); a line break also ends a sentence.

    The sentences cover everything that is not white space.
    """
    sentences = []
    for position, line_end in _lines(text, start, end):
        for piece in sentencex.segment(language, _SPACE.sub(" ", text[position:line_end])):
            sentences += _pieces(text, position, position + len(piece))
            position += len(piece)
        if position < line_end:
            sentences += _pieces(text, position, line_end)
    return tuple(sentences)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of the lines; one without end is cut at white space, because sentencex takes the square of its length."""
    for line in _LINE.finditer(text, start, end):
        position = line.start()
        while line.end() - position > _LONGEST_LINE:
            cut = text.rfind(" ", position + 1, position + _LONGEST_LINE)
            cut = cut if cut > position else position + _LONGEST_LINE
            yield position, cut
            position = cut
        yield position, line.end()


def _pieces(text: str, start: int, end: int) -> list[Sentence]:
    """One sentence, or several where it is too long to quote; cut at white space where there is some."""
    pieces = []
    while end - start > _LONGEST_SENTENCE:
        cut = text.rfind(" ", start + 1, start + _LONGEST_SENTENCE)
        cut = cut if cut > start else start + _LONGEST_SENTENCE
        pieces.append(_trim(text, start, cut))
        start = cut
    pieces.append(_trim(text, start, end))
    return [Sentence(*piece) for piece in pieces if piece[0] < piece[1]]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
