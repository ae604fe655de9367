"""BM25 over the words of paragraphs and of their documents' titles (tantivy)."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from math import log
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import numpy as np
import tantivy

from index.errors import IndexInvalidError
from index.rows import among
from index.types import Rows, Vectors

_ANALYZER = "english"
# "U.S." is one word, and the same as "US" and "U.S"; "J.F.Kennedy" is two.
_ABBREVIATION = re.compile(r"\b(?:[A-Za-z]\.)+[A-Za-z]\b\.?")
# What a question is made with and does not ask for. Left out of questions, not of documents: BM25 alone gains 3 points
# of nDCG@10 on inscit, 1 on squad2, 0.4 on mfa-press. Other k1 and b than tantivy's (1.2, 0.75) gained nothing there.
_ASKING = frozenset(
    """
    what who whom whose which when where why how did does do has have had say said says i you he she we me my your his
    her our its them from about any some been being were would could should can also comment think view please tell
    there
    """.split()
)
# In a shorter word, a slip makes another word: Ghosn, ghost. A longer one may have two: Zelenskyy, Zelenski.
_LEAST_MISSPELT = 8


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", stored=False, indexed=False, fast=True)
    builder.add_text_field("text", stored=False, tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_text_field("title", stored=False, tokenizer_name=_ANALYZER, index_option="freq")
    return builder.build()


@cache
def _analyzer() -> tantivy.TextAnalyzer:
    """Words, in lower case, without accents or function words, by their English (Snowball) stem."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stopword("english"))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def terms(text: str) -> list[str]:
    """The words of a text as the lexicon knows them, in order, with repeats."""
    return list(_analyzer().analyze(_joined(text)))


def asked_terms(question: str) -> list[str]:
    """The words a question asks for, as `terms` gives them; all of them where it has none but those it is made with."""
    # Taken out where they stand: what the analyzer takes for a word is more than \w, as the vowel signs of Hindi.
    kept = re.sub(r"[\w.]+", lambda word: " " if word[0].strip(".").lower() in _ASKING else word[0], question)
    return terms(kept) or terms(question)


def _joined(text: str) -> str:
    return _ABBREVIATION.sub(lambda match: match[0].replace(".", "") + " ", text)


def write_lexicon(folder: Path, texts: Iterable[tuple[str, str]]) -> None:
    """Index (text, title of its document) as rows 0, 1, 2 …; `folder` must not exist.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir()
    try:
        _write(folder, texts)
    except ValueError as error:  # tantivy raises nothing finer
        raise OSError(f"{folder.name} cannot be written: {error}") from error


def _write(folder: Path, texts: Iterable[tuple[str, str]]) -> None:
    index = tantivy.Index(_schema(), path=str(folder), reuse=False)
    index.register_tokenizer(_ANALYZER, _analyzer())
    # One thread, so that equal input gives an equal index.
    writer = index.writer(heap_size=128_000_000, num_threads=1)
    for row, (text, title) in enumerate(texts):
        document = tantivy.Document()
        document.add_unsigned("row", row)
        document.add_text("text", _joined(text))
        document.add_text("title", _joined(title))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


@contextmanager
def _readable() -> Iterator[None]:
    """Files that were damaged under an open index make tantivy panic, and a panic is no Exception: it ends a thread.

    Raises:
        IndexInvalidError
    """
    try:
        yield
    except (ValueError, TypeError) as error:
        raise IndexInvalidError(f"the lexicon cannot be read: {error}; run `onrecord index verify`") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise IndexInvalidError(f"the lexicon cannot be read: {error}; run `onrecord index verify`") from error


class Lexicon:
    """An opened lexicon. Safe between threads."""

    def __init__(self, index: tantivy.Index) -> None:
        index.register_tokenizer(_ANALYZER, _analyzer())
        index.reload()
        self._index = index

    @classmethod
    def open(cls, folder: Path) -> "Lexicon":
        try:
            if os.access(folder, os.W_OK):
                return cls(tantivy.Index.open(str(folder)))
            # tantivy locks a file of its own while it opens, which a folder that cannot be written does not allow.
            # What it has opened it keeps, so these links are needed no longer.
            with TemporaryDirectory() as links:
                for path in folder.iterdir():
                    if not path.name.endswith(".lock"):
                        (Path(links) / path.name).symlink_to(path.resolve())
                return cls(tantivy.Index.open(links))
        except (ValueError, OSError) as error:
            raise IndexInvalidError(f"{folder} cannot be opened: {error}; run `onrecord index build` again") from error

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)

    def rarity(self, word: str, field: Literal["text", "title"] = "text") -> float:
        """The inverse document frequency of a word as `terms` gives it, as BM25 has it; above 0."""
        with _readable():
            found = self._index.searcher().doc_freq(field, word)
        return log(1 + (len(self) - found + 0.5) / (found + 0.5))

    def knows(self, word: str) -> bool:
        """Whether a word as `terms` gives it, or a long one with slips in it, stands in any paragraph or title."""
        schema = self._index.schema
        with _readable():
            searcher = self._index.searcher()
            if any(searcher.doc_freq(field, word) for field in ("text", "title")):
                return True
            if len(word) < _LEAST_MISSPELT:
                return False
            slips = 1 if len(word) == _LEAST_MISSPELT else 2
            queries = (tantivy.Query.fuzzy_term_query(schema, field, word, slips) for field in ("text", "title"))
            return any(searcher.search(query, 1).hits for query in queries)

    def search(self, text: str, k: int, allowed: Rows | None = None) -> tuple[Rows, Vectors]:
        """The k paragraphs that match the words of `text` best.

        The text is data: no query syntax in it has a meaning. Returns rows and scores, both (m,) with m ≤ k, best
        first, ties by row; only paragraphs that share a word. A score is the BM25 of the paragraph plus that of its
        document's title. With `allowed` (ascending), only those; where they are few, `WordSearch` is far quicker.
        """
        words = list(dict.fromkeys(asked_terms(text)))
        if not words or k < 1 or not len(self) or (allowed is not None and not len(allowed)):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        schema = self._index.schema
        clauses = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, field, word))
            for word in words
            for field in ("text", "title")
        ]
        query = tantivy.Query.boolean_query(clauses)
        return self._search(query, k, allowed)

    def _search(self, query: tantivy.Query, k: int, allowed: Rows | None) -> tuple[Rows, Vectors]:
        """Fetch more until k are allowed and no tie is cut in two."""
        searcher = self._index.searcher()
        total = int(searcher.num_docs)
        fetch = min(total, k + 8)
        while True:
            with _readable():
                found = searcher.search(query, fetch, count=False).hits
                rows = np.array(searcher.fast_field_values("row", [address for _, address in found]), np.int64)
            scores = np.array([score for score, _ in found], np.float32)
            complete = len(found) < fetch or fetch == total
            lowest = scores[-1] if len(scores) else 0.0
            if allowed is not None:
                keep = among(rows, allowed)
                rows, scores = rows[keep], scores[keep]
            order = np.lexsort((rows, -scores))[:k]
            if complete or (len(order) == k and scores[order[-1]] > lowest):
                return rows[order], scores[order]
            fetch = min(total, 4 * fetch)
