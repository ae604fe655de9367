import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from index.build import build_index
from index.errors import DocumentsError, IndexBusyError, IndexInvalidError, IndexMissingError, IndexWriteError
from index.snapshot import FORMAT, current, new_snapshot, open_snapshot, read_manifest
from index.types import Spans, Vectors
from tests.fakes import BagOfWords

RAW = ("sentences.f16", "words.u4", "words.i8", "titles.u4", "titles.i8")
TEXT = "Wang Yi said that trade grew. It rained.\n\nVaccines are for everyone."


class Failing(BagOfWords):
    """Fails once everything but the vectors is written."""

    def passages(self, texts: Sequence[str], parts: Sequence[Spans] = ()) -> tuple[Vectors, Vectors]:
        raise OSError("no space left on device")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT)
    (folder / "b.txt").write_text("Another text, about water.")
    build_index(folder, tmp_path / "index", BagOfWords())
    return tmp_path / "index"


def live(index: Path) -> Path:
    return index / "snapshots" / current(index)


def edit_manifest(index: Path, **changes: object) -> None:
    path = live(index) / "manifest.json"
    write_manifest(index, json.dumps({**json.loads(path.read_text()), **changes}).encode())


def write_manifest(index: Path, content: bytes) -> None:
    """As another writer would have: the name of the snapshot fits."""
    folder = live(index)
    (folder / "manifest.json").write_bytes(content)
    name = f"{folder.name[:-8]}{hashlib.sha256(content).hexdigest()[:8]}"
    folder.rename(folder.with_name(name))
    (index / "CURRENT").write_text(name + "\n")


def snapshots(index: Path) -> list[str]:
    return sorted(path.name for path in (index / "snapshots").iterdir())


def test_what_is_opened_is_what_was_published(index: Path) -> None:
    snapshot = open_snapshot(index)
    manifest = snapshot.manifest
    assert (manifest.format, manifest.model, manifest.model_digest) == (FORMAT, BagOfWords.name, BagOfWords().digest)
    assert (manifest.documents, manifest.paragraphs, manifest.sentences, manifest.windows) == (2, 3, 4, 3)
    assert snapshot.corpus.documents == manifest.documents
    assert len(snapshot.corpus) == len(snapshot.lexicon) == manifest.paragraphs
    assert len(snapshot.corpus.windows) == manifest.windows
    assert snapshot.vectors.dimensions == manifest.dimensions == BagOfWords.dimensions
    sentences = sum(len(snapshot.corpus.paragraph(row)[1].sentences) for row in range(len(snapshot.corpus)))
    assert sentences == snapshot.corpus.sentences == manifest.sentences
    assert (live(index) / "sentences.f16").stat().st_size == 2 * sentences * manifest.dimensions
    assert (live(index) / "words.i8").stat().st_size == 8 * (sentences + 1)
    assert (live(index) / "titles.i8").stat().st_size == 8 * (manifest.documents + 1)
    assert snapshot.name == current(index)
    snapshot.close()


def test_the_manifest_lists_every_file_with_its_checksum(index: Path) -> None:
    folder = live(index)
    listed = read_manifest(folder).files
    assert {"corpus.sqlite", "vectors.faiss", "lexicon/meta.json", *RAW} <= listed.keys()
    for name, file in listed.items():
        content = (folder / name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size, file.sha256)
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {name for name in present - listed.keys() if not name.endswith(".lock")} == {"manifest.json"}


def test_opening_changes_nothing_on_the_disk(index: Path) -> None:
    before = {path: path.read_bytes() for path in live(index).rglob("*") if path.is_file()}
    snapshot = open_snapshot(index)
    snapshot.lexicon.search("trade", 5)
    snapshot.corpus.paragraph(0)
    snapshot.close()
    assert {path: path.read_bytes() for path in live(index).rglob("*") if path.is_file()} == before


def test_a_published_index_holds_no_unfinished_or_temporary_file(index: Path) -> None:
    assert snapshots(index) == [current(index)]
    assert sorted(path.name for path in index.iterdir()) == [".lock", "CURRENT", "cache", "snapshots"]


def test_an_index_can_be_moved(tmp_path: Path, index: Path) -> None:
    moved = index.rename(tmp_path / "elsewhere")
    snapshot = open_snapshot(moved)
    assert snapshot.lexicon.search("trade", 5)[0].tolist() == [0]
    snapshot.close()


