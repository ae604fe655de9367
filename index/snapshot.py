"""The on-disk format: written whole, published by one atomic rename, opened, never modified.

INDEX/CURRENT names the live snapshot; INDEX/snapshots/<utc>-<digest>/ holds manifest.json, corpus.sqlite,
vectors.faiss, sentences.f16, the words of sentences and titles (.u4, .i8), lexicon/ and, where it was tuned, maps.f32;
INDEX/cache/ holds the model's own vectors for the next build.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from index.bm25 import WordSearch
from index.corpus import Corpus
from index.errors import IndexBusyError, IndexInvalidError, IndexMissingError, IndexWriteError
from index.forward import ForwardIndex
from index.lexicon import Lexicon
from index.maps import Maps, mapped
from index.types import File, Manifest, Vectors
from index.vectors import SentenceVectors, VectorIndex

FORMAT = 4
CORPUS, VECTORS, LEXICON, MANIFEST = "corpus.sqlite", "vectors.faiss", "lexicon", "manifest.json"
SENTENCES, WORDS, TITLES, MAPS = "sentences.f16", "words.u4", "titles.u4", "maps.f32"
_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
_UNFINISHED = ".unfinished-"


class Snapshot:
    """An opened index: what was published, as one consistent whole. Safe between threads.

    `words` are those of the sentences, `titles` those of the documents' titles. Where it was tuned, `vectors` and
    `sentences` are mapped by `maps.passages` already.
    """

    def __init__(
        self,
        name: str,
        manifest: Manifest,
        corpus: Corpus,
        vectors: VectorIndex,
        sentences: SentenceVectors,
        words: ForwardIndex,
        titles: ForwardIndex,
        lexicon: Lexicon,
        maps: Maps | None = None,
    ) -> None:
        self.name = name
        self.manifest = manifest
        self.corpus = corpus
        self.vectors = vectors
        self.sentences = sentences
        self.words = words
        self.titles = titles
        self.lexicon = lexicon
        self.word_search = WordSearch(lexicon, corpus, words, titles)
        self.maps = maps

    def adapt(self, queries: Vectors) -> Vectors:
        """The model's vectors of questions, (n, dimensions), as `vectors` and `sentences` are compared with them."""
        return mapped(queries, self.maps.queries) if self.maps else queries

    def close(self) -> None:
        self.corpus.close()


def open_snapshot(index: Path) -> Snapshot:
    """Open the live snapshot.

    Raises:
        IndexMissingError: there is no published index at that place.
        IndexInvalidError: it is of another format, incomplete or damaged.
    """
    name = current(index)
    folder = index / "snapshots" / name
    manifest = read_manifest(folder)
    _check_files(folder, manifest)
    corpus = Corpus(folder / CORPUS)
    try:
        vectors = VectorIndex.open(folder / VECTORS, corpus.windows)
        sentences = SentenceVectors(folder / SENTENCES, corpus.sentences, vectors.dimensions)
        words = ForwardIndex(folder / WORDS, corpus.sentences)
        titles = ForwardIndex(folder / TITLES, corpus.documents)
        lexicon = Lexicon.open(folder / LEXICON)
        maps = _read_maps(folder, manifest)
        _check_counts(folder, manifest, corpus, vectors, lexicon)
    except IndexInvalidError:
        corpus.close()
        raise
    return Snapshot(name, manifest, corpus, vectors, sentences, words, titles, lexicon, maps)


def _check_files(folder: Path, manifest: Manifest) -> None:
    """A cheap look at every open: each file is there, in its length. What its bytes are is not read."""
    for path, file in manifest.files.items():
        try:
            size = (folder / path).stat().st_size
        except OSError as error:
            raise IndexInvalidError(f"{folder / path} is missing; run `onrecord index build` again") from error
        if size != file.size:
            raise IndexInvalidError(f"{folder / path} was altered; run `onrecord index build` again")


def _check_counts(folder: Path, manifest: Manifest, corpus: Corpus, vectors: VectorIndex, lexicon: Lexicon) -> None:
    found = (
        corpus.documents, len(corpus), len(lexicon), corpus.sentences, len(corpus.windows), vectors.dimensions
    )  # fmt: skip
    stated = (
        manifest.documents, manifest.paragraphs, manifest.paragraphs, manifest.sentences, manifest.windows,
        manifest.dimensions,
    )  # fmt: skip
    if found != stated:
        raise IndexInvalidError(f"{folder} does not hold what its manifest says; run `onrecord index build` again")


