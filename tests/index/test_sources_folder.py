import os
from pathlib import Path

import pytest

from index.errors import DocumentsError
from index.sources import SOURCES, Found, html, list_files, read_file, read_folder, without_repeats
from index.types import Document, Skipped


def fill(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def found(folder: Path) -> dict[str, str | None]:
    """Source → the reason it was skipped for, or None where it is a document."""
    return {item.source: item.reason if isinstance(item, Skipped) else None for item in read_folder(folder)}


def test_a_folder_is_read_in_the_order_of_its_paths(tmp_path: Path) -> None:
    fill(
        tmp_path, b_txt="B.", a__z_md="Z.", a__y_html="<p>Y.</p>", c_jsonl='{"text": "C."}\n{"text": "D."}', B_TXT="E."
    )
    items = list(read_folder(tmp_path))
    assert [item.source for item in items] == ["B.TXT", "a/y.html", "a/z.md", "b.txt", "c.jsonl:1", "c.jsonl:2"]
    assert all(isinstance(item, Document) for item in items)
    assert items == list(read_folder(tmp_path))


def test_reading_a_folder_is_listing_it_and_reading_each_file(tmp_path: Path) -> None:
    fill(tmp_path, a_txt="A.", b__c_jsonl='{"text": "C.", "id": "1"}\n{"text": "D.", "id": "1"}', d_txt=" ", e_png="x")
    listed = list(list_files(tmp_path))
    assert [file.name for file in listed if isinstance(file, Found)] == ["a.txt", "b/c.jsonl", "d.txt", "e.png"]
    items = [item for file in listed if isinstance(file, Found) for item in read_file(file)]
    assert items == list(read_folder(tmp_path))
    repeated = list(without_repeats(items + items))
    assert repeated[: len(items)] == items
    assert {item.reason for item in repeated[len(items) :] if isinstance(item, Skipped)} >= {
        "the same document as a.txt"
    }
    assert not any(isinstance(item, Document) for item in repeated[len(items) :])


def test_what_cannot_be_read_is_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    fill(
        tmp_path,
        a_png="x",
        b_json="{}",
        README="x",
        e_txt="",
        f_html="",
        g_jsonl="\n",
        h_md="---\n[\n---\n",
        z_txt="Z.",
    )
    (tmp_path / "i.txt").write_bytes(b"a\0b")
    reasons = found(tmp_path)
    assert reasons.pop("z.txt") is None
    assert (reasons.pop("h.md") or "").startswith("its front matter is not YAML")
    assert reasons == {
        "README": "no reader for files without a suffix",
        "a.png": "no reader for .png files",
        "b.json": "no reader for .json files",
        "e.txt": "no text in it",
        "f.html": "no text in it",
        "g.jsonl": "no text in it",
        "i.txt": "binary, not text",
    }


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    fill(tmp_path, a_txt="A.")
    fill(tmp_path / ".git", b_txt="B.")
    (tmp_path / ".hidden.txt").write_text("C.")
    assert found(tmp_path) == {"a.txt": None}


def test_links_lead_neither_in_circles_nor_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("S.")
    folder = tmp_path / "documents"
    fill(folder, sub__a_txt="A.")
    (folder / "sub" / "loop").symlink_to(folder)
    (folder / "self.txt").symlink_to(folder / "self.txt")
    (folder / "gone.txt").symlink_to(folder / "nothing.txt")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "in.txt").symlink_to(folder / "sub" / "a.txt")
    assert found(folder) == {
        "gone.txt": "No such file or directory",
        "in.txt": None,
        "out.txt": "a link to a file outside the folder",
        "self.txt": "Too many levels of symbolic links",
        "sub/a.txt": None,
        "sub/loop": "a link to a folder, which is not followed",
    }


def test_a_folder_may_itself_be_a_link(tmp_path: Path) -> None:
    fill(tmp_path / "real", a_txt="A.")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert found(tmp_path / "link") == {"a.txt": None}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_or_folder_without_permission_is_reported(tmp_path: Path) -> None:
    fill(tmp_path, a_txt="A.", sub__b_txt="B.", z_txt="Z.")
    (tmp_path / "a.txt").chmod(0)
    (tmp_path / "sub").chmod(0)
    try:
        assert found(tmp_path) == {"a.txt": "Permission denied", "sub": "Permission denied", "z.txt": None}
    finally:
        (tmp_path / "sub").chmod(0o700)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert found(tmp_path) == {"pipe.txt": "not a regular file"}


def test_a_name_of_any_bytes_gets_a_source_that_can_be_stored(tmp_path: Path) -> None:
    for name in (b"caf\xe9.txt", b"new\nline.txt", "日本 %#?.txt".encode(), b"\xff.xyz"):
        (tmp_path / os.fsdecode(name)).write_text("A.")
    assert found(tmp_path) == {
        "caf\\xe9.txt": None,
        "new\\x0aline.txt": None,
        "日本 %#?.txt": None,
        "\\xff.xyz": "no reader for .xyz files",
    }
    for item in read_folder(tmp_path):
        assert item.source.encode("utf-8")
        if isinstance(item, Document):
            assert item.title.encode("utf-8")


def test_no_record_is_taken_for_another_or_for_a_file(tmp_path: Path) -> None:
    fill(tmp_path, a_jsonl='{"text": "One."}', b_txt="B.")
    (tmp_path / "a.jsonl:1.txt").write_text("C.")
    assert len({item.id for item in read_folder(tmp_path) if isinstance(item, Document)}) == 3
    (tmp_path / "a.jsonl").write_text('{"text": "One."}\n{"text": "Two.", "id": "L1"}')
    assert list(found(tmp_path).values()) == [None] * 4


def test_a_parser_that_fails_costs_its_file_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(tree: object) -> list[str]:
        raise RecursionError("too deep")

    fill(tmp_path, a_html="<p>A.</p>", b_txt="B.")
    monkeypatch.setattr(html, "main_text", fail)
    assert found(tmp_path) == {"a.html": "cannot be parsed: RecursionError: too deep", "b.txt": None}


def test_a_missing_folder_or_a_file_in_its_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DocumentsError, match="there is no folder"):
        read_folder(tmp_path / "missing")
    with pytest.raises(DocumentsError, match="is not a folder"):
        read_folder(tmp_path / "file")


def test_no_two_readers_claim_the_same_files() -> None:
    suffixes = [suffix for source in SOURCES for suffix in source.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in suffixes)