@pytest.mark.parametrize("kind", ["nothing", "an empty folder", "a file"])
def test_no_index_is_said_with_the_command_that_makes_one(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "place"
    if kind == "an empty folder":
        place.mkdir()
    elif kind == "a file":
        place.write_text("x")
    with pytest.raises(IndexMissingError, match=f"no index at .*onrecord index build DOCS --out {place}"):
        open_snapshot(place)


@pytest.mark.parametrize("name", ["", "gone", "../snapshots", "/etc", "a/b"])
def test_a_current_that_names_nothing_is_refused(index: Path, name: str) -> None:
    (index / "CURRENT").write_text(name + "\n")
    with pytest.raises(IndexInvalidError, match="CURRENT names no snapshot; run `onrecord index build"):
        open_snapshot(index)


def test_a_current_that_is_no_text_is_refused(index: Path) -> None:
    (index / "CURRENT").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(IndexInvalidError, match="CURRENT cannot be read"):
        open_snapshot(index)


@pytest.mark.parametrize("found", [FORMAT + 1, 0, None, str(FORMAT), [FORMAT]])
def test_a_format_unheard_of_is_refused_by_its_number(index: Path, found: object) -> None:
    edit_manifest(index, format=found)
    expected = rf"has format .*this version reads {FORMAT}; install onrecord .* or run `onrecord index build` again"
    with pytest.raises(IndexInvalidError, match=expected):
        open_snapshot(index)


@pytest.mark.parametrize("found", range(1, FORMAT))
def test_an_older_format_is_refused_with_the_command_that_upgrades_it(index: Path, found: int) -> None:
    edit_manifest(index, format=found)
    expected = rf"has format {found}, this version reads {FORMAT}; run `onrecord index upgrade {index}`$"
    with pytest.raises(IndexInvalidError, match=expected):
        open_snapshot(index)


def test_a_newer_format_is_named_even_where_its_manifest_has_other_fields(index: Path) -> None:
    write_manifest(index, b'{"format": 99, "unheard_of": true}')
    with pytest.raises(IndexInvalidError, match=r"has format 99.* install a newer onrecord"):
        open_snapshot(index)


def test_a_newer_format_names_the_version_that_wrote_it(index: Path) -> None:
    write_manifest(index, b'{"format": 99, "version": "7.1.0"}')
    with pytest.raises(IndexInvalidError, match=r"has format 99.* install onrecord 7\.1\.0, which wrote it"):
        open_snapshot(index)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xff", b'{"format": %d}' % FORMAT, b'{"format": %d, "x": 2}' % FORMAT],
)
def test_a_damaged_manifest_is_refused(index: Path, content: bytes) -> None:
    (live(index) / "manifest.json").write_bytes(content)
    with pytest.raises(IndexInvalidError, match=r"manifest\.json was altered; .*onrecord index build"):
        open_snapshot(index)
    write_manifest(index, content)
    with pytest.raises(IndexInvalidError, match=r"manifest\.json cannot be read: .*onrecord index build"):
        open_snapshot(index)


@pytest.mark.parametrize(
    "name", ["manifest.json", "corpus.sqlite", "vectors.faiss", "lexicon", "lexicon/meta.json", *RAW]
)
def test_a_missing_file_is_refused_by_its_name(index: Path, name: str) -> None:
    path = live(index) / name
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    with pytest.raises(IndexInvalidError, match=f"{name.split('/')[0]}.*onrecord index build"):
        open_snapshot(index)


@pytest.mark.parametrize("field", ["documents", "paragraphs", "sentences", "windows", "dimensions"])
def test_counts_other_than_the_manifest_states_are_refused(index: Path, field: str) -> None:
    edit_manifest(index, **{field: 77})
    with pytest.raises(IndexInvalidError, match=r"does not hold what its manifest says; run .*`onrecord index build`"):
        open_snapshot(index)


