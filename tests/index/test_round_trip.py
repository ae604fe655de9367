"""Every span that an index stores slices back to its document's text, whatever the folder held."""

import csv
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.build import build_index
from index.errors import DocumentsError
from index.snapshot import Snapshot, open_snapshot
from index.verify import verify
from tests.fakes import BagOfWords
from tests.strategies import texts

ANY = st.one_of(texts(), st.text(), st.binary(max_size=300).map(lambda data: data.decode("utf-8", "replace")))


def _csv(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        csv.writer(file).writerows([("text", "speaker"), (text, "Wang Yi")])


def _written(ending: str, shape: Callable[[str], str]) -> Callable[[Path, str], object]:
    return lambda path, text: path.with_suffix(ending).write_bytes(shape(text).encode("utf-8", "replace"))


WRITERS = (
    _written(".txt", lambda text: f"A heading\n\n{text}"),
    _written(".md", lambda text: f"---\ntitle: Talks\n---\n\n{text}"),
    _written(".html", lambda text: f"<html><body><p>He said that:</p><p>{text}</p></body></html>"),
    _written(".jsonl", lambda text: json.dumps({"id": "1", "text": text, "speaker": "Psaki"})),
    _written(".eml", lambda text: f"Subject: Talks\nDate: Fri, 28 May 2021 10:00:00 +0000\n\n{text}"),
    lambda path, text: _csv(path.with_suffix(".csv"), text),
)


@given(st.lists(st.tuples(st.sampled_from(WRITERS), ANY), min_size=1, max_size=4))
@settings(max_examples=30, deadline=None)
def test_every_span_of_an_index_slices_back_whatever_was_in_the_folder(
    tmp_path_factory: pytest.TempPathFactory, contents: list[tuple[Callable[[Path, str], object], str]]
) -> None:
    place = tmp_path_factory.mktemp("round")
    documents, index = place / "documents", place / "index"
    documents.mkdir()
    for number, (write, text) in enumerate(contents):
        write(documents / f"d{number}", text)
    try:
        build_index(documents, index, BagOfWords())
    except DocumentsError:
        return  # nothing of it was text
    assert [faults for _, faults in verify(index)] == [[]]
    with closing(open_snapshot(index)) as snapshot:
        check(snapshot)


def check(snapshot: Snapshot) -> None:
    for held in snapshot.corpus.contents():
        text = held.document.text
        assert [page for page in held.document.pages if not 0 <= page <= len(text)] == []
        for paragraph in held.paragraphs:
            inside = text[paragraph.start : paragraph.end]
            assert inside
            assert inside == inside.strip()
            quoted = "".join(text[each.start : each.end] for each in paragraph.sentences)
            assert "".join(quoted.split()) == "".join(inside.split())
            for sentence in paragraph.sentences:
                assert paragraph.start <= sentence.start < sentence.end <= paragraph.end
                evidence = sentence.speech.evidence if sentence.speech else None
                assert evidence is None or text[slice(*evidence)].strip()
