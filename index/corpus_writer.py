"""corpus.sqlite, written: documents, paragraphs, sentences with their speakers, the windows that were embedded.

Paragraph rows are numbered 0, 1, 2 … in the order of the documents and of the text; the vectors and the lexicon use the
same numbers.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby, zip_longest
from operator import itemgetter
from pathlib import Path

from index.dates import first_day, last_day
from index.duplicates import Duplicates, Facts, Part, same_words
from index.types import Document, Paragraph, Skipped, Spans, Speaker

_SCHEMA = """
CREATE TABLE documents (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL,
  source TEXT NOT NULL, date TEXT, url TEXT, speaker TEXT, role TEXT, title_origin TEXT, date_origin TEXT,
  publisher TEXT, language TEXT NOT NULL, pages TEXT NOT NULL, first_day TEXT, last_day TEXT);
CREATE TABLE paragraphs (row INTEGER PRIMARY KEY, document INTEGER NOT NULL, start INTEGER NOT NULL,
  end INTEGER NOT NULL, answers INTEGER);
CREATE TABLE sentences (paragraph INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, speaker INTEGER,
  basis TEXT, evidence_start INTEGER, evidence_end INTEGER, PRIMARY KEY (paragraph, start)) WITHOUT ROWID;
CREATE TABLE speakers (row INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, aliases TEXT NOT NULL,
  lookalikes TEXT NOT NULL);
CREATE TABLE roles (speaker INTEGER NOT NULL, words TEXT NOT NULL, country TEXT, first_day TEXT, last_day TEXT,
  mentions INTEGER NOT NULL);
CREATE TABLE windows (row INTEGER PRIMARY KEY, paragraph INTEGER NOT NULL, start INTEGER NOT NULL,
  end INTEGER NOT NULL);
CREATE TABLE document_copies (first INTEGER NOT NULL, place INTEGER NOT NULL, row INTEGER NOT NULL,
  PRIMARY KEY (first, place)) WITHOUT ROWID;
CREATE TABLE paragraph_copies (first INTEGER NOT NULL, place INTEGER NOT NULL, row INTEGER NOT NULL,
  PRIMARY KEY (first, place)) WITHOUT ROWID;
