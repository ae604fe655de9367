"""Is an index what it says it is? Every byte against its checksum, every part against the others, every span.

The checksums find what happened to the files since they were written, the rest what was wrong when they were.
"""

from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import numpy as np

from index import snapshot as disk
from index.corpus import Contents
from index.errors import IndexInvalidError, IndexMissingError
from index.history import list_snapshots
from index.snapshot import Snapshot
from index.types import File, Paragraph, Rows, Spans

# How far from unit length a vector may be; half precision and bfloat16 stay well below.
_LENGTH_ERROR = 1e-2
# Of the same kind of fault in one snapshot, so many are named.
_MOST_NAMED = 5


def verify(index: Path, name: str | None = None) -> Iterator[tuple[str, list[str]]]:
    """(snapshot, what is wrong with it) for the live snapshot, or that of a name; nothing wrong is an empty list.

    Raises:
        IndexMissingError: there is no index there, or no such snapshot.
        IndexInvalidError: CURRENT is damaged.
    """
    live = disk.current(index)
    wrong = _wrong_current(index, live)
    if wrong:
        raise IndexInvalidError(wrong)
    names = {each.name for each in list_snapshots(index)}
    if name and name not in names:
        raise IndexMissingError(f"{index} has no snapshot {name}; `onrecord index list {index}` names those it has")
    yield name or live, faults(index, name or live)


def verify_all(index: Path) -> Iterator[tuple[str, list[str]]]:
    """The same for every snapshot, the first published first, and for CURRENT where that is wrong."""
    try:
        wrong = _wrong_current(index, disk.current(index))
    except IndexInvalidError as error:
        wrong = str(error)
    if wrong:
        yield "CURRENT", [wrong]
    for each in list_snapshots(index):
        yield each.name, faults(index, each.name)


def _wrong_current(index: Path, live: str) -> str | None:
    if (index / "CURRENT").read_bytes() == f"{live}\n".encode():
        return None
    return f"{index / 'CURRENT'} was altered; run `onrecord index rollback {index} {live}`"


def faults(index: Path, name: str) -> list[str]:
    """Everything that is wrong with a snapshot, each in a line that names the file or the place.

    Of an older format only the files are looked at. What is inside of them is looked at only where each is to the last
    byte what was published: native code trusts what it reads.
    """
    folder = index / "snapshots" / name
    try:
        values = disk.manifest_values(folder)
        files = {path: File(**file) for path, file in values["files"].items()}
    except IndexInvalidError as error:
        return [str(error)]
    except (TypeError, AttributeError, KeyError) as error:
        return [f"{folder / disk.MANIFEST} cannot be read: {error}"]
    found = [*_wrong_files(folder, files), *_extra_files(folder, files)]
    if found or values["format"] != disk.FORMAT:
        return found
    try:
        with closing(disk.open_snapshot(index, name)) as snapshot:
            return [f"{folder / place}: {fault}" for place, fault in _inside(snapshot)]
    except IndexInvalidError as error:
        return [str(error)]
    except (LookupError, TypeError, ValueError) as error:
        return [f"{folder / disk.CORPUS} holds what this version cannot read: {type(error).__name__}: {error}"]


def _wrong_files(folder: Path, files: dict[str, File]) -> Iterator[str]:
    for path, expected in sorted(files.items()):
        try:
            found = disk.described(folder / path)
        except FileNotFoundError:
            yield f"{folder / path} is missing"
        except OSError as error:
            yield f"{folder / path} cannot be read: {error.strerror}"
        else:
            if found.size != expected.size:
                yield f"{folder / path} has {found.size:,} bytes, and {expected.size:,} were published"
            elif found != expected:
                yield f"{folder / path} was altered: its sha256 is not the one of what was published"


def _extra_files(folder: Path, files: dict[str, File]) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name in files or name == disk.MANIFEST or (path.is_dir() and not path.is_symlink()):
            continue
        if path.name.endswith(".lock") and path.is_file() and not path.stat().st_size:
            continue  # the lexicon's writer locks itself with empty files
        yield f"{path} is not a part of the snapshot"


