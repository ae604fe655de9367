import gzip
import random
import tempfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.sources import containers, read_folder, warc
from index.types import Document, Origin, Skipped

BODY = b"<html><head><title>Trade</title></head><body><p>Wang Yi said that trade had grown.</p></body></html>"


@dataclass(frozen=True, slots=True)
class Record:
    address: str = "https://www.example.org/a.html"
    body: bytes = BODY
    kind: str | None = "text/html"
    status: str = "200 OK"
    headers: tuple[tuple[str, str], ...] = ()
    type: str = "response"
    date: str = "2021-05-28T10:00:00Z"
    more: tuple[tuple[str, str], ...] = ()


def saved(records: Iterable[Record], packed: bool = False) -> bytes:
    """A WARC 1.0, each record packed by itself where they are packed."""
    lines = [_record(record) for record in records]
    return b"".join(map(gzip.compress, lines) if packed else lines)


def _record(record: Record) -> bytes:
    kind = [("Content-Type", record.kind)] if record.kind is not None else []
    answer = record.type in ("response", "revisit")
    head = _head(f"HTTP/1.1 {record.status}", [*kind, *record.headers]) if answer else b""
    content = head + record.body
    facts = [("WARC-Type", record.type), ("WARC-Target-URI", record.address), ("WARC-Date", record.date), *record.more]
    return _head("WARC/1.0", [*facts, ("Content-Length", str(len(content)))]) + content + b"\r\n\r\n"


def _head(first: str, headers: Iterable[tuple[str, str]]) -> bytes:
    return "\r\n".join([first, *(f"{key}: {value}" for key, value in headers), "", ""]).encode()


def read(data: bytes, name: str = "saved.warc") -> list[Document | Skipped]:
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / name).write_bytes(data)
        return list(read_folder(Path(place)))


def texts(*records: Record) -> dict[str, str]:
    """Source → the text, or the reason it was skipped for in brackets."""
    return {i.source: f"[{i.reason}]" if isinstance(i, Skipped) else i.text for i in read(saved(records))}


@pytest.mark.parametrize("packed", [False, True])
def test_a_saved_page_is_a_document_with_its_address(packed: bool) -> None:
    (page,) = read(saved([Record()], packed), "saved.warc.gz" if packed else "saved.warc")
    assert isinstance(page, Document)
    assert (page.source, page.url) == ("https://www.example.org/a.html",) * 2
    assert page.text == "Wang Yi said that trade had grown."
    assert page.date is None  # of when it was saved, nobody can be held to


def test_a_page_has_the_same_id_from_whatever_file() -> None:
    first, second = read(saved([Record()]), "a.warc"), read(saved([Record()], packed=True), "b.WARC.GZ")
    assert [item.id for item in first if isinstance(item, Document)] == [item.id for item in second]  # type: ignore[union-attr]


def test_the_address_a_page_was_saved_from_is_believed_before_the_one_it_claims() -> None:
    body = b'<link rel="canonical" href="https://elsewhere.example/"><p>Text.</p>'
    (page,) = read(saved([Record(body=body)]))
    assert isinstance(page, Document)
    assert page.url == "https://www.example.org/a.html"


def test_the_address_tells_the_day_of_a_page_that_has_none() -> None:
    dated = b"<html><head><meta name='date' content='2020-09-11'></head><body><p>It rained all day.</p></body></html>"
    pages = read(saved([Record("https://x.org/2021/05/28/a.html"), Record("https://x.org/2021/05/28/b", dated)]))
    assert [(page.date, page.date_origin) for page in pages if isinstance(page, Document)] == [
        ("2021-05-28", Origin.ADDRESS),
        ("2020-09-11", Origin.METADATA),
    ]


def test_records_of_a_saved_file_keep_their_own_addresses() -> None:
    body = b'{"text": "A.", "url": "https://a.example/"}\n{"text": "B."}'
    items = read(saved([Record("https://x.example/all.jsonl", body, "application/x-ndjson")]))
    assert [(item.source, item.url) for item in items if isinstance(item, Document)] == [
        ("https://x.example/all.jsonl:1", "https://a.example/"),
        ("https://x.example/all.jsonl:2", "https://x.example/all.jsonl"),
    ]