@pytest.mark.parametrize("name", ["corpus.sqlite", "vectors.faiss", "lexicon", *RAW])
def test_a_part_of_another_snapshot_is_refused(tmp_path: Path, index: Path, name: str) -> None:
    """A snapshot is one whole; a mixture would point at the wrong words."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "other news of today.txt").write_text("One.\n\nTwo.\n\nThree.\n\nFour.\n\nFive.")
    build_index(tmp_path / "more", tmp_path / "other", BagOfWords())
    target, source = live(index) / name, live(tmp_path / "other") / name
    if source.is_dir():
        shutil.rmtree(target)
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)
    with pytest.raises(IndexInvalidError, match="onrecord index build"):
        open_snapshot(index)


@pytest.mark.parametrize("reason", ["the model", "the documents"])
def test_a_build_that_fails_leaves_the_old_snapshot_live_and_nothing_unfinished(
    tmp_path: Path, index: Path, reason: str
) -> None:
    before = snapshots(index)
    if reason == "the model":
        (tmp_path / "documents" / "new.txt").write_text("News of today.")
        with pytest.raises(IndexWriteError, match="no space left on device; what was live is live still"):
            build_index(tmp_path / "documents", index, Failing())
    else:
        (tmp_path / "empty").mkdir()
        with pytest.raises(DocumentsError):
            build_index(tmp_path / "empty", index, BagOfWords())
    assert snapshots(index) == before == [current(index)]
    snapshot = open_snapshot(index)
    assert snapshot.corpus.documents == 2
    snapshot.close()


def test_a_build_that_is_interrupted_leaves_the_old_snapshot_live(tmp_path: Path, index: Path) -> None:
    def interrupt(stage: str, done: int, total: int | None) -> None:
        if stage == "embedding":
            raise KeyboardInterrupt

    before = snapshots(index)
    (tmp_path / "documents" / "new.txt").write_text(TEXT)
    with pytest.raises(KeyboardInterrupt):
        build_index(tmp_path / "documents", index, BagOfWords(), interrupt)
    assert snapshots(index) == before


def test_a_first_build_that_fails_leaves_no_index(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "a.txt").write_text(TEXT)
    with pytest.raises(IndexWriteError, match="no space left on device; what was live is live still"):
        build_index(tmp_path / "documents", tmp_path / "index", Failing())
    with pytest.raises(IndexMissingError):
        open_snapshot(tmp_path / "index")
    assert snapshots(tmp_path / "index") == []


def test_what_a_killed_build_left_is_cleared_by_the_next(tmp_path: Path, index: Path) -> None:
    left = index / "snapshots" / ".unfinished-1"
    left.mkdir()
    (left / "corpus.sqlite").write_text("half")
    build_index(tmp_path / "documents", index, BagOfWords())
    assert not left.exists()


def test_an_open_snapshot_answers_on_while_a_new_one_is_published(tmp_path: Path, index: Path) -> None:
    old = open_snapshot(index)
    (tmp_path / "documents" / "a.txt").unlink()
    build_index(tmp_path / "documents", index, BagOfWords())
    assert current(index) != old.name
    assert old.corpus.documents == 2
    row = old.lexicon.search("vaccine", 1)[0][0]
    assert old.corpus.paragraph(int(row))[0].text == TEXT
    old.close()
    new = open_snapshot(index)
    assert new.corpus.documents == 1
    new.close()


def test_a_second_builder_in_the_same_process_is_told_to_wait(tmp_path: Path, index: Path) -> None:
    before = current(index)
    with new_snapshot(index) as workspace:
        with pytest.raises(IndexBusyError, match=f"another build is writing to {index}; wait for it to end"):
            build_index(tmp_path / "documents", index, BagOfWords())
        assert workspace.is_dir()
    assert current(index) == before
    build_index(tmp_path / "documents", index, BagOfWords())


HOLD = """
import sys, pathlib, index.snapshot
with index.snapshot.new_snapshot(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_builder_of_another_process_is_waited_for_and_one_that_died_is_not(tmp_path: Path, index: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(index)]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            with pytest.raises(IndexBusyError):
                build_index(tmp_path / "documents", index, BagOfWords())
            assert len(snapshots(index)) == 2
        finally:
            process.kill()
    build_index(tmp_path / "documents", index, BagOfWords())
    assert not [name for name in snapshots(index) if name.startswith(".")]


def test_a_snapshot_is_not_changed_by_the_next_build(
    documents: Callable[[dict[str, str | bytes]], Path], tmp_path: Path
) -> None:
    folder = documents({"a.txt": TEXT})
    build_index(folder, tmp_path / "index", BagOfWords())
    first = live(tmp_path / "index")
    before = {path: path.read_bytes() for path in first.rglob("*") if path.is_file()}
    documents({"b.txt": "More."})
    build_index(folder, tmp_path / "index", BagOfWords())
    assert live(tmp_path / "index") != first
    assert {path: path.read_bytes() for path in first.rglob("*") if path.is_file()} == before


def test_the_snapshot_before_is_kept_and_older_ones_are_not(tmp_path: Path, index: Path) -> None:
    names = [current(index)]
    for number in range(3):
        (tmp_path / "documents" / "c.txt").write_text(f"News number {number}.")
        build_index(tmp_path / "documents", index, BagOfWords())
        names.append(current(index))
    assert set(snapshots(index)) == set(names[-2:])
