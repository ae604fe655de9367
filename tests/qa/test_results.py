"""Figures are written down with what they were made with."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from qa.errors import ResultsError
from qa.results import commit, latency, write_results

ROOT = Path(__file__).resolve().parents[2]


def test_results_carry_the_commit_the_model_the_index_and_the_settings(tmp_path: Path) -> None:
    write_results(tmp_path / "out.json", {"recall": 0.5}, {"set": tmp_path, "limit": None}, "a-model", "an-index")
    written = json.loads((tmp_path / "out.json").read_text())
    assert list(written) == ["commit", "version", "model", "index", "settings", "figures"]
    assert written["settings"] == {"set": str(tmp_path), "limit": None}
    assert (written["model"], written["index"], written["figures"]) == ("a-model", "an-index", {"recall": 0.5})


def test_the_commit_is_that_of_this_code_wherever_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    head = subprocess.run([git, "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    if head.returncode != 0:
        pytest.skip(f"git cannot say: {head.stderr.strip()}")
    monkeypatch.chdir(tmp_path)
    assert re.fullmatch(rf"{head.stdout.strip()}(-dirty)?", commit() or "")


def test_code_that_is_no_git_checkout_has_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.results._HERE", tmp_path / "results.py")
    assert commit() is None


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="nowhere"):
        write_results(tmp_path / "nowhere" / "out.json", {}, {})


def test_latencies_are_the_median_and_the_nearest_rank() -> None:
    assert latency([3.0]) == {"p50_ms": 3.0, "p95_ms": 3.0}
    assert latency([float(number) for number in range(100, 0, -1)]) == {"p50_ms": 50.5, "p95_ms": 95.0}
