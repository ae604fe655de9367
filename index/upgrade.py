"""An index of an older format becomes one of this version's from the text it stores, without the original files."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from index import snapshot as disk
from index.build import Built, Progress, build_again, silent
from index.embed import Embedder
from index.errors import IndexBusyError, IndexInvalidError
from index.types import Document, File, Origin, Skipped


def outdated(index: Path) -> str | None:
    """The name of the model that an index of an older format was built with; None where it is of this version's.

    Raises:
        IndexMissingError, IndexInvalidError: there is none, it is damaged, or of a newer format.
    """
    folder = index / "snapshots" / disk.current(index)
    values = disk.manifest_values(folder)
    found = values["format"]
    if not isinstance(found, int) or not 0 < found < disk.FORMAT:
        disk.read_manifest(folder)
        return None
    model = values.get("model")
    if not isinstance(model, str):
        raise IndexInvalidError(f"{folder} does not say which model made it; run `onrecord index build` again")
    return model


def upgrade(index: Path, embedder: Embedder, progress: Progress = silent) -> Built | None:
    """Publish what the live snapshot of an older format holds as one of this version's; None where it is one already.

    Paragraphs, sentences and speakers are made anew; vectors of text that is cut as before come from the cache. Maps
    that it was tuned with are kept. The old snapshot stays, for the version that wrote it.

    Raises:
        IndexMissingError, IndexInvalidError, IndexBusyError, IndexWriteError: what was live is live still.
    """
    if outdated(index) is None:
        return None
    return build_again(_stored(index, disk.current(index)), index, embedder, progress)


def _stored(index: Path, name: str) -> Iterator[Document | Skipped]:
    """The documents of a snapshot of any format, in their order, then what was skipped."""
    if disk.current(index) != name:
        raise IndexBusyError(f"another build has written to {index} meanwhile; run `onrecord index upgrade {index}`")
    path = index / "snapshots" / name / disk.CORPUS
    _check(path, disk.manifest_values(path.parent))
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            for row in connection.execute("SELECT * FROM documents ORDER BY row"):
                yield _document(dict(row), path)
            for row in connection.execute("SELECT * FROM skipped"):
                yield Skipped(row["source"], row["reason"])
    except (sqlite3.Error, LookupError, ValueError, TypeError) as error:
        raise IndexInvalidError(f"{path} cannot be read: {error}; run `onrecord index build` again") from error


def _check(path: Path, values: Mapping[str, Any]) -> None:
    try:
        whole = disk.described(path) == File(**values["files"][path.name])
    except (OSError, LookupError, TypeError) as error:
        raise IndexInvalidError(f"{path} cannot be read: {error}; run `onrecord index build` again") from error
    if not whole:
        raise IndexInvalidError(f"{path} was altered; run `onrecord index build` again")


def _document(stored: Mapping[str, Any], path: Path) -> Document:
    """By the names of the columns, as far as both versions have them."""
    needed = [field.name for field in fields(Document) if field.default is MISSING]
    if any(not isinstance(stored.get(name), str) for name in needed):
        raise IndexInvalidError(f"{path} has no {', '.join(needed)} of each document; run `onrecord index build` again")
    known = {field.name: stored[field.name] for field in fields(Document) if stored.get(field.name) is not None}
    for name in ("title_origin", "date_origin"):
        if known.get(name) in list(Origin):
            known[name] = Origin(known[name])
        else:
            known.pop(name, None)
    return Document(**{**known, "pages": tuple(json.loads(known.get("pages", "[]")))})
