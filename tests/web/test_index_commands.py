"""`onrecord index` list, verify, rollback, prune, stats, skipped, export and upgrade, as a user types them."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from index.build import build_index
from index.corpus import Corpus
from index.errors import IndexInvalidError
from index.snapshot import current
from tests.fakes import BagOfWords
from tests.web.test_cli import failure, finished, run

TEXTS: Mapping[str, str] = {
    "a.txt": "Wang Yi said that trade grew.\n\nIt rained.",
    "b.md": "---\ndate: 2020-09-11\n---\nMS. PSAKI: Vaccines are free.",
}


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Two snapshots; the document a.txt is in the first only."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    (folder / "c.exe").write_bytes(b"MZ")
    build_index(folder, tmp_path / "index", BagOfWords())
    (folder / "a.txt").unlink()
    build_index(folder, tmp_path / "index", BagOfWords())
    return tmp_path / "index"


def names(index: Path) -> list[str]:
    return [each["name"] for each in json.loads(run("index", "list", index, "--json").stdout)]


def test_the_list_marks_the_live_snapshot(index: Path) -> None:
    before, live = run("index", "list", index).stdout.splitlines()
    assert before.startswith(f"  {names(index)[0]}  ")
    assert live.startswith(f"* {current(index)}  ")
    assert "2 documents         3 paragraphs" in before
    assert "1 documents         1 paragraphs" in live
    assert live.endswith("format 4  bag-of-words  whole")


def test_a_whole_index_is_said_to_be_so(index: Path) -> None:
    result = run("index", "verify", index)
    assert (result.exit_code, result.stdout) == (0, f"{index}: {current(index)} is whole\n")
    assert run("index", "verify", index, "--all").stdout.count(" is whole\n") == 2


def test_what_is_wrong_is_a_line_each_and_the_status_1(index: Path) -> None:
    before, live = names(index)
    (index / "snapshots" / live / "words.u4").unlink()
    (index / "snapshots" / live / "more.txt").write_text("more")
    result = run("index", "verify", index)
    assert result.exit_code == 1
    assert [line.partition("/snapshots/")[2] for line in result.stdout.splitlines()] == [
        f"{live}/words.u4 is missing",
        f"{live}/more.txt is not a part of the snapshot",
    ]
    assert run("index", "verify", index, before).exit_code == 0
    assert run("index", "verify", index, "--all").exit_code == 1
    assert run("index", "verify", index, before, "--all").exit_code == 2


def test_going_back_and_forth_says_what_is_live(index: Path) -> None:
    before, live = names(index)
    assert run("index", "rollback", index).stdout == f"{index}: {before} is live\n"
    assert f"no snapshot before the live one; `onrecord index list {index}`" in failure("index", "rollback", index)
    assert run("index", "rollback", index, live).stdout == f"{index}: {live} is live\n"


def test_pruning_says_what_went(index: Path) -> None:
    before, live = names(index)
    result = run("index", "prune", index, "--keep", "1")
    assert result.stdout.startswith(f"removed {before}\n{index}: 1 snapshots and 2 vectors removed; ")
    assert names(index) == [live]
    assert run("index", "prune", index, "--keep", "0").exit_code == 2
    assert run("index", "prune", index).exit_code == 2


def test_what_an_index_holds_is_counted(index: Path) -> None:
    run("index", "rollback", index)
    found = json.loads(run("index", "stats", index, "--json").stdout)
    assert (found["documents"], found["paragraphs"], found["sentences"], found["skipped"]) == (2, 3, 3, 1)
    assert found["spoken"] == {"label": pytest.approx(1 / 3), "metadata": 0, "cue": pytest.approx(1 / 3), "carried": 0}
    assert (found["first_day"], found["last_day"]) == ("2020-09-11", "2020-09-11")
    assert found["years"] == {"2020": 1, "unknown": 1}
    assert found["formats"] == {".md": 1, ".txt": 1}
    assert found["languages"] == {"en": 2}
    assert found["speakers"] == 2
    assert found["files"]["corpus.sqlite"] > 0
    printed = run("index", "stats", index).stdout
    assert "documents  2 (1 files or records skipped)\n" in printed
    assert "sentences  3: 33.3 % label, 0.0 % metadata, 33.3 % cue, 0.0 % carried, 33.3 % nobody's\n" in printed
    assert "years      2020 1, unknown 1\n" in printed


def test_what_was_skipped_is_kept_with_the_reason(index: Path) -> None:
    assert run("index", "skipped", index).stdout == "c.exe: no reader for .exe files\n"
    assert json.loads(run("index", "skipped", index, "--json").stdout) == [
        {"source": "c.exe", "reason": "no reader for .exe files"}
    ]


def test_an_export_is_printed_or_written_and_is_the_same(index: Path, tmp_path: Path) -> None:
    printed = run("index", "export", index).stdout
    assert [json.loads(line)["source"] for line in printed.splitlines()] == ["b.md"]
    result = run("index", "export", index, "--out", tmp_path / "export.jsonl")
    assert (result.stdout, result.stderr) == ("", f"{tmp_path / 'export.jsonl'}: 1 documents\n")
    assert (tmp_path / "export.jsonl").read_text() == printed


def test_an_export_is_utf_8_whatever_the_terminal(index: Path, tmp_path: Path) -> None:
    (tmp_path / "documents" / "d.txt").write_text("Ñandú 关税.", "utf-8")
    build_index(tmp_path / "documents", index, BagOfWords())
    code = "import sys; sys.stdout.reconfigure(encoding='ascii'); from web.cli import main; main()"
    status, out, err = finished("index", "export", index, code=code)
    assert (status, err) == (0, "")
    assert "Ñandú 关税." in out


def test_an_export_that_cannot_be_written_is_one_line(index: Path, tmp_path: Path) -> None:
    place = tmp_path / "nowhere" / "export.jsonl"
    assert failure("index", "export", index, "--out", place) == f"{place} cannot be written: No such file or directory"
    file = tmp_path / "documents" / "b.md"
    said = failure("index", "export", index, "--out", file / "export.jsonl")
    assert said == f"{file / 'export.jsonl'} cannot be written: Not a directory"


def test_an_export_that_breaks_off_leaves_nothing(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(corpus: Corpus) -> Iterator[str]:
        yield "{}"
        raise IndexInvalidError("corpus.sqlite is damaged")

    monkeypatch.setattr("index.export.export_lines", broken)
    (tmp_path / "out").mkdir()
    said = failure("index", "export", index, "--out", tmp_path / "out" / "export.jsonl")
    assert said == "corpus.sqlite is damaged"
    assert not [*(tmp_path / "out").iterdir()]


def test_an_index_of_this_version_needs_no_upgrade(index: Path) -> None:
    before = names(index)
    assert run("index", "upgrade", index).stdout == f"{index} is of this version's format; nothing to upgrade\n"
    assert names(index) == before


@pytest.mark.parametrize("command", ["list", "verify", "rollback", "stats", "skipped", "export", "upgrade"])
def test_where_there_is_no_index_one_line_says_how_to_make_one(tmp_path: Path, command: str) -> None:
    place = tmp_path / "nowhere"
    said = failure("index", command, place)
    assert said == f"no index at {place}; make one with `onrecord index build DOCS --out {place}`"
    assert not place.exists()
