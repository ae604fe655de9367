"""What a folder holds, as digests, and with which code it is read: equal contents give an equal index."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from index.sources import Found
from index.types import Skipped

# What of this package, and which libraries, decide what is read out of a file, and what is found in a document.
READING = (
    "contents.py",
    "dates.py",
    "embed.py",
    "forward.py",
    "lexicon.py",
    "lowrank.py",
    "paragraphs.py",
    "reading.py",
    "readings.py",
    "rows.py",
    "sources",
    "speakers",
    "types.py",
)
LIBRARIES = (
    "charset-normalizer",
    "courlan",
    "dateparser",
    "htmldate",
    "jusText",
    "lxml",
    "lxml_html_clean",
    "markdown-it-py",
    "mdit-py-plugins",
    "numpy",
    "pydantic",
    "pypdfium2",
    "python-docx",
    "pyyaml",
    "rapidfuzz",
    "sentencex",
    "tantivy",
    "tokenizers",
    "trafilatura",
    "warcio",
)
# And which decide besides what a snapshot is.
BUILDING = ("faiss-cpu", "sentence-transformers", "torch", "transformers")


@dataclass(frozen=True, slots=True)
class File:
    """A file of the folder and the sha256 of its bytes, in hexadecimal; "" where they cannot be read."""

    found: Found
    sha256: str


def digest_files(items: Iterable[Found | Skipped]) -> Iterator[File | Skipped]:
    """Reads every byte. Times and sizes are not asked: restored and copied files have other ones, or the same."""
    return (item if isinstance(item, Skipped) else File(item, file_digest(item.path)) for item in items)


def file_digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def contents_digest(files: Sequence[File | Skipped], basis: Sequence[str]) -> str:
    """One digest of all files with their names and settings, in order, of the code, and of `basis`."""
    digest = hashlib.sha256(repr((code_digest(), *basis)).encode())
    for file in files:
        line = file if isinstance(file, Skipped) else (file.found.name, file.sha256, file.found.settings)
        digest.update(f"{line!r}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


@cache
def reading_digest() -> str:
    """A digest of all code that reads files and documents: readings of another are not to be used."""
    return _code(READING, LIBRARIES)


@cache
def code_digest() -> str:
    """A digest of all code that makes an index."""
    return _code(("",), (*LIBRARIES, *BUILDING))


def _code(parts: Sequence[str], libraries: Sequence[str]) -> str:
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(path for part in parts for path in _modules(package / part)):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    for library in libraries:
        digest.update(f"{library} {_version(library)}\n".encode())
    return digest.hexdigest()


def _modules(path: Path) -> Iterable[Path]:
    return path.rglob("*.py") if path.is_dir() else [path]


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
