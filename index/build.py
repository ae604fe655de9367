"""The pipeline: a folder of documents → a published snapshot."""

import re
import sqlite3
import time
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

from index import snapshot as disk
from index.cache import VectorCache
from index.contents import File, contents_digest, digest_files, reading_digest
from index.corpus_writer import CorpusWriter
from index.duplicates import find_duplicates
from index.embed import Embedder
from index.errors import DocumentsError, IndexInvalidError, IndexMissingError, IndexWriteError
from index.forward import ForwardWriter
from index.lexicon import terms, write_lexicon
from index.maps import Maps, mapped
from index.reading import Reading, read_document, read_paragraphs
from index.readings import READINGS, Readings
from index.sources import list_files, suffixes, without_repeats
from index.sources.containers import unpacked_in
from index.speakers import Collection
from index.types import Document, Manifest, Paragraph, Skipped
from index.vectors import SentenceWriter, VectorWriter
from index.windows import split_windows

# Texts embedded between two commits of the cache: enough to sort into batches of like length, a few seconds' work.
_CHUNK = 512

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, how much of it is done and, where it is known, of how much: "checking" and
"reading" files, "embedding" paragraphs."""

_T = TypeVar("_T")
Report = Callable[[Skipped], None]
"""Called with what is skipped, as soon as it is."""


def silent(stage: str, done: int, total: int | None) -> None:
    """The Progress of a build that nobody watches."""


def unreported(item: Skipped) -> None:
    """The Report of a build whose outcome alone says what was skipped."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did. `embedded` counts the windows whose vectors were not in the cache."""

    snapshot: str
    documents: int
    paragraphs: int
    embedded: int
    skipped: tuple[Skipped, ...]
    tuned: int
    """Pairs that the live snapshot was tuned on; its maps were kept."""
    seconds: float
    unchanged: bool = False
    """Whether the live snapshot was built from just this: then it stays, and nothing is published."""


def build_index(
    folder: Path,
    index: Path,
    embedder: Embedder,
    progress: Progress = silent,
    report: Report = unreported,
    *,
    anew: bool = False,
    empty: bool = False,
) -> Built:
    """Read everything in `folder` and publish it as the live snapshot of `index`.

    What an earlier build has read and embedded is taken from its cache, and where nothing has changed, the live
    snapshot stays. With `anew`, every file is read again and a snapshot published in any case; with `empty`, also one
    of a folder in which nothing can be read, which withdraws every document.

    Raises:
        DocumentsError: the folder is missing, or nothing in it can be read, which may be a drive that is not there; the
            index is left as it was.
        IndexBusyError: another build is writing there.
        IndexWriteError: the index cannot be written.
        ModelError: the model cannot be loaded.
    """
    if index.resolve().is_relative_to(folder.resolve()):
        raise DocumentsError(f"the index {index} would lie inside the documents {folder}; give --out another place")
    started = time.perf_counter()
    found = list(list_files(folder))
    with _workspace(index) as workspace:
        files = list(_told(digest_files(found), "checking", len(found), progress))
        contents = contents_digest(files, (embedder.name, embedder.digest))
        with closing(Readings(index / "cache" / READINGS, reading_digest(), embedder.digest)) as readings:
            live = None if anew else _unchanged(index, contents, started)
            if anew or (live and not readings.is_tidy(contents)):
                readings.clear()
            if live:
                for item in live.skipped:
                    report(item)
                return live
            with closing(_Writing(workspace)) as writing:
                items = without_repeats(_items(files, readings, progress))
                with unpacked_in(workspace.parent, disk.UNFINISHED):
                    skipped = _read(items, writing, lambda document: _known(document, embedder, readings), report)
                # What could not be read for a reason that may be gone is not withdrawn.
                passing = any(item.passing for item in skipped)
                if not writing.corpus.paragraphs and (passing or not empty):
                    raise DocumentsError(_nothing_to_read(folder, skipped) + ("" if passing else _withdrawing(index)))
                contents = "" if readings.provisional else contents
                # Before the snapshot is live, so that nothing of a withdrawn document is kept once it is.
                readings.tidy(contents)
                return _publish(writing, skipped, index, embedder, progress, started, contents)


