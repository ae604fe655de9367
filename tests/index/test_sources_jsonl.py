import json
from pathlib import Path
from typing import Any

import pytest

from index.errors import SourceError
from index.sources import base, read_folder
from index.sources.jsonl import JsonLinesSource
from index.types import Document, Origin, Skipped

SPEECHES = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "ungd"


def read(folder: Path, *lines: bytes | str | dict[str, Any]) -> list[Document | Skipped]:
    path = folder / "speeches.jsonl"
    encoded = (json.dumps(line) if isinstance(line, dict) else line for line in lines)
    path.write_bytes(b"\n".join(line.encode() if isinstance(line, str) else line for line in encoded))
    return list(JsonLinesSource().read(path, "un/speeches.jsonl"))


def test_a_record_becomes_a_document_with_its_facts(tmp_path: Path) -> None:
    record = {
        "id": "A-1",
        "title": "General\xa0Debate",
        "date": "September 2015",
        "speaker": "Mr. Abdullah Abdullah",
        "url": "https://example.org/a",
        "text": "One.\n\nTwo.",
        "post": "Chief Executive Officer",
        "country": "Islamic Republic of Afghanistan",
    }
    assert read(tmp_path, record) == [
        Document(
            base.document_id("un/speeches.jsonl#A-1"),
            "General Debate",
            "One.\n\nTwo.",
            "un/speeches.jsonl#A-1",
            "2015-09",
            "https://example.org/a",
            "Mr. Abdullah Abdullah",
            "Chief Executive Officer of Afghanistan",
            Origin.METADATA,
            Origin.METADATA,
        )
    ]


def test_a_record_without_an_id_is_named_by_its_line(tmp_path: Path) -> None:
    _, third = read(tmp_path, {"text": "One.", "id": 7, "title": None}, " ", {"text": "Two."})
    assert isinstance(third, Document)
    assert (third.source, third.title) == ("un/speeches.jsonl:3", "Speeches, line 3")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ('{"text": "x"} more', "not JSON"),
        ("[1]", "not a JSON object"),
        ("7", "not a JSON object"),
        ({"title": "T"}, 'no "text" in it'),
        ({"text": 7}, 'its "text" is not a string'),
        ({"text": " \n "}, "no text in it"),
        ({"text": "x", "date": 2020}, 'its "date" is not a string'),
        ({"text": "x", "speaker": ["A"]}, 'its "speaker" is not a string'),
        ({"text": "x", "id": True}, 'its "id" is neither'),
        ({"text": "x", "id": "first"}, "its id first is that of line 1"),
        (b'{"text": "\xff"}', "not UTF-8"),
        ("[" * 200_000, "not JSON that can be read"),
        ('{"text": "x", "id": ' + "9" * 5000 + "}", "not JSON that can be read"),
    ],
)
def test_a_bad_record_is_skipped_and_the_next_is_read(
    tmp_path: Path, line: bytes | str | dict[str, Any], reason: str
) -> None:
    _, skipped, last = read(tmp_path, {"text": "One.", "id": "first"}, line, {"text": "Two."})
    assert isinstance(skipped, Skipped)
    assert skipped.source == "un/speeches.jsonl line 2"
    assert reason in skipped.reason
    assert isinstance(last, Document)


def test_a_record_beyond_the_limit_is_skipped_without_holding_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "MAX_CHARACTERS", 100)
    items = read(tmp_path, {"text": "x" * 101}, {"text": "x" * 5000}, {"text": "Fine."})
    assert [item.reason for item in items if isinstance(item, Skipped)] == [
        "101 characters, more than the 100 a document may have; split it",
        "more than the 100 characters a document may have; split it",
    ]
    assert items[-1].source == "un/speeches.jsonl:3"


def test_half_a_character_is_replaced(tmp_path: Path) -> None:
    (document,) = read(tmp_path, '{"text": "a\\ud800b", "id": "\\udfff"}')
    assert isinstance(document, Document)
    assert document.text == "a\ufffdb"
    assert document.source.encode()


def test_a_byte_order_mark_is_no_part_of_the_first_record(tmp_path: Path) -> None:
    (document,) = read(tmp_path, b'\xef\xbb\xbf{"text": "One."}')
    assert isinstance(document, Document)


def test_a_file_in_utf_16_is_refused_as_a_whole(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not UTF-8"):
        read(tmp_path, '{"text": "One."}'.encode("utf-16"))


@pytest.mark.corpus
@pytest.mark.skipif(not SPEECHES.is_dir(), reason="the real speeches of ../shared/corpus/ungd are not here")
def test_every_speech_of_the_general_debate_is_read() -> None:
    items = [item for path in sorted(SPEECHES.glob("*.jsonl")) for item in JsonLinesSource().read(path, path.name)]
    assert len(items) == 1167
    assert all(isinstance(item, Document) and item.date and len(item.date) == 7 for item in items)


@pytest.mark.parametrize("url", ["https://x/\\ud800", "https://x/\\u001b[31mred", "javascript:alert(1)"])
def test_an_address_that_cannot_be_followed_or_stored_is_left_out(tmp_path: Path, url: str) -> None:
    (tmp_path / "a.jsonl").write_text(f'{{"text": "Hello there.", "url": "{url}"}}')
    (document,) = read_folder(tmp_path)
    assert isinstance(document, Document)
    assert document.url is None
