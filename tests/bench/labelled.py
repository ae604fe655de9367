"""The questions of this folder, with the words that their places in ../shared/corpus stand for."""

import html
import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np

from index.corpus import Corpus
from index.types import Document, Sentence
from qa.scoring import Question

QUESTIONS = Path(__file__).parent / "questions"
LABELLED = ("mfa", "wh", "un")
_TAG = re.compile(r"<script.*?</script>|<style.*?</style>|<[^>]+>", re.S | re.I)


def read_labelled(corpus: Path, files: tuple[str, ...] = LABELLED) -> list[Question]:
    """Of these files, in order. Raises OSError where a document is not there."""
    return [_question(row, corpus) for name in files for row in read_rows(name)]


def _question(row: dict[str, Any], corpus: Path) -> Question:
    def words(places: list[dict[str, Any]]) -> tuple[str, ...]:
        return tuple(plain(corpus, place["file"])[place["start"] : place["end"]] for place in places)

    return Question(
        id=row["id"],
        type=row["type"],
        question=row["question"],
        history=tuple({"question": asked, "answer": ""} for asked in row["history"]),
        answerable=row["answerable"],
        gold=words(row["gold"]),
        tempting=words(row["tempting"]),
        speaker=row["speaker"],
        answer_speaker=row["answer_speaker"],
        answer_string=row["answer_string"],
    )


def read_rows(file: str) -> list[dict[str, Any]]:
    """The lines of a file of this folder's, by its name without ".jsonl"."""
    return [json.loads(line) for line in (QUESTIONS / f"{file}.jsonl").read_text("utf-8").splitlines()]


@dataclass(frozen=True, slots=True)
class Place:
    """Sentences that follow each other in a paragraph, whose row this is."""

    row: int
    document: Document
    sentences: tuple[Sentence, ...]
    first: int
    last: int

    def text(self, around: int = 0) -> str:
        """Of these sentences, and so many before and after them in the paragraph."""
        first, last = max(0, self.first - around), min(self.last + around, len(self.sentences) - 1)
        return self.document.text[self.sentences[first].start : self.sentences[last].end]


@dataclass(frozen=True, slots=True)
class Written:
    """A question that a paragraph answers, in other words than its own, and one very like it that it does not.

    `string` is the shortest answer where a number, a date, a name … is asked for.
    """

    ask: str
    answer: Place
    string: str | None
    miss: str
    near: Place


def read_written(folder: Path, corpus: Corpus, file: str = "written") -> Iterator[Written]:
    """The lines of written.jsonl, or of another file, whose places are in an index of the folder, ../shared/corpus."""
    documents = {document.source: row for row, document in enumerate(corpus.all_documents())}
    for row in read_rows(file):
        if row["file"] in documents:
            paragraphs = _paragraphs(corpus, documents[row["file"]])
            words = plain(folder, row["file"])
            places = [_place(words[slice(*row[name])], paragraphs) for name in ("at", "near")]
            if places[0] and places[1]:
                yield Written(row["ask"], places[0], row["string"], row["miss"], places[1])


def _paragraphs(corpus: Corpus, document: int) -> list[Place]:
    """Those of a document, each as the place of all its sentences."""
    found = ((row, *corpus.paragraph(row)) for row in np.flatnonzero(corpus.documents_of == document).tolist())
    return [
        Place(row, owner, each.sentences, 0, len(each.sentences) - 1) for row, owner, each in found if each.sentences
    ]


def _place(words: str, paragraphs: list[Place]) -> Place | None:
    """Where words that are written with single spaces stand."""
    for each in paragraphs:
        texts = [" ".join(each.document.text[sentence.start : sentence.end].split()) for sentence in each.sentences]
        start = " ".join(texts).find(words)
        if start >= 0:
            begins = [0, *accumulate(len(text) + 1 for text in texts)]
            first, last = (bisect_right(begins, place) - 1 for place in (start, start + len(words) - 1))
            return replace(each, first=first, last=last)
    return None


@lru_cache(maxsize=2000)
def plain(corpus: Path, file: str) -> str:
    """The words of a file, or of the record "file#id", without tags and with single spaces between them."""
    path, _, identifier = file.partition("#")
    text = (corpus / path).read_text("utf-8", errors="replace")
    if identifier:
        records = (json.loads(line) for line in text.splitlines() if identifier in line)
        text = next(record["text"] for record in records if record["id"] == identifier)
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())