def test_what_is_no_page_is_counted_in_one_line() -> None:
    image = Record("https://www.example.org/i.png", b"x", "image/png")
    assert texts(
        Record(),
        Record("https://www.example.org/b", status="404 Not Found"),
        Record("https://www.example.org/c", status="301 Moved"),
        Record("https://www.example.org/d", status="404 Not Found"),
        Record("https://www.example.org/e", status="206 Partial Content"),
        Record("https://www.example.org/robots.txt", b"User-agent: *", "text/plain"),
        image,
        Record("https://www.example.org/f", type="resource"),
        Record("https://www.example.org/g", type="revisit"),
        Record("https://www.example.org/h", type="metadata"),
        Record("https://www.example.org/i", more=(("WARC-Truncated", "length"),)),
        Record("ftp://www.example.org/j"),
        Record("http://[www.example.org/k"),
    ) == {
        "https://www.example.org/a.html": "Wang Yi said that trade had grown.",
        "saved.warc": "[records left out: 1 × a page that was not saved whole; 1 × an answer with the status 206; "
        "1 × an answer with the status 301; 2 × an answer with the status 404; "
        "1 × of the kind image/png, which is not read; 1 × of the kind text/plain, which is not read; "
        "1 × of the type resource, no answer of a web server; 2 × saved from no address of the web]",
    }


def test_of_a_page_saved_twice_the_later_counts_wherever_it_stands() -> None:
    later = Record(body=b"<p>Corrected.</p>", date="2021-06-01T00:00:00Z")
    reason = {"saved.warc": "[records left out: 1 × a page that was saved again later]"}
    assert texts(Record(), later) == texts(later, Record()) == {later.address: "Corrected.", **reason}
    same = Record(body=b"<p>Second.</p>")
    assert texts(Record(), same) == {same.address: "Second.", **reason}


def chunked(body: bytes, size: int = 7) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


GZIP = ("Content-Encoding", "gzip")
CHUNKED = ("Transfer-Encoding", "chunked")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(BODY), [("Content-Encoding", "gzip")]),
        (gzip.compress(BODY), [("content-encoding", "X-GZIP")]),
        (zlib.compress(BODY), [("Content-Encoding", "deflate")]),
        (zlib.compress(BODY)[2:-4], [("Content-Encoding", "deflate")]),
        (BODY, [("Content-Encoding", "gzip")]),
        (chunked(BODY), [CHUNKED]),
        (chunked(gzip.compress(BODY)), [CHUNKED, ("Content-Encoding", "gzip")]),
        (BODY, [CHUNKED]),
    ],
    ids=["gzip", "x-gzip", "zlib", "deflate", "gzip only said", "chunked", "chunked gzip", "chunked only said"],
)
def test_a_body_is_read_in_whatever_encoding_it_was_sent(body: bytes, headers: list[tuple[str, str]]) -> None:
    assert texts(Record(body=body, headers=tuple(headers))) == {Record().address: "Wang Yi said that trade had grown."}


def test_a_body_in_another_encoding_or_cut_off_is_refused() -> None:
    assert texts(Record(headers=(("Content-Encoding", "br"),))) == {
        Record().address: "[sent in the encoding br, which is not read]"
    }
    body = gzip.compress(random.Random(1).randbytes(1000).hex().encode())[:-400]
    assert texts(Record(body=body, headers=(("Content-Encoding", "gzip"),))) == {Record().address: "[cut off]"}


CYRILLIC = "<p>Лавров заявил, что торговля растёт.</p>"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (CYRILLIC.encode("cp1251"), "text/html; charset=windows-1251"),
        (CYRILLIC.encode("koi8-r"), 'text/html; boundary=x; Charset="KOI8-R"'),
        (CYRILLIC.encode("utf-16"), "text/html; charset=iso-8859-1"),
        (CYRILLIC.encode(), "text/html; charset=iso-8859-1"),
        (b'<meta charset="koi8-r">' + CYRILLIC.encode("koi8-r"), "text/html"),
        (b'<meta charset="koi8-r">' + CYRILLIC.encode("koi8-r"), "text/html; charset=no-such"),
        (b'<meta charset="koi8-r">' + CYRILLIC.encode("koi8-r"), "text/html; charset=punycode"),
    ],
)
def test_the_encoding_that_the_server_says_is_honoured(body: bytes, kind: str) -> None:
    assert texts(Record(body=body, kind=kind)) == {Record().address: "Лавров заявил, что торговля растёт."}


