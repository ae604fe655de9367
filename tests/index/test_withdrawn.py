"""A document that left the folder is gone: by every route at the next build, and from the disk after pruning."""

from contextlib import closing
from pathlib import Path

import pytest

from index.build import build_index
from index.errors import DocumentsError
from index.export import export_lines
from index.history import list_snapshots, prune
from index.snapshot import current, open_snapshot
from index.sources.base import document_id
from index.statistics import statistics
from index.tuning import tune
from index.verify import verify_all
from qa.answer import Answerer
from qa.errors import DocumentMissingError
from qa.live import LiveAnswerer
from qa.request import Request
from tests.fakes import BagOfWords

SECRET = ("Zyxwvian", "quorbleflax", "Thrummington")
WITHDRAWN = (
    f"Minister Ann {SECRET[2]} said that the {SECRET[0]} treaty on {SECRET[1]} was signed.\n\nIt was {SECRET[1]}."
)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Many documents, and one that was withdrawn and is in the snapshot before the live one."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(60):
        text = (
            f"Wang Yi said that trade in item {number} grew.\n\n"
            + f"Water and peace were discussed, too. {number} " * 20
        )
        (folder / f"{number:02}.txt").write_text(text)
    (folder / "30b.txt").write_text(WITHDRAWN)
    build_index(folder, tmp_path / "index", BagOfWords())
    (folder / "30b.txt").unlink()
    build_index(folder, tmp_path / "index", BagOfWords())
    return tmp_path / "index"


def holding(place: Path) -> list[Path]:
    """The files below a place in which a word of the document stands, in any case or stem of it."""
    stems = [word[:8].lower().encode() for word in SECRET]
    files = [path for path in place.rglob("*") if path.is_file()]
    return [path for path in files if any(stem in path.read_bytes().lower() for stem in stems)]


def test_a_withdrawn_document_is_found_by_no_route(index: Path) -> None:
    with closing(Answerer(open_snapshot(index), BagOfWords())) as answerer:
        for question in (f"What did Ann {SECRET[2]} say about {SECRET[1]}?", f"{SECRET[0]} treaty", SECRET[1]):
            found = answerer.ask(Request(question=question))
            words = [*(quote.text for quote in found.quotes + found.others), *(hit.text for hit in found.hits)]
            assert not any(secret in text for secret in SECRET for text in words)
        with pytest.raises(DocumentMissingError):
            answerer.document(document_id("30b.txt"))
    with closing(open_snapshot(index)) as snapshot:
        assert not any(secret in line for secret in SECRET for line in export_lines(snapshot.corpus))
        assert not any(SECRET[2] in speaker.name for speaker in snapshot.corpus.speakers.values())
        with pytest.raises(DocumentsError):
            snapshot.corpus.find("30b.txt")


def test_no_byte_of_it_is_in_the_live_snapshot(index: Path) -> None:
    assert holding(index / "snapshots" / current(index)) == []
    assert holding(index)  # going back is possible still


def test_after_pruning_no_byte_of_it_is_anywhere(index: Path) -> None:
    pruned = prune(index, 1)
    assert holding(index) == []
    assert pruned.vectors == 2


@pytest.fixture
def emptied(tmp_path: Path) -> Path:
    """An index whose only document was withdrawn by a build."""
    folder, index = tmp_path / "documents", tmp_path / "index"
    folder.mkdir()
    (folder / "a.txt").write_text(WITHDRAWN)
    build_index(folder, index, BagOfWords())
    (folder / "a.txt").unlink()
    assert build_index(folder, index, BagOfWords(), empty=True).documents == 0
    return index


def test_the_last_document_is_withdrawn_only_by_a_build_that_is_told_so(tmp_path: Path) -> None:
    """An empty folder may be a drive that is not there."""
    folder, index = tmp_path / "documents", tmp_path / "index"
    folder.mkdir()
    with pytest.raises(DocumentsError, match=r"files there$"):
        build_index(folder, index, BagOfWords())
    (folder / "a.txt").write_text(WITHDRAWN)
    live = build_index(folder, index, BagOfWords()).snapshot
    (folder / "a.txt").unlink()
    with pytest.raises(DocumentsError, match="build with --allow-empty if all are to be withdrawn"):
        build_index(folder, index, BagOfWords())
    assert current(index) == live
    assert build_index(folder, index, BagOfWords(), empty=True).documents == 0
    assert build_index(folder, index, BagOfWords()).unchanged
    (folder / "a.txt").write_text(WITHDRAWN)
    assert build_index(folder, index, BagOfWords()).documents == 1


def test_in_an_index_without_documents_nothing_is_on_record(emptied: Path) -> None:
    with closing(LiveAnswerer(emptied, load=lambda _: BagOfWords())) as live, live.lease() as answerer:
        for question in (f"What did Ann {SECRET[2]} say about {SECRET[1]}?", f"{SECRET[0]} treaty", "When was that?"):
            found = answerer.ask(Request(question=question, since="2020", source="*.txt"))
            assert (found.answered, found.quotes, found.others, found.hits) == (False, (), (), ())
            found = answerer.ask(Request(question=question))
            assert (found.answered, found.quotes, found.others, found.hits) == (False, (), (), ())
    with closing(open_snapshot(emptied)) as snapshot:
        assert [*export_lines(snapshot.corpus)] == []
        assert snapshot.corpus.speakers == {}
        assert (statistics(snapshot).documents, statistics(snapshot).words) == (0, 0)


def test_an_index_without_documents_is_whole_and_looked_after_as_any(emptied: Path) -> None:
    assert [faults for _, faults in verify_all(emptied)] == [[], []]
    assert [listed.documents for listed in list_snapshots(emptied)] == [1, 0]
    assert prune(emptied, 1).vectors == 2
    assert holding(emptied) == []
    assert [faults for _, faults in verify_all(emptied)] == [[]]
    assert tune(emptied, BagOfWords()).pairs == 0
