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
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from index.bm25 import WordSearch
from index.corpus import Corpus
from index.errors import IndexBusyError, IndexInvalidError, IndexMissingError, IndexWriteError
from index.forward import ForwardIndex
from index.lexicon import Lexicon
from index.maps import Maps, mapped
from index.types import File, Manifest, Rows, Vectors
from index.vectors import SentenceVectors, VectorIndex

FORMAT = 4
CORPUS, VECTORS, LEXICON, MANIFEST = "corpus.sqlite", "vectors.faiss", "lexicon", "manifest.json"
SENTENCES, WORDS, TITLES, MAPS = "sentences.f16", "words.u4", "titles.u4", "maps.f32"
NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
UNFINISHED = ".unfinished-"


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

    def own_similarities(self, query: Vectors, sentences: Rows) -> Vectors:
        """(n,) cosines of an adapted query of shape (dimensions,) with sentences of rows of shape (n,), before any map.

        What a cosine is worth was learned from the model's own.
        """
        if self._back is None:
            return self.sentences.similarities(query, sentences)
        own = mapped(query.reshape(1, -1), self._back.queries)[0]
        found: Vectors = mapped(self.sentences.of(sentences), self._back.passages) @ own
        return found

    @cached_property
    def _back(self) -> Maps | None:
        return self.maps.inverse() if self.maps else None

    def close(self) -> None:
        self.corpus.close()


def open_snapshot(index: Path, name: str | None = None) -> Snapshot:
    """Open the live snapshot, or the one of that name, if it is to the last byte what was published.

    Everything is read once and compared with its checksum, about 1 GB a second: damaged bytes must not be quoted as
    somebody's words, nor reach native code, which trusts the sizes it finds in a file.

    Raises:
        IndexMissingError: there is no published index at that place, or no such snapshot in it.
        IndexInvalidError: it is of another format, incomplete or damaged.
    """
    name = name or current(index)
    folder = index / "snapshots" / name
    if not folder.is_dir() or not NAME.fullmatch(name):
        raise IndexMissingError(f"{index} has no snapshot {name}; `onrecord index list {index}` names those it has")
    manifest = read_manifest(folder)
    check_sizes(folder, manifest)
    with ThreadPoolExecutor(2) as threads:  # hashing lets other threads run
        list(threads.map(lambda path: _check_bytes(folder, path, manifest), manifest.files))
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


def check_sizes(folder: Path, manifest: Manifest) -> None:
    """A cheap look: each file is there, in its length. Raises IndexInvalidError, which names the first that is not."""
    for path, file in manifest.files.items():
        try:
            size = (folder / path).stat().st_size
        except OSError as error:
            raise IndexInvalidError(f"{folder / path} is missing; {_instead(folder)}") from error
        if size != file.size:
            raise IndexInvalidError(f"{folder / path} was altered; {_instead(folder)}")


def _check_bytes(folder: Path, path: str, manifest: Manifest) -> None:
    try:
        found = described(folder / path)
    except OSError as error:
        raise IndexInvalidError(f"{folder / path} cannot be read: {error}; {_instead(folder)}") from error
    if found != manifest.files[path]:
        raise IndexInvalidError(f"{folder / path} was altered; {_instead(folder)}")


def _instead(folder: Path) -> str:
    """What to run where a snapshot cannot be used."""
    index = folder.parent.parent
    return f"run `onrecord index rollback {index}`, or `onrecord index build` again"


def _check_counts(folder: Path, manifest: Manifest, corpus: Corpus, vectors: VectorIndex, lexicon: Lexicon) -> None:
    found = (
        corpus.documents, len(corpus), len(lexicon), corpus.sentences, len(corpus.windows), vectors.dimensions
    )  # fmt: skip
    stated = (
        manifest.documents, manifest.paragraphs, manifest.paragraphs, manifest.sentences, manifest.windows,
        manifest.dimensions,
    )  # fmt: skip
    if found != stated:
        raise IndexInvalidError(f"{folder} does not hold what its manifest says; {_instead(folder)}")


def _read_maps(folder: Path, manifest: Manifest) -> Maps | None:
    return Maps.open(folder / MAPS, manifest.dimensions, manifest.tuned) if manifest.tuned else None


