"""What could not be read, or changed while it was read, is read by the next build, and nothing is lost by it."""

import errno
import gzip
import io
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import docx
import pytest

from index import readings
from index.build import Built, build_index
from index.errors import DocumentsError
from index.snapshot import current, open_snapshot
from index.sources import Found, archives, pdfprocess
from index.sources import read_file as read_now
from tests.fakes import BagOfWords
from tests.index.equality import assert_equal
from tests.index.pdfs import column, pdf

Write = Callable[[Mapping[str, str | bytes]], Path]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def build(folder: Path, index: Path) -> Built:
    return build_index(folder, index, BagOfWords())


def test_a_file_that_changes_while_it_is_read_is_read_again_by_the_next_build(
    documents: Write, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = documents({"a.txt": "One.", "b.txt": "Other."})

    def read_file(file: Found) -> Any:
        items = [*read_now(file)]
        if file.name == "a.txt" and "Two" not in file.path.read_text():
            file.path.write_text("Two.")
        return items

    monkeypatch.setattr(readings, "read_file", read_file)
    build(folder, index)
    built = build(folder, index)
    assert not built.unchanged
    with closing(open_snapshot(index)) as snapshot:
        assert {document.text for document in snapshot.corpus.all_documents()} == {"Two.", "Other."}
    assert build(folder, index).unchanged


class Failing(io.FileIO):
    """A file on a disk that fails at one of its reads, counted from 0."""

    at = 0

    def readinto(self, buffer: Any) -> Any:
        self._fail()
        return super().readinto(buffer)

    def readall(self) -> bytes:
        self._fail()
        return super().readall()

    def _fail(self) -> None:
        Failing.at -= 1
        if Failing.at == -1:
            raise OSError(errno.EIO, "Input/output error")


class FailingContainer(Failing):
    def read(self, size: int | None = -1, /) -> bytes:
        self._fail()
        return super().read(-1 if size is None else size)


def sample(name: str) -> bytes:
    text = b"Trade grew."
    if name.endswith(".zip"):
        with zipfile.ZipFile(packed := io.BytesIO(), "w") as archive:
            archive.writestr("c.txt", text)
        return packed.getvalue()
    if name.endswith(".docx"):
        word = docx.Document()
        word.add_paragraph(text.decode())
        word.save(packed := io.BytesIO())
        return packed.getvalue()
    mail = b"From: a@b.org\n\n" + text
    return {
        ".csv": b"text\n" + text, ".eml": mail, ".mbox": b"From a@b.org Sat Jan  2 10:00:00 2021\n" + mail,
        ".gz": gzip.compress(text),
    }.get(Path(name).suffix, text)  # fmt: skip


@pytest.mark.parametrize("name", ["b.txt", "b.csv", "b.eml", "b.mbox", "b.txt.gz", "b.zip", "b.docx"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_file_that_the_disk_did_not_give_is_read_by_the_next_build(
    documents: Write, index: Path, monkeypatch: pytest.MonkeyPatch, name: str, at: int
) -> None:
    """Though nothing in the folder has changed, and whatever the reader makes of it."""
    folder = documents({"a.txt": "One.", name: sample(name)})
    whole, opened = Path.open, []

    def open_file(path: Path, *values: Any, **named: Any) -> Any:
        opened.append(path.name)
        failing = path.name == name and opened.count(name) == 2  # the first is for the digest
        return io.BufferedReader(Failing(path), 16) if failing else whole(path, *values, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", open_file)
        patch.setattr(archives, "_Guarded", FailingContainer)
        patch.setattr(Failing, "at", at)
        built = build(folder, index)
        failed = Failing.at < 0
    assert [(item.source.partition("/")[0], item.reason, item.passing) for item in built.skipped] == (
        [(name, "Input/output error", True)] if failed else []
    )
    assert failed or at
    again = build(folder, index)
    assert (again.unchanged, again.documents, again.skipped) == (not failed, 2, ())
    assert build(folder, index).unchanged
    build(folder, index.with_name("fresh"))
    assert_equal(index, index.with_name("fresh"))


def test_a_pdf_whose_reading_was_ended_from_outside_is_read_by_the_next_build(
    documents: Write, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = documents({"a.txt": "One.", "b.pdf": pdf([column(["Two."])])})
    (tmp_path / "killed.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with monkeypatch.context() as patch:
        patch.setattr(pdfprocess, "__file__", str(tmp_path / "killed.py"))
        built = build(folder, index)
        assert not build(folder, index).unchanged
    assert [item.passing for item in built.skipped] == [True]
    assert build(folder, index).documents == 2
    assert build(folder, index).unchanged


def test_what_could_not_be_read_for_now_is_not_withdrawn_with_the_rest(
    documents: Write, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = documents({"b.pdf": pdf([column(["Two."])])})
    live = build(folder, index).snapshot
    (tmp_path / "killed.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    monkeypatch.setattr(pdfprocess, "__file__", str(tmp_path / "killed.py"))
    with pytest.raises(DocumentsError, match=r"b\.pdf") as raised:
        build_index(folder, index, BagOfWords(), anew=True, empty=True)
    assert "--allow-empty" not in str(raised.value)
    assert current(index) == live


def test_a_file_that_nobody_may_read_is_no_change_until_they_may(
    documents: Write, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = documents({"a.txt": "One.", "b.txt": "Two."})
    whole = Path.open

    def open_file(path: Path, *values: Any, **named: Any) -> Any:
        if path.name == "b.txt":
            raise PermissionError(errno.EACCES, "Permission denied")
        return whole(path, *values, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", open_file)
        assert build(folder, index).documents == 1
        assert build(folder, index).unchanged
    assert build(folder, index).documents == 2
