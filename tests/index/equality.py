"""Whether two indexes hold the same."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from index.snapshot import current, open_snapshot


def tables(snapshot: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(snapshot / "corpus.sqlite")) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}


def found(index: Path) -> list[Any]:
    with closing(open_snapshot(index)) as snapshot:
        results = [snapshot.lexicon.search(text, 20) for text in ("trade grew", "climate", "Wang Yi talks")]
        return [(rows.tolist(), scores.tolist()) for rows, scores in results]


def assert_equal(index: Path, other: Path) -> None:
    mine, fresh = index / "snapshots" / current(index), other / "snapshots" / current(other)
    assert tables(mine) == tables(fresh)
    for name in ("vectors.faiss", "sentences.f16", "words.u4", "words.i8", "titles.u4", "titles.i8"):
        assert (mine / name).read_bytes() == (fresh / name).read_bytes(), name
    assert found(index) == found(other)
    manifests = [json.loads((each / "manifest.json").read_bytes()) for each in (mine, fresh)]
    counts = ("documents", "paragraphs", "sentences", "windows", "contents", "tuned")
    assert [manifests[0][key] for key in counts] == [manifests[1][key] for key in counts]
