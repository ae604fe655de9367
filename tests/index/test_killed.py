"""A build is killed, at any moment and at each step of publishing: nothing is lost, and nothing is left."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from index.build import build_index
from tests.fakes import BagOfWords
from tests.index.test_containers import ATTACHED, packed

ROOT = Path(__file__).resolve().parents[2]
WHOLE = {"live": "new", "quoted": False, "faults": []}


def killed(work: Path, kind: str, count: int, seed: int = 0) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.index.killing", str(work), kind, str(count), str(seed)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(trial: dict[str, Any]) -> None:
    assert trial["live"] in ("old", "new"), trial
    # The old index quotes the document that was withdrawn since, the new one does not.
    assert trial["quoted"] == (trial["live"] == "old"), trial
    assert trial["faults"] == [], trial
    assert trial["after"] == WHOLE, trial
    assert trial["left"] == [], trial
    assert trial["again"] == trial["counted"] == trial["all"] - trial["cached"], trial


def moments(work: Path, count: int) -> None:
    trials = killed(work, "moments", count)
    assert len(trials) == count
    for trial in trials:
        check(trial)
    assert any(trial["killed"] and trial["live"] == "old" for trial in trials)


def test_a_build_killed_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    moments(tmp_path, 5)


@pytest.mark.slow
def test_a_build_killed_at_two_hundred_moments_loses_nothing(tmp_path: Path) -> None:
    moments(tmp_path, 200)


def steps(work: Path, count: int) -> list[str]:
    trials = killed(work, "steps", count)
    for trial in trials:
        assert trial["killed"], trial
        check(trial)
    # Up to the replacement of CURRENT the old index is live, from then on the new one.
    lives = [trial["live"] for trial in trials]
    assert lives == sorted(lives, reverse=True)
    assert set(lives) == {"old", "new"}
    return [trial["at"].partition(" ")[2] for trial in trials]


def test_a_build_killed_at_the_last_steps_of_publishing_loses_nothing(tmp_path: Path) -> None:
    names = steps(tmp_path, 16)
    assert names.index("after replace") == names.index("before replace") + 1


@pytest.mark.slow
def test_a_build_killed_at_each_step_loses_nothing(tmp_path: Path) -> None:
    names = steps(tmp_path, 1000)
    assert {"embedding", "after write_lexicon", "after finish", "before fsync", "before rename", "before rmtree"} <= {
        *names
    }
    # Every file is on the disk before the snapshot has its name, and that name before CURRENT says it.
    published = names[names.index("before publish") :]
    assert published[: published.index("before rename")].count("after fsync") > 12
    assert "after fsync" in published[published.index("after rename") : published.index("before make_live")]
    assert "after fsync" in published[published.index("before make_live") : published.index("before replace")]


READS_AND_DIES = """
import os, pathlib, signal, sys
from index.build import build_index
from index.sources.text import TextSource
from tests.fakes import BagOfWords
TextSource.read = lambda self, path, name: os.kill(os.getpid(), signal.SIGKILL)
build_index(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), BagOfWords())
"""


@pytest.mark.parametrize(("name", "content"), [("a.zip", packed({"a.txt": "A secret treaty."})), ("a.eml", ATTACHED)])
def test_what_a_killed_build_was_unpacking_is_cleared_by_the_next(tmp_path: Path, name: str, content: bytes) -> None:
    """Nothing of it lies in the folder for temporary files, where nobody would look for it."""
    folder, index, temporary = tmp_path / "documents", tmp_path / "index", tmp_path / "temporary"
    folder.mkdir()
    temporary.mkdir()
    (folder / name).write_bytes(content)
    command = [sys.executable, "-c", READS_AND_DIES, str(folder), str(index)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "TMPDIR": str(temporary)}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert [*temporary.iterdir()] == []
    assert [path.suffix for path in (index / "snapshots").rglob("*.txt")] == [".txt"]
    built = build_index(folder, index, BagOfWords())
    assert built.documents
    assert [path.name for path in (index / "snapshots").iterdir()] == [built.snapshot]
