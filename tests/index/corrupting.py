"""Damages an index byte by byte and serves it, in processes that may die of it: `python -m tests.index.corrupting`.

A line of JSON for every byte: which it was, what verify said, and what became of serving it. A process that was killed
by a signal, or ended without a word, is one line that says so.
"""

import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from index.errors import OnrecordError
from index.snapshot import current, open_snapshot
from index.verify import verify_all
from qa.answer import Answerer
from qa.request import Request
from tests.fakes import BagOfWords

BATCH = 20
QUESTIONS = ("What did Wang Yi say about vaccines?", "Who spoke about trade in 2020?", "What is said on climate?")

Place = tuple[Path, int, int]
"""A file, an offset in it, and the bits of that byte that are turned over."""


def places(index: Path, count: int, seed: int) -> list[Place]:
    """Every other one in a file drawn first, the rest in a byte drawn of all, so that small files have their share."""
    rng = random.Random(seed)
    files = [path for path in (index / "snapshots" / current(index)).rglob("*") if path.is_file()]
    sizes = {path: path.stat().st_size for path in sorted([*files, index / "CURRENT"]) if path.stat().st_size}
    drawn = []
    for number in range(count):
        weights = list(sizes.values()) if number % 2 else None
        (path,) = rng.choices(list(sizes), weights)
        drawn.append((path, rng.randrange(sizes[path]), rng.randrange(1, 256)))
    return drawn


def flip(place: Place) -> None:
    path, offset, bits = place
    with path.open("r+b") as file:
        file.seek(offset)
        (byte,) = file.read(1)
        file.seek(offset)
        file.write(bytes([byte ^ bits]))


def ask_all(answerer: Answerer) -> None:
    for question in QUESTIONS:
        answerer.ask(Request(question=question))


def serve(index: Path) -> None:
    with closing(Answerer(open_snapshot(index), BagOfWords())) as answerer:
        ask_all(answerer)


def outcome(action: Callable[[], object]) -> str:
    """ "works", "refused: …" for an error raised on purpose, and "broke: …" for whatever else came out."""
    try:
        action()
    except OnrecordError as error:
        return f"refused: {error}"
    except BaseException as error:  # noqa: BLE001  # a panic of Rust's is no Exception
        return f"broke: {type(error).__name__}: {error}"
    return "works"


def closed(index: Path, place: Place) -> dict[str, object]:
    """The byte is damaged before the index is opened."""
    flip(place)
    try:
        verified = [fault for _, faults in verify_all(index) for fault in faults]
        return {"verified": verified, "served": outcome(lambda: serve(index))}
    finally:
        flip(place)


def opened(index: Path, place: Place) -> dict[str, object]:
    """The byte is damaged under an index that is open already, and that has read some of it."""
    with closing(Answerer(open_snapshot(index), BagOfWords())) as answerer:
        flip(place)
        try:
            return {"served": outcome(lambda: ask_all(answerer))}
        finally:
            flip(place)


def batch(index: Path, drawn: list[Place], damage: Callable[[Path, Place], dict[str, object]]) -> Iterator[str]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(writing, "w") as out:
            for place in drawn:
                path, offset, bits = place
                name = path.relative_to(index).as_posix()
                print(json.dumps({"file": name, "offset": offset, "bits": bits}), file=out, flush=True)
                print(json.dumps(damage(index, place)), file=out, flush=True)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answers:
        lines = answers.read().splitlines()
    _, status = os.waitpid(child, 0)
    for before, after in zip(lines[::2], lines[1::2], strict=False):
        yield json.dumps(json.loads(before) | json.loads(after))
    if status:
        yield json.dumps(json.loads(lines[-1]) | {"served": f"died: status {os.waitstatus_to_exitcode(status)}"})


def main(index: str, count: str, seed: str, when: str) -> None:
    damage = {"closed": closed, "opened": opened}[when]
    drawn = places(Path(index), int(count), int(seed))
    for start in range(0, len(drawn), BATCH):
        for line in batch(Path(index), drawn[start : start + BATCH], damage):
            print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