def test_what_a_server_does_not_know_is_told_by_the_address() -> None:
    page = Record("https://x.example/a.html?x=1.png", kind="application/octet-stream")
    note = Record("https://x.example/b.md", b"# Head\n\n*Text* here.", "text/plain")
    plain = Record("https://x.example/c", b"Text.", "text/plain")
    unknown = Record("https://x.example/d", kind=None)
    found = texts(page, note, plain, unknown)
    assert found[page.address] == "Wang Yi said that trade had grown."
    assert found[note.address] == "Text here."
    assert found[plain.address] == "Text."
    assert unknown.address not in found
    assert found["saved.warc"] == "[records left out: 1 × of the kind –, which is not read]"


def test_a_bomb_in_a_body_or_around_the_records_is_refused() -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(80)), packer.flush()])
    record = Record(body=chunked(bomb, 1 << 20), kind="text/plain", headers=(CHUNKED, ("Content-Encoding", "gzip")))
    reason = "it unpacks to more than 200 times its size; the rest of it is left out"
    assert texts(Record("https://x.example/"), record)["saved.warc"] == f"[{reason}]"
    (item,) = read(saved([Record(body=bytes(80 << 20))], packed=True), "saved.warc.gz")
    assert item == Skipped("saved.warc.gz", reason)


def test_headers_without_end_are_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "MAX_HEADERS", 200_000)
    (item,) = read(gzip.compress(b"WARC/1.0\r\nWARC-Type: " + b"x" * 1_000_000), "saved.warc.gz")
    assert item == Skipped("saved.warc.gz", "damaged: a record's headers are longer than 0 MiB")


def test_a_record_without_end_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "MAX_RECORD", 100)
    assert texts(Record()) == {"saved.warc": "[records left out: 1 × larger than 0 MiB]"}


def test_what_stands_before_damage_is_read_and_the_damage_is_said() -> None:
    data = saved([Record(), Record("https://x.example/b")])
    second = data.index(b"WARC/1.0", 10)
    for damaged, reason in [
        (data[:second] + b"junk", "damaged: no record begins behind record 1"),
        (data[:-30], "cut off"),
        (data[:second] + b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", "damaged: record 2 does not say how long it is"),
    ]:
        items = read(damaged)
        assert isinstance(items[0], Document), reason
        assert [item.reason for item in items if isinstance(item, Skipped)][-1].startswith(reason)
    assert read(b"no warc") == [Skipped("saved.warc", "it is no WARC")]
    assert read(b"") == [Skipped("saved.warc", "no text in it")]
    assert read(saved([Record()], packed=True)[:-20], "a.warc.gz")[-1].source == "a.warc.gz"


def test_one_warc_counts_against_the_limits_as_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MAX_MEMBERS", 1)
    found = texts(Record(), Record("https://x.example/b"))
    assert found["saved.warc"] == "[it holds more than 1 files; the rest of it is left out]"


VALID = saved(
    [
        Record(),
        Record("https://x.example/b", chunked(gzip.compress(b"<p>B.</p>")), headers=(CHUNKED, GZIP)),
        Record("https://x.example/c", b"Text.", "text/plain; charset=latin-1"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32), st.booleans())
def test_any_damage_becomes_documents_or_reasons(seed: int, packed: bool) -> None:
    dice = random.Random(seed)
    data = bytearray(gzip.compress(VALID) if packed else VALID)
    for _ in range(dice.randint(1, 6)):
        place, kind = dice.randrange(len(data)), dice.random()
        if kind < 0.6:
            data[place] = dice.randrange(256)
        elif kind < 0.8:
            del data[place : place + dice.randrange(40)]
        else:
            data[place:place] = dice.randbytes(dice.randrange(9))
    assert read(bytes(data), "a.warc.gz" if packed else "a.warc")


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_behind_a_first_line_become_documents_or_reasons(data: bytes) -> None:
    assert read(b"WARC/1.0\r\n" + data)
