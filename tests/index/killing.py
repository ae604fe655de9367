"""Kills builds with SIGKILL, and looks at what is left: `python -m tests.index.killing`.

A line of JSON for every build that was killed: where, whether the index still answered and was whole, what the cache
of vectors had, and what the build after it made anew and left behind. The builds run in forked processes, so that what
they import is imported once.
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from index import build, corpus_writer, snapshot
from index.build import build_index
from index.verify import verify_all
from qa.answer import Answerer
from qa.request import Request
from tests.fakes import BagOfWords

DOCUMENTS, PARAGRAPHS = 240, 6
CACHES = ("readings.sqlite", "vectors.sqlite")
KEPT, WITHDRAWN = 20, 3
"""The first index has so many documents; the second build has all but that one of them."""


def write_documents(folder: Path, numbers: range) -> None:
    folder.mkdir(exist_ok=True)
    for number in numbers:
        paragraphs = (f"Wang Yi said that item{number}x{part} of the agenda was agreed." for part in range(PARAGRAPHS))
        (folder / f"{number:03}.txt").write_text("\n\n".join(paragraphs))


def forked(action: Callable[[], dict[str, Any]]) -> tuple[dict[str, Any] | None, int]:
    """What came of it in a process of its own, None where that was killed, and its exit status."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "w") as out:
            json.dump(action(), out)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    return (json.loads(text) if text else None), os.waitstatus_to_exitcode(status)


class Steps:
    """Names every step of a build whose order matters on the disk, and kills the process at one of them."""

    def __init__(self, last: int | None) -> None:
        self.names: list[str] = []
        self._last = last

    def at(self, name: str) -> None:
        self.names.append(name)
        if self._last == len(self.names) - 1:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, name: str) -> None:
        original = getattr(owner, name)

        def stepped(*values: Any, **named: Any) -> Any:
            self.at(f"before {name}")
            result = original(*values, **named)
            self.at(f"after {name}")
            return result

        setattr(owner, name, stepped)

    def watch(self) -> None:
        for owner, name in (
            (os, "fsync"),
            (os, "rename"),
            (os, "replace"),
            (shutil, "rmtree"),
            (corpus_writer.CorpusWriter, "finish"),
            (build, "write_lexicon"),
            (snapshot, "publish"),
            (snapshot, "make_live"),
        ):
            self.around(owner, name)


def rebuild(
    documents: Path, index: Path, last: int | None = None, watched: bool = False, anew: bool = False
) -> dict[str, Any]:
    steps, embedder = Steps(last), BagOfWords()
    if watched:
        steps.watch()

    def show(stage: str, done: int, total: int | None) -> None:
        if watched and stage == "embedding":
            steps.at(stage)

    built = build_index(documents, index, embedder, show, anew=anew)
    return {"embedded": len(embedder.embedded), "counted": built.embedded, "steps": steps.names}


def look(index: Path) -> dict[str, Any]:
    with closing(Answerer(snapshot.open_snapshot(index), BagOfWords())) as answerer:
        found = answerer.ask(Request(question=f"What did Wang Yi say about item{WITHDRAWN}x1?"))
        live = "new" if answerer.documents == DOCUMENTS - 1 else "old" if answerer.documents == KEPT else "neither"
        quoted = any(f"item{WITHDRAWN}x1" in quote.text for quote in found.quotes)
    faults = [fault for _, faults in verify_all(index) for fault in faults]
    return {"live": live, "quoted": quoted, "faults": faults}


def cached(index: Path) -> int:
    with closing(sqlite3.connect(index / "cache" / "vectors.sqlite")) as connection:
        (count,) = connection.execute("SELECT count(*) FROM vectors").fetchone()
        return int(count)


def left(index: Path) -> list[str]:
    """What is there that no index needs."""
    names = [path.name for path in (*index.iterdir(), *(index / "cache").iterdir())]
    names = [name for name in names if name not in (".lock", "CURRENT", "cache", "snapshots", *CACHES)]
    snapshots = sorted(path.name for path in (index / "snapshots").iterdir())
    return names + [name for name in snapshots if name.startswith(".")] + snapshots[2:]


def trial(work: Path, kill: Callable[[Path], int]) -> dict[str, Any]:
    """A build that `kill` runs on an index and kills, what is seen of it then, and the build after it."""
    index = work / "index"
    shutil.rmtree(index, ignore_errors=True)
    shutil.copytree(work / "first", index)
    status = kill(index)
    seen, _ = forked(lambda: look(index))
    before = cached(index)
    resumed, _ = forked(lambda: rebuild(work / "documents", index))
    after, _ = forked(lambda: look(index))
    assert seen is not None
    assert resumed is not None
    assert after is not None
    return {
        "killed": status == -signal.SIGKILL,
        **seen,
        "cached": before,
        "all": cached(index),
        "again": resumed["embedded"],
        "counted": resumed["counted"],
        "after": after,
        "left": left(index),
    }


def kill_at(documents: Path, step: int, index: Path) -> int:
    return forked(lambda: rebuild(documents, index, step, watched=True))[1]


def kill_after(documents: Path, seconds: float, index: Path) -> int:
    child = os.fork()
    if child == 0:
        rebuild(documents, index)
        os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(folder: str, kind: str, count: str, seed: str) -> None:
    """`kind` is "moments", at random, or "steps", of which `count` are taken, the last ones first."""
    work = Path(folder)
    documents = work / "documents"
    write_documents(documents, range(KEPT))
    for _ in range(2):  # so that the build has an old snapshot to remove
        forked(lambda: rebuild(documents, work / "first", anew=True))
    write_documents(documents, range(DOCUMENTS))
    (documents / f"{WITHDRAWN:03}.txt").unlink()
    shutil.copytree(work / "first", work / "index")
    started = time.perf_counter()
    whole, _ = forked(lambda: rebuild(documents, work / "index", watched=True))
    seconds = time.perf_counter() - started
    assert whole is not None
    if kind == "moments":
        rng = random.Random(int(seed))
        for _ in range(int(count)):
            moment = rng.uniform(0, seconds)
            result = trial(work, partial(kill_after, documents, moment))
            print(json.dumps({"at": round(moment / seconds, 3), **result}), flush=True)  # noqa: T201
        return
    steps = list(enumerate(whole["steps"]))
    for step, name in steps[-int(count) :]:
        result = trial(work, partial(kill_at, documents, step))
        print(json.dumps({"at": f"{step} {name}", **result}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