def live_maps(index: Path, model_digest: str) -> Maps | None:
    """What the live snapshot, of whatever format, was tuned with, if it is whole and of this model."""
    try:
        folder = index / "snapshots" / current(index)
        values = manifest_values(folder)
        pairs = values.get("tuned", 0)
        if not pairs or values["model_digest"] != model_digest:
            return None
        if described(folder / MAPS) != File(**values["files"][MAPS]):
            return None
        return Maps.open(folder / MAPS, values["dimensions"], pairs)
    except (IndexMissingError, IndexInvalidError, OSError, LookupError, TypeError):
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
        raise IndexInvalidError(f"{index / 'CURRENT'} cannot be read: {error}; {_recovery(index)}") from error
    if not NAME.fullmatch(name) or not (index / "snapshots" / name).is_dir():
        raise IndexInvalidError(f"{index / 'CURRENT'} names no snapshot; {_recovery(index)}")
    return name


def _recovery(index: Path) -> str:
    return f"run `onrecord index build DOCS --out {index}`, or `onrecord index rollback {index}`"


def read_manifest(folder: Path) -> Manifest:
    """What a snapshot says of itself. Raises IndexInvalidError where it is damaged, or of another format."""
    values = manifest_values(folder)
    if values["format"] != FORMAT:
        raise IndexInvalidError(_other_format(folder, values))
    try:
        values["files"] = {path: File(**file) for path, file in values["files"].items()}
        return Manifest(**values)
    except (TypeError, AttributeError, KeyError) as error:
        raise IndexInvalidError(f"{folder / MANIFEST} cannot be read: {error}; {_instead(folder)}") from error


def manifest_values(folder: Path) -> dict[str, Any]:
    """The manifest of a snapshot of any format, with its "format" at least.

    The name of a snapshot ends with the digest of its manifest, in every format, so a manifest that was altered is told
    from one of another version. Raises IndexInvalidError.
    """
    try:
        content = (folder / MANIFEST).read_bytes()
        altered = digest_of(content) != folder.name[-8:]
        values = None if altered else json.loads(content)
    except (OSError, ValueError, RecursionError) as error:
        raise IndexInvalidError(f"{folder / MANIFEST} cannot be read: {error}; {_instead(folder)}") from error
    if altered:
        raise IndexInvalidError(f"{folder / MANIFEST} was altered; {_instead(folder)}")
    if not isinstance(values, dict) or "format" not in values:
        raise IndexInvalidError(f"{folder / MANIFEST} cannot be read: it states no format; {_instead(folder)}")
    return values


def digest_of(manifest: bytes) -> str:
    """What a snapshot's name ends with: 32 bits of the manifest's sha256, against accidents."""
    return hashlib.sha256(manifest).hexdigest()[:8]


def _other_format(folder: Path, values: Mapping[str, Any]) -> str:
    index, found = folder.parent.parent, values["format"]
    stated = f"{folder} has format {found!r}, this version reads {FORMAT}; "
    if isinstance(found, int) and 0 < found < FORMAT:
        return stated + f"run `onrecord index upgrade {index}`"
    version = values.get("version")
    by = f"onrecord {version}, which wrote it," if isinstance(version, str) and version else "a newer onrecord"
    return stated + f"install {by} or run `onrecord index build` again"


@contextmanager
def exclusive(index: Path) -> Iterator[Path]:
    """The folder of snapshots, for one process at a time that writes, without what killed ones left there.

    Raises:
        IndexBusyError: another process is writing here. The lock is the kernel's: a dead one holds none.
        IndexWriteError: nothing can be written here.
    """
    snapshots = index / "snapshots"
    lock = FileLock(index / ".lock", timeout=0)
    try:
        snapshots.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise IndexWriteError(f"no index can be made at {index}: {error.strerror}; give --out another place") from error
    try:
        lock.acquire()
    except Timeout:
        raise IndexBusyError(f"another build is writing to {index}; wait for it to end") from None
    except OSError as error:
        raise IndexWriteError(f"{index} cannot be written: {error.strerror}; what was live is live still") from error
    try:
        for left in snapshots.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield snapshots
    finally:
        lock.release()