def _read_maps(folder: Path, manifest: Manifest) -> Maps | None:
    return Maps.open(folder / MAPS, manifest.dimensions, manifest.tuned) if manifest.tuned else None


def live_maps(index: Path, model_digest: str) -> Maps | None:
    """What the live snapshot was tuned with; None where it was not, is of another model, or cannot be read."""
    try:
        folder = index / "snapshots" / current(index)
        manifest = read_manifest(folder)
        return _read_maps(folder, manifest) if manifest.model_digest == model_digest else None
    except (IndexMissingError, IndexInvalidError):
        return None


def current(index: Path) -> str:
    """The name of the live snapshot. Raises IndexMissingError or, where CURRENT names nothing, IndexInvalidError."""
    try:
        name = (index / "CURRENT").read_text("utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise IndexMissingError(
            f"no index at {index}; make one with `onrecord index build DOCS --out {index}`"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexInvalidError(
            f"{index / 'CURRENT'} cannot be read: {error}; run `onrecord index build DOCS --out {index}`"
        ) from error
    if not _NAME.fullmatch(name) or not (index / "snapshots" / name).is_dir():
        raise IndexInvalidError(f"{index / 'CURRENT'} names no snapshot; run `onrecord index build DOCS --out {index}`")
    return name


def read_manifest(folder: Path) -> Manifest:
    try:
        values = json.loads((folder / MANIFEST).read_bytes())
        found = values.get("format")
        if found != FORMAT:
            raise IndexInvalidError(
                f"{folder} has format {found!r}, this version reads {FORMAT}; run `onrecord index build` again"
            )
        values["files"] = {path: File(**file) for path, file in values["files"].items()}
        return Manifest(**values)
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise IndexInvalidError(
            f"{folder / MANIFEST} cannot be read: {error}; run `onrecord index build` again"
        ) from error


@contextmanager
def new_snapshot(index: Path) -> Iterator[Path]:
    """An empty folder to write a snapshot in, for one builder at a time; gone afterwards unless it was published.

    Raises:
        IndexBusyError: another process is building here. The lock is the kernel's: a dead builder holds none.
    """
    snapshots = index / "snapshots"
    try:
        snapshots.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise IndexWriteError(f"no index can be made at {index}: {error.strerror}; give --out another place") from error
    try:
        with FileLock(index / ".lock", timeout=0):
            for left in snapshots.glob(f"{_UNFINISHED}*"):
                shutil.rmtree(left)
            folder = snapshots / f"{_UNFINISHED}{os.getpid()}"
            folder.mkdir()
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except PermissionError as error:
        raise IndexWriteError(f"{index} cannot be written: {error.strerror}") from error
    except Timeout:
        raise IndexBusyError(f"another build is writing to {index}; wait for it to end") from None


def publish(index: Path, folder: Path, manifest: Manifest) -> str:
    """Make `folder` (from `new_snapshot`) the live snapshot; returns its name.

    Everything is on the disk before CURRENT is replaced, so a crash leaves the old snapshot live, or the new one. The
    snapshot that was live before is kept; older ones are removed.
    """
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith(".lock")]
    described = {path.relative_to(folder).as_posix(): _describe(path) for path in files}
    content = json.dumps(asdict(replace(manifest, files=described)), ensure_ascii=False, indent=1).encode()
    (folder / MANIFEST).write_bytes(content)
    for path in [*files, folder / MANIFEST, *(path for path in folder.rglob("*") if path.is_dir()), folder]:
        _sync(path)
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{hashlib.sha256(content).hexdigest()[:8]}"
    folder.rename(index / "snapshots" / name)
    _sync(index / "snapshots")
    before = _live(index)
    temporary = index / ".CURRENT"
    temporary.write_text(name + "\n", "utf-8")
    _sync(temporary)
    temporary.replace(index / "CURRENT")
    _sync(index)
    for old in (index / "snapshots").iterdir():
        # The one before stays for those who have it open, and to go back to. The new one is live by now, so an old one
        # that cannot be removed must not make the build look failed; the next build tries again.
        if old.name not in (name, before):
            shutil.rmtree(old, ignore_errors=True)
    return name


def _live(index: Path) -> str | None:
    try:
        return current(index)
    except (IndexMissingError, IndexInvalidError):
        return None


def _describe(path: Path) -> File:
    with path.open("rb") as file:
        return File(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
