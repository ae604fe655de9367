import gzip
import io
import os
import random
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import IndexWriteError
from index.sources import archives, containers, read_folder
from index.sources.archives import inner_name
from index.types import Document, Skipped

ATTACHED = b"""From: a@example.org
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

As attached.
--b
Content-Type: text/plain
Content-Disposition: attachment; filename="a.txt"

A.
--b--
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "documents"
    path.mkdir()
    return path


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The only place where members may be unpacked; it must be empty when all is read."""
    path = tmp_path / "temporary"
    path.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    yield path
    assert list(path.iterdir()) == []


def packed(members: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def found(folder: Path) -> dict[str, str]:
    """Source → the text, or the reason it was skipped for in brackets."""
    return {item.source: f"[{item.reason}]" if isinstance(item, Skipped) else item.text for item in read_folder(folder)}


def test_a_packed_file_is_read_under_its_own_name(folder: Path) -> None:
    (folder / "2020-09-11-four-areas.txt.gz").write_bytes(gzip.compress(b"Trade grew."))
    (folder / "records.jsonl.gz").write_bytes(gzip.compress(b'{"text": "A."}\n') + gzip.compress(b'{"text": "B."}\n'))
    first, *records = read_folder(folder)
    assert isinstance(first, Document)
    assert (first.source, first.title, first.date) == ("2020-09-11-four-areas.txt.gz", "Four areas", "2020-09-11")
    assert [item.source for item in records] == ["records.jsonl.gz:1", "records.jsonl.gz:2"]


def test_members_of_a_zip_are_read_by_their_own_readers(folder: Path) -> None:
    members = {"b.txt": "B.", "in/a.html": "<p>A.</p>", "in/c.jsonl": '{"text": "C.", "id": "x"}', "d.png": "", "e": ""}
    (folder / "Saved.ZIP").write_bytes(packed(members))
    assert found(folder) == {
        "Saved.ZIP/b.txt": "B.",
        "Saved.ZIP/in/a.html": "A.",
        "Saved.ZIP/in/c.jsonl#x": "C.",
        "Saved.ZIP/d.png": "[no reader for .png files]",
        "Saved.ZIP/e": "[no reader for files without a suffix]",
    }


def test_a_member_keeps_its_id_whatever_else_is_packed(folder: Path) -> None:
    def identifiers() -> dict[str, str]:
        return {item.source: item.id for item in read_folder(folder) if isinstance(item, Document)}

    (folder / "a.zip").write_bytes(packed({"x.txt": "X."}))
    before = identifiers()
    (folder / "a.zip").write_bytes(packed({"w.txt": "W.", "x.txt": "X, changed.", "y.txt": "Y."}, zipfile.ZIP_STORED))
    assert identifiers().items() >= before.items()


def test_containers_in_containers_are_read_to_a_small_depth(folder: Path) -> None:
    inner = packed({"deep.txt.gz": gzip.compress(b"Deep."), "deeper.zip": packed({"x.txt.gz": gzip.compress(b"X.")})})
    (folder / "a.zip").write_bytes(packed({"b.zip": inner}))
    assert found(folder) == {
        "a.zip/b.zip/deep.txt.gz": "Deep.",
        "a.zip/b.zip/deeper.zip/x.txt.gz": "[packed more than 3 times over; unpack it yourself]",
    }


def test_a_name_leads_nowhere(folder: Path, tmp_path: Path) -> None:
    names = [
        "../../up.txt",
        "/root.txt",
        "C:\\drive\\d.txt",
        "a\\..\\b.txt",
        "./c.txt",
        "x/../../../e.txt",
        "\x1b[2J.txt",
    ]
    (folder / "a.zip").write_bytes(packed({name: f"Text {number}." for number, name in enumerate(names)}))
    assert found(folder) == {
        "a.zip/up.txt": "Text 0.",
        "a.zip/root.txt": "Text 1.",
        "a.zip/drive/d.txt": "Text 2.",
        "a.zip/a/b.txt": "Text 3.",
        "a.zip/c.txt": "Text 4.",
        "a.zip/x/e.txt": "Text 5.",
        "a.zip/\\x1b[2J.txt": "Text 6.",
    }
    everything = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    assert everything == {"documents", "documents/a.zip", "temporary"}


@given(st.text())
def test_an_inner_name_has_no_step_out(name: str) -> None:
    inner = inner_name(name)
    assert not {"", ".", ".."} & set(inner.split("/")) or not inner
    assert "\0" not in inner
    assert "\\" not in inner
    assert inner_name(inner) == inner or inner[1:2] == ":"


def test_a_name_with_a_nul_ends_there(folder: Path) -> None:
    data = packed({"a.txt_.html": "Text."})
    (folder / "a.zip").write_bytes(data.replace(b"a.txt_.html", b"a.txt\0.html"))
    assert found(folder) == {"a.zip/a.txt": "Text."}


def test_hidden_members_and_folders_are_passed_over_as_in_a_folder(folder: Path) -> None:
    (folder / "a.zip").write_bytes(packed({"__MACOSX/._a.txt": "x", ".git/b.txt": "x", "in/": "", "in/c.txt": "C."}))
    assert found(folder) == {"a.zip/in/c.txt": "C."}


def test_links_passwords_and_strange_methods_are_refused_member_by_member(folder: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("bz2.txt", "B.", zipfile.ZIP_BZIP2)
        archive.writestr("lzma.txt", "L.", zipfile.ZIP_LZMA)
        archive.writestr("secret.txt", "S.")
        archive.writestr("plain.txt", "Plain.")
    data = bytearray(buffer.getvalue())
    entry = data.rindex(b"secret.txt") - 46
    data[entry + 8] |= 1  # the flag in the table of contents
    (folder / "a.zip").write_bytes(data)
    assert found(folder) == {
        "a.zip/link.txt": "[a link, which is not followed]",
        "a.zip/bz2.txt": "[packed by the method bzip2, which is not read; unpack it yourself]",
        "a.zip/lzma.txt": "[packed by the method lzma, which is not read; unpack it yourself]",
        "a.zip/secret.txt": "[encrypted with a password; unpack it yourself]",
        "a.zip/plain.txt": "Plain.",
    }


def test_what_is_damaged_is_reported_and_the_rest_is_read(folder: Path) -> None:
    data = bytearray(packed({"a.txt": "First text.", "b.txt": "Second text."}, zipfile.ZIP_STORED))
    data[data.index(b"First")] ^= 1
    (folder / "a.zip").write_bytes(data)
    (folder / "b.zip").write_bytes(b"no zip at all")
    (folder / "c.txt.gz").write_bytes(gzip.compress(os.urandom(1000).hex().encode())[:-300])
    (folder / "d.txt.gz").write_bytes(b"no gzip at all")
    (folder / "e.zip").write_bytes(packed({}))
    assert found(folder) == {
        "a.zip/a.txt": "[damaged: Bad CRC-32 for file 'a.txt']",
        "a.zip/b.txt": "Second text.",
        "b.zip": "[damaged, or no zip: File is not a zip file]",
        "c.txt.gz": "[damaged: Compressed file ended before the end-of-stream marker was reached]",
        "d.txt.gz": "[damaged: Not a gzipped file (b'no')]",
        "e.zip": "[no text in it]",
    }


def zeros(size: int) -> bytes:
    """So many zero bytes, packed by gzip, without ever having them."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)), packer.flush()])


def test_a_bomb_is_refused_by_what_comes_out_of_it(folder: Path, temporary: Path) -> None:
    (folder / "bomb.txt.gz").write_bytes(zeros(80 << 20))
    (folder / "nested.zip").write_bytes(packed({"in.zip": packed({"bomb.txt.gz": zeros(80 << 20)}), "z.txt": "Z."}))
    (folder / "z.txt").write_text("Last.")
    reason = "[it unpacks to more than 200 times its size; the rest of it is left out]"
    assert found(folder) == {"bomb.txt.gz": reason, "nested.zip": reason, "z.txt": "Last."}


def overlapping(entries: int, size: int) -> bytes:
    """A zip of which every entry is the same few bytes (after "A better zip bomb", Fifield 2019)."""
    data = packed({"a.txt": bytes(size)})
    table = data.index(b"PK\1\2")
    end = data.index(b"PK\5\6")
    record = bytearray(data[end:])
    record[8:12] = 2 * entries.to_bytes(2, "little")
    record[12:16] = (entries * (end - table)).to_bytes(4, "little")
    return data[:table] + entries * data[table:end] + bytes(record)


def test_a_flat_bomb_of_overlapping_entries_is_refused(folder: Path) -> None:
    (folder / "flat.zip").write_bytes(overlapping(1000, 4 << 20))
    items = list(read_folder(folder))
    assert items[-1].source == "flat.zip"
    assert len(items) < 40
    assert all(isinstance(item, Skipped) for item in items)
    assert "times its size" in items[-1].reason if isinstance(items[-1], Skipped) else False


def test_sizes_that_a_header_claims_are_not_believed(folder: Path) -> None:
    data = bytearray(packed({"a.txt": "The truth is longer than that."}))
    table = data.index(b"PK\1\2")
    data[table + 24 : table + 28] = (3).to_bytes(4, "little")
    (folder / "a.zip").write_bytes(data)
    data[table + 24 : table + 28] = (0xFFFFFFF0).to_bytes(4, "little")
    (folder / "b.zip").write_bytes(data)
    reasons = found(folder)
    assert reasons["a.zip/a.txt"].startswith("[damaged")
    assert reasons["b.zip/a.txt"] in ("The truth is longer than that.", "[damaged: EOFError]")


def test_limits_of_number_and_size_are_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MAX_MEMBERS", 2)
    monkeypatch.setattr(containers, "MAX_MEMBER", 0)
    (folder / "a.zip").write_bytes(packed({"a.txt": "", "b.txt": "B.", "c.txt": "C."}))
    assert found(folder) == {
        "a.zip/a.txt": "[no text in it]",
        "a.zip/b.txt": "[it unpacks to more than 0 GiB]",
        "a.zip": "[it holds more than 2 files; the rest of it is left out]",
    }
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
    assert found(folder) == {"a.zip": "[it holds more than 2 files; none is read]"}
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    monkeypatch.setattr(archives, "MAX_TABLE", 100)
    assert found(folder) == {"a.zip": "[its table of contents is larger than 0 MiB; none of it is read]"}


def test_the_total_is_counted_over_all_that_is_nested(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MAX_TOTAL", 2000)
    inner = packed({"a.txt": "A. " * 200, "b.txt": "B. " * 200})
    (folder / "a.zip").write_bytes(packed({"in.zip": inner, "in2.zip": inner}))
    assert list(found(folder))[:2] == ["a.zip/in.zip/a.txt", "a.zip/in.zip/b.txt"]
    assert found(folder)["a.zip"].startswith("[it unpacks to more than")


@pytest.mark.parametrize(("name", "content"), [("a.zip", packed({"a.txt": "A."})), ("a.eml", ATTACHED)])
def test_a_full_temporary_folder_ends_the_build_and_says_so(
    folder: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    (folder / name).write_bytes(content)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / "missing"))
    with pytest.raises(IndexWriteError, match="TMPDIR"):
        list(read_folder(folder))


def test_what_is_not_read_to_the_end_leaves_nothing_behind(folder: Path, temporary: Path) -> None:
    (folder / "a.zip").write_bytes(packed({"a.jsonl": '{"text": "A."}\n{"text": "B."}', "b.txt": "B."}))
    items = read_folder(folder)
    next(items)
    assert len(list(temporary.rglob("*.jsonl"))) == 1
    items.close()  # type: ignore[attr-defined]


NESTED: dict[str, bytes | str] = {
    "a.txt": "A text.",
    "b/c.html": "<p>C.</p>",
    "d.txt.gz": gzip.compress(b"D."),
    "e.zip": packed({"f.txt": "F."}),
}
VALID = [
    ("a.zip", packed(NESTED)),
    ("a.zip", packed({"a.txt": "A text.", "b.jsonl": '{"text": "B."}'}, zipfile.ZIP_STORED)),
    ("a.txt.gz", gzip.compress(b"A text of some words. " * 20)),
]


def read(name: str, data: bytes) -> list[Document | Skipped]:
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / name).write_bytes(data)
        return list(read_folder(Path(place)))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["a.zip", "a.txt.gz", "a.zip.gz"]))
def test_any_bytes_become_documents_or_reasons(data: bytes, name: str) -> None:
    assert read(name, data)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(VALID))
def test_any_damage_becomes_documents_or_reasons(seed: int, valid: tuple[str, bytes]) -> None:
    dice = random.Random(seed)
    name, data = valid[0], bytearray(valid[1])
    for _ in range(dice.randint(1, 4)):
        kind = dice.random()
        place = dice.randrange(len(data))
        if kind < 0.7:
            data[place] = dice.randrange(256)
        elif kind < 0.85:
            del data[place : place + dice.randrange(9)]
        else:
            data[place:place] = dice.randbytes(dice.randrange(9))
        data = data or bytearray(b"\0")
    assert read(name, bytes(data))