def build_again(
    items: Iterable[Document | Skipped], index: Path, embedder: Embedder, progress: Progress = silent
) -> Built:
    """Publish documents that were read before, split and attributed anew, as those of an index of an older format."""
    started = time.perf_counter()
    with _workspace(index) as workspace, closing(_Writing(workspace)) as writing:
        skipped = _read(_told(items, "reading", None, progress), writing, lambda each: read_document(each, embedder))
        if not writing.corpus.paragraphs:
            raise DocumentsError(_nothing_to_read(index, skipped))
        return _publish(writing, skipped, index, embedder, progress, started)


def build_documents(
    documents: Iterable[tuple[Document, Sequence[Paragraph]]],
    index: Path,
    embedder: Embedder,
    progress: Progress = silent,
) -> Built:
    """Publish documents whose paragraphs are known, as those of labelled question sets are."""
    started = time.perf_counter()
    with _workspace(index) as workspace, closing(_Writing(workspace)) as writing:
        for document, paragraphs in documents:
            writing.add(document, read_paragraphs(document, paragraphs, embedder))
        writing.corpus.merge_speakers({})
        return _publish(writing, [], index, embedder, progress, started)


@contextmanager
def _workspace(index: Path) -> Iterator[Path]:
    """`disk.new_snapshot`, where a full disk and the like are an IndexWriteError."""
    try:
        with disk.new_snapshot(index) as workspace:
            yield workspace
    except (OSError, sqlite3.Error) as error:
        raise IndexWriteError(f"{index} cannot be written: {error}; what was live is live still") from error