def _inside(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """(file, what is wrong in it)."""
    yield from ((disk.CORPUS, fault) for fault in snapshot.corpus.faults())
    rows = list(_wrong_rows(snapshot))
    yield from rows
    if rows:
        return  # what is behind them cannot be followed
    named: dict[str, int] = {}
    for contents in snapshot.corpus.contents():
        for kind, fault in _wrong_places(contents):
            named[kind] = named.get(kind, 0) + 1
            if named[kind] <= _MOST_NAMED:
                yield disk.CORPUS, f"document {contents.document.id}: {fault}"
    yield from ((disk.CORPUS, f"{times:,} in all: {kind}") for kind, times in named.items() if times > _MOST_NAMED)
    yield from _wrong_vectors(snapshot)


def _wrong_places(contents: Contents) -> Iterator[tuple[str, str]]:
    """(kind of fault, fault) of the spans of one document."""
    length = len(contents.document.text)
    pages = contents.document.pages
    if any(not 0 <= page <= length for page in pages) or any(after < before for before, after in pairwise(pages)):
        yield "pages outside of the text or out of order", f"its pages {pages} are not places in its text, in order"
    paragraphs = [(paragraph.start, paragraph.end) for paragraph in contents.paragraphs]
    yield from _not_inside(paragraphs, (0, length), "paragraph", "the text")
    for paragraph, windows in zip(contents.paragraphs, contents.windows, strict=True):
        span = (paragraph.start, paragraph.end)
        yield from _not_inside([(each.start, each.end) for each in paragraph.sentences], span, "sentence", "paragraph")
        yield from _wrong_evidence(paragraph, length)
        if not windows or (windows[0][0], windows[-1][1]) != span or any(end <= start for start, end in windows):
            yield "windows that do not cover their paragraph", f"the windows of paragraph {span} are {windows}"


def _not_inside(spans: Spans, whole: tuple[int, int], kind: str, outer: str) -> Iterator[tuple[str, str]]:
    """Spans that are empty, leave `whole`, or begin before the one before them has ended."""
    at, end = whole
    for span in spans:
        if not at <= span[0] < span[1] <= end:
            yield f"{kind} spans out of place", f"{kind} {span} is empty, out of order or outside of {outer} {whole}"
        at = max(at, span[1])


def _wrong_evidence(paragraph: Paragraph, length: int) -> Iterator[tuple[str, str]]:
    for sentence in paragraph.sentences:
        evidence = sentence.speech.evidence if sentence.speech else None
        if evidence and not 0 <= evidence[0] < evidence[1] <= length:
            place = (sentence.start, sentence.end)
            yield "evidence outside of the text", f"the evidence {evidence} of sentence {place} is not in the text"


def _wrong_rows(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Numbers that point to other rows: speakers, documents, questions, words."""
    corpus = snapshot.corpus
    speakers = corpus.sentence_speakers
    if not np.isin(speakers[speakers >= 0], list(corpus.speakers)).all():
        yield disk.CORPUS, "sentences are spoken by speakers who are not in it"
    if not np.array_equal(np.unique(corpus.windows), np.arange(len(corpus))):
        yield disk.CORPUS, "not every paragraph has a window, or a window has no paragraph"
    if _descends(corpus.documents_of) or not np.isin(corpus.documents_of, np.arange(corpus.documents)).all():
        yield disk.CORPUS, "paragraphs are out of the order of their documents"
    asked = np.flatnonzero(corpus.answers >= 0)
    questions = corpus.answers[asked]
    if (questions >= asked).any() or (corpus.documents_of[questions] != corpus.documents_of[asked]).any():
        yield disk.CORPUS, "answers point to no question before them in their document"
    if not corpus.copies_fit:
        yield disk.CORPUS, "copies are of rows that are not there, or of none"
    for path, words in ((disk.WORDS, snapshot.words), (disk.TITLES, snapshot.titles)):
        if not words.in_order:
            yield path, "the texts in it do not follow each other"


def _descends(rows: Rows) -> bool:
    return bool((np.diff(rows) < 0).any())


def _wrong_vectors(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for path, batches in ((disk.VECTORS, snapshot.vectors.batches()), (disk.SENTENCES, snapshot.sentences.batches())):
        wrong = 0
        for batch in batches:
            lengths = np.linalg.norm(batch, axis=1)
            wrong += int((~(np.abs(lengths - 1) <= _LENGTH_ERROR)).sum())  # so that no number counts as wrong
        if wrong:
            yield path, f"{wrong:,} vectors are not of unit length"
    if snapshot.maps:
        both = np.stack([snapshot.maps.queries, snapshot.maps.passages])
        if not np.isfinite(both).all() or np.linalg.matrix_rank(snapshot.maps.passages) < len(snapshot.maps.passages):
            yield disk.MAPS, "the maps cannot be inverted"
