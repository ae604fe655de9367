"""corpus.sqlite, opened: documents, paragraphs, sentences with their speakers, the windows that were embedded.

It is read-only; index/corpus_writer.py says what is in it and how rows are numbered.
"""

import json
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.copies import Copies, Place
from index.corpus_writer import DOCUMENT
from index.errors import DocumentsError, IndexInvalidError
from index.speakers import REPORTER
from index.types import Basis, Document, Origin, Paragraph, Role, Rows, Sentence, Skipped, Spans, Speaker, Speech


@dataclass(frozen=True, slots=True)
class Contents:
    """A document with its paragraphs, and the windows of each (offsets in the document); `row` is the first's."""

    document: Document
    row: int
    paragraphs: tuple[Paragraph, ...]
    windows: tuple[Spans, ...]


class Corpus:
    """An opened corpus. Safe between threads: SQLite serialises, and one lock keeps statements apart.

    `answers` (paragraphs,) is the row of the question that a paragraph answers, -1 where it answers none.
    `first_sentences` (paragraphs + 1,) is the row of a paragraph's first sentence, and last how many there are;
    `sentence_speakers` (sentences,) is who speaks each, -1 where nobody does. `documents_of` (paragraphs,) is the row
    of a paragraph's document; `goes_on` (paragraphs,) says whether it goes on with the words of who spoke last in the
    paragraph before it.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise IndexInvalidError(f"{path} is missing; run `onrecord index build` again")
        self._connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._path = path
        self._lock = threading.Lock()
        try:
            self.speakers = self._read_speakers()
            self.documents_of = self._column("SELECT document FROM paragraphs ORDER BY row")
            self.answers = self._column("SELECT coalesce(answers, -1) FROM paragraphs ORDER BY row")
            self._spoken_in = self._column("SELECT paragraph FROM sentences ORDER BY paragraph, start")
            self.sentence_speakers = self._column(
                "SELECT coalesce(speaker, -1) FROM sentences ORDER BY paragraph, start"
            )
            self.first_sentences = np.searchsorted(self._spoken_in, np.arange(len(self.documents_of) + 1))
            self.windows = self._column("SELECT paragraph FROM windows ORDER BY row")
            self._documents, self._paragraphs = self._copies("document_copies"), self._copies("paragraph_copies")
            self._days = self._all(
                "SELECT first_day, last_day, source, coalesce(url, ''), coalesce(publisher, '') FROM documents"
                " ORDER BY row"
            )
        except IndexInvalidError:
            self._connection.close()
            raise
        self._document = lru_cache(maxsize=64)(self._read_document)

    def __len__(self) -> int:
        """How many paragraphs there are."""
        return len(self.documents_of)

    @property
    def documents(self) -> int:
        return len(self._days)

    @property
    def different(self) -> int:
        """How many paragraphs there are if those that are the same words are counted once."""
        return len(self) - self._paragraphs.further

    @property
    def sentences(self) -> int:
        return int(self.first_sentences[-1])

    def close(self) -> None:
        # SQLite ends the process where a connection is closed under a statement.
        with self._lock:
            self._connection.close()
        # The cache refers back to the corpus; without it, memory is given back at once and not some time later.
        del self._document

    def document(self, identifier: str) -> Document | None:
        found = self._all("SELECT row FROM documents WHERE id = ?", (identifier,))
        return self._document(found[0][0]) if found else None

    def paragraph(self, row: int) -> tuple[Document, Paragraph]:
        """Raises IndexError where there is no such row."""
        if not 0 <= row < len(self):
            raise IndexError(row)
        ((start, end),) = self._all("SELECT start, end FROM paragraphs WHERE row = ?", (row,))
        sentences = self._all(
            "SELECT start, end, speaker, basis, evidence_start, evidence_end FROM sentences WHERE paragraph = ?"
            " ORDER BY start",
            (row,),
        )
        document = self._document(int(self.documents_of[row]))
        return document, Paragraph(start, end, tuple(self._sentence(*columns) for columns in sentences))

    def find(self, name: str) -> Document:
        """The document with this id, path or address, or the one whose path or address ends so.

        Raises:
            DocumentsError: there is none, or more than one.
        """
        document = self.document(name)
        if document:
            return document
        facts = [(row, source, url) for row, _, _, source, url, _ in self.document_facts()]
        rows = [row for row, source, url in facts if name in (source, url)]
        rows = rows or [row for row, source, url in facts if source.endswith(name) or url.endswith(name)]
        if len(rows) != 1:
            raise DocumentsError(f"{len(rows) or 'no'} documents have the id, path or address {name}")
        return self._document(rows[0])

    def paragraphs_of(self, document: Document) -> list[Paragraph]:
        """All paragraphs of a document, in order."""
        ((row,),) = self._all("SELECT row FROM documents WHERE id = ?", (document.id,))
        return [self.paragraph(int(place))[1] for place in np.flatnonzero(self.documents_of == row)]

    def contents(self) -> Iterator[Contents]:
        """Everything that can be quoted, document by document, in order."""
        borders = np.searchsorted(self.documents_of, np.arange(self.documents + 1))
        for row in range(self.documents):
            rows = range(int(borders[row]), int(borders[row + 1]))
            paragraphs = tuple(self.paragraph(place)[1] for place in rows)
            yield Contents(self._read_document(row), rows.start, paragraphs, self._windows(rows))

    def _windows(self, rows: range) -> tuple[Spans, ...]:
        first, last = np.searchsorted(self.windows, [rows.start, rows.stop])
        found = self._all(
            "SELECT start, end FROM windows WHERE row >= ? AND row < ? ORDER BY row", (int(first), int(last))
        )
        places = np.searchsorted(self.windows, np.arange(rows.start, rows.stop + 1)) - first
        return tuple(found[start:end] for start, end in pairwise(places.tolist()))

    def skipped(self) -> tuple[Skipped, ...]:
        """What the build could not read, and why."""
        return tuple(Skipped(*columns) for columns in self._all("SELECT source, reason FROM skipped ORDER BY rowid"))

    def bases(self) -> dict[Basis, int]:
        """How many sentences have a speaker, by how we know."""
        counted = "SELECT basis, count(*) FROM sentences WHERE speaker IS NOT NULL GROUP BY basis"
        found = dict(self._all(counted))
        return {basis: found.get(basis.value, 0) for basis in Basis}

    def faults(self) -> list[str]:
        """What SQLite finds wrong with the file itself."""
        return [fault for (fault,) in self._all("PRAGMA integrity_check(5)") if fault != "ok"]

    def distinct(self, allowed: Rows | None) -> Rows | None:
        """Of these paragraphs, or of all for None, one of those that are the same words: the original, if it is there.

        None where that is every paragraph there is.
        """
        return self._paragraphs.distinct(allowed, len(self))

    def places(self, row: int) -> tuple[Place, ...]:
        """Where else the words of this paragraph are published, the place to be quoted first."""
        return tuple(
            Place(*columns)
            for copy in self._paragraphs.of(row).tolist()
            for columns in self._all(
                "SELECT id, title, date, source, url, publisher, start, end FROM paragraphs"
                " JOIN documents ON documents.row = document WHERE paragraphs.row = ?",
                (copy,),
            )
        )

    def published_as(self, document: Document) -> tuple[Document, ...]:
        """The other documents that are one text with this, the original first; none of a document that is not here."""
        found = self._all("SELECT row FROM documents WHERE id = ?", (document.id,))
        return tuple(self._document(copy) for (row,) in found for copy in self._documents.of(row).tolist())

    def originals(self) -> Rows:
        """Ascending rows of the documents, without those that are one text with an earlier one."""
        found = self._documents.distinct(None, self.documents)
        return np.arange(self.documents) if found is None else found

    @property
    def copies_fit(self) -> bool:
        """Whether what is said of copies is of documents and paragraphs that are here."""
        return self._documents.fits(self.documents) and self._paragraphs.fits(len(self))

    def one_text(self, row: int, other: int) -> bool:
        """Whether the paragraphs in these rows are of two documents that are one text."""
        return bool(np.isin(self.documents_of[other], self._documents.of(int(self.documents_of[row]))))

    def rows_of_speakers(self, names: Iterable[str]) -> Rows:
        """Ascending rows of the paragraphs in which one of these people (full names) speaks a sentence."""
        return self._rows_where(self._speaks(names))

    def rows_of_others(self, names: Iterable[str]) -> Rows:
        """Ascending rows of the paragraphs in which somebody else than these people (full names), or nobody, speaks."""
        return self._rows_where(~self._speaks(names))

    def _speaks(self, names: Iterable[str]) -> NDArray[np.bool_]:
        """(sentences,) whether one of these people speaks each."""
        # One place more, for -1: nobody.
        spoken = np.zeros(max(self.speakers, default=-1) + 2, bool)
        spoken[self.speaker_rows(names)] = True
        return spoken[self.sentence_speakers]

    def _rows_where(self, sentences: NDArray[np.bool_]) -> Rows:
        """Ascending rows of the paragraphs of the sentences (sentences,) that are meant."""
        chosen = np.zeros(len(self), bool)
        chosen[self._spoken_in[sentences]] = True
        return np.flatnonzero(chosen)

    @cached_property
    def answering(self) -> Rows | None:
        """Ascending rows of the paragraphs that are more than a reporter's question; None where no reporter asks."""
        return self.rows_of_others([REPORTER]) if len(self.speaker_rows([REPORTER])) else None

    @cached_property
    def goes_on(self) -> NDArray[np.bool_]:
        first, last = self.first_sentences[:-1], self.first_sentences[1:] - 1
        spoken = last >= first
        opens, closes = np.full(len(self), -1), np.full(len(self), -1)
        opens[spoken] = self.sentence_speakers[first[spoken]]
        closes[spoken] = self.sentence_speakers[last[spoken]]
        same = np.zeros(len(self), bool)
        same[1:] = (opens[1:] == closes[:-1]) & (self.documents_of[1:] == self.documents_of[:-1])
        return same & (opens >= 0) & ~np.isin(opens, self.speaker_rows([REPORTER]))

    def rows_beside(self, row: int) -> Rows:
        """Ascending rows of all paragraphs of the document that has this one."""
        return np.flatnonzero(self.documents_of == self.documents_of[row])

    def rows_before(self, rows: Rows) -> Rows:
        """(n,) the paragraph before each in its document; a document's first is itself."""
        before = np.maximum(rows - 1, 0)
        return np.where(self.documents_of[before] == self.documents_of[rows], before, rows)

    def speaker_rows(self, names: Iterable[str]) -> Rows:
        """The numbers that these people (full names) have in `sentence_speakers`."""
        known = (self._rows_by_name.get(name) for name in frozenset(names))
        return np.array(sorted(row for row in known if row is not None), np.int64)

    @cached_property
    def _rows_by_name(self) -> Mapping[str, int]:
        return {speaker.name: row for row, speaker in self.speakers.items()}

    def rows_of_documents(self, rows: Iterable[int]) -> Rows:
        chosen = np.zeros(self.documents, bool)
        chosen[[row for row in rows if 0 <= row < self.documents]] = True
        return np.flatnonzero(chosen[self.documents_of])

    def answers_to(self, rows: Rows) -> Rows:
        """Ascending rows of the paragraphs that answer one of these reporters' questions."""
        # One place more, for -1: no question.
        asked = np.zeros(len(self) + 1, bool)
        asked[rows] = True
        return np.flatnonzero(asked[self.answers])

    def questions_of(self, rows: Rows | None) -> Rows:
        """Ascending rows of the questions that these paragraphs answer; without any, all that are answered."""
        if rows is None:
            return self._answered
        answered = np.zeros(len(self) + 1, bool)
        answered[self.answers[rows]] = True
        return np.flatnonzero(answered[:-1])

    @cached_property
    def _answered(self) -> Rows:
        return self.questions_of(np.arange(len(self)))

    @cached_property
    def is_dated(self) -> bool:
        """Whether any document has a date."""
        return any(first for first, *_ in self._days)

    def document_facts(self) -> Iterator[tuple[int, str | None, str | None, str, str, str]]:
        """(row, first day, last day, source, url, publisher) of every document, for filters."""
        return ((row, *facts) for row, facts in enumerate(self._days))

    def all_documents(self) -> Iterator[Document]:
        return (self._document(row) for row in range(self.documents))

    def _sentence(
        self, start: int, end: int, speaker: int | None, basis: str | None, since: int | None, until: int | None
    ) -> Sentence:
        if speaker is None or basis is None:
            return Sentence(start, end)
        evidence = None if since is None or until is None else (since, until)
        return Sentence(start, end, Speech(self.speakers[speaker].name, Basis(basis), evidence))

    def _read_document(self, row: int) -> Document:
        (columns,) = self._all(f"SELECT {', '.join(DOCUMENT)} FROM documents WHERE row = ?", (row,))
        facts = dict(zip(DOCUMENT, columns, strict=True))
        for name in ("title_origin", "date_origin"):
            facts[name] = Origin(facts[name]) if facts[name] else None
        return Document(**{**facts, "pages": tuple(json.loads(facts["pages"]))})

    def _read_speakers(self) -> dict[int, Speaker]:
        roles: defaultdict[int, list[Role]] = defaultdict(list)
        for speaker, *columns in self._all("SELECT * FROM roles ORDER BY rowid"):
            roles[speaker].append(Role(*columns))
        found = self._all("SELECT row, name, aliases, lookalikes FROM speakers")
        return {
            row: Speaker(name, tuple(json.loads(aliases)), tuple(roles[row]), tuple(json.loads(lookalikes)))
            for row, name, aliases, lookalikes in found
        }

    def _copies(self, table: str) -> Copies:
        rows = self._all(f"SELECT row, first FROM {table} ORDER BY first, place")
        return Copies(*np.array(rows, np.int64).reshape(-1, 2).T)

    def _column(self, statement: str) -> Rows:
        return np.array([value for (value,) in self._all(statement)], np.int64)

    def _all(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._connection.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise IndexInvalidError(
                f"{self._path} is damaged: {error}; run `onrecord index verify`, or `onrecord index build` again"
            ) from error
