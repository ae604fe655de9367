"""What an index holds, counted."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from index.corpus import Corpus
from index.snapshot import Snapshot
from index.types import Document

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Statistics:
    """`spoken` has the share (0…1) of sentences with a speaker by how we know; the rest are nobody's.

    `first_day` and `last_day` (YYYY-MM-DD) span the dated documents. Documents are counted by year, publisher, language
    and file name ending, the most frequent first but for years; "unknown" where they have none. `files` are bytes.
    """

    snapshot: str
    documents: int
    paragraphs: int
    sentences: int
    words: int
    speakers: int
    skipped: int
    spoken: Mapping[str, float]
    first_day: str | None
    last_day: str | None
    years: Mapping[str, int]
    publishers: Mapping[str, int]
    languages: Mapping[str, int]
    formats: Mapping[str, int]
    files: Mapping[str, int]


def statistics(snapshot: Snapshot) -> Statistics:
    corpus, manifest = snapshot.corpus, snapshot.manifest
    documents = list(corpus.all_documents())
    first, last = _days(corpus)
    return Statistics(
        snapshot.name,
        corpus.documents,
        len(corpus),
        corpus.sentences,
        sum(len(document.text.split()) for document in documents),
        len(corpus.speakers),
        len(corpus.skipped()),
        {basis.value: count / max(corpus.sentences, 1) for basis, count in corpus.bases().items()},
        first,
        last,
        dict(sorted(_counted(document.date and document.date[:4] for document in documents).items())),
        _counted(document.publisher for document in documents),
        _counted(document.language for document in documents),
        _counted(_format(document) for document in documents),
        {path: file.size for path, file in sorted(manifest.files.items())},
    )


def _days(corpus: Corpus) -> tuple[str | None, str | None]:
    facts = list(corpus.document_facts())
    first = min((first for _, first, *_ in facts if first), default=None)
    return first, max((last for _, _, last, *_ in facts if last), default=None)


def _counted(values: Iterable[str | None]) -> dict[str, int]:
    counts = Counter(value or UNKNOWN for value in values)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _format(document: Document) -> str:
    """The ending of the file that a document was read from; that file may have held several."""
    path = document.source.partition("#")[0]
    ending = PurePosixPath(path).suffix.lower()
    return ending.partition(":")[0]