CREATE TABLE skipped (source TEXT NOT NULL, reason TEXT NOT NULL);
"""
_INDEXES = """
CREATE INDEX paragraphs_document ON paragraphs (document, row);
CREATE INDEX sentences_speaker ON sentences (speaker, paragraph) WHERE speaker IS NOT NULL;
"""
# A paragraph without sentences is compared as one.
_PARTS = """SELECT row, coalesce(sentences.start, paragraphs.start), coalesce(sentences.end, paragraphs.end), speaker
FROM paragraphs LEFT JOIN sentences ON paragraph = row WHERE row >= ? AND row < ? ORDER BY row, sentences.start"""
DOCUMENT = (
    "id",
    "title",
    "text",
    "source",
    "date",
    "url",
    "speaker",
    "role",
    "title_origin",
    "date_origin",
    "publisher",
    "language",
    "pages",
)
"""The columns of a document that are the fields of `Document`, the last as JSON."""


class CorpusWriter:
    """Writes a corpus from front to back; `finish` makes it complete."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)
        # The file is new and is published only when whole: a journal would cost time and protect nothing.
        try:
            self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        except sqlite3.Error:
            self._connection.close()
            raise
        self._speakers: dict[str, int] = {}
        self._renamed: list[tuple[int | None, int]] = []
        self._first_paragraphs = [0]
        self._parts = lru_cache(maxsize=64)(self._read_parts)
        self.documents = self.paragraphs = self.sentences = self.windows = 0

    def add(self, document: Document, paragraphs: Sequence[Paragraph], answers: Sequence[int | None] = ()) -> None:
        """Store a document; `answers` says for each paragraph which one of them asks what it answers, if one does."""
        days = (first_day(document.date), last_day(document.date)) if document.date else (None, None)
        columns = [getattr(document, name) for name in DOCUMENT[:-1]]
        row = (self.documents, *columns, json.dumps(document.pages), *days)
        self._connection.execute(f"INSERT INTO documents VALUES ({', '.join('?' * len(row))})", row)
        first = self.paragraphs
        for paragraph, asked in zip_longest(paragraphs, answers):
            question = None if asked is None else first + asked
            self._connection.execute(
                "INSERT INTO paragraphs VALUES (?, ?, ?, ?, ?)",
                (self.paragraphs, self.documents, paragraph.start, paragraph.end, question),
            )
            self._add_sentences(paragraph)
            self.paragraphs += 1
        self.documents += 1
        self._first_paragraphs.append(self.paragraphs)

    def _add_sentences(self, paragraph: Paragraph) -> None:
        rows = []
        for sentence in paragraph.sentences:
            speech = sentence.speech
            evidence = speech.evidence if speech and speech.evidence else (None, None)
            who = (self._speaker(speech.speaker), speech.basis.value) if speech else (None, None)
            rows.append((self.paragraphs, sentence.start, sentence.end, *who, *evidence))
        self._connection.executemany("INSERT INTO sentences VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        self.sentences += len(rows)

    def _speaker(self, name: str) -> int:
        return self._speakers.setdefault(name, len(self._speakers))

    def add_windows(self, rows: Iterable[tuple[int, int, int]]) -> None:
        """(paragraph row, start, end) in the order of the vectors; spans are offsets in the document."""
        numbered = [(self.windows + i, *row) for i, row in enumerate(rows)]
        self._connection.executemany("INSERT INTO windows VALUES (?, ?, ?, ?)", numbered)
        self.windows += len(numbered)

    def paragraph_texts(self) -> Iterator[tuple[int, int, str, Spans]]:
        """(row, start in its document, text, its sentences' spans in it) of every paragraph so far, in row order."""
        query = "SELECT document, row, start, end FROM paragraphs ORDER BY row"
        sentences = "SELECT start, end FROM sentences WHERE paragraph = ? ORDER BY start"
        current, text = -1, ""
        for document, row, start, end in self._connection.execute(query):
            if document != current:
                (text,) = self._connection.execute("SELECT text FROM documents WHERE row = ?", (document,)).fetchone()
                current = document
            spans = self._connection.execute(sentences, (row,)).fetchall()
            yield row, start, text[start:end], [(begin - start, stop - start) for begin, stop in spans]

    def paragraph_windows(self) -> Iterator[Spans]:
        """The windows of every paragraph so far, in row order, as offsets in its text."""
        query = (
            "SELECT paragraph, windows.start - paragraphs.start, windows.end - paragraphs.start FROM windows"
            " JOIN paragraphs ON paragraphs.row = paragraph ORDER BY windows.row"
        )
        for _, spans in groupby(self._connection.execute(query), key=itemgetter(0)):
            yield [(start, end) for _, start, end in spans]

    def paragraph_titles(self) -> Iterator[str]:
        """The title of its document for every paragraph so far, in row order."""
        query = "SELECT title FROM paragraphs JOIN documents ON documents.row = document ORDER BY paragraphs.row"
        return (title for (title,) in self._connection.execute(query))

    def titles(self) -> Iterator[str]:
        """Of every document so far, in row order."""
        return (title for (title,) in self._connection.execute("SELECT title FROM documents ORDER BY row"))

    def merge_speakers(self, same: Mapping[str, Speaker | None]) -> None:
        """Say who is who, once every document was added: `same` maps the names used to the people meant, or to none."""
        rows: dict[str, int] = {}
        for name, row in self._speakers.items():
            speaker = same.get(name, Speaker(name))
            if speaker is None:
                self._renamed.append((None, row))
                continue
            kept = rows.setdefault(speaker.name, row)
            if kept == row:
                self._add_speaker(row, speaker)
            else:
                self._renamed.append((kept, row))

    def _add_speaker(self, row: int, speaker: Speaker) -> None:
        lists = (json.dumps(names, ensure_ascii=False) for names in (speaker.aliases, speaker.lookalikes))
        self._connection.execute("INSERT INTO speakers VALUES (?, ?, ?, ?)", (row, speaker.name, *lists))
        roles = [
            (row, role.words, role.country, role.first_day, role.last_day, role.mentions) for role in speaker.roles
        ]
        self._connection.executemany("INSERT INTO roles VALUES (?, ?, ?, ?, ?, ?)", roles)

    def facts(self) -> list[Facts]:
        """Of every document so far, in row order, as are `texts`."""
        found = self._connection.execute("SELECT source, url, first_day, last_day FROM documents ORDER BY row")
        return [Facts(*columns) for columns in found]

    def texts(self) -> Iterator[str]:
        return (text for (text,) in self._connection.execute("SELECT text FROM documents ORDER BY row"))

    def parts(self, document: int) -> tuple[Part, ...]:
        """The paragraphs of the document in this row; complete once it is known who is who."""
        return self._parts(document)

    def _read_parts(self, document: int) -> tuple[Part, ...]:
        (text,) = self._connection.execute("SELECT text FROM documents WHERE row = ?", (document,)).fetchone()
        kept = {row: merged for merged, row in self._renamed}
        rows: defaultdict[int, list[tuple[str, int | None]]] = defaultdict(list)
        span = self._first_paragraphs[document : document + 2]
        for row, start, end, speaker in self._connection.execute(_PARTS, span):
            rows[row].append((same_words(text[start:end]), kept.get(speaker, speaker)))
        return tuple(
            Part(row, tuple(words for words, _ in said), frozenset(who for _, who in said if who is not None))
            for row, said in rows.items()
        )

    def add_duplicates(self, found: Duplicates) -> None:
        """Say which documents are one text, and which of their paragraphs are the same words."""
        for table, classes in (("document_copies", found.groups), ("paragraph_copies", found.copies)):
            rows = [(same[0], place, row) for same in classes for place, row in enumerate(same)]
            self._connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", rows)

    def finish(self, skipped: Iterable[Skipped]) -> None:
        """Write what was skipped, and close; the file is complete then."""
        with self._connection:
            self._connection.executemany(
                "INSERT INTO skipped VALUES (?, ?)", [(item.source, item.reason) for item in skipped]
            )
        self._connection.executescript(_INDEXES)
        with self._connection:
            self._connection.executemany("UPDATE sentences SET speaker = ? WHERE speaker = ?", self._renamed)
        self._connection.close()

    def abandon(self) -> None:
        """Close without finishing; nothing where it is finished."""
        self._connection.close()