class _Writing:
    """The files of a snapshot that are written document by document."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        with ExitStack() as opened:
            self.corpus = CorpusWriter(workspace / disk.CORPUS)
            opened.callback(self.corpus.abandon)
            self._words = opened.enter_context(closing(ForwardWriter(workspace / disk.WORDS)))
            self._titles = opened.enter_context(closing(ForwardWriter(workspace / disk.TITLES)))
            self._opened = opened.pop_all()

    def add(self, document: Document, reading: Reading) -> None:
        first = self.corpus.paragraphs
        self.corpus.add(document, reading.paragraphs, reading.answers)
        self.corpus.add_windows(
            (first + number, paragraph.start + start, paragraph.start + end)
            for number, (paragraph, windows) in enumerate(zip(reading.paragraphs, reading.windows, strict=True))
            for start, end in windows
        )
        self._words.add_numbers(reading.words, reading.counts)
        self._titles.add([terms(document.title)])

    def finish(self, skipped: Iterable[Skipped]) -> None:
        self.corpus.finish(skipped)
        self.close()

    def close(self) -> None:
        """What was not finished is incomplete then."""
        self._opened.close()


def _unchanged(index: Path, contents: str, started: float) -> Built | None:
    """The live snapshot as the outcome of this build, if it was built from the same and is whole."""
    try:
        if disk.read_manifest(index / "snapshots" / disk.current(index)).contents != contents:
            return None
        with closing(disk.open_snapshot(index)) as live:
            found, skipped = live.manifest, live.corpus.skipped()
    except (IndexMissingError, IndexInvalidError):
        return None
    disk.remove_older(index, found)
    seconds = time.perf_counter() - started
    return Built(live.name, found.documents, found.paragraphs, 0, skipped, found.tuned, seconds, unchanged=True)


def _items(files: Sequence[File | Skipped], readings: Readings, progress: Progress) -> Iterator[Document | Skipped]:
    names = {file.found.name for file in files if isinstance(file, File)}
    for file in _told(files, "reading", len(files), progress):
        if isinstance(file, Skipped):
            yield file
            continue
        for item in readings.documents(file):
            yield _own(item, file.found.name, names) if isinstance(item, Document) else item


def _own(document: Document, name: str, names: Container[str]) -> Document | Skipped:
    """The document, unless it says that it comes from another file: no record stands in the place of one."""
    places = (document.source, *(document.source[: cut.start()] for cut in re.finditer("[#:/]", document.source)))
    other = next((place for place in places if place != name and place in names), None)
    if other is None:
        return document
    return Skipped(name, f"a record in it says that it comes from {other}, which is a file of its own")


def _told(items: Iterable[_T], stage: str, total: int | None, progress: Progress) -> Iterator[_T]:
    """`items`, each of which is done when the next is asked for."""
    done = 0
    for done, item in enumerate(items, 1):
        yield item
        progress(stage, done, total)


def _known(document: Document, embedder: Embedder, readings: Readings) -> Reading:
    known = readings.reading(document)
    if known is None:
        known = read_document(document, embedder)
        readings.keep(document, known)
    return known


def _read(
    items: Iterable[Document | Skipped],
    writing: _Writing,
    read: Callable[[Document], Reading],
    report: Report = unreported,
) -> list[Skipped]:
    """Store every document, and say who is who in them; returns what was skipped."""
    skipped = []
    names = Collection()
    for item in items:
        if isinstance(item, Skipped):
            skipped.append(item)
            report(item)
        else:
            reading = read(item)
            writing.add(item, reading)
            names.add(item, reading.paragraphs, reading.survey)
    writing.corpus.merge_speakers(names.people())
    writing.corpus.add_duplicates(find_duplicates(writing.corpus))
    return skipped


def _nothing_to_read(folder: Path, skipped: list[Skipped]) -> str:
    if not skipped:
        return f"{folder} holds no documents; put {suffixes(' or ')} files there"
    reasons = "; ".join(f"{item.source}: {item.reason}" for item in skipped[:3])
    more = f" and {len(skipped) - 3:,} more" if len(skipped) > 3 else ""
    return f"{folder} holds nothing that can be read ({reasons}{more})"


def _withdrawing(index: Path) -> str:
    return "; build with --allow-empty if all are to be withdrawn" if (index / "CURRENT").exists() else ""


def _publish(
    writing: _Writing,
    skipped: Sequence[Skipped],
    index: Path,
    embedder: Embedder,
    progress: Progress,
    started: float,
    contents: str = "",
) -> Built:
    """Write what is looked up in what was read, and make it the live snapshot."""
    maps = disk.live_maps(index, embedder.digest)
    embedded = _embed(writing, index, embedder, maps, progress)
    manifest = _manifest(writing.corpus, embedder, maps, contents)
    writing.finish(skipped)
    name = disk.publish(index, writing.workspace, manifest)
    seconds = time.perf_counter() - started
    return Built(name, manifest.documents, manifest.paragraphs, embedded, tuple(skipped), manifest.tuned, seconds)


def _embed(writing: _Writing, index: Path, embedder: Embedder, maps: Maps | None, progress: Progress) -> int:
    """Write the lexicon and the vectors (mapped, if there are maps); returns how many had to be embedded."""
    corpus, workspace = writing.corpus, writing.workspace
    texts = (text for _, _, text, _ in corpus.paragraph_texts())
    write_lexicon(workspace / disk.LEXICON, zip(texts, corpus.paragraph_titles(), strict=True))
    vectors = VectorWriter(embedder.dimensions)
    cache = VectorCache(index / "cache" / "vectors.sqlite", embedder)
    with closing(cache), closing(SentenceWriter(workspace / disk.SENTENCES)) as sentences:
        texts_left, windows_left = corpus.paragraph_texts(), corpus.paragraph_windows()
        while chunk := list(islice(texts_left, _CHUNK)):
            windows = split_windows(chunk, list(islice(windows_left, _CHUNK)))
            wholes, parts = cache.passages([window.text for window in windows], [window.parts for window in windows])
            vectors.add(mapped(wholes, maps.passages) if maps else wholes)
            sentences.add(mapped(parts, maps.passages) if maps else parts)
            progress("embedding", chunk[-1][0] + 1, corpus.paragraphs)
    vectors.write(workspace / disk.VECTORS)
    if maps:
        maps.write(workspace / disk.MAPS)
    return cache.computed


def _manifest(corpus: CorpusWriter, embedder: Embedder, maps: Maps | None, contents: str) -> Manifest:
    return Manifest(
        format=disk.FORMAT,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        model=embedder.name,
        model_digest=embedder.digest,
        dimensions=embedder.dimensions,
        documents=corpus.documents,
        paragraphs=corpus.paragraphs,
        sentences=corpus.sentences,
        windows=corpus.windows,
        tuned=maps.pairs if maps else 0,
        contents=contents,
        files={},
    )