@contextmanager
def new_snapshot(index: Path) -> Iterator[Path]:
    """An empty folder to write a snapshot in, for one builder at a time; gone afterwards unless it was published.

    Raises:
        IndexBusyError, IndexWriteError: as `exclusive`.
    """
    with exclusive(index) as snapshots:
        folder = snapshots / f"{UNFINISHED}{os.getpid()}"
        try:
            folder.mkdir()
        except OSError as error:
            raise IndexWriteError(
                f"{index} cannot be written: {error.strerror}; what was live is live still"
            ) from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def publish(index: Path, folder: Path, manifest: Manifest) -> str:
    """Make `folder` (from `new_snapshot`) the live snapshot; returns its name.

    Everything is on the disk before CURRENT is replaced, so a crash leaves the old snapshot live, or the new one. The
    snapshot that was live before is kept; older ones are removed. `number`, `previous`, `version` and `files` of the
    manifest are filled in here.
    """
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith(".lock")]
    numbers, before = _numbers(index), _live(index)
    manifest = replace(
        manifest,
        number=1 + max(numbers.values(), default=0),
        previous=before,
        version=_version(),
        files={path.relative_to(folder).as_posix(): described(path) for path in files},
    )
    content = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
    (folder / MANIFEST).write_bytes(content)
    for path in [*files, folder / MANIFEST, *(path for path in folder.rglob("*") if path.is_dir()), folder]:
        _sync(path)
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{digest_of(content)}"
    folder.rename(index / "snapshots" / name)
    try:
        _sync(index / "snapshots")
        make_live(index, name)
    except BaseException:
        if _live(index) != name:
            shutil.rmtree(index / "snapshots" / name, ignore_errors=True)
        raise
    # The one before stays for those who have it open, and to go back to. Where CURRENT was damaged, the newest does.
    kept = {name, before or max(numbers, key=numbers.__getitem__, default=None)}
    _remove_others(index, [old.name for old in (index / "snapshots").iterdir() if old.name not in kept])
    return name


def remove_older(index: Path, manifest: Manifest) -> None:
    """Remove what is older than the snapshot before the live one, whose manifest this is: a killed build left it."""
    numbers = _numbers(index)
    least = numbers.get(manifest.previous or "", 0)
    _remove_others(index, [name for name, number in numbers.items() if number < least])


def _remove_others(index: Path, names: Iterable[str]) -> None:
    for name in names:
        # The new one is live by now, so an old one that cannot be removed must not make the build look failed; the
        # next build tries again.
        with suppress(OSError):
            remove(index / "snapshots" / name)


def make_live(index: Path, name: str) -> None:
    """Replace CURRENT, atomically; everything of that snapshot has to be on the disk. Only under `exclusive`."""
    temporary = index / ".CURRENT"
    temporary.write_text(name + "\n", "utf-8")
    _sync(temporary)
    temporary.replace(index / "CURRENT")
    _sync(index)
    # Where INDEX itself is new, its own name has to survive as well; a folder above it may be closed to us.
    with suppress(PermissionError):
        _sync(index.resolve().parent)


def remove(folder: Path) -> None:
    """Remove a snapshot; killed half-way, it leaves what `exclusive` clears, and never half a snapshot."""
    doomed = folder.with_name(f"{UNFINISHED}{folder.name}")
    folder.rename(doomed)
    shutil.rmtree(doomed)


def _numbers(index: Path) -> dict[str, int]:
    """The number of each snapshot whose manifest can be read; formats before 4 have none, which is 0."""
    numbers = {}
    for folder in sorted((index / "snapshots").iterdir()):
        if NAME.fullmatch(folder.name):
            with suppress(IndexInvalidError):
                numbers[folder.name] = number_of(manifest_values(folder))
    return numbers


def number_of(values: Mapping[str, Any]) -> int:
    """The place of a snapshot in the order of publishing, which does not depend on a clock; 0 where it has none."""
    number = values.get("number", 0)
    return number if isinstance(number, int) else 0


def _version() -> str:
    """Of this onrecord; empty where it runs without being installed."""
    try:
        return metadata.version("onrecord")
    except metadata.PackageNotFoundError:
        return ""


def _live(index: Path) -> str | None:
    try:
        return current(index)
    except (IndexMissingError, IndexInvalidError):
        return None


def described(path: Path) -> File:
    """The size and the checksum of a file. Raises OSError."""
    with path.open("rb") as file:
        return File(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
