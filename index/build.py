"""The pipeline: a folder of documents → a published snapshot."""

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from index import snapshot as disk
from index.cache import VectorCache
from index.corpus import CorpusWriter
from index.duplicates import find_duplicates
from index.embed import Embedder
from index.errors import DocumentsError, IndexWriteError
from index.forward import ForwardWriter
from index.lexicon import terms, write_lexicon
from index.maps import Maps, mapped
from index.paragraphs import split_paragraphs
from index.sources import read_folder, suffixes
from index.speakers import Collection, answered_questions, attribute
from index.types import Document, Manifest, Paragraph, Skipped
from index.vectors import SentenceWriter, VectorWriter
from index.windows import split_windows

# Texts embedded between two commits of the cache: enough to sort into batches of like length, a few seconds' work.
_CHUNK = 512

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done ("reading", "embedding"), how many are done and, where it is known, of how many."""


def silent(stage: str, done: int, total: int | None) -> None:
    """The Progress of a build that nobody watches."""


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


def build_index(folder: Path, index: Path, embedder: Embedder, progress: Progress = silent) -> Built:
    """Read everything in `folder` and publish it as the live snapshot of `index`.

    Raises:
        DocumentsError: the folder is missing, or nothing in it can be read; the index is left as it was.
        IndexBusyError: another build is writing there.
        ModelError: the model cannot be loaded.
    """
    if index.resolve().is_relative_to(folder.resolve()):
        raise DocumentsError(f"the index {index} would lie inside the documents {folder}; give --out another place")
    items = read_folder(folder)
    return _build(lambda corpus: _read(items, folder, corpus, progress), index, embedder, progress)


def build_again(
    items: Iterable[Document | Skipped], index: Path, embedder: Embedder, progress: Progress = silent
) -> Built:
    """Publish documents that were read before, split and attributed anew, as those of an index of an older format."""
    return _build(lambda corpus: _read(items, index, corpus, progress), index, embedder, progress)


def build_documents(
    documents: Iterable[tuple[Document, Sequence[Paragraph]]],
    index: Path,
    embedder: Embedder,
    progress: Progress = silent,
) -> Built:
    """Publish documents whose paragraphs are known, as those of labelled question sets are."""

    def add(corpus: CorpusWriter) -> list[Skipped]:
        for document, paragraphs in documents:
            corpus.add(document, paragraphs)
        corpus.merge_speakers({})
        return []

    return _build(add, index, embedder, progress)


def _build(fill: Callable[[CorpusWriter], list[Skipped]], index: Path, embedder: Embedder, progress: Progress) -> Built:
    started = time.perf_counter()
    with disk.new_snapshot(index) as workspace:
        corpus = None
        try:
            corpus = CorpusWriter(workspace / disk.CORPUS)
            skipped = fill(corpus)
            maps = disk.live_maps(index, embedder.digest)
            embedded = _embed(workspace, index, corpus, embedder, maps, progress)
            manifest = _manifest(corpus, embedder, maps)
            corpus.finish(skipped)
            name = disk.publish(index, workspace, manifest)
        except (OSError, sqlite3.Error) as error:
            raise IndexWriteError(f"{index} cannot be written: {error}; what was live is live still") from error
        finally:
            if corpus:
                corpus.abandon()
    seconds = time.perf_counter() - started
    return Built(name, manifest.documents, manifest.paragraphs, embedded, tuple(skipped), manifest.tuned, seconds)


def _read(items: Iterable[Document | Skipped], folder: Path, corpus: CorpusWriter, progress: Progress) -> list[Skipped]:
    skipped = []
    names = Collection()
    for number, item in enumerate(items, 1):
        if isinstance(item, Skipped):
            skipped.append(item)
        else:
            _add(item, corpus, names)
        progress("reading", number, None)
    if not corpus.paragraphs:
        raise DocumentsError(_nothing_to_read(folder, skipped))
    corpus.merge_speakers(names.people())
    corpus.add_duplicates(find_duplicates(corpus))
    return skipped


def _add(document: Document, corpus: CorpusWriter, names: Collection) -> None:
    """Store one document, and learn the names in it."""
    paragraphs = attribute(document, split_paragraphs(document))
    corpus.add(document, paragraphs, answered_questions(paragraphs))
    names.add(document, paragraphs)


def _nothing_to_read(folder: Path, skipped: list[Skipped]) -> str:
    if not skipped:
        return f"{folder} holds no documents; put {suffixes(' or ')} files there"
    reasons = "; ".join(f"{item.source}: {item.reason}" for item in skipped[:3])
    more = f" and {len(skipped) - 3:,} more" if len(skipped) > 3 else ""
    return f"{folder} holds nothing that can be read ({reasons}{more})"


def _embed(
    workspace: Path, index: Path, corpus: CorpusWriter, embedder: Embedder, maps: Maps | None, progress: Progress
) -> int:
    """Write the lexicon, the words and the vectors (mapped, if there are maps); returns how many had to be embedded."""
    texts = (text for _, _, text, _ in corpus.paragraph_texts())
    write_lexicon(workspace / disk.LEXICON, zip(texts, corpus.paragraph_titles(), strict=True))
    with closing(ForwardWriter(workspace / disk.TITLES)) as titles:
        titles.add(terms(title) for title in corpus.titles())
    vectors = VectorWriter(embedder.dimensions)
    cache = VectorCache(index / "cache" / "vectors.sqlite", embedder)
    try:
        with (
            closing(SentenceWriter(workspace / disk.SENTENCES)) as sentences,
            closing(ForwardWriter(workspace / disk.WORDS)) as words,
        ):
            texts_left = corpus.paragraph_texts()
            while chunk := list(islice(texts_left, _CHUNK)):
                words.add(terms(text[start:end]) for _, _, text, spans in chunk for start, end in spans)
                windows = split_windows(chunk, embedder)
                corpus.add_windows([window.place for window in windows])
                wholes, parts = cache.passages(
                    [window.text for window in windows], [window.parts for window in windows]
                )
                vectors.add(mapped(wholes, maps.passages) if maps else wholes)
                sentences.add(mapped(parts, maps.passages) if maps else parts)
                progress("embedding", chunk[-1][0] + 1, corpus.paragraphs)
        vectors.write(workspace / disk.VECTORS)
        if maps:
            maps.write(workspace / disk.MAPS)
        return cache.computed
    finally:
        cache.close()


def _manifest(corpus: CorpusWriter, embedder: Embedder, maps: Maps | None) -> Manifest:
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
        files={},
    )
