"""A byte of an index turns over on the disk: it is named, and nothing dies of it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from index.build import build_index
from tests.conftest import SAMPLE
from tests.fakes import BagOfWords
from tests.index.corrupting import serve

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("damaged") / "index"
    build_index(SAMPLE, folder, BagOfWords())
    return folder


def damage(index: Path, count: int, seed: int, when: str) -> list[dict[str, Any]]:
    """What came of each byte; the processes that it was tried in may have died, this one not."""
    command = [sys.executable, "-m", "tests.index.corrupting", str(index), str(count), str(seed), when]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == count, done.stderr
    return found


def find_and_refuse(index: Path, count: int, seed: int) -> None:
    serve(index)  # undamaged, it answers
    for byte in damage(index, count, seed, "closed"):
        # verify names the file, and nothing else
        assert byte["verified"], byte
        assert all(byte["file"] in fault for fault in byte["verified"]), byte
        # The newline at the end of CURRENT may be any white space.
        ends = byte["file"] == "CURRENT" and byte["offset"] == (index / "CURRENT").stat().st_size - 1
        assert byte["served"].startswith("refused: ") or (ends and byte["served"] == "works"), byte
    serve(index)


def survive(index: Path, count: int, seed: int) -> None:
    """Under an open index a byte may be read or not, so an answer may come, or a refusal; nothing else may."""
    outcomes = damage(index, count, seed, "opened")
    assert {byte["served"].partition(":")[0] for byte in outcomes} <= {"works", "refused"}, outcomes


def test_a_damaged_byte_is_named_and_not_served(index: Path) -> None:
    find_and_refuse(index, 60, 5)


@pytest.mark.slow
def test_a_thousand_damaged_bytes_are_named_and_not_served(index: Path) -> None:
    find_and_refuse(index, 1000, 6)


def test_a_byte_damaged_under_an_open_index_kills_nothing(index: Path) -> None:
    survive(index, 40, 5)


@pytest.mark.slow
def test_a_thousand_bytes_damaged_under_an_open_index_kill_nothing(index: Path) -> None:
    survive(index, 1000, 6)
